"""A birthday is wished once, on the day, whatever somebody changes on its morning."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import redis
from django.db import connection

from audit.configuration import configuration
from characters.models import Person
from conversations.floor import director
from conversations.initiative import reminders
from conversations.models import Channel, Message, ScheduledEvent, Turn
from conversations.turns import turns
from conversations.wishes import preferring
from tests.builders import NOON, make_channel, make_character, make_conversation, make_message
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
