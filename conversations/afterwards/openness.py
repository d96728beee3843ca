"""What of a talk anybody may hear of who wasn't there: of this alone is made what outlasts it."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.floor.lines import Said
from conversations.models import Message
from fishbowl.statements import planned
from memories.formation import discretion
from memories.formation.echo import repeats
from memories.formation.stretch import Heard
from memories.models import Memory

# What characters had in mind as they said these lines, as far as it is not for everybody.
_IN_MIND = """
    SELECT m.id, r.content FROM conversations_message m
    JOIN conversations_turnmemory t ON t.turn_id = m.turn_id
    JOIN memories_memory r ON r.id = t.memory_id
    WHERE m.id = ANY(%(messages)s) AND m.character_id IS NOT NULL AND r.visibility <> 'public'
"""


def of_message(message: Message) -> Heard:
    """A message as one who was there heard it. Its speaker is told by number: two may be of one
    name."""
    return Heard(
        message_id=message.pk,
        number=message.number,
        speaker=_who(message.character_id, message.person_id),
        text=message.content,
        at=message.created_at,
        character_id=message.character_id,
        person_id=message.person_id,
    )


def of_said(said: Said) -> Heard:
    """The same of a line."""
    return Heard(
        message_id=said.id,
        number=said.number,
        speaker=_who(said.character_id, said.person_id),
        text=said.text,
        at=said.at,
        character_id=said.character_id,
        person_id=said.person_id,
    )


def _who(character: int | None, person: int | None) -> str:
    return f"character {character}" if character else f"person {person}"


def for_all(lines: Sequence[Heard]) -> frozenset[int]:
    """The numbers of the lines of one talk that anybody may hear of: neither confided, by their
    words or by those beside them, nor saying again what was."""
    levels = discretion.of_lines(lines)
    texts = {line.message_id: line.text for line in lines}
    kept = planned(_IN_MIND, messages=[key for key in texts if key is not None])
    retold = {key for key, content in kept if repeats(content, texts[key])}
    return frozenset(
        line.number
        for line in lines
        if levels[line.number] == Memory.Visibility.PUBLIC and line.message_id not in retold
    )
