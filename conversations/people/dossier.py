"""What is kept of a person, laid out to be read: a page for keepers, a file for the person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

TITLES = {
    "person": "Who they are",
    "memberships": "Where they belong",
    "preferences": "What they asked for",
    "messages": "What they said",
    "earlier_words": "What they said before they mended it",
    "reactions": "Reactions",
    "conversations": "Conversations they had part in",
    "facts": "Facts",
    "memories": "What is remembered of them",
    "told_by_others": "What others told, by number",
    "relationships": "How characters stand to them",
    "moods_moved": "Moods they moved",
    "understood": "What is understood of them",
    "sought": "What is wanted of them",
    "steps": "What characters learned by them",
    "bonds_moved": "What moved the bonds with them",
    "earlier_memories": "What was remembered of them before",
    "told_on": "What was told on of them",
    "related": "To whom and what they belong",
    "notes": "Notes of talks that go on",
    "known_as": "What they are called",
    "dates": "Dates and reminders",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing that is kept. `more` is how many rows aren't shown."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    number: int
    more: int = 0


def sections(told: Mapping[str, Any], *, most: int = 0) -> list[Section]:
    """An export as tables; `most` rows of each, the latest, where that is given."""
    return [one for one in _sections(told, most) if one.rows]


def _sections(told: Mapping[str, Any], most: int) -> Iterator[Section]:
    for name, value in told.items():
        title = TITLES.get(name, name.replace("_", " ").capitalize())
        if name == "elsewhere":
            for kind, rows in value.items():
                yield _table(kind.capitalize(), rows, most)
        elif isinstance(value, Mapping):
            pairs = [
                (_words(key), _shown(one)) for key, one in value.items() if one not in ("", None)
            ]
            yield Section(title, ("", ""), tuple(pairs), len(pairs))
        elif isinstance(value, list):
            yield _table(title, value, most)


def _table(title: str, rows: Sequence[Mapping[str, Any]], most: int) -> Section:
    shown = rows[-most:] if most else rows
    heads = tuple(
        dict.fromkeys(key for row in shown for key, one in row.items() if one not in ("", None, []))
    )
    return Section(
        title,
        tuple(map(_words, heads)),
        tuple(tuple(_shown(row.get(head)) for head in heads) for row in shown),
        len(rows),
        len(rows) - len(shown),
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{_words(str(key))}: {_shown(one)}" for key, one in value.items())
    return str(value)


def page(told: Mapping[str, Any]) -> str:
    """An export as a page that stands alone, for whoever would rather read than parse."""
    person = told.get("person", {})
    name = person.get("custom_name") or person.get("display_name") or person.get("username") or ""
    context = {"name": name, "at": told.get("exported_at", ""), "sections": sections(told)}
    return render_to_string("people/export.html", context)
