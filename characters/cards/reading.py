"""Reads a card's file, whichever container it came in, or a zip of many. Nothing here touches the
database, and no address that a card names is ever fetched."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from characters.avatars import LARGEST as LARGEST_PICTURE
from characters.avatars import kind_of
from characters.cards import png, shapes, zips
from characters.cards.errors import CardRefused

LARGEST_FILE = 30_000_000
LARGEST_UNPACKED = 100_000_000  # of a CHARX
LARGEST_BULK = 100_000_000  # of a zip of many, and what they unpack to
CARD_JSON = "card.json"


class Readable(Protocol):
    """An open file, or an upload."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class CardFile:
    """A card that was read and checked. `card` is its JSON, with all that it holds; `text` that
    JSON as it stood in the file, but for what was cleared up; `original` the whole file; `notes`
    say what was passed over."""

    label: str
    format: str  # json, png or charx
    card: dict[str, Any]
    text: str
    original: bytes
    picture: bytes = b""
    notes: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """What the card calls whom it is of; empty where that is no text, as a lorebook's may."""
        name = shapes.fields(self.card).get("name")
        return name.strip() if isinstance(name, str) else ""

    @property
    def is_lorebook(self) -> bool:
        """Whether it is no character but a lorebook that stands alone."""
        return shapes.is_lorebook(self.card)


def read_path(path: Path) -> tuple[list[CardFile], list[str]]:
    """The cards of a file: one, or, of a zip of several, those that can be taken and what is wrong
    with the others.

    Raises:
        CardRefused: it can't be read or taken.
    """
    label = path.name.encode(errors="replace").decode()  # a name needn't be UTF-8
    try:
        with path.open("rb") as file:
            return read_stream(file, path.stat().st_size, label)
    except FileNotFoundError:
        raise CardRefused(f"{label} is missing: {path} does not exist.") from None
    except OSError as error:
        raise CardRefused(f"{label} can't be read ({error.strerror}): {path}.") from None


def read_stream(file: Readable, size: int, label: str) -> tuple[list[CardFile], list[str]]:
    """The cards of an open file of `size` bytes, which is looked at before anything is read.

    Raises:
        CardRefused: it can't be taken.
    """
    largest = LARGEST_BULK if label.lower().endswith(".zip") else LARGEST_FILE
    if size > largest:
        raise CardRefused(
            f"{label} is {size:,} bytes long; {largest:,} are allowed: shrink its pictures, or "
            "split it."
        )
    raw = file.read(largest + 1)
    if len(raw) > largest:
        raise CardRefused(f"{label} is longer than {largest:,} bytes: shrink or split it.")
    found: list[CardFile] = []
    problems: list[str] = []
    for one in read_all(raw, label):
        if isinstance(one, CardRefused):
            problems += one.problems
        else:
            found.append(one)
    if not found:
        raise CardRefused(*problems)
    return found, problems


def read_all(raw: bytes, label: str) -> Iterator[CardFile | CardRefused]:
    """The cards of a file one after the other, so that a wrong one leaves the others to be taken:
    in its place comes what is wrong with it."""
    try:
        archive = zips.Archive(raw, largest=LARGEST_BULK) if zips.is_zip(raw) else None
        if archive is None or CARD_JSON in archive:
            yield read(raw, label)
            return
        names = [
            name
            for name in archive.names()
            if name.lower().endswith((".json", ".png", ".apng", ".charx"))
            and not name.startswith("__MACOSX/")
        ]
        if not names:
            raise CardRefused("the zip file holds no cards: put .json, .png or .charx files in it.")
    except CardRefused as refused:
        problem = refused.problems[0]
        yield refused if problem.startswith(f"{label}:") else refused.of(label)
        return
    for name in names:
        try:
            inner = archive.read(name, LARGEST_FILE)
        except CardRefused as refused:
            yield refused.of(label)
            continue
        try:
            yield read(inner, f"{label}/{name}")
        except CardRefused as refused:
            yield refused


