"""What fell due while nobody was there to say it: one turn for all that one person is owed, the
rest marked missed; and what comes again goes on from now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from conversations.initiative import recurrence
from conversations.initiative.proactive_rules import in_force
from conversations.models import Channel, ScheduledEvent

EventType, Status = ScheduledEvent.EventType, ScheduledEvent.Status
MOST_SKIPPED = 50  # rows for times that went by
WITHHELD = "something else, which isn't said here any more"
MOST_TOLD = 4  # other things that one reminder names


def clear(channel: Channel, now: dt.datetime) -> int:
    """Mark as missed what in a channel is so late that it would come as a flood, or that nobody
    wants to hear any more. What is missed of a reminder is told with the one that stays. The caller
    holds the channel's lock. Returns how many were missed."""
    rules = in_force()
    late = list(
        ScheduledEvent.objects.filter(
            channel=channel,
            status=Status.PENDING,
            trigger_at__lt=now - dt.timedelta(hours=rules.late_hours),
        ).order_by("trigger_at", "pk")
    )
    if not late:
        return 0
    stale = [event for event in late if is_stale(event, now)]
    owed: dict[int | None, list[ScheduledEvent]] = defaultdict(list)
    for event in late:
        if event not in stale and event.person_id is not None:
            owed[event.person_id].append(event)
    missed = list(stale)
    for events in owed.values():
        first = _first(events, channel)
        rest = [one for one in events if one is not first]
        missed += rest
        reminders = [one for one in [first, *rest] if one.event_type == EventType.REMINDER]
        # What comes again may be among them with several of its times.
        _, *also = dict.fromkeys(_named(one, channel) for one in reminders) or [""]
        if also and first.event_type == EventType.REMINDER:
            first.context = {**first.context, "also": also[:MOST_TOLD]}
            if channel.is_nsfw and any(one.context.get("is_adult") for one in reminders):
                first.context["is_adult"] = True
            first.save(update_fields=["context", "updated_at"])
    for event in missed:
        ScheduledEvent.objects.filter(pk=event.pk).update(status=Status.MISSED)
        go_on(event, now)
    return len(missed)


def _named(event: ScheduledEvent, channel: Channel) -> str:
    return WITHHELD if event.is_withheld_in(channel) else str(event.context["what"])


def _first(events: list[ScheduledEvent], channel: Channel) -> ScheduledEvent:
    """The one of a person's events that is said: what they asked for before what comes unasked."""
    order = [EventType.REMINDER, EventType.BIRTHDAY, EventType.FOLLOW_UP, EventType.ANNIVERSARY]
    return min(
        events,
        key=lambda one: (
            order.index(EventType(one.event_type)) if one.event_type in order else 9,
            one.is_withheld_in(channel),
        ),
    )


def is_stale(event: ScheduledEvent, now: dt.datetime) -> bool:
    """Whether an event is so long past that nobody wants to hear of it any more."""
    rules = in_force()
    hours = {
        EventType.FOLLOW_UP: rules.follow_up_stale_hours,
        EventType.ABSENCE: rules.absence_stale_hours,
        EventType.ANNIVERSARY: rules.anniversary_stale_hours,
        EventType.BIRTHDAY: rules.birthday_stale_hours,
    }.get(EventType(event.event_type))
    return hours is not None and now - event.trigger_at > dt.timedelta(hours=hours)


def go_on(event: ScheduledEvent, now: dt.datetime) -> ScheduledEvent | None:
    """What comes again, after this time of it: the next is a row of its own, and so is each that
    went by meanwhile, as missed. Returns the next; None where none comes, or it is planned already,
    since a turn was to say this one before."""
    if not event.is_recurring or event.recurs_since is None or event.attempts:
        return None
    rule, since, zone = event.recurrence_rule, event.recurs_since, event.recurs_in
    gone = recurrence.skipped(rule, since, zone, event.trigger_at, now, MOST_SKIPPED)
    ScheduledEvent.objects.bulk_create(
        [_again(event, at, Status.MISSED) for at in gone if at < now]
    )
    at = recurrence.following(rule, since, zone, max(now, event.trigger_at))
    if at is None:
        return None
    following = _again(event, at, Status.PENDING)
    following.save()
    return following


def _again(event: ScheduledEvent, at: dt.datetime, status: str) -> ScheduledEvent:
    return ScheduledEvent(
        person_id=event.person_id,
        character_id=event.character_id,
        community_id=event.community_id,
        channel_id=event.channel_id,
        event_type=event.event_type,
        trigger_at=at,
        title=event.title,
        context={key: value for key, value in event.context.items() if key != "also"},
        is_recurring=True,
        recurrence_rule=event.recurrence_rule,
        recurs_since=event.recurs_since,
        recurs_in=event.recurs_in,
        proposal_id=event.proposal_id,
        status=status,
    )
