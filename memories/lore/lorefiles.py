"""Reads texts about the world, by their suffix Markdown, plain text or a lorebook, and says what is
wrong with them. Nothing here touches the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fishbowl.reading import read_at_most
from memories.lore import chunking, lorebooks
from memories.lore.lorebooks import Entry, LorebookRefused

LARGEST_FILE = 5_000_000
LONGEST_SOURCE = 300
LONGEST_TITLE = 200
MARKDOWN, LOREBOOK = frozenset({".md", ".markdown"}), frozenset({".json"})
SUFFIXES = frozenset({*MARKDOWN, *LOREBOOK, ".txt"})


class LoreRefused(Exception):
    """A text can't be taken as it stands. Each line is one sentence with its remedy."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that was read and understood, ready to be ingested."""

    title: str
    source: str
    content: str
    entries: tuple[Entry, ...]
    passed_over: tuple[str, ...] = ()


def read_lore(path: Path, *, title: str = "", source: str = "", label: str = "") -> Reading:
    """A file, by its suffix Markdown, a lorebook's JSON, or plain text. `source` is what a later
    ingest finds it by, its place by default; `label` how messages call it.

    Raises:
        LoreRefused: it can't be read or taken.
    """
    label = label or path.name
    source = source or str(path.resolve())
    try:
        source.encode()
    except UnicodeEncodeError:
        raise LoreRefused(f"{source!a}: its path is not UTF-8: rename it.") from None
    try:
        raw = read_at_most(path, LARGEST_FILE)
    except FileNotFoundError:
        raise LoreRefused(f"{label} is missing: {path} does not exist.") from None
    except OSError as error:
        raise LoreRefused(f"{label} can't be read ({error.strerror}): {path}.") from None
    if raw is None:
        raise LoreRefused(f"{label} is larger than 5 MB: split it, or give the right file.")
    return read(raw, label, title=title, source=source, suffix=path.suffix)


def read(raw: bytes, label: str, *, title: str = "", source: str, suffix: str = "") -> Reading:
    """Like `read_lore`, with the bytes at hand.

    Raises:
        LoreRefused: they can't be taken.
    """
    if len(source) > LONGEST_SOURCE:
        raise LoreRefused(
            f"{label}: its source has {len(source)} letters; {LONGEST_SOURCE} are allowed: "
            "move it to a shorter path."
        )
    if len(title) > LONGEST_TITLE:
        raise LoreRefused(
            f"{label}: the title has {len(title)} letters; {LONGEST_TITLE} are allowed."
        )
    if b"\0" in raw:
        raise LoreRefused(
            f"{label} is no text: give Markdown, plain text, or a lorebook's JSON, in UTF-8."
        )
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise LoreRefused(f"{label} is not UTF-8 text: save it as UTF-8.") from None
    if not text.strip():
        raise LoreRefused(f"{label} is empty: write something in it, or leave it out.")
    passed_over: tuple[str, ...] = ()
    if suffix.lower() in LOREBOOK:
        try:
            book = lorebooks.parse(text)
        except LorebookRefused as error:
            lines = str(error).splitlines()
            raise LoreRefused("\n".join(f"{label}: {line}" for line in lines)) from None
        found, entries, passed_over = book.name, book.entries, book.passed_over
    elif suffix.lower() in MARKDOWN:
        found = chunking.title_of(text)
        entries = tuple(_entry(piece) for piece in chunking.from_markdown(text))
    else:
        found = ""
        entries = tuple(_entry(piece) for piece in chunking.from_text(text))
    if not entries:
        raise LoreRefused(f"{label} says nothing under its headings: write something.")
    title = title or " ".join(found.split())[:LONGEST_TITLE] or Path(label).stem[:LONGEST_TITLE]
    return Reading(title, source, text, entries, passed_over)


def _entry(piece: chunking.Piece) -> Entry:
    return Entry(piece.content, extensions={"path": list(piece.path)} if piece.path else {})
