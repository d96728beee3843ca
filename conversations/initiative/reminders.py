"""What people ask to be reminded of, and their birthdays: dates that fall due in a channel."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from characters import preferences
from characters.models import Character, Membership, Person
from characters.quiet import hours_of, over_at
from conversations.care import care
from conversations.initiative import moments, proactive_rules, recurrence
from conversations.models import Channel, Message, ScheduledEvent
from conversations.moderation import moderation
from conversations.text import Refused, clean_message
from memories.recall.holidays import birthday_in

MOST = 25  # pending, of one person
LONGEST = 300
SOON = dt.timedelta(seconds=5)
GREETED_AT = dt.time(9, 0)

NO_TIME = (
    "{text!r} is no time that I understand, or it is past. Say: in 20 minutes, at 18:30, "
    "tomorrow at 9, friday evening, 24 December, every monday at 9."
)
NO_BIRTHDAY = "I don't know when your birthday is. Tell it with /birthday first."
PENDING = ScheduledEvent.Status.PENDING


def remind(
    person: Person,
    channel: Channel,
    when: str,
    what: str,
    now: dt.datetime,
    character: Character | None = None,
) -> ScheduledEvent:
    """Have somebody reminded of something in a channel, by a character if one is named. What falls
    in their quiet hours comes when these are over.

    Raises:
        Refused: the time can't be read, there is nothing to remind of, or there are too many.
    """
    zone = preferences.zone_of(person)
    if re.match(r"\s*my\b.*\bbirthday\b", when, re.IGNORECASE):
        when = f"on {when.strip()}"
    again = recurrence.read(when, now, zone, person.birthday)
    if again is not None:
        rule, first = again
        return remind_at(person, channel, first, what, now, character, rule=rule)
    at = moments.read(when, now, zone, person.birthday)
    if at is None and person.birthday is None and re.search(r"\bmy\b.*\bbirthday\b", when, re.I):
        raise Refused("when", NO_BIRTHDAY)
    if at is None:
        raise Refused("when", NO_TIME.format(text=when[:60]))
    return remind_at(person, channel, at, what, now, character)


def remind_at(
    person: Person,
    channel: Channel,
    at: dt.datetime,
    what: str,
    now: dt.datetime,
    character: Character | None = None,
    *,
    rule: str = "",
) -> ScheduledEvent:
    """The same for a moment that is known, and, with a `rule`, for all that follow by it.

    Raises:
        Refused: there is nothing to remind of, there are too many, a rule is against the words, or
            they mean danger.
    """
    text = clean_message(what, LONGEST)
    care.check_request(text, person, channel, now)
    moderation.check_request(text, channel.community_id, channel.pk)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if pending(person).count() >= MOST:
            raise Refused("reminders", f"You have {MOST} reminders already. Cancel one first.")
        return ScheduledEvent.objects.create(
            person=person,
            character=character,
            community=channel.community,
            channel=channel,
            event_type=ScheduledEvent.EventType.REMINDER,
            trigger_at=_when_awake(person, max(at, now + SOON)),
            title=f"A reminder for {person.name}"[:200],
            context={"what": text, **({"is_adult": True} if channel.is_nsfw else {})},
            is_recurring=bool(rule),
            recurrence_rule=recurrence.checked(rule) if rule else "",
            recurs_since=at if rule else None,
            recurs_in=preferences.zone_of(person).key if rule else "",
        )


def confirmation(event: ScheduledEvent, when: str) -> str:
    """That somebody will be reminded, in words; `when` is as it shall be shown."""
    by = event.character.name if event.character else "somebody"
    return f"{event.title}: {by} will say it {when}, in #{event.channel.name}."


def pending(person: Person) -> QuerySet[ScheduledEvent]:
    """What somebody is still to be reminded of, the next first."""
    return (
        ScheduledEvent.objects.filter(
            person=person, event_type=ScheduledEvent.EventType.REMINDER, status=PENDING
        )
        .select_related("channel")
        .order_by("trigger_at", "pk")
    )


def cancel(person: Person, event_id: int) -> bool:
    """Take back a reminder. Returns whether it was pending, and theirs."""
    return bool(pending(person).filter(pk=event_id).update(status=ScheduledEvent.Status.CANCELLED))


def reschedule(person: Person, now: dt.datetime) -> None:
    """Somebody's clock or quiet hours have changed: what would disturb them now waits."""
    for event in pending(person):
        later = _when_awake(person, event.trigger_at)
        if later != event.trigger_at:
            ScheduledEvent.objects.filter(pk=event.pk, status=PENDING).update(trigger_at=later)
    plan_birthday(person, now)


def _when_awake(person: Person, at: dt.datetime) -> dt.datetime:
    return over_at(hours_of(person.quiet_hours), person.timezone, at)


# --- birthdays ------------------------------------------------------------------------------------


