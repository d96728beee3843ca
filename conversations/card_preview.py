"""What a card will become, laid out to be looked at before it comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from characters.cards import CardFile, CardRefused, become, shapes
from characters.models import Character
from conversations.cards import read_book

SHOWN = 600

# Where each field of a card goes, in words.
_STORY = {
    "nickname": "Nickname, which {{char}} stands for",
    "identity": "Identity, in every prompt",
    "background": "Background, which gives way to talk",
    "personality": "Personality, in every prompt",
    "scenario": "Circumstances, where a room has none",
    "example_dialogue": "Example dialogue",
    "system_prompt": "In place of how prompts begin",
    "depth_note": "Note close to the last lines",
    "post_history_note": "In place of the closing reminder",
    "greetings": "Greetings it begins with",
    "group_greetings": "Greetings among several",
}
FOR_ADULTS = "speaks only in age-restricted channels: its tags say so, or its extensions do"
_KEPT = ("creator_notes", "creator", "character_version", "tags", "source")


@dataclass(frozen=True, slots=True)
class Preview:
    """A card, looked at. `rows` are what goes where, `kept` what is kept and never in a prompt;
    `taken` is who has its name already, `problems` why it can't come."""

    name: str
    version: int
    rows: tuple[tuple[str, str], ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    taken: Character | None = None
    entries: int = 0
    is_lorebook: bool = False


def preview(file: CardFile) -> Preview:
    """Look at a card. Nothing is changed."""
    data = shapes.fields(file.card)
    if file.is_lorebook:
        book = data.get("data", data)
        entries = book.get("entries") if isinstance(book, dict) else None
        count = len(entries) if isinstance(entries, list | dict) else 0
        return Preview(file.label, 3, entries=count, is_lorebook=True)
    try:
        becoming = become(file.card)
        book = read_book(file)
    except CardRefused as refused:
        return Preview(str(data["name"]), shapes.version(file.card), problems=refused.problems)
    known = len(book.entries) if book else 0
    rows = [
        *((words, _shown(becoming.story[name])) for name, words in _STORY.items()),
        *_own(becoming.own),
        ("Talkativeness", f"{becoming.talkativeness:.2f}"),
        ("Book", f"{known} entries, which only it knows" if known else ""),
        ("Picture", f"{len(file.picture):,} bytes, becomes its avatar" if file.picture else ""),
    ]
    extensions = ", ".join(data.get("extensions") or ())
    kept = [(name, _shown(data.get(name))) for name in _KEPT]
    return Preview(
        name=becoming.name,
        version=shapes.version(file.card),
        rows=tuple((words, text) for words, text in rows if text),
        kept=tuple((words, text) for words, text in [*kept, ("extensions", extensions)] if text),
        notes=(*file.notes, *(f"passed over: {one}" for one in (book.passed_over if book else ()))),
        taken=Character.objects.filter(name__iexact=becoming.name).first(),
        entries=known,
    )


def _own(own: dict[str, Any]) -> Iterator[tuple[str, str]]:
    persona, style = own.get("persona", {}), own.get("style", {})
    yield "Tagline", own["character"]["tagline"]
    yield "For adults", FOR_ADULTS if own["character"]["is_adult"] else ""
    yield "Appearance", _shown(persona.get("appearance"))
    yield "Holds to", _shown(persona.get("values"))
    traits = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
    yield "Traits", ", ".join(f"{one} {persona[one]:.2f}" for one in traits if one in persona)
    voice = ("formality", "verbosity", "humour", "emoji_use")
    yield "Voice", ", ".join(f"{one} {style[one]:.2f}" for one in voice if one in style)
    yield "Interests", ", ".join(one["topic"] for one in own.get("interests", ()))
    yield (
        "Memories that made it",
        _shown([one["content"] for one in own.get("formative_memories", ())]),
    )
    yield "Goals", _shown([one["description"] for one in own.get("goals", ())])


def _shown(value: Any) -> str:
    """The beginning of a field, lists one a line."""
    if isinstance(value, list):
        value = "\n".join(f"• {one}" for one in value)
    text = value if isinstance(value, str) else ""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
