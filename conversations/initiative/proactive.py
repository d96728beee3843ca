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
from characters.models import Membership, Person, PersonPreference, Relationship
from characters.quiet import hours_of, over_at
from conversations.afterwards import openness
from conversations.care import care
from conversations.initiative import foretold
from conversations.initiative.proactive_rules import ProactiveRules, in_force
from conversations.initiative.reminders import next_birthday
from conversations.models import Channel, Conversation, Message, ScheduledEvent
from fishbowl.statements import planned
from memories.formation import discretion
from memories.models import Memory
from memories.nights import nightly

EventType, Status = ScheduledEvent.EventType, ScheduledEvent.Status
UNASKED = (EventType.FOLLOW_UP, EventType.ABSENCE, EventType.ANNIVERSARY)
# A follow-up without words is no such thing: somebody asked for the character to come.
COMES_UNASKED = Q(event_type__in=UNASKED, context__has_key="what")
UNASKED_KEY, AWAY_KEY = "come_to_me", "away_until"  # of a person's preferences
LOOKED_AT = 200  # messages of one talk
TALKS = 50  # the last of somebody's, whose rooms they may be come to in
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


def has_gone_from(person: Person, channel: Channel) -> bool:
    """Whether somebody has left the server of a channel: what was for them is for nobody there."""
    if channel.is_direct:
        return False
    left = Membership.objects.filter(person=person, community=channel.community_id)
    return left.filter(left_at__isnull=False).exists()


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
    """Find what people foretold in a talk, and plan to come back to it: in a room to what anybody
    may hear of, for who will be there then is not known. Each message is taken up once, however
    often the talk is looked at. Returns how many events were planned."""
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
    return sum(_take_up(message, now) for message in _sayable(list(said)))


def _sayable(said: Sequence[Message]) -> list[Message]:
    """Of messages of one talk, latest first, those that may be come back to where they were said:
    in direct messages all of them."""
    if not said or said[0].conversation.channel.is_direct:
        return list(said)
    levels = discretion.of_lines([openness.of_message(one) for one in reversed(said)])
    return [one for one in said if levels[one.number] == Memory.Visibility.PUBLIC]


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
    made = 0
    for person in _found(_AWAY, **_away(rules, now)) if rules.absences else ():
        if may_come_to(person, now) and _stays_away(person, rules, now):
            made += _plan_absence(person, rules, now)
    for person in _found(_MET, **_met(rules, now)) if rules.anniversaries else ():
        if may_come_to(person, now):
            made += _plan_anniversary(person, rules, now)
    return made


# Everybody has their turn, however many there are: so what most of them fail by is asked of all in
# one statement, and the rest of the few who are left.
_WELCOMING = """
    SELECT p.id FROM characters_person p
    WHERE p.consent_level = 'full' AND p.is_active AND NOT p.is_bot AND p.erased_at IS NULL
"""
_AWAY = f"""{_WELCOMING} AND EXISTS (SELECT FROM characters_relationship WHERE to_person_id = p.id)
      AND EXISTS (
        SELECT FROM (
          SELECT created_at AS at FROM conversations_message WHERE person_id = p.id
          ORDER BY created_at DESC LIMIT 1
        ) last
        WHERE last.at < %(before)s AND NOT EXISTS (
          SELECT FROM conversations_scheduledevent e
          WHERE e.person_id = p.id AND e.event_type = 'absence' AND e.created_at > last.at
        ) AND %(regular)s::float <= (
          SELECT count(DISTINCT date_trunc('day', created_at, 'UTC')) FROM conversations_message
          WHERE person_id = p.id AND created_at >= last.at - %(within)s::interval))
    ORDER BY p.id
"""  # noqa: S608 - the statement above
_MET = f"""{_WELCOMING} AND EXISTS (
      SELECT FROM characters_relationship r
      WHERE r.to_person_id = p.id AND r.score >= %(score)s::float
        AND to_char(r.first_interaction_at AT TIME ZONE 'UTC', 'MMDD') = ANY(%(days)s::text[]))
    ORDER BY p.id
"""


def _away(rules: ProactiveRules, now: dt.datetime) -> dict[str, object]:
    """Who may be missed: came often enough, until long enough ago, and wasn't missed since."""
    return {
        "before": now - dt.timedelta(days=rules.absence_days - 1),  # a day begins at midnight
        "regular": rules.regular_days,
        "within": dt.timedelta(days=rules.regular_within_days),
    }


def _met(rules: ProactiveRules, now: dt.datetime) -> dict[str, object]:
    """Who was met on a day of the year around this one, wherever they live."""
    around = {f"{now + dt.timedelta(days=by):%m%d}" for by in range(-2, 4)}
    if around & {"0228", "0301"}:
        around.add("0229")
    return {"score": rules.anniversary_score, "days": sorted(around)}


def _found(sql: str, **values: object) -> list[Person]:
    keys = [pk for (pk,) in planned(sql, **values)]
    return list(Person.objects.filter(pk__in=keys).order_by("pk"))


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
    if last is None:
        return False
    before = ScheduledEvent.objects.filter(person=person, event_type=EventType.ABSENCE)
    if before.filter(created_at__gt=last.created_at).exists():
        return False
    found = _who_comes_where(person, rules.absence_score)
    if found is None:
        return False
    by, channel = found
    days = max(1, (now - last.created_at).days)
    what = f"I haven't seen you for {days} days. I only wanted to say that you are missed."
    title = MISSED_BY.format(name=person.name)
    plan_word(person, channel, by.from_character_id, EventType.ABSENCE, title, now, what)
    return True


def _plan_anniversary(person: Person, rules: ProactiveRules, now: dt.datetime) -> bool:
    found = _who_comes_where(person, rules.anniversary_score)
    if found is None:
        return False
    by, channel = found
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


def _who_comes_where(person: Person, score: float) -> tuple[Relationship, Channel] | None:
    """Who comes to a person, and in which of the rooms where they talk: the first in which one that
    knows them well may speak."""
    return next(
        (
            (by, channel)
            for channel in _their_channels(person)
            if (by := _known_well(person, channel, score)) is not None
        ),
        None,
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


def _their_channels(person: Person) -> list[Channel]:
    """Where a person may be come to: their own channel with the characters, if they talk in one,
    then the rooms they last talked in."""
    talked = (
        Conversation.objects.filter(
            participants__person=person,
            participants__message_count__gt=0,
            channel__removed_at__isnull=True,
            channel__mode__in=[Channel.Mode.LIVE, Channel.Mode.WATCHED],
        )
        .select_related("channel__community")
        .order_by("-channel__is_direct", "-last_message_at", "-pk")[:TALKS]
    )
    return list({talk.channel_id: talk.channel for talk in talked}.values())
