"""A character as a card again: the card it came with, and over it what was changed since.

What nobody touched stays as it came, so that a card that went through here unchanged comes out
with the same content, and in its own format with the same bytes.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from characters.avatars import kind_of
from characters.cards import png, shapes, zips
from characters.cards.becoming import OWN, Becoming, become, in_order, join
from characters.cards.carrying import with_pictures
from characters.cards.errors import CardRefused
from characters.cards.reading import CARD_JSON, LARGEST_FILE, LARGEST_UNPACKED, CardFile

FORMATS = ("json", "png", "charx")
# Where a card keeps what it has a field for.
_FIELDS = {
    "nickname": "nickname",
    "personality": "personality",
    "scenario": "scenario",
    "example_dialogue": "mes_example",
    "system_prompt": "system_prompt",
    "post_history_note": "post_history_instructions",
    "group_greetings": "group_only_greetings",
}
_V2 = {
    "description": "", "personality": "", "scenario": "", "first_mes": "", "mes_example": "",
    "creator_notes": "", "system_prompt": "", "post_history_instructions": "",
    "alternate_greetings": [], "tags": [], "creator": "", "character_version": "",
    "extensions": {},
}  # fmt: skip
KEPT: Any = object()  # a book that is as the card has it


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, whether the card in it is the one that came in, and what it leaves out of what came
    with that."""

    filename: str
    content: bytes
    content_type: str
    is_unchanged: bool
    notes: tuple[str, ...] = ()


def overlaid(
    card: Mapping[str, Any], now: Becoming, *, book: Any = KEPT, at: int = 0
) -> tuple[dict[str, Any], bool]:
    """A card with what differs from what it would become laid over it, and whether anything does.
    `card` may be empty; `book` None takes its book away; `at` (Unix seconds) dates the change."""
    made: dict[str, Any] = copy.deepcopy(dict(card)) if card else _new(now.name)
    was = become(card) if card else None
    data = made if shapes.version(made) == 1 else made["data"]
    changed = False

    def put(field: str, value: Any) -> None:
        nonlocal changed
        data[field] = value
        changed = True

    if was is None or was.name != now.name:
        put("name", now.name)
    for name, field in _FIELDS.items():
        if _differs(was, now, name):
            put(field, now.story[name])
    if _differs(was, now, "identity") or _differs(was, now, "background"):
        put("description", join(now.story["identity"], now.story["background"]))
    if _differs(was, now, "greetings"):
        first, *others = now.story["greetings"] or [""]
        put("first_mes", first)
        put("alternate_greetings", others)
    beside = _extensions(data, was, now)
    if beside is not None:
        put("extensions", beside)
    if book is not KEPT and not same(data.get("character_book"), book):
        changed = True
        data.pop("character_book", None)
        if book is not None:
            data["character_book"] = book
    if changed and at and shapes.version(made) >= 3:
        data["modification_date"] = at
    return made, changed


def _new(name: str) -> dict[str, Any]:
    data = {"name": name, **copy.deepcopy(_V2), "group_only_greetings": []}
    return {"spec": "chara_card_v3", "spec_version": "3.0", "data": data}


def _differs(was: Becoming | None, now: Becoming, name: str) -> bool:
    return not same(was.story[name] if was else "", now.story[name]) and bool(
        was or now.story[name]
    )


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same: forms end lines in their own way and trim texts."""
    if isinstance(one, str) and isinstance(other, str):
        return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        numbers = isinstance(one, int | float) and isinstance(other, int | float)
        return numbers and abs(one - other) < 1e-9
    return bool(one == other)


def _extensions(
    data: Mapping[str, Any], was: Becoming | None, now: Becoming
) -> dict[str, Any] | None:
    """The card's extensions with what changed; None if nothing did."""
    beside = dict(data.get("extensions") or {})
    changed = False
    if was is None or not same(was.talkativeness, now.talkativeness):
        beside["talkativeness"] = now.talkativeness
        changed = True
    if _differs(was, now, "depth_note"):
        note = beside.get("depth_prompt")
        kept = note if isinstance(note, Mapping) else {"depth": 4, "role": "system"}
        beside["depth_prompt"] = {**kept, "prompt": now.story["depth_note"]}
        changed = True
    own = {
        part: value
        for part, value in now.own.items()
        if was is None or not same(in_order(part, was.own.get(part)), in_order(part, value))
    }
    if own:
        given = beside.get(OWN)
        beside[OWN] = {**(given if isinstance(given, Mapping) else {"version": 1}), **own}
        changed = True
    return beside if changed else None


def as_v2(card: Mapping[str, Any]) -> dict[str, Any]:
    """The card for tools that know V2 only; they keep what they don't know."""
    match shapes.version(card):
        case 1:
            data = {**copy.deepcopy(_V2), **card}
            return {"spec": "chara_card_v2", "spec_version": "2.0", "data": data}
        case 2:
            return dict(card)
        case _:
            return {**card, "spec": "chara_card_v2", "spec_version": "2.0"}


