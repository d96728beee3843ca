"""What a speaker has in mind as it begins to speak, before those who will hear it: what the talk
brings back, what it knows of who listens, what was noted, and now and then a thing to confide."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from conversations.floor.lines import Said
from conversations.models import Channel, Turn, TurnMemory
from conversations.turns import selfknowledge
from conversations.turns.confiding import Confidence, something_to_tell
from conversations.turns.phrasing import when
from conversations.turns.selfknowledge import Question, Surfacing
from fishbowl.llm.types import Common, Recollection
from fishbowl.statements import Row, Statement, together
from memories import scratchpad
from memories.formation import commonground, facts
from memories.formation.traces import quoted
from memories.models import Memory
from memories.nights import forgetting
from memories.recall.asking import Asker
from memories.recall.beside import Beside, beside
from memories.recall.recall import Recalled, recalling
from memories.reflection.wanted import told_of
from memories.unspaced import count_words
from memories.view import SOMEBODY, Audience, directly_seen_by

MEMORIES = 6
NEAR = 0.25  # of a memory's fit: what a cosine counts beside the share of the words asked with
THIN = 4  # words; a shorter line is asked about together with the one before


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a speaker has in mind. `recalled` came to mind by the last line, best first: memories
    and pieces of lore, and behind them what hangs together with those; the voice reads them as
    `memories` and `lore`."""

    recalled: tuple[Recalled, ...] = ()
    memories: tuple[Recollection, ...] = ()
    lore: tuple[str, ...] = ()
    facts: tuple[facts.KnownFact, ...] = ()
    common: tuple[Common, ...] = ()
    notes: tuple[str, ...] = ()
    to_tell: Confidence | None = None
    insight: Surfacing | None = None
    figures: str = ""
    own_memory: Recollection | None = None
    question: Question | None = None
    wanted: frozenset[int] = frozenset()  # the goals of which it may speak
    before: Audience = field(default_factory=Audience)


def remember(
    turn: Turn,
    before: Audience,
    lines: Sequence[Said],
    now: dt.datetime,
    insights: Sequence[Row] = (),
    wanted: Sequence[Row] = (),
) -> Remembered:
    """What the speaker of `turn` has in mind after `lines`, those of its conversation, before
    whoever hears it; `now` is in its time zone, by which it says 'yesterday'. `insights` are those
    that might come up, `wanted` the goals it has here."""
    assert turn.chosen_id is not None  # noqa: S101 - a constraint holds it
    heard = [line for line in lines if line.character_id != turn.chosen_id]
    question = None
    if heard:
        question = recalling(
            turn.chosen_id,
            before,
            _question(heard),
            now=now,
            limit=MEMORIES,
            leave_out={line.id for line in lines},
            context=[line.text for line in lines[-4:]],
            asked_by=Asker(*heard[-1].speaker),
        )
    opened = question.opened() if question else directly_seen_by(turn.chosen_id, before)
    with opened as view:
        recalled = question.under(view) if question else []
        # What it has understood comes up by rules of its own, rarely.
        recalled = [one for one in recalled if one.kind != Memory.Kind.INSIGHT]
        hung = beside(view, recalled, now)
        insight = selfknowledge.surfacing(view, insights)
        spoken_of = told_of(view, wanted, before)
        asked = heard[-1].text if heard and heard[-1].person_id else ""
        known = facts.known(view, turn.chosen_id, before.people, asked)
        person = heard[-1].person_id if heard else None
        common = commonground.known(view, turn.chosen_id, person, now) if person else []
        notes = scratchpad.blackboard(view, turn.conversation_id, now)
    figures, own_memory = (
        selfknowledge.figures_asked(heard[-1].text, turn.chosen_id, before, now)
        if heard and heard[-1] is lines[-1]
        else ("", None)
    )
    known_ids = {one.id for one in recalled}
    more = {one.memory.id: one.memory for one in hung.values() if one.memory.id not in known_ids}
    return Remembered(
        recalled=(*recalled, *more.values()),
        memories=_recollections(
            [one for one in recalled if one.kind != Memory.Kind.LORE], hung, turn.chosen_id, now
        ),
        lore=tuple(one.content for one in recalled if one.kind == Memory.Kind.LORE),
        facts=tuple(known),
        common=tuple(common),
        notes=tuple(notes),
        to_tell=something_to_tell(turn.chosen_id, before, turn.random_seed, now),
        insight=insight,
        figures=figures,
        own_memory=own_memory,
        wanted=spoken_of,
        before=before,
    )


def asking_present(conversation_id: int) -> Statement:
    """The statement for who has a part in a conversation."""
    return (
        """
        SELECT character_id, person_id FROM conversations_participant
        WHERE conversation_id = %s AND left_at IS NULL
        """,
        (conversation_id,),
    )


