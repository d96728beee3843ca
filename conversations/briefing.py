"""What the chosen speaker has before its mind, read from the database: the brief of one turn."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db.models import Q

from characters.models import Character, CharacterState, Relationship
from conversations.addressing import is_addressed
from conversations.lines import Said, room_lines
from conversations.models import Channel, Participant, Turn
from conversations.summaries import latest
from fishbowl.llm.types import Brief, Line, Listener, Move, Recollection, Voice

ROOM_LINES = 50
PORTRAIT_FRESH_S = 2.0
EARLIER_FOR = 8  # lines of a new conversation before the one before it is out of mind
MOVES: tuple[Move, ...] = ("reply", "join", "open", "change_topic", "greet", "farewell")


def load_brief(turn: Turn, channel: Channel, now: dt.datetime) -> Brief:
    """Everything the chosen character of `turn` knows as it begins to speak.

    Raises:
        Character.DoesNotExist: the character was deleted meanwhile.
    """
    assert turn.chosen_id is not None  # noqa: S101 - a constraint holds it
    character = _portrait(turn.chosen_id)
    state = CharacterState.objects.get(character=character)
    lines = room_lines(channel.pk, ROOM_LINES)
    lines.sort(key=lambda line: line.id == turn.answers_id)  # what is answered stands last
    current = [line for line in lines if line.conversation_id == turn.conversation_id]
    last = current[-1] if current else None
    persona, style = character.persona, character.style
    arrived = _newcomer_of(turn) if turn.trigger == "newcomer" else None
    return Brief(
        speaker=character.name,
        identity=persona.identity,
        background=persona.background,
        values=tuple(persona.values),
        traits=persona.traits(),
        voice=Voice(
            formality=style.formality,
            verbosity=style.verbosity,
            humour=style.humour,
            emoji_use=style.emoji_use,
            signature_phrases=tuple(style.signature_phrases),
            avoided_phrases=tuple(style.avoided_phrases),
            preferred_words=tuple(style.preferred_words),
        ),
        interests=tuple((i.topic, i.weight) for i in character.interests.all()),
        goals=tuple(g.description for g in character.goals.all() if g.status == "active"),
        mood_valence=state.mood_valence,
        mood_arousal=state.mood_arousal,
        energy=state.energy,
        listeners=_listeners(character, current, arrived),
        memories=_recollections(character, current),
        lines=tuple(_line(line, character.pk, now) for line in lines),
        addressee=(
            arrived.person.name if arrived and arrived.person else (last.author if last else None)
        ),
        is_addressed=bool(last and is_addressed(last.text, character.name)),
        move=next((m for m in MOVES if m == turn.move), "reply"),
        room=channel.name,
        room_topic=channel.topic,
        scenario=channel.scenario.premise if channel.scenario else "",
        earlier=latest(channel.pk, now) if len(current) < EARLIER_FOR else "",
        hour=now.astimezone(ZoneInfo(character.timezone)).hour,
        seed=turn.random_seed,
        disclosure=persona.disclosure,
        constitution=persona.constitution,
        example_dialogue=persona.example_dialogue,
        system_note=character.system_note,
        material=style.improv,
        spent=dict(character.material_uses.values_list("key", "used_count")),
    )


_portraits: dict[int, tuple[float, Character]] = {}


def _portrait(character_id: int) -> Character:
    """A character with all that its keeper wrote of it, at most two seconds old: it is large, the
    same from turn to turn, and in a busy society asked for many times a second."""
    now = time.monotonic()
    known = _portraits.get(character_id)
    if known and now - known[0] < PORTRAIT_FRESH_S:
        return known[1]
    character = (
        Character.objects.select_related("persona", "style")
        .defer("card")
        .prefetch_related("interests", "formative_memories", "goals")
        .get(pk=character_id)
    )
    _portraits[character_id] = (now, character)
    return character


def forget_portraits() -> None:
    """Read every character anew at its next turn."""
    _portraits.clear()


def _newcomer_of(turn: Turn) -> Participant | None:
    """The person whose coming in caused `turn`."""
    return (
        Participant.objects.filter(
            conversation=turn.conversation_id,
            person__isnull=False,
            joined_at__lte=turn.decided_at,
        )
        .select_related("person")
        .order_by("joined_at")
        .last()
    )


def _line(said: Said, speaker: int, now: dt.datetime) -> Line:
    return Line(
        number=said.number,
        speaker=said.author,
        text=said.text,
        seconds_ago=max(0.0, (now - said.at).total_seconds()),
        kind="person" if said.person_id else "character",
        is_own=said.character_id == speaker,
    )


def _listeners(
    character: Character, lines: Sequence[Said], arrived: Participant | None
) -> tuple[Listener, ...]:
    """Who hears it: those who spoke here lately, and the one who came in, as the speaker knows
    them."""
    characters = {
        line.character_id: line.author
        for line in lines
        if line.character_id and line.character_id != character.pk
    }
    people = {line.person_id: line.author for line in lines if line.person_id}
    if arrived and arrived.person:
        people[arrived.person.pk] = arrived.person.name
    bonds = {
        (r.to_character_id, r.to_person_id): r
        for r in Relationship.objects.filter(from_character=character).filter(
            Q(to_character__in=characters) | Q(to_person__in=people)
        )
    }
    listeners = []
    for key, name, is_person in [
        *(((pk, None), name, False) for pk, name in characters.items()),
        *(((None, pk), name, True) for pk, name in people.items()),
    ]:
        bond = bonds.get(key)
        listeners.append(
            Listener(
                name=name,
                is_person=is_person,
                level=bond.level if bond else "Stranger",
                trust=bond.trust if bond else 0.5,
                affection=bond.affection if bond else 0.4,
                is_new=bool(arrived and is_person and key[1] == arrived.person_id),
            )
        )
    return tuple(sorted(listeners, key=lambda one: one.name))


def _recollections(character: Character, lines: Sequence[Said]) -> tuple[Recollection, ...]:
    """Formative memories that the last lines call to mind: by trigger word, most hits first."""
    heard = " ".join(line.text.lower() for line in lines[-4:])
    ranked = sorted(
        (
            (sum(t.lower() in heard for t in memory.triggers), memory.pk, memory)
            for memory in character.formative_memories.all()
        ),
        key=lambda row: (-row[0], row[1]),
    )
    return tuple(
        Recollection(memory.content, f"your own, {memory.age_or_date}".rstrip(", "))
        for hits, _, memory in ranked[:2]
        if hits
    )
