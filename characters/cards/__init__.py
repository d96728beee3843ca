"""Character cards: V1, V2 and V3, as JSON, PNG or CHARX, in and out (docs/cards.md)."""

from characters.cards.becoming import Becoming, become
from characters.cards.errors import CardRefused
from characters.cards.reading import CardFile, read, read_all, read_path, read_stream
from characters.cards.services import as_it_is, export_card, store_card
from characters.cards.writing import FORMATS, KEPT, Exported

__all__ = [
    "FORMATS",
    "KEPT",
    "Becoming",
    "CardFile",
    "CardRefused",
    "Exported",
    "as_it_is",
    "become",
    "export_card",
    "read",
    "read_all",
    "read_path",
    "read_stream",
    "store_card",
]
