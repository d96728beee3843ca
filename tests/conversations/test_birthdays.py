"""A birthday is wished once, on the day, whatever somebody changes on its morning."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import redis
from django.db import connection
from django.db.models import Q

from audit.configuration import configuration
from characters.models import Membership, Person
from conversations.floor import director
from conversations.initiative import reminders
from conversations.models import Channel, Message, ScheduledEvent, Turn
from conversations.turns import turns
from conversations.wishes import granting, preferring
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_message,
)
from tests.builders import make_person as somebody

NINE = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def room(db: None, redis_client: redis.Redis) -> Channel:
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    make_character("Mara")
    return make_channel("harbour")


@pytest.fixture
def ann(room: Channel) -> Person:
    person = somebody("Ann", consent_level="full", birthday=dt.date(1990, 5, 1), timezone="UTC")
    make_message(make_conversation(room), person, "Hello.", at=NOON)
    reminders.plan_birthday(person, NOON)
    return person


def live_on(room: Channel, at: dt.datetime) -> None:
    turn = director.look(room.pk, at)
    if turn is not None and turn.status == Turn.Status.PLANNED:
        turns.take(turn.pk, at + dt.timedelta(seconds=3))


def wishes() -> int:
    return Message.objects.filter(content__icontains="happy birthday").count()


def coming() -> list[str]:
    pending = ScheduledEvent.objects.filter(event_type="birthday", status="pending")
    return [f"{one.trigger_at:%Y-%m-%d %H:%M}" for one in pending]


def test_quiet_hours_set_on_the_morning_do_not_put_it_off_for_a_year(
    room: Channel, ann: Person
) -> None:
    preferring.quiet_hours(ann, "22:00", "11:00", NOON)
    assert coming() == ["2026-05-01 11:00"]
    preferring.quiet_hours(ann, "22:00", "10:30", NINE + dt.timedelta(minutes=30))
    assert coming() == ["2026-05-01 10:30"]
    live_on(room, NINE + dt.timedelta(minutes=91))
    assert wishes() == 1


def test_a_clock_set_on_the_morning_does_not_skip_it(room: Channel, ann: Person) -> None:
    preferring.timezone(ann, "Asia/Tokyo", NINE - dt.timedelta(minutes=10))  # 17:50 there
    live_on(room, NINE)
    assert wishes() == 1
    reminders.plan_birthdays(NINE + dt.timedelta(hours=1))
    assert coming() == ["2027-05-01 00:00"]


def test_it_is_wished_once_whatever_the_clock_says_afterwards(room: Channel, ann: Person) -> None:
    live_on(room, NINE)
    assert wishes() == 1
    preferring.timezone(ann, "America/New_York", NINE + dt.timedelta(minutes=30))  # 5:30 there
    assert coming() == ["2027-05-01 13:00"]
    for hours in (1, 4, 5):
        live_on(room, NINE + dt.timedelta(hours=hours))
    assert wishes() == 1


def test_a_birthday_that_was_told_wrong_is_wished_on_the_right_day(
    room: Channel, ann: Person
) -> None:
    live_on(room, NINE)
    preferring.birthday(ann, "2 May 1990", NINE + dt.timedelta(hours=1))
    assert coming() == ["2026-05-02 09:00"]


def test_who_tells_it_on_the_day_itself_is_wished_well_the_next_year(
    room: Channel, ann: Person
) -> None:
    preferring.birthday(ann, "4 March 1990", NOON)
    assert coming() == ["2027-03-04 09:00"]


@pytest.fixture
def boats(room: Channel) -> Channel:
    """A room in which Ann talked, and others still do."""
    channel = make_channel("boats")
    talk = make_conversation(channel)
    make_message(talk, somebody("Ann", consent_level="full", timezone="UTC"), "Ahoy.", at=NOON)
    make_message(talk, somebody("Ben"), "Ahoy, all.", at=NOON + dt.timedelta(minutes=2))
    return channel


def planned_in() -> list[str]:
    pending = ScheduledEvent.objects.filter(event_type="birthday", status="pending")
    return [one.channel.name for one in pending.select_related("channel")]


@pytest.mark.usefixtures("boats")
def test_it_is_wished_where_it_was_told(room: Channel) -> None:
    ann = Person.objects.get(username="Ann")
    at = NOON + dt.timedelta(minutes=1)
    granting.hear_out(room, ann, at, content="Mara, my birthday is on 1 May")
    assert "#harbour" in Message.objects.filter(role=Message.Role.SYSTEM).latest("pk").content
    make_message(make_conversation(make_channel("inn")), ann, "Hm.", at=NOON + dt.timedelta(1))
    preferring.timezone(ann, "Europe/Oslo", NOON + dt.timedelta(1))
    assert planned_in() == ["harbour"]
    live_on(room, NINE)
    assert wishes() == 1
    reminders.plan_birthdays(NINE + dt.timedelta(hours=1))
    assert planned_in() == ["harbour"]


def test_told_by_a_command_it_is_wished_where_they_talked_last_themselves(
    room: Channel, boats: Channel
) -> None:
    ann = Person.objects.get(username="Ann")
    make_message(make_conversation(room), ann, "Hm.", at=NOON + dt.timedelta(minutes=1))
    assert "#harbour" in preferring.birthday(ann, "1 May", NOON + dt.timedelta(minutes=3))


def test_where_that_channel_is_muted_or_gone_it_is_wished_elsewhere(
    room: Channel, boats: Channel
) -> None:
    ann = Person.objects.get(username="Ann")
    granting.hear_out(room, ann, NOON, content="Mara, my birthday is on 1 May")
    Channel.objects.filter(pk=room.pk).update(mode=Channel.Mode.MUTED)
    reminders.plan_birthdays(NOON + dt.timedelta(hours=1))
    assert planned_in() == ["boats"]
    Channel.objects.filter(pk=boats.pk).update(removed_at=NOON)
    reminders.plan_birthdays(NOON + dt.timedelta(hours=2))
    assert planned_in() == []


def test_what_was_told_in_direct_messages_or_in_one_server_is_wished_in_no_other(
    room: Channel, boats: Channel
) -> None:
    ann, guild = Person.objects.get(username="Ann"), make_community(discord_id=11)
    for n, channel in enumerate(
        (make_channel("private", is_direct=True), make_channel(community=guild, discord_id=12))
    ):
        at = NOON + dt.timedelta(hours=n)
        granting.hear_out(channel, ann, at, content="Mara, my birthday is on 1 May")
        assert planned_in() == [channel.name]
        Channel.objects.filter(pk=channel.pk).update(mode=Channel.Mode.MUTED)
        reminders.plan_birthdays(at)
        assert planned_in() == []


def test_nothing_of_somebody_is_said_in_a_server_that_they_have_left(
    room: Channel, boats: Channel
) -> None:
    ann, guild = Person.objects.get(username="Ann"), make_community(discord_id=11)
    belonging = Membership.objects.create(person=ann, community=guild)
    square = make_channel("square", community=guild, discord_id=12)
    granting.hear_out(square, ann, NOON, content="Mara, my birthday is on 1 May")
    reminders.remind(ann, square, "on 1 May at 9:00", "call the lawyer", NOON)
    assert planned_in() == ["square"]
    Membership.objects.filter(pk=belonging.pk).update(left_at=NOON)
    for minute in range(3):
        live_on(square, NINE + dt.timedelta(minutes=minute))
    assert not Turn.objects.filter(trigger="event").exists()
    assert wishes() == 0
    own = Message.objects.filter(character__isnull=False)
    assert not own.filter(Q(content__contains="Ann") | Q(content__contains="lawyer")).exists()
    reminders.plan_birthdays(NINE)
    assert planned_in() == []


def test_a_reminder_that_waits_keeps_no_birthday_from_being_planned(
    room: Channel, ann: Person
) -> None:
    live_on(room, NINE)
    reminders.remind(ann, room, "every monday at 10", "water the plants", NINE)
    reminders.plan_birthdays(NINE + dt.timedelta(hours=1))
    assert coming() == ["2027-05-01 09:00"]


@pytest.mark.django_db(transaction=True)
def test_two_who_plan_it_at_once_plan_it_once(
    room: Channel, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command says it in the bot's process while a worker is at the hourly upkeep."""
    ScheduledEvent.objects.all().delete()
    where, others, asked = reminders._their_channel, [], []

    def plan() -> None:
        try:
            reminders.plan_birthday(ann, NOON)
        finally:
            connection.close()

    def looked(person: Person) -> Any:
        asked.append(person)
        if len(asked) == 1:
            others.append(threading.Thread(target=plan))
            others[0].start()
            while not (_waits() or coming()):
                assert others[0].is_alive()
        return where(person)

    monkeypatch.setattr(reminders, "_their_channel", looked)
    reminders.plan_birthday(ann, NOON)
    others[0].join(60)
    assert len(coming()) == 1


def _waits() -> bool:
    """Whether anybody waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")
        return cursor.fetchone() is not None