def audience(
    turn: Turn, channel: Channel, present: Sequence[Row], people: Sequence[int] = ()
) -> Audience:
    """Everybody with a part in the turn's conversation, as `asking_present` found them, and
    `people`. Where that is nobody but the speaker, whoever comes by reads it: what stands in a room
    was not said to oneself."""
    characters = frozenset(pk for pk, _ in present if pk is not None)
    listening = frozenset(pk for _, pk in present if pk is not None) | frozenset(people)
    if not listening and characters <= {turn.chosen_id}:
        listening = frozenset({SOMEBODY})
    return Audience(
        characters=characters,
        people=listening,
        community=channel.community_id,
        conversation=turn.conversation_id,
    )


def _question(heard: Sequence[Said]) -> str:
    last = heard[-1].text
    if count_words(last) < THIN and len(heard) > 1:
        return f"{heard[-2].text} {last}"
    return last


def _recollections(
    used: Sequence[Recalled], hung: Mapping[int, Beside], speaker: int, now: dt.datetime
) -> tuple[Recollection, ...]:
    names = _names([*used, *(one.memory for one in hung.values())])
    found = []
    for one in used:
        told = _recollection(one, names, speaker, now)
        if other := hung.get(one.id):
            # What hangs together with it has to do with the question as it has itself.
            told_beside = _recollection(other.memory, names, speaker, now)
            told = replace(told, how=other.how, beside=replace(told_beside, fit=told.fit))
        found.append(told)
    return tuple(found)


def _recollection(
    one: Recalled, names: dict[tuple[str, int], str], speaker: int, now: dt.datetime
) -> Recollection:
    at = when(one.occurred_at, now) if one.provenance != Memory.Provenance.READ else ""
    teller = ""
    if one.told_by_person_id:
        teller = names.get(("person", one.told_by_person_id), "")
    elif one.told_by_character_id:
        teller = names.get(("character", one.told_by_character_id), "")
    line = quoted(one.content) if one.kind in (Memory.Kind.CONVERSATION, "gossip") else None
    if one.provenance == Memory.Provenance.OWN:
        source = "your own"
    elif one.provenance == Memory.Provenance.READ:
        source = "what is known of this world"
    elif one.provenance == Memory.Provenance.DERIVED:
        source = "what you make of it"
    elif teller:
        verb = "told you" if one.provenance == Memory.Provenance.TOLD or not line else "said it"
        source = f"{teller} {verb}"
    else:
        source = "your own words" if line else "you were there"
    return Recollection(
        text=one.content,
        provenance=", ".join(part for part in (source, at) if part),
        said_by=line[0] if line else teller,
        words=line[1] if line else "",
        when=at,
        fit=one.parts.get("matched", 0.0) + NEAR * one.parts.get("near", 0.0),
    )


def _names(used: Sequence[Recalled]) -> dict[tuple[str, int], str]:
    characters = {one.told_by_character_id for one in used} - {None}
    people = {one.told_by_person_id for one in used} - {None}
    if not characters and not people:
        return {}
    (found,) = together((_NAMES, (list(characters), list(people))))
    return {(kind, pk): name for kind, pk, name in found}


_NAMES = """
    SELECT 'character', id, name FROM characters_character WHERE id = ANY(%s)
    UNION ALL
    SELECT 'person', id,
      coalesce(nullif(custom_name, ''), nullif(display_name, ''), username)
    FROM characters_person WHERE id = ANY(%s)
"""


_KEEP = """
    INSERT INTO conversations_turnmemory (turn_id, memory_id, rank, score, parts)
    SELECT %s, memory_id, rank, score, parts
    FROM unnest(%s::bigint[], %s::float8[], %s::jsonb[])
      WITH ORDINALITY AS thought (memory_id, score, parts, rank)
"""


def keep(turn: Turn, remembered: Remembered, now: dt.datetime) -> None:
    """Keep what came to mind with the turn, the answer to "why did it say that", and note that it
    was used: what is thought of fades less. Within the caller's transaction."""
    thoughts = [(one.id, one.score, one.parts) for one in remembered.recalled]
    told = remembered.to_tell
    if told:
        known = {pk: (score, parts) for pk, score, parts in thoughts}
        score, parts = known.get(told.memory_id, (0.0, {}))
        known[told.memory_id] = (score, {**parts, "to_tell": 1.0})
        thoughts = [(pk, *rest) for pk, rest in known.items()]
    insight = remembered.insight
    if insight and insight.memory_id not in {pk for pk, _, _ in thoughts}:
        thoughts.append((insight.memory_id, 0.0, {"insight": 1.0}))
    if turn.attempts > 1:  # of an attempt that came to nothing
        TurnMemory.objects.filter(turn=turn).delete()
    if thoughts:
        keys, scores, reasons = zip(*thoughts, strict=True)
        together(
            (_KEEP, (turn.pk, list(keys), list(scores), [json.dumps(each) for each in reasons])),
            forgetting.noting_use(
                keys, now, character=turn.chosen_id, community=remembered.before.community
            ),
        )
    if remembered.facts:
        facts.note_used([fact.id for fact in remembered.facts], now)
