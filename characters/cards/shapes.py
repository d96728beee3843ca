"""The JSON of a card: parsed with limits, and each field that is known checked for its kind.

What isn't known is kept as it came. A field that is null counts as absent, since many tools write
so. A mistake is one sentence that names the field and the remedy.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from characters.cards.errors import CardRefused

LARGEST_JSON = 4_000_000
MOST_PARTS = 100_000  # lists and objects
DEEPEST = 40
LONGEST_TEXT = 100_000
LONGEST_NAME = 80
MOST_IN_LIST = 1_000
MOST_PROBLEMS = 20

TEXTS = (
    "name", "description", "personality", "scenario", "first_mes", "mes_example", "creator_notes",
    "system_prompt", "post_history_instructions", "creator", "character_version", "nickname",
)  # fmt: skip
LISTS = ("alternate_greetings", "tags", "group_only_greetings", "source")
V1 = TEXTS[:6]
V3_ALONE = ("assets", "nickname", "group_only_greetings", "source", "creation_date")

# What would run in a browser. Angle brackets alone are common in cards, and shown as they are.
_ACTIVE = re.compile(
    r"<\s*/?\s*(script|iframe|object|embed|applet|frame|base|meta|link)\b|"
    r"<[a-z][^<>]{0,500}?[\s\"'/]on[a-z]{3,20}\s*=|"
    r"(?:href|src|action|formaction)\s*=\s*[\"']?\s*(?:javascript|vbscript)\s*:|"
    r"data:text/html",
    re.IGNORECASE,
)


def load(raw: bytes) -> tuple[dict[str, Any], str]:
    """A card's JSON, and its text.

    Raises:
        CardRefused: it is too large or too deep, is no JSON, or holds what can't be stored.
    """
    if len(raw) > LARGEST_JSON:
        raise CardRefused(
            f"the card's JSON is {len(raw):,} bytes long; {LARGEST_JSON:,} are allowed: shorten it."
        )
    if raw.count(b"{") + raw.count(b"[") > MOST_PARTS:
        raise CardRefused(
            f"the card's JSON has more than {MOST_PARTS:,} lists and objects: shorten it."
        )
    try:
        text = raw.decode(_encoding(raw))
        data = json.loads(
            text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_once
        )
    except UnicodeDecodeError:
        raise CardRefused(
            "the card's JSON is neither UTF-8 nor UTF-16 text: save it as UTF-8."
        ) from None
    except json.JSONDecodeError as error:
        raise CardRefused(
            f"line {error.lineno}, column {error.colno}: the JSON can't be understood "
            f"({error.msg}); correct it, or export the card again."
        ) from None
    except RecursionError:
        raise CardRefused("the JSON is nested too deeply: export the card again.") from None
    except ValueError as error:
        raise CardRefused(f"the JSON can't be understood ({error}); correct it.") from None
    if not isinstance(data, dict):
        raise CardRefused("the JSON is no object: give a character card.")
    _check_storable(data)
    return data, text


def _encoding(raw: bytes) -> str:
    """UTF-8, or UTF-16 as its mark or the first brace shows."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return {b"{\0": "utf-16-le", b"\0{": "utf-16-be"}.get(raw[:2], "utf-8-sig")


def may_be_json(raw: bytes) -> bool:
    """Whether these bytes begin as an object in JSON does."""
    head = raw[:400].decode(_encoding(raw), "ignore")
    return head.lstrip("\ufeff \t\r\n").startswith("{")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _finite(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise ValueError(f"{written[:20]} is too large a number")
    return value


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"'{twice[:60]}' stands twice in one object")
    return found


def _walk(data: Any) -> Iterator[tuple[str, Any, int]]:
    """Everything in a value, keys included, with its path and its depth."""
    waiting: list[tuple[str, Any, int]] = [("", data, 0)]
    while waiting:
        path, one, depth = waiting.pop()
        yield path, one, depth
        if isinstance(one, Mapping):
            for key, value in one.items():
                here = f"{path}.{key[:60]}" if path else key[:60]
                yield here, key, depth + 1
                waiting.append((here, value, depth + 1))
        elif isinstance(one, list):
            waiting += [(f"{path}[{n}]", value, depth + 1) for n, value in enumerate(one)]


def _check_storable(data: Any) -> None:
    for path, one, depth in _walk(data):
        if depth > DEEPEST:
            raise CardRefused(f"{path} is nested too deeply: export the card again.")
        if not isinstance(one, str):
            continue
        if "\0" in one:
            raise CardRefused(f"{path!r} holds \\u0000, which no text has: remove it.")
        if any("\ud800" <= character <= "\udfff" for character in one):
            raise CardRefused(
                f"{path.encode('ascii', 'replace').decode()} holds half a character "
                "(\\ud800 to \\udfff): export the card again."
            )


def is_lorebook(data: Mapping[str, Any]) -> bool:
    """Whether this is a lorebook that stands alone (V3)."""
    return str(data.get("spec", "")).startswith("lorebook")


def version(card: Mapping[str, Any]) -> int:
    """1, 2 or 3: which form a card has. A newer one counts as 3."""
    spec = card.get("spec")
    if isinstance(spec, str) and isinstance(card.get("data"), Mapping):
        found = re.fullmatch(r"chara_card_v(\d{1,3})", spec.strip(), re.IGNORECASE)
        return min(3, max(2, int(found[1]))) if found else 2
    return 1


def fields(card: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where a card's fields stand: in `data`, or, in V1, at the top."""
    data = card.get("data")
    return data if version(card) > 1 and isinstance(data, Mapping) else card


def cleared(card: dict[str, Any]) -> dict[str, Any]:
    """A card as the standards have it, where it says the same in a way that other tools take too:
    the fields in `data` without a `spec`, a version that is a number, tags in one text parted by
    commas, one source. The very same object where there is nothing to clear up."""
    if card.get("spec") is None and _has_fields_in_data(card):
        rest = {key: value for key, value in card.items() if key not in ("spec", "spec_version")}
        number = 3 if any(name in card["data"] for name in V3_ALONE) else 2
        spec = {"spec": f"chara_card_v{number}", "spec_version": f"{number}.0"}
        return cleared({**spec, **rest})
    data = fields(card)
    clear: dict[str, Any] = {}
    made = data.get("character_version")
    if isinstance(made, int | float) and not isinstance(made, bool):
        clear["character_version"] = str(made)
    if isinstance(tags := data.get("tags"), str):
        clear["tags"] = [tag for one in tags.split(",") if (tag := one.strip())]
    if isinstance(source := data.get("source"), str):
        clear["source"] = [source] if source.strip() else []
    if not clear:
        return card
    return {**card, **clear} if data is card else {**card, "data": {**data, **clear}}


def _has_fields_in_data(card: Mapping[str, Any]) -> bool:
    """Whether a card keeps its fields in `data`, and none of them beside it."""
    data = card.get("data")
    if not isinstance(data, Mapping) or not isinstance(data.get("name"), str):
        return False
    return any(isinstance(data.get(name), str) for name in V1[1:]) and not any(
        isinstance(card.get(name), str) for name in V1[1:]
    )


def check(card: Mapping[str, Any]) -> None:
    """See that each field is of its kind.

    Raises:
        CardRefused: some are not; all that is wrong is told.
    """
    if card.get("spec") is not None and version(card) == 1:
        raise CardRefused(
            "data is missing or no object: a card that names its 'spec' holds its fields in it."
        )
    problems = list(_problems(card))
    if problems:
        more = len(problems) - MOST_PROBLEMS
        raise CardRefused(
            *problems[:MOST_PROBLEMS], *([f"and {more} more mistakes."] if more > 0 else [])
        )


def _problems(card: Mapping[str, Any]) -> Iterator[str]:
    data = fields(card)
    where = "data." if data is not card else ""
    for name in TEXTS:
        yield from _text(f"{where}{name}", data.get(name))
    yield from _name(f"{where}name", data.get("name"))
    if version(card) == 1 and not any(isinstance(data.get(name), str) for name in V1[1:]):
        yield "there is neither a description nor any other field of a card: give a character card."
    for name in LISTS:
        yield from _texts(f"{where}{name}", data.get(name))
    for name in ("extensions", "creator_notes_multilingual"):
        if not isinstance(data.get(name), Mapping | None):
            yield f"{where}{name} is no object: write {{}} if there is nothing in it."
    notes = data.get("creator_notes_multilingual")
    for language, text in notes.items() if isinstance(notes, Mapping) else ():
        yield from _text(f"{where}creator_notes_multilingual.{language}", text)
    for name in ("creation_date", "modification_date"):
        if isinstance(data.get(name), bool) or not isinstance(data.get(name), int | float | None):
            yield f"{where}{name} is no number: write seconds since 1970, or leave it out."
    yield from _assets(f"{where}assets", data.get("assets"))
    yield from _book(f"{where}character_book", data.get("character_book"))


def _name(path: str, value: Any) -> Iterator[str]:
    if value is None or (isinstance(value, str) and not value.strip()):
        yield f"{path} is missing: say what the character is called."
    elif isinstance(value, str):
        if len(value.strip()) > LONGEST_NAME:
            yield (
                f"{path} has {len(value.strip())} letters; {LONGEST_NAME} are allowed: shorten it."
            )
        if any(not character.isprintable() for character in value.strip()):
            yield f"{path} holds a line break or another letter that can't be seen: remove it."


def _text(path: str, value: Any) -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, str):
        yield f"{path} is {_shown(value)}, which is no text: put it in double quotes."
        return
    if len(value) > LONGEST_TEXT:
        yield f"{path} has {len(value):,} letters; {LONGEST_TEXT:,} are allowed: shorten it."
    active = _ACTIVE.search(value[:LONGEST_TEXT])
    if active:
        yield (
            f"{path} holds what would run in a browser ('{active[0][:40]}'): take the script or "
            "the tag out."
        )


def _texts(path: str, value: Any) -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, list):
        yield f'{path} is {_shown(value)}, which is no list: write one such as ["Hello."].'
        return
    if len(value) > MOST_IN_LIST:
        yield f"{path} holds {len(value):,} texts; {MOST_IN_LIST:,} are allowed."
    for number, one in enumerate(value[:MOST_IN_LIST]):
        if one is None:
            yield f"{path}[{number}] is null, which is no text: remove it."
        yield from _text(f"{path}[{number}]", one)


def _assets(path: str, value: Any) -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, list) or len(value) > MOST_IN_LIST:
        yield f"{path} is no list of at most {MOST_IN_LIST:,} assets: correct it, or leave it out."
        return
    for number, one in enumerate(value):
        if not isinstance(one, Mapping):
            yield f"{path}[{number}] is no object: write type, uri, name and ext in it."
            continue
        for name in ("type", "uri", "name", "ext"):
            text = one.get(name)
            if not isinstance(text, str | None):
                yield f"{path}[{number}].{name} is {_shown(text)}, which is no text."
            elif name != "uri":
                yield from _text(f"{path}[{number}].{name}", text)


def _book(path: str, value: Any) -> Iterator[str]:
    """The book's own fields; whether its entries can be learnt, the lorebooks' reader says."""
    if value is None:
        return
    if not isinstance(value, Mapping):
        yield f"{path} is no object: leave it out if there is no book."
        return
    for name in ("name", "description"):
        yield from _text(f"{path}.{name}", value.get(name))
    entries = value.get("entries")
    if not isinstance(entries, list | Mapping | None):
        yield f"{path}.entries is {_shown(entries)}, which is no list of entries."
        return
    numbered = entries.items() if isinstance(entries, Mapping) else enumerate(entries or ())
    for number, one in numbered:
        if not isinstance(one, Mapping):
            yield f"{path}.entries[{number}] is no object: remove it."
            continue
        for name in ("content", "comment", "name"):
            yield from _text(f"{path}.entries[{number}].{name}", one.get(name))


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)[:40]
