"""Lorebooks: entries that certain words bring to mind. Reads the two common forms, SillyTavern's
World Info and the character book of cards (V2, V3, alone or inside a card), and says which entries
some lines bring up. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memories.lore.lorekeys import KeyRefused, check_key, decorations, excluded, has_expressions

MOST_ENTRIES = 5_000
MOST_KEYS = 200
LONGEST_CONTENT = 20_000
LONGEST_KEY = 200
DEEPEST = 40
DEFAULT_ORDER = 100

# Where each form keeps what an entry has a column for; the rest goes along in `extensions`.
_WORLD_INFO = {
    "key": "keys",
    "keysecondary": "secondary_keys",
    "content": "content",
    "selective": "is_selective",
    "constant": "is_constant",
    "caseSensitive": "is_case_sensitive",
    "disable": "is_enabled",
    "order": "insertion_order",
}
_CHARACTER_BOOK = {
    "keys": "keys",
    "secondary_keys": "secondary_keys",
    "content": "content",
    "selective": "is_selective",
    "constant": "is_constant",
    "case_sensitive": "is_case_sensitive",
    "enabled": "is_enabled",
    "insertion_order": "insertion_order",
}


class LorebookRefused(ValueError):
    """A lorebook can't be taken as it stands. Each line is one sentence with its remedy."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `extensions` holds every field that has none of its own here, by the names it
    came with, and `decorators`, the `@@` lines that stood before its content."""

    content: str
    keys: tuple[str, ...] = ()
    secondary_keys: tuple[str, ...] = ()
    is_selective: bool = False
    is_constant: bool = False
    is_case_sensitive: bool = False
    is_enabled: bool = True
    insertion_order: int = DEFAULT_ORDER
    name: str = ""
    extensions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """A lorebook's entries, and what was passed over."""

    name: str
    entries: tuple[Entry, ...]
    passed_over: tuple[str, ...] = ()


def parse(text: str) -> Book:
    """A lorebook from its JSON.

    Raises:
        LorebookRefused: it is none, or some field of it is wrong; all that is wrong is told.
    """
    data = _load(text)
    if isinstance(data.get("data"), Mapping):  # a card, or a V3 lorebook that stands alone
        data = data["data"]
    if isinstance(data.get("character_book"), Mapping):
        data = data["character_book"]
    entries = data.get("entries")
    if not isinstance(entries, Mapping | list):
        raise LorebookRefused(
            "There are no entries: give a World Info export or a character book, whose field "
            "'entries' holds them."
        )
    raw = list(entries.items()) if isinstance(entries, Mapping) else list(enumerate(entries, 1))
    if not raw:
        raise LorebookRefused("entries is empty: there is nothing to learn; give another file.")
    if len(raw) > MOST_ENTRIES:
        raise LorebookRefused(
            f"entries holds {len(raw):,} entries; {MOST_ENTRIES:,} are allowed: split the book."
        )
    found: list[Entry] = []
    problems: list[str] = []
    passed_over: list[str] = []
    for number, one in raw:
        try:
            entry = _entry(f"entry {number}", one)
        except LorebookRefused as error:
            problems.append(str(error))
            continue
        if entry.content:
            found.append(entry)
        else:
            passed_over.append(f"entry {number}{_called(entry.name)}, which has no content")
    if problems:
        more = len(problems) - 20
        raise LorebookRefused(
            "\n".join([*problems[:20], *([f"And {more} more."] if more > 0 else [])])
        )
    if not found:
        raise LorebookRefused("No entry has any content: write some, or give another file.")
    name = data.get("name")
    return Book(name if isinstance(name, str) else "", tuple(found), tuple(passed_over))


def _load(text: str) -> Mapping[str, Any]:
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise LorebookRefused(
            f"line {error.lineno}, column {error.colno}: the JSON can't be understood "
            f"({error.msg}); correct it, or export the book again."
        ) from None
    except RecursionError:
        raise LorebookRefused("the JSON is nested too deeply: export the book again.") from None
    except ValueError as error:
        raise LorebookRefused(f"the JSON can't be understood ({error}); correct it.") from None
    _check_texts(data)
    if not isinstance(data, Mapping):
        raise LorebookRefused("the JSON is no object: give a World Info export or character book.")
    return data


