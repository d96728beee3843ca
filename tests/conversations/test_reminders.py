"""What people ask to be reminded of is said at its time: by a character, or at last by a notice."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import redis

from audit.configuration import configuration
from characters import preferences
from characters.models import Character, Person
from conversations import pausing, upkeep
from conversations.floor import director
from conversations.initiative import moments, occasions, proactive, reminders
from conversations.models import Channel, Message, ScheduledEvent, Turn
from conversations.services import record_incoming
from conversations.text import Refused
from conversations.turns import turns
from conversations.turns.guard import Verdict
from conversations.turns.owed import with_what_is_owed
from fishbowl.llm.types import Brief
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_message,
    make_person,
    make_reliance,
    make_rule,
)
from tests.builders import make_conversation as talk_in

OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture
def room(db: None, redis_client: redis.Redis) -> Channel:
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    return make_channel("harbour", mode=Channel.Mode.QUIET)


def later(**lengths: float) -> dt.datetime:
    return NOON + dt.timedelta(**lengths)


def live_on(room: Channel, at: dt.datetime) -> None:
    """One look at the room, and what comes of it."""
    turn = director.look(room.pk, at)
    if turn is not None and turn.status == Turn.Status.PLANNED:
        turns.take(turn.pk, at + dt.timedelta(seconds=3))


def said() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("content", flat=True))


# --- when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 20 minutes", "2026-03-04T12:20"),
        ("20m", "2026-03-04T12:20"),
        ("2h 30m", "2026-03-04T14:30"),
        ("in half an hour", "2026-03-04T12:30"),
        ("in an hour and a half", "2026-03-04T13:30"),
        ("in a couple of hours", "2026-03-04T14:00"),
        ("at 18:30", "2026-03-04T17:30"),
        ("6pm", "2026-03-04T17:00"),
        ("at 7", "2026-03-05T06:00"),
        ("noon", "2026-03-05T11:00"),
        ("tonight at 9", "2026-03-04T20:00"),
        ("tomorrow", "2026-03-05T08:00"),
        ("Tomorrow at 9:15", "2026-03-05T08:15"),
        ("friday evening", "2026-03-06T18:00"),
        ("wednesday at 10", "2026-03-11T09:00"),
        ("24 December at 18:00", "2026-12-24T17:00"),
        ("March 3", "2027-03-03T08:00"),
        ("2026-07-01 10:00", "2026-07-01T08:00"),
    ],
)
def test_it_reads_a_moment(text: str, expected: str) -> None:
    found = moments.read(text, NOON, OSLO)
    assert found is not None
    assert f"{found:%Y-%m-%dT%H:%M}" == expected


@pytest.mark.parametrize(
    "text",
    ["", "soon", "7", "in 5", "today", "25:00", "13pm", "in 0 minutes", "31 February",
     "2020-01-01", "in 9000 days", "the ferry", "at the harbour", "monday the ferry leaves"],
)  # fmt: skip
def test_what_names_no_moment_is_none(text: str) -> None:
    assert moments.read(text, NOON, OSLO) is None


# --- asked for ------------------------------------------------------------------------------------


def test_a_reminder_is_a_date_in_the_channel(room: Channel) -> None:
    ann = make_person("Ann", timezone="Europe/Oslo")
    event = reminders.remind(ann, room, "at 18:30", "buy  rope", NOON)
    assert (event.person, event.channel, event.event_type) == (ann, room, "reminder")
    assert event.trigger_at == later(hours=5, minutes=30)
    assert event.context == {"what": "buy  rope"}
    assert list(reminders.pending(ann)) == [event]
    assert not reminders.cancel(make_person("Bob"), event.pk)
    assert reminders.cancel(ann, event.pk)
    assert not reminders.pending(ann).exists()


def test_what_can_not_be_reminded_of_is_refused(room: Channel) -> None:
    ann = make_person("Ann")
    for when, what, field in (
        ("whenever", "rope", "when"),
        ("in 5 minutes", "   ", "text"),
        ("in 5 minutes", "x" * 301, "text"),
    ):
        with pytest.raises(Refused) as refused:
            reminders.remind(ann, room, when, what, NOON)
        assert refused.value.field == field
    for _ in range(reminders.MOST):
        reminders.remind(ann, room, "in 5 minutes", "rope", NOON)
    with pytest.raises(Refused, match="25 reminders"):
        reminders.remind(ann, room, "in 5 minutes", "rope", NOON)


def test_what_is_refused_or_means_danger_is_no_reminder(room: Channel) -> None:
    ann = make_person("Ann")
    make_rule("herring")
    for what, told in (("call Ben a hérring", "isn't said here"), ("I want to die", "crisis line")):
        with pytest.raises(Refused, match=told):
            reminders.remind(ann, room, "in 5 minutes", what, NOON)
    assert not ScheduledEvent.objects.exists()


def test_quiet_hours_put_it_off(room: Channel) -> None:
    ann = make_person("Ann", timezone="Europe/Oslo")
    preferences.set_quiet_hours(ann, dt.time(22), dt.time(7))
    event = reminders.remind(ann, room, "at 23:00", "buy rope", NOON)
    assert event.trigger_at == dt.datetime(2026, 3, 5, 6, 0, tzinfo=dt.UTC)
    early = reminders.remind(ann, room, "at 21:00", "buy rope", NOON)
    assert early.trigger_at == later(hours=8)
    preferences.set_quiet_hours(ann, dt.time(20), dt.time(7))
    reminders.reschedule(ann, NOON)
    early.refresh_from_db()
    assert early.trigger_at == event.trigger_at


# --- said -----------------------------------------------------------------------------------------


def test_a_character_says_it_at_its_time_and_once(room: Channel) -> None:
    make_character("Mara")
    ann = make_person("Ann")
    reminders.remind(ann, room, "in 20 minutes", "buy rope for the dinghy", NOON)
    live_on(room, later(minutes=19))
    assert said() == []
    live_on(room, later(minutes=20, seconds=1))
    (line,) = said()
    assert "Ann" in line
    assert "buy rope for the dinghy" in line
    turn = Turn.objects.get(move="remind")
    assert (turn.trigger, turn.status) == ("event", Turn.Status.DONE)
    event = ScheduledEvent.objects.get()
    assert (event.status, event.turn, event.attempts) == ("triggered", turn, 1)
    assert occasions.settle(later(hours=1)) == 0
    live_on(room, later(minutes=40))
    assert len(said()) == 1


@pytest.mark.parametrize("chosen", [True, False])
def test_it_is_said_by_one_who_is_tired_asleep_or_has_just_spoken(
    room: Channel, chosen: bool
) -> None:
    mara = make_character(
        "Mara",
        state={"social_battery": 0.0, "battery_at": NOON},
        **({"active_hours_start": dt.time(1), "active_hours_end": dt.time(2)} if chosen else {}),
    )
    ann = make_person("Ann")
    reminders.remind(ann, room, "in 1 minute", "rope", NOON, mara if chosen else None)
    make_message(talk_in(room), mara, "I am off.", at=later(seconds=50))
    live_on(room, later(minutes=1, seconds=1))
    assert "rope" in said()[-1]


def test_a_person_who_speaks_meanwhile_does_not_drop_it(room: Channel) -> None:
    make_character("Mara")
    ann, bob = make_person("Ann"), make_person("Bob")
    reminders.remind(ann, room, "in 1 minute", "rope", NOON)
    at = later(minutes=1, seconds=1)
    turn = director.look(room.pk, at)
    assert turn is not None
    record_incoming(room.pk, bob, "Nice weather.", now=at)
    turns.take(turn.pk, at + dt.timedelta(seconds=3))
    assert "rope" in said()[-1]


def test_quiet_hours_set_since_put_it_off_when_it_falls_due(room: Channel) -> None:
    make_character("Mara")
    ann = make_person("Ann")
    reminders.remind(ann, room, "at 23:00", "rope", NOON)
    Person.objects.update(quiet_hours={"start": "22:00", "end": "07:00"})
    live_on(room, later(hours=11, seconds=1))
    assert said() == []
    assert ScheduledEvent.objects.get().trigger_at == later(hours=19)
    live_on(room, later(hours=19, seconds=1))
    assert "rope" in said()[-1]


def test_what_came_to_nothing_falls_due_again_and_is_at_last_a_notice(room: Channel) -> None:
    make_character("Mara")
    ann = make_person("Ann")
    event = reminders.remind(ann, room, "in 1 minute", "rope", NOON)
    at = later(minutes=1, seconds=1)
    for attempt in range(1, occasions.MOST_TURNS + 1):
        turn = director.look(room.pk, at)
        assert turn is not None
        Turn.objects.filter(pk=turn.pk).update(status=Turn.Status.ABANDONED, finished_at=at)
        upkeep.sweep(at)
        event.refresh_from_db()
        assert event.attempts == attempt
        at += dt.timedelta(minutes=2)
    assert event.status == ScheduledEvent.Status.MISSED
    notice = Message.objects.get()
    assert notice.role == Message.Role.SYSTEM
    assert notice.content == "Ann: You asked to be reminded: rope"
    upkeep.sweep(at)
    assert Message.objects.count() == 1


def test_a_muted_channel_stays_silent(room: Channel) -> None:
    make_character("Mara")
    ann = make_person("Ann")
    event = reminders.remind(ann, room, "in 1 minute", "rope", NOON)
    Channel.objects.update(mode=Channel.Mode.MUTED)
    at = later(minutes=1, seconds=1)
    for _ in range(occasions.MOST_TURNS):
        director.look(room.pk, at)
        occasions.settle(at)
        at += dt.timedelta(minutes=2)
    event.refresh_from_db()
    assert event.status == ScheduledEvent.Status.MISSED
    assert said() == []


@pytest.mark.parametrize("why", ["paused", "all paused", "refused"])
def test_a_notice_goes_by_the_room_as_turns_do(room: Channel, why: str) -> None:
    """What rests says it when it goes on; where nothing is said, nothing is said."""
    make_character("Mara")
    event = reminders.remind(make_person("Ann"), room, "in 1 minute", "rope", NOON)
    ScheduledEvent.objects.filter(pk=event.pk).update(attempts=occasions.MOST_TURNS - 1)
    at = later(minutes=1, seconds=1)
    director.look(room.pk, at)
    Turn.objects.update(status=Turn.Status.ABANDONED, finished_at=at)
    if why == "paused":
        Channel.objects.update(is_paused=True)
    elif why == "all paused":
        pausing.set_everything(True)
    else:
        Channel.objects.update(is_nsfw=True)
        configuration.set_value("age", "restricted_channels", "refused")
        configuration.forget_cached()
    occasions.settle(later(minutes=2))
    event.refresh_from_db()
    assert said() == []
    assert event.status == ("missed" if why == "refused" else "pending")
    if why == "paused":
        Channel.objects.update(is_paused=False)
        live_on(room, later(minutes=5))
        assert "rope" in said()[-1]


# --- whatever the voice made of it ----------------------------------------------------------------

BRIEF = Brief(
    speaker="Mara",
    move="remind",
    addressee="Ann",
    occasion="You asked to be reminded: buy rope for the dinghy",
)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Ann, the dinghy wants rope: buy it.", "Ann, the dinghy wants rope: buy it."),
        ("The dinghy wants rope: buy it.", "Ann, The dinghy wants rope: buy it."),
        ("Ann, I saw a gull.", f"Ann, I saw a gull. ({BRIEF.occasion})"),
        ("", f"Ann: {BRIEF.occasion}"),
    ],
)  # fmt: skip
def test_what_is_owed_is_said(answer: str, expected: str) -> None:
    assert with_what_is_owed(Verdict(answer), BRIEF).text == expected


def test_other_lines_are_left_alone() -> None:
    verdict = Verdict("", ("Nothing was left of it.",), again=True)
    assert with_what_is_owed(verdict, Brief(speaker="Mara", addressee="Ann")) is verdict


# --- birthdays ------------------------------------------------------------------------------------


def test_who_can_be_wished_well_nowhere_stands_before_nobody(room: Channel) -> None:
    born, talk = dt.date(1990, 5, 1), talk_in(room)
    people = Person.objects.bulk_create(
        Person(username=f"visitor {n}", consent_level="full", birthday=born) for n in range(600)
    )
    for one in people[::10]:
        make_message(talk, one, "Hello.", at=NOON)
    assert reminders.plan_birthdays(NOON) == 60


def test_a_birthday_is_planned_only_for_who_agreed_to_be_come_to(room: Channel) -> None:
    make_character("Mara")
    ann = make_person("Ann", timezone="Europe/Oslo", birthday=dt.date(1990, 5, 1))
    make_message(talk_in(room), ann, "Hello.", at=NOON)
    assert reminders.plan_birthday(ann, NOON) is None
    preferences.set_consent(ann, "full", NOON)
    assert reminders.plan_birthdays(NOON) == 1
    assert reminders.plan_birthdays(NOON) == 0
    event = ScheduledEvent.objects.get()
    assert event.trigger_at == dt.datetime(2026, 5, 1, 7, 0, tzinfo=dt.UTC)
    live_on(room, event.trigger_at + dt.timedelta(seconds=1))
    assert "Ann" in said()[-1]
    assert "happy birthday" in said()[-1].lower()
    assert reminders.plan_birthdays(event.trigger_at + dt.timedelta(hours=1)) == 1
    assert ScheduledEvent.objects.latest("pk").trigger_at.year == 2027
    preferences.set_consent(ann, "minimal", NOON)
    reminders.plan_birthday(ann, NOON)
    assert not ScheduledEvent.objects.filter(status="pending").exists()


@pytest.mark.parametrize("why", ["minimal", "leans", "leave_be", "blocked", "quiet"])
def test_a_birthday_is_wished_only_to_who_may_be_come_to_on_the_day(
    room: Channel, why: str
) -> None:
    make_character("Mara")
    ann = make_person("Ann", consent_level="full", birthday=dt.date(1990, 5, 1))
    make_message(talk_in(room), ann, "Hello.", at=NOON)
    event = reminders.plan_birthday(ann, NOON)
    assert event is not None
    at = event.trigger_at + dt.timedelta(seconds=1)
    if why == "minimal":
        Person.objects.update(consent_level="minimal")
    elif why == "leans":
        make_reliance(ann, level=0.9, day=at.date())
    elif why == "leave_be":
        proactive.leave_be(ann, leave=True)
    elif why == "blocked":
        Person.objects.update(blocked_until=at + dt.timedelta(days=1))
    else:  # a room where characters begin no talk: they may wish well in it all the same
        room.mode = Channel.Mode.QUIET
        room.save()
    reminders.plan_birthdays(event.trigger_at - dt.timedelta(hours=1))
    live_on(room, at)
    wished = Message.objects.filter(character__isnull=False)
    assert wished.exists() is (why == "quiet")
    ScheduledEvent.objects.filter(pk=event.pk).update(
        status="triggered", triggered_at=at, attempts=occasions.MOST_TURNS, turn=None
    )
    occasions.settle(at)  # no plain notice either
    assert Message.objects.filter(role=Message.Role.SYSTEM).exists() is (why == "quiet")


def test_the_29th_of_february_is_the_1st_of_march_in_other_years() -> None:
    assert reminders.next_birthday(dt.date(1992, 2, 29), later(days=-30), "UTC").month == 3
    found = reminders.next_birthday(dt.date(1992, 2, 29), later(days=365), "UTC")
    assert (found.year, found.month, found.day) == (2028, 2, 29)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1990-05-01", dt.date(1990, 5, 1)),
        ("1 May", dt.date(1904, 5, 1)),
        ("May 1st, 1990", dt.date(1990, 5, 1)),
        ("01.08.1990", dt.date(1990, 8, 1)),
        ("3 August", dt.date(1904, 8, 3)),
        ("29 February", dt.date(1904, 2, 29)),
    ],
)
def test_it_reads_a_birthday(text: str, day: dt.date) -> None:
    assert preferences.read_birthday(text, NOON.date()) == day


@pytest.mark.parametrize("text", ["yesterday", "2030-01-01", "1 Smarch", "1850-01-01"])
def test_what_is_no_birthday_is_refused(text: str) -> None:
    with pytest.raises(preferences.Unusable):
        preferences.read_birthday(text, NOON.date())


def test_all_characters_are_spared_when_everything_rests(room: Channel) -> None:
    mara = make_character("Mara")
    ann = make_person("Ann")
    reminders.remind(ann, room, "in 1 minute", "rope", NOON)
    Character.objects.filter(pk=mara.pk).update(status="paused")
    live_on(room, later(minutes=2))
    upkeep.sweep(later(minutes=2))
    assert said() == []
    assert ScheduledEvent.objects.get().status == "pending"