def read(raw: bytes, label: str) -> CardFile:
    """One card.

    Raises:
        CardRefused: it can't be taken; each sentence names the file and the field.
    """
    try:
        if len(raw) > LARGEST_FILE:
            raise CardRefused(f"the card is {len(raw):,} bytes long; {LARGEST_FILE:,} are allowed.")
        if png.is_png(raw):
            return _from_png(raw, label)
        if zips.is_zip(raw):
            return _from_charx(raw, label)
        if not shapes.may_be_json(raw):
            raise CardRefused(
                "this is no character card: give JSON, a PNG that carries one, or CHARX."
            )
        return _checked(label, "json", raw, raw)
    except CardRefused as refused:
        raise refused.of(label) from None


def _checked(
    label: str, form: str, json_text: bytes, original: bytes, picture: bytes = b""
) -> CardFile:
    card, text = shapes.load(json_text)
    if shapes.is_lorebook(card):
        return CardFile(label, form, card, text, original)
    clear = shapes.cleared(card)
    if clear is not card:
        card, text = clear, json.dumps(clear, ensure_ascii=False, indent=2)
    shapes.check(card)
    picture, notes = _picture(card, picture, original if form == "charx" else b"")
    return CardFile(label, form, card, text, original, picture, notes)


def _from_png(raw: bytes, label: str) -> CardFile:
    texts = png.card_texts(raw)
    keyword = next((one for one in png.KEYWORDS if one in texts), "")
    if not keyword:
        raise CardRefused(
            "the PNG carries no card (no chunk 'ccv3' or 'chara'): export it as a card, or give "
            "its JSON."
        )
    return _checked(label, "png", texts[keyword], raw, png.without_texts(raw))


def _from_charx(raw: bytes, label: str) -> CardFile:
    archive = zips.Archive(raw, largest=LARGEST_UNPACKED)
    if CARD_JSON not in archive:
        raise CardRefused("the zip file holds no card.json: this is no CHARX.")
    return _checked(label, "charx", archive.read(CARD_JSON, shapes.LARGEST_JSON), raw)


def _picture(card: dict[str, Any], picture: bytes, archive: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The character's face: its icon, if that is in the file, or the picture that carries it."""
    assets = [one for one in shapes.fields(card).get("assets") or () if one.get("type") == "icon"]
    assets.sort(key=lambda one: one.get("name") != "main")
    notes: list[str] = []
    for asset in assets:
        uri = asset.get("uri") or ""
        if uri == "ccdefault:":
            break
        if uri.lower().startswith(("http:", "https:")):
            notes.append(f"its icon stands at {uri[:100]}, which is not fetched")
            continue
        found = _embedded(uri, archive)
        if kind_of(found[:16]):
            picture = found
            break
        notes.append(f"its icon '{uri[:60]}' is no picture that is here")
    if picture and len(picture) > LARGEST_PICTURE:
        notes.append(
            f"its picture is larger than {LARGEST_PICTURE // 1_000_000} MB and is kept with the "
            "card only; upload a smaller one as its avatar"
        )
        picture = b""
    if picture and png.is_blank(picture):
        picture = b""
    return picture, tuple(notes)


def _embedded(uri: str, archive: bytes) -> bytes:
    """A picture that stands in the card itself; nothing if there is none."""
    if uri.startswith("data:"):
        head, _, body = uri.partition(",")
        if not head.endswith(";base64") or len(body) > 2 * LARGEST_PICTURE:
            return b""
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            return b""
    name = named_in(uri)
    if name and archive:
        zipped = zips.Archive(archive, largest=LARGEST_UNPACKED)
        return zipped.read(name, LARGEST_FILE) if name in zipped else b""
    return b""


def named_in(uri: str) -> str:
    """The file of a CHARX that an asset's address names; empty where it is another address."""
    for prefix in ("embeded://", "embedded://"):
        if uri.startswith(prefix):
            return uri.removeprefix(prefix)
    return ""
