"""Characters come to people of their own accord: they ask how it went, miss who stays away, and
know the day they met. Only to who agreed to that, one thing at a time, and never twice.

Each is a ScheduledEvent, said by a turn like any other (`conversations.initiative.occasions`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import TruncDate

from characters import preferences
from characters.models import Person, PersonPreference, Relationship
from characters.quiet import hours_of, over_at
from conversations.care import care
from conversations.initiative import foretold
from conversations.initiative.proactive_rules import ProactiveRules, in_force
from conversations.initiative.reminders import next_birthday
from conversations.models import Channel, Conversation, Message, ScheduledEvent
from fishbowl.statements import planned
from memories.nights import nightly

EventType, Status = ScheduledEvent.EventType, ScheduledEvent.Status
UNASKED = (EventType.FOLLOW_UP, EventType.ABSENCE, EventType.ANNIVERSARY)
# A follow-up without words is no such thing: somebody asked for the character to come.
COMES_UNASKED = Q(event_type__in=UNASKED, context__has_key="what")
UNASKED_KEY, AWAY_KEY = "come_to_me", "away_until"  # of a person's preferences
LOOKED_AT = 200  # messages of one talk, or people of one hour
FRESH = dt.timedelta(days=2)
MISSED_BY, MET_ON = "Missing {name}", "The day {name} was first met"


# --- whether --------------------------------------------------------------------------------------


def may_come_to(person: Person, now: dt.datetime) -> bool:
    """Whether a person has agreed to be come to, isn't away or kept out, and doesn't lean on
    characters more than is good for them."""
    if person.consent_level != Person.Consent.FULL or not person.is_active:
        return False
    if person.erased_at or (person.blocked_until and person.blocked_until > now):
        return False
    said = dict(
        PersonPreference.objects.filter(person=person, key__in=[UNASKED_KEY, AWAY_KEY]).values_list(
            "key", "value"
        )
    )
    if said.get(UNASKED_KEY) == "no" or _is_later(said.get(AWAY_KEY, ""), now):
        return False
    return not care.leans_on_us(person, now)


def is_unasked(event: ScheduledEvent) -> bool:
    """Whether an event is a word that nobody asked for: COMES_UNASKED, of a row at hand."""
    return event.event_type in UNASKED and "what" in event.context


def leave_be(person: Person, *, leave: bool) -> None:
    """Keep that a person doesn't want to be come to, or that they do; what was planned is dropped
    with it."""
    PersonPreference.objects.update_or_create(
        person=person, key=UNASKED_KEY, defaults={"value": "no" if leave else "yes"}
    )
    if leave:
        ScheduledEvent.objects.filter(COMES_UNASKED, person=person, status=Status.PENDING).update(
            status=Status.CANCELLED
        )


def _is_later(moment: str, now: dt.datetime) -> bool:
    return bool(moment) and dt.datetime.fromisoformat(moment) > now


# --- found in talk --------------------------------------------------------------------------------


_HAS_PEOPLE = """
    SELECT 1 FROM conversations_participant
    WHERE conversation_id = %(talk)s AND person_id IS NOT NULL LIMIT 1
"""


def notice(conversation_id: int, now: dt.datetime) -> int:
    """Find what people foretold in a talk, and plan to come back to it. Each message is taken up
    once, however often the talk is looked at. Returns how many events were planned."""
    if not in_force().follow_ups or not planned(_HAS_PEOPLE, talk=conversation_id):
        return 0
    said = (
        Message.objects.filter(
            conversation=conversation_id,
            person__consent_level=Person.Consent.FULL,
            person__erased_at__isnull=True,
            deleted_at__isnull=True,
            is_off_record=False,
            created_at__gt=now - FRESH,
        )
        .exclude(scheduled__isnull=False)
        .select_related("person", "conversation__channel")
        .defer("embedding", "search")
        .order_by("-number")[:LOOKED_AT]
    )
    return sum(_take_up(message, now) for message in said)


def _take_up(message: Message, now: dt.datetime) -> bool:
    person = message.person
    assert person is not None  # noqa: S101 - it was filtered by
    found = foretold.find(message.content, message.created_at, preferences.zone_of(person))
    if found is None or found.at <= now:
        return False
    if found.kind == "away":
        PersonPreference.objects.update_or_create(
            person=person, key=AWAY_KEY, defaults={"value": found.at.isoformat()}
        )
        ScheduledEvent.objects.filter(
            person=person, event_type=EventType.ABSENCE, status=Status.PENDING
        ).update(status=Status.CANCELLED)
        return False
    channel = message.conversation.channel
    event = ScheduledEvent(
        person=person,
        character_id=_closest(person, channel, message.conversation_id),
        community_id=channel.community_id,
        channel=channel,
        event_type=EventType.FOLLOW_UP,
        trigger_at=over_at(hours_of(person.quiet_hours), person.timezone, found.at),
        title=f"How it went for {person.name}"[:200],
        context={"what": found.ask, "about": found.what},
        found_in=message,
    )
    try:
        with transaction.atomic():
            event.save()
    except IntegrityError:  # another worker found it too
        return False
    return True


def _closest(person: Person, channel: Channel, conversation_id: int | None = None) -> int | None:
    """The character that knows a person best, of those that were there; None where nobody was."""
    bonds = Relationship.objects.filter(
        Q(community=channel.community_id) | Q(community=None),
        to_person=person,
        from_character__status="active",
        from_character__is_adult__in=[False, channel.is_nsfw],
    )
    if conversation_id is not None:
        bonds = bonds.filter(from_character__participant__conversation=conversation_id)
    found = bonds.order_by("-score", "-total_interactions", "pk")
    return found.values_list("from_character_id", flat=True).first()


# --- by the calendar ------------------------------------------------------------------------------


def plan(now: dt.datetime) -> int:
    """Plan what is to be said to people who stay away, and on the days on which they were first
    met. Returns how many events were planned."""
    rules = in_force()
    planned = 0
    for person in _welcoming(now):
        if rules.absences and _stays_away(person, rules, now):
            planned += _plan_absence(person, rules, now)
        if rules.anniversaries:
            planned += _plan_anniversary(person, rules, now)
    return planned


def _welcoming(now: dt.datetime) -> list[Person]:
    people = Person.objects.filter(
        consent_level=Person.Consent.FULL,
        is_active=True,
        is_bot=False,
        erased_at=None,
        regarded_by__isnull=False,
    ).distinct()
    return [one for one in people.order_by("pk")[:LOOKED_AT] if may_come_to(one, now)]


def is_missed(days: Sequence[dt.date], today: dt.date, rules: ProactiveRules) -> bool:
    """Whether somebody who was seen on these days, oldest first, stays away unusually long."""
    if len(days) < rules.regular_days:
        return False
    away = (today - days[-1]).days
    usual = median((later - before).days for before, later in pairwise(days)) if days[1:] else 1
    return away >= rules.absence_days and away >= rules.absence_times_usual * usual


def _stays_away(person: Person, rules: ProactiveRules, now: dt.datetime) -> bool:
    """Whether a person is missed. The days on which nothing ran are nobody's absence."""
    days = _days_seen(person, rules)
    if not is_missed(days, now.date(), rules):
        return False
    last = dt.datetime.combine(days[-1], dt.time(), dt.UTC)
    off = dt.timedelta(days=nightly.days_off(last, now))
    return is_missed(days, (now - off).date(), rules)


