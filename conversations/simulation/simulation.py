"""The society on a clock of its own: the same director, turns and tasks, without queue and waiting.

Time jumps from one due row to the next, so that hours of talk pass in seconds. Nothing else
differs from real life: every message, turn, mood and bond is a row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from conversations import nudges
from conversations.floor.director import look
from conversations.floor.lines import IS_UNDER_WAY
from conversations.models import Channel, Conversation, Turn
from conversations.simulation.beats import Beats
from conversations.turns.turns import take
from fishbowl.statements import planned


@dataclass(slots=True)
class Clock:
    """Simulated time."""

    now: dt.datetime


def run(
    clock: Clock,
    *,
    until: dt.datetime,
    seed: int,
    watched: bool = False,
    beats: Beats | None = None,
) -> Iterator[Turn]:
    """Let every channel live until `until`, and yield each turn as it is decided or ends.

    `watched` has all channels watched throughout, so that they keep their own pace. The seeds of
    all decisions derive from `seed`. `beats` does what the clock of a running society has done
    besides turns: observation, nights, upkeep.
    """
    rng = Random(seed)
    with nudges.held_back(beats.take if beats else lambda task, key: None):
        if watched:
            Channel.objects.update(watched_until=until + dt.timedelta(days=1))
        Channel.objects.filter(next_look_at__isnull=True).update(next_look_at=clock.now)
        while clock.now < until:
            due = _next_due()
            if beats and (due is None or beats.next_at < due[0]):
                if beats.next_at > until:
                    clock.now = until
                    return
                clock.now = max(clock.now, beats.next_at)
                beats.beat(clock.now)
                for channel in sorted(beats.looks):
                    look(channel, clock.now, rng.getrandbits(62))
                beats.looks.clear()
                continue
            if due is None or due[0] > until:
                clock.now = until
                return
            clock.now = max(clock.now, due[0])
            if beats:
                beats.move_to(clock.now)
            turn = (
                take(due[2], clock.now)
                if due[1] == "turn"
                else look(due[2], clock.now, rng.getrandbits(62))
            )
            if turn is not None:
                if beats:
                    beats.stir()
                yield turn
            elif due[1] == "look":
                _postpone(due[2], clock.now)


_DUE = f"""
    SELECT coalesce(say_at, due_at), 'turn', id FROM conversations_turn
    WHERE {IS_UNDER_WAY}
    UNION ALL
    SELECT next_turn_at, 'look', channel_id FROM conversations_conversation c
    WHERE status = 'open' AND next_turn_at IS NOT NULL AND NOT EXISTS (
      SELECT FROM conversations_turn t
      WHERE t.conversation_id = c.id AND t.{IS_UNDER_WAY})
    UNION ALL
    SELECT next_look_at, 'look', id FROM conversations_channel h
    WHERE next_look_at IS NOT NULL AND NOT EXISTS (
      SELECT FROM conversations_conversation c WHERE c.channel_id = h.id AND c.status = 'open')
"""  # noqa: S608 - a constant


def _next_due() -> tuple[dt.datetime, str, int] | None:
    """The earliest due row: when, what to do, and on which key. Asked before every step, so it is
    one journey to the database."""
    found = planned(_DUE)
    return min(((at, what, key) for at, what, key in found), default=None)


def _postpone(channel_id: int, now: dt.datetime) -> None:
    """A look that found nothing to decide would be due forever: let time pass."""
    later = now + dt.timedelta(seconds=5)
    Channel.objects.filter(pk=channel_id, next_look_at__lte=now).update(next_look_at=later)
    Conversation.objects.open().filter(channel_id=channel_id, next_turn_at__lte=now).update(
        next_turn_at=later
    )
