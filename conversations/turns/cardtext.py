"""What a keeper or a card's author wrote of a character, with its macros filled in for one turn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from characters.models import Character
from characters.voices import SOMEBODY
from fishbowl.macros import with_names, without_starts

# A card may be as long as a book; what never gives way to talk has to be short.
LONGEST_PROMPT = 3_000
LONGEST_NOTE = 1_500


@dataclass(frozen=True, slots=True)
class Told:
    """The texts of a brief that come from the character's own pages."""

    identity: str
    appearance: str
    background: str
    scenario: str
    disclosure: str
    constitution: str
    example_dialogue: str
    system_note: str
    system_prompt: str
    depth_note: str
    closing_note: str
    greetings: tuple[tuple[str, str], ...]
    group_greetings: tuple[tuple[str, str], ...]


def filled(character: Character, addressee: str | None, seed: int) -> Told:
    """The texts as they stand in this turn: `{{char}}` is the character's nickname or name,
    `{{user}}` whoever is spoken to. Greetings keep theirs open until they are said."""
    persona = character.persona
    name = persona.nickname or character.name

    def fill(text: str) -> str:
        return with_names(text, name, addressee or SOMEBODY, seed=seed)

    return Told(
        identity=fill("\n".join(part for part in (persona.identity, persona.personality) if part)),
        appearance=fill(persona.appearance),
        background=fill(persona.background),
        scenario=fill(persona.scenario),
        disclosure=fill(persona.disclosure),
        constitution=fill(persona.constitution),
        example_dialogue=without_starts(fill(persona.example_dialogue)),
        system_note=fill(character.system_note),
        system_prompt=fill(persona.system_prompt)[:LONGEST_PROMPT],
        depth_note=fill(persona.depth_note)[:LONGEST_NOTE],
        closing_note=fill(persona.post_history_note)[:LONGEST_NOTE],
        greetings=_greetings(persona.greetings, name, seed),
        group_greetings=_greetings(persona.group_greetings, name, seed),
    )


def _greetings(given: object, name: str, seed: int) -> tuple[tuple[str, str], ...]:
    """A list that a keeper may have written by hand, each with its key, which stays the same while
    the text does."""
    return tuple(
        (greeting_key(text), with_names(text, name, seed=seed))
        for text in (given if isinstance(given, list) else ())
        if isinstance(text, str) and text.strip()
    )


def greeting_key(text: str) -> str:
    """What the uses of a greeting are counted by."""
    return f"greeting/{hashlib.sha256(text.encode()).hexdigest()[:16]}"
