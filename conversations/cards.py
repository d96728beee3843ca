"""A card comes whole: the character, the book that it knows, the memories that made it, and the
rooms that it frequents. And goes whole."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from characters import cards, versions
from characters.cards import KEPT, CardFile, CardRefused, Exported, shapes, zips
from characters.cards.carrying import said as said_of_export
from characters.models import Character
from conversations.models import Channel
from memories.formative import remember_formative
from memories.lore import lore, lorebooks
from memories.lore.lorebooks import LorebookRefused
from memories.lore.lorefiles import LONGEST_TITLE, LoreRefused, Reading
from memories.lore.lorefiles import read as read_lore
from memories.models import LoreChunk, LoreDocument

# An entry's columns, as a character book calls them.
_ENTRY = {
    "keys": "keys",
    "secondary_keys": "secondary_keys",
    "is_selective": "selective",
    "is_constant": "constant",
    "is_case_sensitive": "case_sensitive",
    "is_enabled": "enabled",
    "insertion_order": "insertion_order",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a card: a character, or, of a lorebook that stands alone, what all know now."""

    title: str
    character: Character | None = None
    entries: int = 0
    notes: tuple[str, ...] = ()


def import_card(
    file: CardFile,
    now: dt.datetime,
    *,
    name: str = "",
    replaced: Character | None = None,
    status: str = Character.Status.ACTIVE,
    rooms: Iterable[Channel] = (),
) -> Imported:
    """Take a card in. `replaced` is brought to what it says; what it has lived stays. Not in a
    transaction: it may ask an embedding server.

    Raises:
        CardRefused: it can't be taken; nothing was changed then.
    """
    if file.is_lorebook:
        return _import_lorebook(file)
    book = read_book(file)
    with transaction.atomic():
        if replaced is not None:
            versions.ensure(replaced.pk, now)
        character = cards.store_card(file, now, name=name, replace=replaced, status=status)
        versions.record(character.pk, f"the card {file.label}"[:300], now=now)
        for room in rooms:
            room.residents.add(character)
    source = book_source(character)
    entries = 0
    if book is not None:
        learnt = replace(book, title=_title(book, character), source=source)
        entries = len(learnt.entries)
        lore.ingest(learnt, character_id=character.pk)
    else:
        known = LoreDocument.objects.filter(character=character, source=source)
        lore.remove(list(known.values_list("pk", flat=True)))
    remember_formative(character)
    notes = (*file.notes, *(f"passed over: {one}" for one in (book.passed_over if book else ())))
    return Imported(character.name, character, entries, notes)


def _import_lorebook(file: CardFile) -> Imported:
    try:
        reading = read_lore(
            file.text.encode(), file.label, source=f"card:{file.label}"[:300], suffix=".json"
        )
    except LoreRefused as refused:
        raise CardRefused(*str(refused).splitlines()) from None
    learnt = lore.ingest(reading)
    return Imported(learnt.title, None, len(reading.entries), reading.passed_over)


def usual_rooms() -> list[Channel]:
    """The rooms that somebody new frequents: those of the house that not everybody frequents."""
    here = Channel.objects.filter(
        discord_id=None, community__discord_id=None, is_direct=False, residents__isnull=False
    )
    return list(here.distinct().order_by("name"))


def read_book(file: CardFile) -> Reading | None:
    """The book that a card carries, understood; None where it has none that says anything.

    Raises:
        CardRefused: some entry can't be learnt.
    """
    book = shapes.fields(file.card).get("character_book")
    if not any(content.strip() for _, content in _contents(book)):
        return None
    text = json.dumps(book, ensure_ascii=False)
    try:
        found = lorebooks.parse(text)
    except LorebookRefused as refused:
        lines = str(refused).splitlines()
        raise CardRefused(*(f"{file.label}: character_book: {line}" for line in lines)) from None
    return Reading(found.name, "", text, found.entries, found.passed_over)