def as_v3(card: Mapping[str, Any]) -> dict[str, Any]:
    """The card as V3, with what V3 asks for."""
    if shapes.version(card) >= 3:
        return dict(card)
    made = copy.deepcopy(as_v2(card))
    made["data"].setdefault("group_only_greetings", [])
    book = made["data"].get("character_book")
    entries = book.get("entries") if isinstance(book, Mapping) else None
    for entry in entries if isinstance(entries, list) else ():
        entry.setdefault("use_regex", False)
    return {**made, "spec": "chara_card_v3", "spec_version": "3.0"}


def write(
    card: Mapping[str, Any],
    *,
    form: str,
    spec: int = 0,
    stem: str = "card",
    avatar: bytes = b"",
    source: CardFile | None = None,
    is_unchanged: bool = False,
) -> Exported:
    """A card as a file. `spec` 2 or 3 asks for that version; 0 leaves the card's own (of V1: 2).
    `source` is the file that it came from.

    Raises:
        CardRefused: there is no such format or version.
    """
    if form not in FORMATS:
        raise CardRefused(f"there is no format '{form}': use json, png or charx.")
    if spec not in (0, 2, 3):
        raise CardRefused(f"cards of version {spec} aren't written: use 2 or 3.")
    was = shapes.version(card)
    wanted = spec or (3 if form == "charx" else was)
    is_as_it_came = is_unchanged and source is not None and wanted == was
    if is_as_it_came and source is not None and source.format == form and _has_face(source, avatar):
        return _exported(stem, form, source.original, is_unchanged=True)
    plain = dict(card)
    whole, notes = (plain, ()) if form == "charx" else with_pictures(plain, source)
    is_as_it_came = is_as_it_came and whole is plain
    made = as_v3(whole) if wanted == 3 else as_v2(whole) if wanted == 2 else whole
    text = source.text.encode() if is_as_it_came and source is not None else _dumped(made, indent=2)
    if form == "json":
        return _exported(stem, form, text, is_unchanged=is_as_it_came, notes=notes)
    if form == "png":
        came = text if is_as_it_came else b""
        older = whole if spec == 2 else plain  # the pictures once are enough
        texts = {"chara": came if came and was == 2 else _dumped(as_v2(older))}
        if spec != 2:
            texts["ccv3"] = came if came and was == 3 else _dumped(as_v3(whole))
        carrier = png.with_texts(_canvas(source, avatar), texts)
        return _exported(stem, form, carrier, notes=notes)
    return _exported(stem, form, _charx(made, avatar, source, is_as_it_came))


def _has_face(source: CardFile, avatar: bytes) -> bool:
    return not avatar or not source.picture or source.picture == avatar


def _dumped(card: Mapping[str, Any], indent: int | None = None) -> bytes:
    return json.dumps(card, ensure_ascii=False, indent=indent, default=str).encode()


def _canvas(source: CardFile | None, avatar: bytes) -> bytes:
    """The PNG that carries the card: the one that it came in, or the avatar if that is one."""
    if source is not None and source.format == "png" and _has_face(source, avatar):
        return source.original
    return avatar if png.is_png(avatar) else png.blank()


def _charx(
    card: dict[str, Any], avatar: bytes, source: CardFile | None, is_as_it_came: bool
) -> bytes:
    files: dict[str, bytes] = {}
    if source is not None and source.format == "charx":
        archive = zips.Archive(source.original, largest=LARGEST_UNPACKED)
        files = {
            name: archive.read(name, LARGEST_FILE) for name in archive.names() if name != CARD_JSON
        }
    if avatar and not is_as_it_came and not _has_icon(card):
        ext = kind_of(avatar[:16]).removeprefix("image/") or "png"
        name = f"assets/icon/main.{ext}"
        files[name] = avatar
        card = copy.deepcopy(card)
        asset = {"type": "icon", "uri": f"embeded://{name}", "name": "main", "ext": ext}
        card["data"]["assets"] = [*(card["data"].get("assets") or []), asset]
    text = source.text.encode() if is_as_it_came and source is not None else _dumped(card, indent=2)
    return zips.packed([(CARD_JSON, text), *files.items()])


def _has_icon(card: Mapping[str, Any]) -> bool:
    return any(
        asset.get("type") == "icon" and str(asset.get("uri")).startswith(("embeded:", "data:"))
        for asset in shapes.fields(card).get("assets") or ()
    )


_TYPES = {"json": "application/json", "png": "image/png", "charx": "application/zip"}


def _exported(
    stem: str,
    form: str,
    content: bytes,
    *,
    is_unchanged: bool = False,
    notes: tuple[str, ...] = (),
) -> Exported:
    return Exported(f"{stem}.{form}", content, _TYPES[form], is_unchanged, notes)
