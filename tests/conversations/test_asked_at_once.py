"""Two people who ask two characters in one breath are both answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from audit.configuration import configuration
from characters.models import Character
from conversations.floor import director
from conversations.floor.lines import UNDER_WAY
from conversations.models import Channel, Message, Turn
from conversations.services import record_incoming
from conversations.turns import turns
from tests.builders import NOON, make_channel, make_character, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once(db: Any) -> None:
    configuration.set_value("director", "time_scale", 0)
    configuration.set_value("memory", "confide_chance", 0)
    configuration.forget_cached()


@pytest.fixture
def cast() -> dict[str, Character]:
    return {name: make_character(name) for name in ("Odile", "Bram", "Pilar")}


@pytest.fixture
def room(cast: dict[str, Character]) -> Channel:
    return make_channel("the-lantern", residents=tuple(cast.values()))


def live(room: Channel, steps: int = 8, since: float = 0.0) -> None:
    """Let the room go on for some looks, ten seconds apart."""
    now = NOON + dt.timedelta(seconds=since)
    for _ in range(steps):
        now += dt.timedelta(seconds=10)
        director.look(room.pk, now)
        for turn in Turn.objects.filter(status__in=UNDER_WAY):
            turns.take(turn.pk, now)


def who_answered(asked: Message) -> list[str]:
    found = Message.objects.filter(turn__answers=asked).order_by("pk")
    return list(found.values_list("character__name", flat=True))


def test_who_was_asked_by_another_a_moment_before_answers_too(room: Channel) -> None:
    ada, ben = make_person("Ada"), make_person("Ben")
    first = record_incoming(room.pk, ada, "Odile, what do you think of the ferry?", now=NOON)
    second = record_incoming(room.pk, ben, "Bram, is your boat done?", now=NOON)
    live(room)
    assert who_answered(second) == ["Bram"]
    assert who_answered(first) == ["Odile"]


def test_what_was_asked_while_a_character_was_speaking_is_answered_too(room: Channel) -> None:
    theo, ada, ben = (make_person(name) for name in ("Theo", "Ada", "Ben"))
    record_incoming(room.pk, theo, "Pilar, how are the pools today?", now=NOON)
    assert director.look(room.pk, NOON) is not None
    later = NOON + dt.timedelta(seconds=5)
    first = record_incoming(room.pk, ada, "Odile, what do you think of the ferry?", now=later)
    second = record_incoming(room.pk, ben, "Bram, is your boat done?", now=later)
    live(room, since=5)
    assert who_answered(second) == ["Bram"]
    assert who_answered(first) == ["Odile"]


def test_one_who_is_asked_by_two_at_once_answers_both(room: Channel) -> None:
    ada, ben = make_person("Ada"), make_person("Ben")
    first = record_incoming(room.pk, ada, "Odile, what do you think of the ferry?", now=NOON)
    second = record_incoming(room.pk, ben, "Odile, is your boat done?", now=NOON)
    live(room)
    assert who_answered(second) == ["Odile"]
    assert who_answered(first) == ["Odile"]


def test_a_reply_to_a_character_is_answered_by_it_though_another_was_asked(
    room: Channel, cast: dict[str, Character]
) -> None:
    ada, ben = make_person("Ada"), make_person("Ben")
    asked = record_incoming(room.pk, ada, "Odile, what do you think of the ferry?", now=NOON)
    live(room, steps=1)
    said = Message.objects.get(turn__answers=asked)
    later = NOON + dt.timedelta(seconds=20)
    first = record_incoming(room.pk, ada, "And why is that?", reply_to=said.pk, now=later)
    second = record_incoming(room.pk, ben, "Bram, is your boat done?", now=later)
    live(room, since=20)
    assert who_answered(second) == ["Bram"]
    assert who_answered(first) == ["Odile"]


def test_who_has_spoken_again_meanwhile_is_answered_once(room: Channel) -> None:
    ada, ben = make_person("Ada"), make_person("Ben")
    first = record_incoming(room.pk, ada, "Odile, what do you think of the ferry?", now=NOON)
    record_incoming(room.pk, ben, "Bram, is your boat done?", now=NOON)
    record_incoming(room.pk, ada, "Odile? Never mind.", now=NOON)
    live(room)
    assert who_answered(first) == []


def test_what_was_said_to_nobody_before_another_spoke_is_let_go(room: Channel) -> None:
    ada, ben = make_person("Ada"), make_person("Ben")
    first = record_incoming(room.pk, ada, "The tide was low this morning.", now=NOON)
    record_incoming(room.pk, ben, "Bram, is your boat done?", now=NOON)
    live(room)
    assert who_answered(first) == []


def test_an_answer_that_comes_much_too_late_is_none(room: Channel) -> None:
    ada, ben = make_person("Ada"), make_person("Ben")
    first = record_incoming(room.pk, ada, "Odile, what do you think of the ferry?", now=NOON)
    record_incoming(room.pk, ben, "Bram, is your boat done?", now=NOON + dt.timedelta(minutes=12))
    live(room, since=12 * 60)
    assert who_answered(first) == []


def test_nobody_else_is_made_to_answer_for_who_may_not_speak_there(
    room: Channel, cast: dict[str, Character]
) -> None:
    """Of characters for adults nobody in an open room knows."""
    Character.objects.filter(pk=cast["Odile"].pk).update(is_adult=True)
    ada, ben = make_person("Ada"), make_person("Ben")
    first = record_incoming(room.pk, ada, "Odile, what do you think of the ferry?", now=NOON)
    second = record_incoming(room.pk, ben, "Bram, is your boat done?", now=NOON)
    live(room)
    assert who_answered(second) == ["Bram"]
    assert who_answered(first) == []
