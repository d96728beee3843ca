"""What falls due at a time and is owed to somebody: that they be reminded, congratulated, met.

A due event becomes a turn like any other. What is owed to a person is said all the same where the
turn came to nothing: by another turn, and at last by a plain notice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet

from audit.configuration.configuration import is_society_paused
from characters.quiet import hours_of, over_at
from conversations import nudges
from conversations.care import care, care_rules
from conversations.floor.lines import Said
from conversations.floor.rules import is_refused
from conversations.floor.turntaking import HUSHED_S
from conversations.initiative import lateness, proactive
from conversations.initiative.proactive_rules import in_force
from conversations.models import Channel, Conversation, Message, ScheduledEvent, Turn
from conversations.services import append_message, current_conversation
from conversations.tank import live
from conversations.wishes import hushing
from conversations.wishes.hushing import is_hushed
from fishbowl.statements import Statement

OWED = (ScheduledEvent.EventType.REMINDER, ScheduledEvent.EventType.BIRTHDAY)
MOST_TURNS = 3  # before it is said without a character
AGAIN_IN_S = 20.0
NOTHING = (Turn.Status.SILENT, Turn.Status.FAILED, Turn.Status.ABANDONED)  # what a turn came to
SETTLED_WITHIN = dt.timedelta(days=1)  # where the turn itself is gone
# It is owed all the same: whoever asked for it knows what it was.
WITHHELD = (
    "You asked to be reminded of something at this time, while this channel was age-restricted. "
    "I don't say what of, now that it is open to everybody."
)
EARLIER = 20  # due events that are looked at at once


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a turn is taken for: somebody, and what they are to hear (empty: a greeting)."""

    person_id: int
    name: str
    words: str = ""


def next_due(
    channel: Channel, now: dt.datetime, lines: Sequence[Said] = ()
) -> ScheduledEvent | None:
    """The first event of a channel that is due. One for somebody who isn't to be disturbed now
    waits until they may be, and what nobody asked for until the room may be: `lines` are those of
    its open conversation. The caller holds the channel's lock."""
    lateness.clear(channel, now)
    quiet_until = _quiet_until(channel, lines, now)
    due = ScheduledEvent.objects.filter(
        channel=channel, status=ScheduledEvent.Status.PENDING, trigger_at__lte=now
    ).select_related("person", "character")
    for event in due.order_by("trigger_at", "pk")[:EARLIER]:
        person, later = event.person, now
        if person is not None:
            if not _is_welcome(event, channel, now):
                ScheduledEvent.objects.filter(pk=event.pk).update(status=event.Status.CANCELLED)
                continue
            later = over_at(hours_of(person.quiet_hours), person.timezone, now)
        if proactive.is_unasked(event):
            later = max(later, _may_come_at(event, now))
        if not _is_asked_for(event):
            later = max(later, quiet_until)
        if later <= now:
            return event
        ScheduledEvent.objects.filter(pk=event.pk).update(trigger_at=later)
    return None


def _quiet_until(channel: Channel, lines: Sequence[Said], now: dt.datetime) -> dt.datetime:
    """Until when a room is left alone: quiet was asked for there, or somebody may be in danger; of
    one whose end nobody knows, until it is looked at again."""
    until = min(max(now, channel.hushed_until or now), now + hushing.LONGEST)
    if care.in_danger(lines, now, care_rules.in_force(channel.community_id, channel.pk)):
        until = max(until, now + dt.timedelta(seconds=HUSHED_S))
    return until


def _is_asked_for(event: ScheduledEvent) -> bool:
    """Whether somebody wished for just this: to be reminded, a character to come, a scene."""
    if event.person_id is None:
        return bool(event.context.get("scene"))
    return event.event_type != event.EventType.BIRTHDAY and not proactive.is_unasked(event)


def _is_welcome(event: ScheduledEvent, channel: Channel, now: dt.datetime) -> bool:
    """Whether an event of somebody's may be said: where they haven't left; what they didn't ask
    for, to who still agrees; a word, where characters may begin and by one who is still here."""
    assert event.person is not None  # noqa: S101 - it was looked at
    if proactive.has_gone_from(event.person, channel):
        return False
    if _is_asked_for(event):
        return True
    if not proactive.is_unasked(event):  # a birthday, for whoever is there
        return proactive.may_come_to(event.person, now)
    if event.character is not None and not event.character.is_active:
        return False
    if _is_for_adults_alone(event) and not channel.is_nsfw:  # it has been opened since
        return False
    may_begin = channel.is_direct or channel.mode in (Channel.Mode.LIVE, Channel.Mode.WATCHED)
    return may_begin and proactive.may_come_to(event.person, now)


def _is_for_adults_alone(event: ScheduledEvent) -> bool:
    """Whether what an event comes back to was said among adults."""
    if event.found_in_id is None:
        return False
    return Message.objects.filter(pk=event.found_in_id, conversation__is_adult=True).exists()


def _may_come_at(event: ScheduledEvent, now: dt.datetime) -> dt.datetime:
    """When what nobody asked for may be said: while the one who says it is awake, and some time
    after the last such word to the same person."""
    speaker = event.character
    at = now
    if speaker is not None and speaker.active_hours_start and speaker.active_hours_end:
        asleep = speaker.active_hours_end, speaker.active_hours_start
        at = over_at(asleep, speaker.timezone, now)
    rest = dt.timedelta(hours=in_force().rest_hours)
    last = (
        ScheduledEvent.objects.filter(
            proactive.COMES_UNASKED,
            person=event.person_id,
            status=ScheduledEvent.Status.TRIGGERED,
            triggered_at__gt=now - rest,
        )
        .order_by("-triggered_at", "-pk")
        .values_list("triggered_at", flat=True)
        .first()
    )
    return max(at, last + rest) if last else at