def _contents(book: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """A book's entries as they came, and what they say."""
    entries = book.get("entries") if isinstance(book, Mapping) else None
    listed = entries.values() if isinstance(entries, Mapping) else entries or ()
    for one in listed:
        if isinstance(one, dict):
            content = one.get("content")
            yield one, content if isinstance(content, str) else ""


def _title(book: Reading, character: Character) -> str:
    return (" ".join(book.title.split()) or f"What {character.name} knows")[:LONGEST_TITLE]


def book_source(character: Character) -> str:
    """By what a character's own book is found again."""
    return f"card:character/{character.pk}"


def export(character: Character, now: dt.datetime, *, form: str = "png", spec: int = 0) -> Exported:
    """A character as a card's file, with its book as it is now.

    Raises:
        CardRefused: there is no such format or version.
    """
    return cards.export_card(character, now, form=form, spec=spec, book=_book(character))


def export_all(
    characters: Iterable[Character], now: dt.datetime, *, form: str = "png", spec: int = 0
) -> bytes:
    """Many characters as a zip of their cards, and a text of what those leave out, if anything.

    Raises:
        CardRefused: there is no such format or version.
    """
    files: list[tuple[str, bytes]] = []
    left_out: list[str] = []
    for character in characters:
        made = export(character, now, form=form, spec=spec)
        files.append((made.filename, made.content))
        left_out += [said_of_export(character.name, made.notes)] if made.notes else []
    if left_out:
        files.append(("left-out.txt", "\n".join(left_out).encode()))
    return zips.packed(files)


def _book(character: Character) -> Any:
    """The card's book with what keepers changed of it; KEPT where they changed nothing."""
    card = shapes.fields(character.card) if character.card else {}
    chunks = list(
        LoreChunk.objects.filter(document__character=character)
        .select_related("document", "memory")
        .defer("memory__embedding", "memory__search")
        .order_by("document_id", "number")
    )
    source = book_source(character)
    own = [one for one in chunks if one.document.source == source]
    others = [_entry(one) for one in chunks if one.document.source != source]
    carried = card.get("character_book")
    book = _as_changed(carried, own)
    if not others:
        return book
    kept = carried if book is KEPT else book
    begun = kept if isinstance(kept, dict) else {"extensions": {}, "entries": []}
    listed = begun.get("entries") or []
    entries = list(listed.values()) if isinstance(listed, dict) else list(listed)
    return {**begun, "entries": [*entries, *others]}


def _as_changed(book: Any, chunks: Sequence[LoreChunk]) -> Any:
    """A book as it came, or with what its pieces say now: KEPT where that is the same, None where
    a keeper has taken it away."""
    said = [(raw, content) for raw, content in _contents(book) if content.strip()]
    if not said:
        return KEPT
    if not chunks:
        return None
    parsed = lorebooks.parse(json.dumps(book)).entries
    if len(parsed) != len(chunks):
        return {**book, "entries": [_entry(chunk) for chunk in chunks]}
    changed: dict[int, dict[str, Any]] = {}
    for (raw, content), entry, chunk in zip(said, parsed, chunks, strict=True):
        fresh = {
            name: list(now) if isinstance(now := getattr(chunk, column), tuple | list) else now
            for column, name in _ENTRY.items()
            if _plain(getattr(entry, column)) != _plain(getattr(chunk, column))
        }
        if chunk.memory.content.strip() != entry.content.strip():
            fresh["content"] = "\n".join([*_decorators(content), chunk.memory.content])
        if fresh:
            changed[id(raw)] = {**raw, **fresh}
    if not changed:
        return KEPT
    entries = book["entries"]
    if isinstance(entries, dict):
        return {**book, "entries": {k: changed.get(id(one), one) for k, one in entries.items()}}
    return {**book, "entries": [changed.get(id(one), one) for one in entries]}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | list) else value


def _decorators(content: str) -> list[str]:
    lines = content.split("\n")
    return lines[: next((n for n, one in enumerate(lines) if not one.startswith("@@")), len(lines))]


def _entry(chunk: LoreChunk) -> dict[str, Any]:
    """A piece of lore as an entry of a character book."""
    named = {name: _plain(getattr(chunk, column)) for column, name in _ENTRY.items()}
    beside = chunk.extensions.get("extensions")
    return {
        **named,
        "content": chunk.memory.content,
        "name": str(chunk.extensions.get("name") or ""),
        "use_regex": chunk.extensions.get("use_regex") is True,
        "extensions": beside if isinstance(beside, dict) else {},
    }