def _check_texts(data: Any) -> None:
    """Refuse what a database can't hold."""
    waiting = [(data, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise LorebookRefused("the JSON is nested too deeply: export the book again.")
        if isinstance(one, str):
            if "\0" in one:
                raise LorebookRefused("the JSON holds \\u0000, which no text has: remove it.")
            if any("\ud800" <= character <= "\udfff" for character in one):
                raise LorebookRefused(
                    "the JSON holds half a character (\\ud800 to \\udfff): export the book again."
                )
        elif isinstance(one, Mapping):
            waiting += [(part, depth + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list):
            waiting += [(part, depth + 1) for part in one]


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _called(name: str) -> str:
    return f" ('{name[:60]}')" if name else ""


def _entry(label: str, one: Any) -> Entry:
    if not isinstance(one, Mapping):
        raise LorebookRefused(f"{label} holds no fields: remove it, or write it as an object.")
    names = _WORLD_INFO if "key" in one or "disable" in one else _CHARACTER_BOOK
    name = next((one[f] for f in ("comment", "name") if isinstance(one.get(f), str) and one[f]), "")
    label += _called(name)
    values: dict[str, Any] = {}
    beside = one.get("extensions")
    # SillyTavern keeps there what the format has a field for.
    further = beside if names is _CHARACTER_BOOK and isinstance(beside, Mapping) else {}
    for source, column in names.items():
        value = one.get(source)
        if value is None and column == "is_case_sensitive":
            value = further.get(source)
        if value is not None:
            values[column] = _READERS[column](f"{label}: {source}", value)
    if names is _WORLD_INFO and "is_enabled" in values:
        values["is_enabled"] = not values["is_enabled"]
    rest: dict[str, Any] = {field: one[field] for field in one if field not in names}
    content, decorators = _decorators(values.pop("content", ""))
    if decorators:
        rest["decorators"] = decorators
        values = _decorated(label, values, decorators)
    is_regex = has_expressions(rest)
    against = excluded(decorations(rest))
    for key in (*values.get("keys", ()), *values.get("secondary_keys", ()), *against):
        _check(label, key, is_regex=is_regex)
    return Entry(content=content, name=name.strip(), extensions=rest, **values)


def _decorators(content: str) -> tuple[str, list[str]]:
    lines = content.split("\n")
    count = next((n for n, line in enumerate(lines) if not line.startswith("@@")), len(lines))
    return "\n".join(lines[count:]).strip(), [line[2:].strip() for line in lines[:count]]


def _decorated(label: str, values: dict[str, Any], decorators: Sequence[str]) -> dict[str, Any]:
    """Those of a V3 entry's decorators that say when it comes up."""
    for decorator in decorators:
        name, _, value = decorator.partition(" ")
        if name == "activate":
            values["is_constant"] = True
        elif name == "dont_activate":
            values |= {"is_constant": False, "keys": ()}
        elif name == "additional_keys":
            more = [key.strip() for key in value.split(",")]
            values["keys"] = (*values.get("keys", ()), *_keys(f"{label}: @@{name}", more))
    return values


def _text(label: str, value: Any) -> str:
    if not isinstance(value, str):
        raise LorebookRefused(f"{label} is no text: put it in double quotes.")
    if len(value) > LONGEST_CONTENT:
        raise LorebookRefused(
            f"{label} has {len(value):,} letters; {LONGEST_CONTENT:,} are allowed: split the entry."
        )
    return value


def _keys(label: str, value: Any) -> tuple[str, ...]:
    given = value if isinstance(value, list) else _listed(value)
    if not all(isinstance(key, str) for key in given):
        raise LorebookRefused(f"{label} is no list of texts: write one such as ['ferry', 'boat'].")
    keys = tuple(dict.fromkeys(key.strip() for key in given if key.strip()))
    if len(keys) > MOST_KEYS:
        raise LorebookRefused(f"{label} has {len(keys)} keys; {MOST_KEYS} are allowed.")
    for key in keys:
        if len(key) > LONGEST_KEY:
            raise LorebookRefused(
                f"{label} holds a key of {len(key)} letters ('{key[:40]}…'); {LONGEST_KEY} are "
                "allowed: shorten or split it."
            )
        _check(label, key)
    return keys


def _listed(value: Any) -> list[Any]:
    """Keys that stand in one text, between commas, but for an expression, which may hold some."""
    is_many = isinstance(value, str) and not value.strip().startswith("/")
    return value.split(",") if is_many else [value]


def _check(label: str, key: str, *, is_regex: bool = False) -> None:
    try:
        check_key(key, is_regex=is_regex)
    except KeyRefused as error:
        raise LorebookRefused(f"{label} holds {key}, {error}") from None


def _flag(label: str, value: Any) -> bool:
    if isinstance(value, bool) or value in (0, 1):
        return bool(value)
    raise LorebookRefused(f"{label} is {value!r}: write true or false.")


def _order(label: str, value: Any) -> int:
    is_whole = isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0
    if not is_whole or not -(2**31) <= value < 2**31:
        raise LorebookRefused(f"{label} is {str(value)[:40]}: write a whole number such as 100.")
    return int(value)


_READERS = {
    "keys": _keys,
    "secondary_keys": _keys,
    "content": _text,
    "is_selective": _flag,
    "is_constant": _flag,
    "is_case_sensitive": _flag,
    "is_enabled": _flag,
    "insertion_order": _order,
}