def is_owed(event: ScheduledEvent) -> bool:
    """Whether somebody waits for an event, or all agreed on it, so that no chance may pass it
    over."""
    for_all = event.proposal_id is not None or bool(event.context.get("scene"))
    return event.person_id is not None or for_all


def move_for(event: ScheduledEvent) -> str:
    """How whoever speaks for an event begins."""
    if event.event_type in OWED and event.person_id is not None:
        return "remind"
    if proactive.is_unasked(event):
        return "ask_after"
    return "greet" if event.person_id is not None else "open"


def note(event: ScheduledEvent, turn: Turn | None, now: dt.datetime) -> None:
    """An event was taken up: by this turn, if anybody is to speak."""
    ScheduledEvent.objects.filter(pk=event.pk).update(
        status=ScheduledEvent.Status.TRIGGERED,
        triggered_at=now,
        turn=turn,
        attempts=F("attempts") + 1,
    )
    lateness.go_on(event, now)


def let_be(turn: Turn, now: dt.datetime) -> bool:
    """Whether a turn that waits to be spoken is for what nobody wants to hear any more, as after a
    long stop: that is missed."""
    events = ScheduledEvent.objects.filter(turn=turn, status=ScheduledEvent.Status.TRIGGERED)
    late = [event.pk for event in events if lateness.is_stale(event, now)]
    return bool(events.filter(pk__in=late).update(status=ScheduledEvent.Status.MISSED))


def of_turn(turn: Turn) -> Occasion | None:
    """What a turn is taken for, where that is an event of somebody's."""
    event = (
        ScheduledEvent.objects.filter(turn=turn, person__isnull=False, person__erased_at=None)
        .select_related("person", "channel")
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
        if event.is_withheld_in(event.channel):
            return WITHHELD
        also = "; ".join(map(str, event.context.get("also", ())))
        what = f"You asked to be reminded: {event.context.get('what') or event.title}"
        return f"{what} (and, since it is late: {also})" if also else what
    return str(event.context["what"]) if proactive.is_unasked(event) else ""


# --- what came to nothing -------------------------------------------------------------------------


def asking_unsaid(now: dt.datetime) -> Statement:
    """The statement for whether `settle` might find anything."""
    return (
        """
        SELECT 1 FROM conversations_scheduledevent e
        LEFT JOIN conversations_turn t ON t.id = e.turn_id
        WHERE e.status = 'triggered' AND e.event_type = ANY(%s) AND e.person_id IS NOT NULL
          AND e.attempts > 0
          AND (t.status = ANY(%s) OR (t.id IS NULL AND e.triggered_at > %s)) LIMIT 1
        """,
        (
            [str(kind) for kind in OWED],
            [str(status) for status in NOTHING],
            now - SETTLED_WITHIN,
        ),
    )


def settle(now: dt.datetime) -> int:
    """Find what was owed and never said: it falls due again, or is said as a plain notice. Returns
    how many there were."""
    settled = 0
    for pk, channel_id in list(_unsaid(now).values_list("pk", "channel_id")[:200]):
        with transaction.atomic():
            channel = Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
            event = (
                _unsaid(now)
                .select_for_update(of=("self",), no_key=True)
                .select_related("person", "turn", "character")
                .filter(pk=pk)
                .first()
            )
            if event is not None:
                _settle(event, channel, now)
                settled += 1
    return settled


def _unsaid(now: dt.datetime) -> QuerySet[ScheduledEvent]:
    # A turn that came to nothing may have done so long ago, before a long stop. One that is gone
    # may have been spoken, and erased since.
    return ScheduledEvent.objects.filter(
        Q(turn__isnull=True, triggered_at__gt=now - SETTLED_WITHIN) | Q(turn__status__in=NOTHING),
        status=ScheduledEvent.Status.TRIGGERED,
        event_type__in=OWED,
        person__isnull=False,
        attempts__gt=0,
    ).order_by("pk")


def _settle(event: ScheduledEvent, channel: Channel, now: dt.datetime) -> None:
    has_failed = event.turn is not None and event.turn.status == Turn.Status.FAILED
    waits = channel.is_paused or is_society_paused()  # until they go on
    if lateness.is_stale(event, now):
        event.status = event.Status.MISSED
    elif waits or (event.attempts < MOST_TURNS and not has_failed):
        again = now + dt.timedelta(seconds=AGAIN_IN_S * event.attempts)
        event.status, event.trigger_at, event.turn = event.Status.PENDING, again, None
        nudges.look(channel.pk, AGAIN_IN_S * event.attempts)
    else:
        event.status = event.Status.MISSED
        if _may_say_plainly(event, channel, now):
            _say_plainly(event, channel, now)
    event.save(update_fields=["status", "trigger_at", "turn", "updated_at"])


def _may_say_plainly(event: ScheduledEvent, channel: Channel, now: dt.datetime) -> bool:
    if channel.removed_at is not None or channel.mode == Channel.Mode.MUTED or is_refused(channel):
        return False
    is_disturbed = is_hushed(channel, now) and not _is_asked_for(event)
    return not is_disturbed and _is_welcome(event, channel, now)


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
