"""Decides, under a channel's lock, who takes the floor, and plans the turn.

One choice is made once, whoever races for it: the channel's row is locked, and the database holds
that a conversation has at most one turn under way.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from characters.models import Character
from conversations import nudges
from conversations.floor.addressing import addressed_names
from conversations.floor.holds import Room, hold_room
from conversations.floor.lines import DECIDED, Decided, Said
from conversations.floor.pace import Pace, in_force
from conversations.floor.residents import frequenting
from conversations.floor.rules import director_rules, pace_rules
from conversations.floor.scene import RECENT, load_floor, newcomer, slowed
from conversations.floor.turntaking import Decision, Floor, Trigger, decide
from conversations.initiative import occasions
from conversations.models import (
    Channel,
    Conversation,
    Message,
    ScheduledEvent,
    Turn,
)
from conversations.services import close_conversation, current_conversation
from conversations.vectors import embed_if_possible
from fishbowl.statements import inserting, saving, stored, together


def look(channel_id: int, now: dt.datetime | None = None, seed: int | None = None) -> Turn | None:
    """Look at a channel once: decide, and write the decision down as a turn.

    Returns the turn, or None when there was nothing to decide: somebody else holds the floor, a
    turn is under way, it is not time yet, or everything rests. `seed` fixes the choice in tests.
    """
    now = now or timezone.now()
    found = _look(channel_id, now, seed)
    if found is WAITS:  # for a server, perhaps: never while the room is locked
        embed_waiting(channel_id)
        found = _look(channel_id, now, seed, anyway=True)
    return found if isinstance(found, Turn) else None


WAITS = object()
MOST_ASKED = 3  # of those whom one line asks by name
ASKED_FOR = dt.timedelta(minutes=5)  # after which who was passed over waits no more


def _look(
    channel_id: int, now: dt.datetime, seed: int | None, *, anyway: bool = False
) -> Turn | object | None:
    """Look at a channel under its lock. Returns WAITS, and does nothing, when lines of people have
    no vector yet, unless told to decide `anyway`."""
    with transaction.atomic():
        room = hold_room(channel_id, RECENT, now)
        if room is None:
            return None
        if not anyway and not all(line.has_vector for line in room.lines):
            return WAITS
        channel, conversation = room.channel, room.conversation
        found = _Cause.of(room, now)
        if found is None:
            return None
        floor = load_floor(
            channel,
            conversation,
            found.trigger,
            now,
            lines=found.lines,
            decided=found.decided,
            event_for=found.event.character_id if found.event else None,
            event_move=occasions.move_for(found.event) if found.event else "open",
            answered_by=found.answered_by,
            is_owed=bool(found.event and occasions.is_owed(found.event)),
        )
        pace = pace_rules(channel, floor.pace)
        if not floor.candidates:
            if Character.objects.active().exists():  # else nothing is written at all
                _look_later(channel, conversation, now, pace.lull_min * 60)
            return None
        rules = director_rules(channel)
        seed = seed if seed is not None else secrets.randbits(62)
        decision = decide(floor, rules, seed, pace)
        wait = slowed(channel, found.lines, decision.chosen, now) if decision.chosen else 0.0
        delay_s = max(decision.delay_s * rules.time_scale, wait)
        decision = replace(decision, delay_s=delay_s)
        settings = in_force(rules, pace)
        turn = _carry_out(channel, conversation, found, floor, pace, decision, settings, seed, now)
        if found.event is not None:
            occasions.note(found.event, turn, now)
        return turn


@dataclass(frozen=True, slots=True)
class _Cause:
    """What there is to decide about: why now, and the lines up to the one that matters."""

    trigger: Trigger
    lines: Sequence[Said] = ()
    decided: Sequence[Decided] = ()
    event: ScheduledEvent | None = None
    answered_by: frozenset[int | None] = frozenset()  # of several whom a person asked

    @classmethod
    def of(cls, room: Room, now: dt.datetime) -> _Cause | None:
        channel, conversation = room.channel, room.conversation
        lines, decided = room.lines, room.decided
        if any(d.is_under_way for d in decided):
            return None
        if room.has_event:
            event = occasions.next_due(channel, now, lines)
            if event is not None:
                return cls("event", lines, decided, event)
        if conversation and newcomer(conversation, decided, now) is not None:
            return cls("newcomer", lines, decided)
        if conversation is None or not lines:
            is_early = channel.next_look_at is not None and channel.next_look_at > now
            return None if is_early else cls("lull", lines, decided)
        if conversation.next_turn_at is None or conversation.next_turn_at > now:
            return None
        waiting = _unanswered(lines, decided)
        if waiting is not None:
            return cls("person", lines[: waiting + 1], decided)
        waiting, answered_by = _still_asked(channel, lines, decided, now)
        if waiting is not None:
            return cls("person", lines[: waiting + 1], decided, answered_by=answered_by)
        waiting = _passed_over(channel, lines, decided, now)
        if waiting is not None:
            return cls("person", lines[: waiting + 1], decided)
        answered = any(
            d.answers_id == lines[-1].id
            and d.status != Turn.Status.ABANDONED
            and d.action != Turn.Action.REACT
            for d in decided
        )
        return cls("lull" if answered else "character", lines, decided)


def _unanswered(lines: Sequence[Said], decided: Sequence[Decided]) -> int | None:
    """Where the latest line of a person stands on which nothing was decided yet; what a character
    said meanwhile in answer to somebody else does not make it answered."""
    kept = [
        d for d in decided if d.status != Turn.Status.ABANDONED and d.action != Turn.Action.REACT
    ]
    for place in range(len(lines) - 1, -1, -1):
        if lines[place].person_id:
            # By what it was decided on, not by when: a line may wait for the room's lock meanwhile.
            heard = any((d.answers_id or 0) >= lines[place].id for d in kept)
            return None if heard else place
    return None


def _still_asked(
    channel: Channel, lines: Sequence[Said], decided: Sequence[Decided], now: dt.datetime
) -> tuple[int | None, frozenset[int | None]]:
    """Where the last line of a person stands of which some whom it asks by name have answered, and
    others, who are awake, haven't; and who has. Each is given the floor once."""
    place = next((at for at in range(len(lines) - 1, -1, -1) if lines[at].person_id), None)
    if place is None or not 1 <= len(lines) - 1 - place < MOST_ASKED:
        return None, frozenset()
    asked = lines[place]
    kept = [d for d in decided if d.answers_id == asked.id and d.action != Turn.Action.REACT]
    since = {line.character_id for line in lines[place + 1 :]}
    if {d.chosen_id for d in kept} != since or len(kept) > len(since):
        return None, frozenset()  # somebody else spoke, or one who was asked would not
    here = {one.name: one for one in frequenting(channel)}
    named = [here[name] for name in addressed_names(asked.text, here)][:MOST_ASKED]
    left = [one for one in named if one.pk not in since and one.is_awake(now)]
    if not left or not since <= {one.pk for one in named}:
        return None, frozenset()
    return place, frozenset(since)


