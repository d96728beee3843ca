"""The pictures of a card that came as CHARX, in a file that has no room beside the card: they go
into it, as `data:` addresses, which every tool that knows assets reads."""

from __future__ import annotations

import base64
import copy
import json
import mimetypes
from collections.abc import Mapping
from typing import Any

from characters.avatars import kind_of
from characters.cards import shapes, zips
from characters.cards.reading import CARD_JSON, LARGEST_FILE, LARGEST_UNPACKED, CardFile, named_in

ROOM = 0.95  # of what a card may be long: a writer of JSON may space it otherwise


def with_pictures(
    card: dict[str, Any], source: CardFile | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The card with the files that it names in the CHARX it came in, faces first, as far as they
    fit; and what has to be said of the others. The very card where there are none."""
    if source is None or source.format != "charx":
        return card, ()
    archive = zips.Archive(source.original, largest=LARGEST_UNPACKED)
    made = copy.deepcopy(card)
    assets = [one for one in shapes.fields(made).get("assets") or () if isinstance(one, dict)]
    named = [(one, named_in(str(one.get("uri") or ""))) for one in assets]
    there = [(one, name) for one, name in named if name in archive]
    left = round(ROOM * shapes.LARGEST_JSON) - len(json.dumps(card, ensure_ascii=False).encode())
    too_large = 0
    for asset, name in sorted(there, key=_faces_first):
        address = _address(name, archive.read(name, LARGEST_FILE))
        if len(address) > left:
            too_large += 1
            continue
        asset["uri"] = address
        left -= len(address)
    beside = set(archive.names()) - {CARD_JSON, *(name for _, name in there)}
    notes = []
    if too_large:
        notes.append(f"{too_large} of {len(there)} pictures are too large to stand in the card")
    if beside:
        notes.append(f"{len(beside)} files of its CHARX that the card doesn't name")
    is_as_it_was = too_large == len(there)
    return (card if is_as_it_was else made), tuple(notes)


def said(name: str, notes: tuple[str, ...]) -> str:
    """What is told to whoever exports a card that leaves something out."""
    return f"{name}: left out, and kept by an export as CHARX: {'; '.join(notes)}."


def _faces_first(one: tuple[Mapping[str, Any], str]) -> bool:
    return one[0].get("type") != "icon"


def _address(name: str, content: bytes) -> str:
    kind = kind_of(content[:16]) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
