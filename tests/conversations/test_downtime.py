"""The program was off for hours, days or weeks: what was owed is said once, what is over is let be,
and nobody hears that they are missed who could not come."""

from __future__ import annotations

import datetime as dt

import pytest
import redis

from audit.configuration import configuration
from characters.models import Character, Person
from conversations import upkeep
from conversations.floor import director
from conversations.initiative import proactive, reminders
from conversations.models import Channel, Message, ScheduledEvent, Turn
from conversations.turns import turns
from memories.models import HygieneRun
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_relationship,
)

Status = ScheduledEvent.Status


def later(**lengths: float) -> dt.datetime:
    return NOON + dt.timedelta(**lengths)


@pytest.fixture
def room(db: None, redis_client: redis.Redis) -> Channel:
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    return make_channel("harbour", mode=Channel.Mode.QUIET)


@pytest.fixture
def mara(room: Channel) -> Character:
    return make_character("Mara")


@pytest.fixture
def ann(mara: Character) -> Person:
    return make_person("Ann", consent_level="full")


def run(room: Channel, at: dt.datetime, looks: int = 3) -> None:
    """What the clock and a worker do, a minute apart."""
    for minute in range(looks):
        now = at + dt.timedelta(minutes=minute)
        for pk in Turn.objects.filter(status=Turn.Status.PLANNED).values_list("pk", flat=True):
            turns.take(pk, now)
        upkeep.sweep(now)
        turn = director.look(room.pk, now)
        if turn is not None and turn.status == Turn.Status.PLANNED:
            turns.take(turn.pk, now + dt.timedelta(seconds=3))


def said() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("content", flat=True))


def come_to_nothing(at: dt.datetime) -> None:
    """Turns were taken, and none was spoken."""
    Turn.objects.update(status=Turn.Status.ABANDONED, finished_at=at)


def test_a_reminder_whose_turn_a_long_stop_cut_short_is_said(room: Channel, ann: Person) -> None:
    make_message(make_conversation(room), ann, "Hello.", at=later(minutes=-1))
    reminders.remind(ann, room, "in 1 minute", "rope", NOON)
    assert director.look(room.pk, later(minutes=1, seconds=1)) is not None
    upkeep.sweep(later(days=2))  # the machine was off: the talk is over, and the turn with it
    run(room, later(days=2, minutes=1))
    assert len([line for line in said() if "rope" in line]) == 1
    run(room, later(days=4))
    assert len([line for line in said() if "rope" in line]) == 1


def test_a_wish_is_not_said_days_late(room: Channel, ann: Person) -> None:
    Person.objects.update(birthday=dt.date(1990, 3, 5), timezone="UTC")
    ann.refresh_from_db()
    make_message(make_conversation(room), ann, "Hello.", at=later(hours=-3))
    event = reminders.plan_birthday(ann, NOON)
    assert event is not None
    upkeep.close_idle(later(minutes=1))
    turn = director.look(room.pk, event.trigger_at + dt.timedelta(seconds=1))
    assert turn is not None
    assert turn.status == Turn.Status.PLANNED
    before = said()
    run(room, event.trigger_at + dt.timedelta(days=3))
    assert said() == before
    turn.refresh_from_db()
    assert turn.status == Turn.Status.ABANDONED


def test_what_comes_again_is_planned_on_once(room: Channel, ann: Person) -> None:
    for what in ("rope", "fern"):
        reminders.remind(ann, room, "every day at 12:01", what, NOON)
    due = later(minutes=1, seconds=1)
    for second in (0, 1):
        assert director.look(room.pk, due + dt.timedelta(seconds=second)) is not None
        come_to_nothing(due)
    upkeep.sweep(due + dt.timedelta(seconds=2))  # both fall due again, and then it is off
    assert list(reminders.pending(ann).values_list("attempts", flat=True)) == [1, 1, 0, 0]
    run(room, later(hours=5))
    told = [line for line in said() if "reminded" in line]
    assert len(told) == 1
    coming = reminders.pending(ann)
    assert sorted(str(one.context["what"]) for one in coming) == ["fern", "rope"]


def test_what_comes_again_is_named_once_in_what_is_late(room: Channel, ann: Person) -> None:
    for what in ("rope", "fern"):
        reminders.remind(ann, room, "every day at 12:01", what, NOON)
    due = later(minutes=1, seconds=1)
    for second in (0, 1):
        assert director.look(room.pk, due + dt.timedelta(seconds=second)) is not None
        come_to_nothing(due)
    upkeep.sweep(due + dt.timedelta(seconds=2))
    run(room, later(days=3, hours=5))
    (told,) = [line for line in said() if "reminded" in line]
    assert (told.count("rope"), told.count("fern")) == (1, 1)
    coming = reminders.pending(ann)
    assert sorted(str(one.context["what"]) for one in coming) == ["fern", "rope"]


def audited(*days: float) -> None:
    """The society ran on these days: each had its audit."""
    for at in (later(days=day) for day in days):
        HygieneRun.objects.create(started_at=at, finished_at=at)


def test_who_could_not_come_is_not_missed(room: Channel, mara: Character, ann: Person) -> None:
    Channel.objects.update(mode=Channel.Mode.LIVE)
    make_relationship(mara, ann, trust=0.8, affection=0.8, attunement=0.8)
    talk = make_conversation(room)
    for day in range(6):
        make_message(talk, ann, "Morning.", at=later(days=day))
    audited(*range(-1, 6))
    assert proactive.plan(later(days=19)) == 0  # started after a fortnight
    audited(19.01, 20, 21)
    assert proactive.plan(later(days=21)) == 0
    audited(22, 23, 24, 25)
    assert proactive.plan(later(days=25.5)) == 1


def test_who_did_not_come_is_missed_whatever_the_days_before(
    room: Channel, mara: Character, ann: Person
) -> None:
    Channel.objects.update(mode=Channel.Mode.LIVE)
    make_relationship(mara, ann, trust=0.8, affection=0.8, attunement=0.8)
    talk = make_conversation(room)
    for day in range(6):
        make_message(talk, ann, "Morning.", at=later(days=day))
    audited(-30, -10, *range(6, 13))
    assert proactive.plan(later(days=13)) == 1