def _passed_over(
    channel: Channel, lines: Sequence[Said], decided: Sequence[Decided], now: dt.datetime
) -> int | None:
    """Where the oldest line stands in which somebody asked a character by name, or in reply to it,
    and on which nothing was decided, since another spoke before it could be: what was answered to
    them answers nobody else. Not where they have spoken again, or where it is long ago."""
    heard = {d.answers_id for d in decided}
    known_from = min((key for key in heard if key), default=0) if len(decided) >= DECIDED else 0
    spoken_since: set[tuple[int | None, int | None]] = set()
    open_lines = []
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if now - line.at > ASKED_FOR or line.id < known_from:
            break
        if line.person_id and line.id not in heard and line.speaker not in spoken_since:
            open_lines.append((place, line))
        spoken_since.add(line.speaker)
    here = {one.name: one for one in frequenting(channel)} if open_lines else {}
    awake = {one.pk for one in here.values() if one.is_awake(now)}
    for place, line in reversed(open_lines):
        asked = {here[name].pk for name in addressed_names(line.text, here)}
        asked |= {one.pk for one in here.values() if one.pk == line.answers_character_id}
        if asked & awake:
            return place
    return None


def _carry_out(
    channel: Channel,
    conversation: Conversation | None,
    found: _Cause,
    floor: Floor,
    pace: Pace,
    decision: Decision,
    settings: dict[str, Any],
    seed: int,
    now: dt.datetime,
) -> Turn | None:
    later = decision.look_in_s
    if conversation is None:
        if decision.action in ("silence", "close"):
            _look_later(channel, None, now, later or pace.lull_min * 60)
            return None
        conversation = current_conversation(channel, now, kind=Conversation.Kind.AMBIENT)
    takes_floor = decision.action in ("speak", "react")
    due_at = now + dt.timedelta(seconds=decision.delay_s)
    conversation.turn_number += 1
    turn = Turn(
        conversation=conversation,
        number=conversation.turn_number,
        status=Turn.Status.PLANNED if takes_floor else Turn.Status.SILENT,
        action=decision.action,
        move=decision.move,
        trigger=floor.trigger,
        chosen_id=decision.chosen,
        answers_id=found.lines[-1].id if found.lines else None,
        reason=(f"{found.event.title}: " if found.event else "") + decision.reason,
        scores=decision.scores,
        floor=floor.to_json(),
        rules=settings,
        random_seed=seed,
        due_at=due_at,
        decided_at=now,
        finished_at=None if takes_floor else now,
    )
    conversation.next_turn_at = (
        None if takes_floor or later is None else now + dt.timedelta(seconds=later)
    )
    ((key,),), _ = together(inserting(turn), saving(conversation, "turn_number", "next_turn_at"))
    stored(turn, key)
    if decision.action == "close":
        close_conversation(conversation, decision.reason, now)
        _look_later(channel, None, now, pace.lull_min * 60)
    elif takes_floor:
        nudges.take_turn(turn.pk, decision.delay_s)
    return turn


def _look_later(
    channel: Channel, conversation: Conversation | None, now: dt.datetime, in_s: float
) -> None:
    at = now + dt.timedelta(seconds=in_s)
    if conversation is None:
        Channel.objects.filter(pk=channel.pk).update(next_look_at=at)
    else:
        Conversation.objects.filter(pk=conversation.pk).update(next_turn_at=at)


def embed_waiting(channel_id: int) -> int:
    """Embed the messages of a channel that have no vector yet; people's arrive without one, so
    that nothing stands before their being stored. Returns how many were filled."""
    with connection.cursor() as cursor:  # raw, because nearly every look finds nothing
        cursor.execute(
            """
            SELECT m.id, m.content FROM conversations_message m
            JOIN conversations_conversation c ON c.id = m.conversation_id
            WHERE c.channel_id = %s AND c.status = 'open' AND m.embedding_model_id IS DISTINCT FROM
              (SELECT id FROM memories_embeddingmodel WHERE is_active) LIMIT 50
            """,
            [channel_id],
        )
        waiting = cursor.fetchall()
    if not waiting:
        return 0
    vectors = embed_if_possible([content for _, content in waiting])
    if vectors is None:
        return 0
    for (pk, text), vector in zip(waiting, vectors, strict=True):
        Message.objects.filter(pk=pk, content=text).update(
            embedding=vector, embedding_model_id=vector.model_id
        )
    return len(waiting)
