"""What falls due at a time and is owed to somebody: that they be reminded, congratulated, met.

A due event becomes a turn like any other. What is owed to a person is said all the same where the
turn came to nothing: by another turn, and at last by a plain notice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet

from characters.quiet import hours_of, over_at
from conversations import live, nudges
from conversations.models import Channel, Conversation, Message, ScheduledEvent, Turn
from conversations.services import append_message, current_conversation

OWED = (ScheduledEvent.EventType.REMINDER, ScheduledEvent.EventType.BIRTHDAY)
MOST_TURNS = 3  # before it is said without a character
AGAIN_IN_S = 20.0
SETTLED_WITHIN = dt.timedelta(days=1)
EARLIER = 20  # due events that are looked at at once


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a turn is taken for: somebody, and what they are to hear (empty: a greeting)."""

    person_id: int
    name: str
    words: str = ""


def next_due(channel: Channel, now: dt.datetime) -> ScheduledEvent | None:
    """The first event of a channel that is due. One for somebody who isn't to be disturbed now
    waits until they may be. The caller holds the channel's lock."""
    due = ScheduledEvent.objects.filter(
        channel=channel, status=ScheduledEvent.Status.PENDING, trigger_at__lte=now
    ).select_related("person")
    for event in due.order_by("trigger_at")[:EARLIER]:
        person = event.person
        if person is None or event.event_type not in OWED:
            return event
        later = over_at(hours_of(person.quiet_hours), person.timezone, now)
        if later <= now:
            return event
        ScheduledEvent.objects.filter(pk=event.pk).update(trigger_at=later)
    return None


def is_owed(event: ScheduledEvent) -> bool:
    """Whether an event is for somebody who waits for it, so that no chance may pass it over."""
    return event.person_id is not None or bool(event.context.get("scene"))


def move_for(event: ScheduledEvent) -> str:
    """How whoever speaks for an event begins."""
    if event.event_type in OWED and event.person_id is not None:
        return "remind"
    return "greet" if event.person_id is not None else "open"


def note(event: ScheduledEvent, turn: Turn | None, now: dt.datetime) -> None:
    """An event was taken up: by this turn, if anybody is to speak."""
    ScheduledEvent.objects.filter(pk=event.pk).update(
        status=ScheduledEvent.Status.TRIGGERED,
        triggered_at=now,
        turn=turn,
        attempts=F("attempts") + 1,
    )


def of_turn(turn: Turn) -> Occasion | None:
    """What a turn is taken for, where that is an event of somebody's."""
    event = (
        ScheduledEvent.objects.filter(turn=turn, person__isnull=False, person__erased_at=None)
        .select_related("person")
        .first()
    )
    if event is None or event.person is None:
        return None
    return Occasion(event.person.pk, event.person.name, words_of(event))


def words_of(event: ScheduledEvent) -> str:
    """What somebody is to hear, spoken to them."""
    if event.event_type == ScheduledEvent.EventType.BIRTHDAY:
        return "Happy birthday!"
    if event.event_type == ScheduledEvent.EventType.REMINDER:
        return f"You asked to be reminded: {event.context.get('what') or event.title}"
    return ""


# --- what came to nothing -------------------------------------------------------------------------


def settle(now: dt.datetime) -> int:
    """Find what was owed and never said: it falls due again, or is said as a plain notice. Returns
    how many there were."""
    settled = 0
    for pk, channel_id in list(_unsaid(now).values_list("pk", "channel_id")[:200]):
        with transaction.atomic():
            channel = Channel.objects.select_for_update().get(pk=channel_id)
            event = (
                _unsaid(now)
                .select_for_update(of=("self",))
                .select_related("person", "turn", "character")
                .filter(pk=pk)
                .first()
            )
            if event is not None:
                _settle(event, channel, now)
                settled += 1
    return settled


def _unsaid(now: dt.datetime) -> QuerySet[ScheduledEvent]:
    nothing = [Turn.Status.SILENT, Turn.Status.FAILED, Turn.Status.ABANDONED]
    return ScheduledEvent.objects.filter(
        Q(turn__isnull=True) | Q(turn__status__in=nothing),
        status=ScheduledEvent.Status.TRIGGERED,
        event_type__in=OWED,
        person__isnull=False,
        attempts__gt=0,
        triggered_at__gt=now - SETTLED_WITHIN,
    ).order_by("pk")


def _settle(event: ScheduledEvent, channel: Channel, now: dt.datetime) -> None:
    has_failed = event.turn is not None and event.turn.status == Turn.Status.FAILED
    if event.attempts < MOST_TURNS and not has_failed:
        again = now + dt.timedelta(seconds=AGAIN_IN_S * event.attempts)
        event.status, event.trigger_at, event.turn = event.Status.PENDING, again, None
        nudges.look(channel.pk, AGAIN_IN_S * event.attempts)
    else:
        event.status = event.Status.MISSED
        if channel.removed_at is None and channel.mode != Channel.Mode.MUTED:
            _say_plainly(event, channel, now)
    event.save(update_fields=["status", "trigger_at", "turn", "updated_at"])


def _say_plainly(event: ScheduledEvent, channel: Channel, now: dt.datetime) -> None:
    """Say it as a notice of the system, whom nobody answers."""
    assert event.person is not None  # noqa: S101 - it was filtered by
    conversation = current_conversation(channel, now, kind=Conversation.Kind.WITH_PEOPLE)
    message = append_message(
        conversation,
        now,
        role=Message.Role.SYSTEM,
        content=f"{event.person.name}: {words_of(event)}",
    )
    live.publish_message(message, channel.pk)