def plan_birthday(
    person: Person, now: dt.datetime, told_in: Channel | None = None
) -> ScheduledEvent | None:
    """Have the characters congratulate somebody on their next birthday: only if they may come to
    them of their own accord, and in the channel where it was told, else where they last talked.
    What was planned before is dropped; who is planned for at once in two processes is planned for
    once."""
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        theirs = ScheduledEvent.objects.filter(
            person=person, event_type=ScheduledEvent.EventType.BIRTHDAY
        )
        pending = theirs.filter(status=PENDING)
        waited = set(pending.values_list("context__day", flat=True))
        pending.update(status=ScheduledEvent.Status.CANCELLED)
        if person.birthday is None or person.consent_level != Person.Consent.FULL:
            return None
        told = told_in.pk if told_in is not None else _where_told(theirs)
        channel = _channel_for(person, told)
        if channel is None:
            return None
        over = [ScheduledEvent.Status.TRIGGERED, ScheduledEvent.Status.MISSED]
        had = set(theirs.filter(status__in=over).values_list("context__day", flat=True))
        at = _next_wish(person.birthday, person.timezone, waited, had, now)
        return ScheduledEvent.objects.create(
            person=person,
            community=channel.community,
            channel=channel,
            event_type=ScheduledEvent.EventType.BIRTHDAY,
            trigger_at=_when_awake(person, max(at, now)),
            title=f"The birthday of {person.name}"[:200],
            context={"day": _day(at, person.timezone), "told_in": told},
        )


def _next_wish(
    birthday: dt.date, zone: str, waited: Collection[str], had: Collection[str], now: dt.datetime
) -> dt.datetime:
    """When somebody is next to be wished well. A birthday that they waited to be wished well on
    isn't over yet, whatever became of their clock and hours on its morning; one that was had is."""
    late = dt.timedelta(hours=proactive_rules.in_force().birthday_stale_hours)
    at = next_birthday(birthday, now - late, zone)
    if at <= now and _day(at, zone) not in waited:
        at = next_birthday(birthday, now, zone)
    return next_birthday(birthday, at, zone) if _day(at, zone) in had else at


def _day(at: dt.datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone or "UTC")).date().isoformat()


def plan_birthdays(now: dt.datetime) -> int:
    """Plan the next one of everybody who may be congratulated and has none planned: who was today,
    who first talked with the characters since they told, and whose channel is gone or muted since.
    Returns how many were planned."""
    gone = Membership.objects.filter(
        person=OuterRef("person"), community=OuterRef("channel__community"), left_at__isnull=False
    )
    planned = ScheduledEvent.objects.filter(
        Q(channel__is_direct=True) | ~Exists(gone),
        person=OuterRef("pk"),
        event_type=ScheduledEvent.EventType.BIRTHDAY,
        status=PENDING,
        channel__in=_open(),
    )
    waiting = Person.objects.filter(
        ~Exists(planned),
        birthday__isnull=False,
        consent_level=Person.Consent.FULL,
        erased_at=None,
        is_active=True,
    )
    # All of them: whoever can't be wished well anywhere waits on, before others.
    return sum(plan_birthday(person, now) is not None for person in waiting)


def next_birthday(birthday: dt.date, now: dt.datetime, zone: str) -> dt.datetime:
    """When somebody's next birthday is: in the morning where they live, and on 1 March in years
    without a 29 February."""
    place = ZoneInfo(zone or "UTC")
    today = now.astimezone(place).date()
    for year in (today.year, today.year + 1):
        day = birthday_in(birthday, year)
        at = dt.datetime.combine(day, GREETED_AT, place)
        if at > now:
            return at.astimezone(dt.UTC)
    raise AssertionError("a year has a birthday")


def _open() -> QuerySet[Channel]:
    """The channels in which somebody may be wished well."""
    return Channel.objects.filter(removed_at__isnull=True).exclude(mode=Channel.Mode.MUTED)


def _where_told(theirs: QuerySet[ScheduledEvent]) -> int | None:
    """The channel in which somebody told their birthday, as what was planned by it says."""
    told = theirs.filter(context__told_in__isnull=False).order_by("-pk")
    found: int | None = told.values_list("context__told_in", flat=True).first()
    return found


def _channel_for(person: Person, told_in: int | None) -> Channel | None:
    """The channel to wish somebody well in: where they told it, else where they last talked."""
    told = Channel.objects.filter(pk=told_in).first() if told_in else None
    if told is None:
        return _their_channel(person)
    return _open_to(person).filter(pk=told.pk).first() or _their_channel(person, told)


def _open_to(person: Person) -> QuerySet[Channel]:
    """Those of the channels above from whose servers somebody hasn't gone."""
    gone = Membership.objects.filter(person=person, left_at__isnull=False).values("community")
    return _open().exclude(is_direct=False, community__in=gone)


def _their_channel(person: Person, told_in: Channel | None = None) -> Channel | None:
    """The channel that somebody themselves last talked in where characters may speak. What was
    `told_in` direct messages, or in one server, goes to no others."""
    channels = _open_to(person)
    if told_in is not None:
        channels = channels.filter(community=told_in.community_id)
        channels = channels.filter(is_direct=True) if told_in.is_direct else channels
    last = (
        Message.objects.filter(person=person, conversation__channel__in=channels)
        .select_related("conversation__channel__community")
        .order_by("-created_at", "-pk")
        .first()
    )
    return last.conversation.channel if last else None