def _days_seen(person: Person, rules: ProactiveRules) -> list[dt.date]:
    """The days on which a person spoke, within some time before they last did."""
    said = Message.objects.filter(person=person)
    last = said.order_by("-created_at").values_list("created_at", flat=True).first()
    if last is None:
        return []
    since = last - dt.timedelta(days=rules.regular_within_days)
    days = said.filter(created_at__gte=since).annotate(day=TruncDate("created_at"))
    return list(days.order_by("day").values_list("day", flat=True).distinct())


def _plan_absence(person: Person, rules: ProactiveRules, now: dt.datetime) -> bool:
    """Once for one absence: what was planned since they were last seen counts, whatever came of
    it."""
    last = Message.objects.filter(person=person).order_by("-created_at", "-pk").first()
    channel = _their_channel(person)
    if last is None or channel is None:
        return False
    before = ScheduledEvent.objects.filter(person=person, event_type=EventType.ABSENCE)
    if before.filter(created_at__gt=last.created_at).exists():
        return False
    by = _known_well(person, channel, rules.absence_score)
    if by is None:
        return False
    days = max(1, (now - last.created_at).days)
    what = f"I haven't seen you for {days} days. I only wanted to say that you are missed."
    title = MISSED_BY.format(name=person.name)
    plan_word(person, channel, by.from_character_id, EventType.ABSENCE, title, now, what)
    return True


def _plan_anniversary(person: Person, rules: ProactiveRules, now: dt.datetime) -> bool:
    channel = _their_channel(person)
    by = _known_well(person, channel, rules.anniversary_score) if channel else None
    if channel is None or by is None:
        return False
    first = by.first_interaction_at
    if first is None or now - first < dt.timedelta(days=300):
        return False
    zone = preferences.zone_of(person)
    met = first.astimezone(zone).date()
    at = next_birthday(met, now, zone.key)
    near = ScheduledEvent.objects.filter(
        person=person,
        event_type=EventType.ANNIVERSARY,
        trigger_at__gt=at - dt.timedelta(days=200),
    )
    if at - now > dt.timedelta(days=1) or near.exists():
        return False
    years = at.astimezone(zone).year - met.year
    length = "a year" if years == 1 else f"{years} years"
    what = f"It is {length} today since we first talked."
    title = MET_ON.format(name=person.name)
    plan_word(person, channel, by.from_character_id, EventType.ANNIVERSARY, title, at, what)
    return True


def plan_word(
    person: Person,
    channel: Channel,
    character_id: int | None,
    kind: str,
    title: str,
    at: dt.datetime,
    what: str,
) -> ScheduledEvent:
    """Plan that a character comes to a person, when they may be disturbed; `what` is said to
    them."""
    return ScheduledEvent.objects.create(
        person=person,
        character_id=character_id,
        community_id=channel.community_id,
        channel=channel,
        event_type=kind,
        trigger_at=over_at(hours_of(person.quiet_hours), person.timezone, at),
        title=title[:200],
        context={"what": what},
    )


def _known_well(person: Person, channel: Channel, score: float) -> Relationship | None:
    return (
        Relationship.objects.filter(
            Q(community=channel.community_id) | Q(community=None),
            to_person=person,
            from_character__status="active",
            from_character__is_adult__in=[False, channel.is_nsfw],
            score__gte=score,
        )
        .order_by("-score", "pk")
        .first()
    )


def _their_channel(person: Person) -> Channel | None:
    """Where a person is to be come to: their own channel with the characters, if they talk in one,
    else the room they last talked in."""
    talked = (
        Conversation.objects.filter(
            participants__person=person,
            participants__message_count__gt=0,
            channel__removed_at__isnull=True,
            channel__mode__in=[Channel.Mode.LIVE, Channel.Mode.WATCHED],
        )
        .select_related("channel__community")
        .order_by("-channel__is_direct", "-last_message_at", "-pk")
        .first()
    )
    return talked.channel if talked else None
