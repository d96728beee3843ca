"""What characters are at while a day goes by: told by the clock, seen, said, and kept in rows."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from characters.models import CharacterState, Goal
from conversations.initiative import activity
from conversations.initiative.activity import Doer, doing
from conversations.turns import briefing, portraits
from conversations.turns.prompts import build
from conversations.wishes.cast import describe
from fishbowl.llm.offline.voice import OfflineVoice
from fishbowl.llm.types import Brief, ChatMessage, ChatRequest, Line
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_turn,
)

DAY = NOON.replace(hour=0)
times = st.floats(0, 400 * 24).map(lambda hours: DAY + dt.timedelta(hours=hours))
TEA = Doer("ada", True, aims=("Mend the old pump; nobody else will.",), interests=(("tea", 0.9),))


@given(times, st.floats(0, 1), st.integers(0, 1439), st.integers(0, 1439), st.booleans())
def test_everybody_is_at_something_at_any_time(
    at: dt.datetime, energy: float, up: int, left: int, is_awake: bool
) -> None:
    doer = Doer("ada", is_awake, energy, up, left, ("the poem “Tea”",), TEA.aims, TEA.interests)
    what = doing(doer, at)
    assert 0 < len(what) <= 200
    assert (what == "asleep") == (not is_awake)
    assert doing(doer, at) == what


@given(times.filter(lambda at: at.minute >= 40 or at.hour not in (12, 19)))
def test_one_keeps_at_a_thing_for_a_while(at: dt.datetime) -> None:
    begun = at.replace(hour=at.hour - at.hour % 2, minute=45, second=0)
    assert doing(TEA, at) == doing(TEA, begun)


def test_a_day_has_its_course() -> None:
    found = {doing(TEA, DAY + dt.timedelta(days=n, hours=10)) for n in range(40)}
    assert {"trying to mend the old pump", "busy with tea"} <= found
    assert doing(Doer("ada", True, minutes_up=10), DAY) == "having breakfast"
    assert doing(Doer("ada", True, minutes_left=10), DAY) == "getting ready for bed"
    assert doing(Doer("ada", True, energy=0.1), DAY) == "resting"


@pytest.mark.django_db
def test_it_goes_on_with_the_day_and_is_seen_and_said(client: Client) -> None:
    ada = make_character("Ada", active_hours_start=dt.time(7), active_hours_end=dt.time(23))
    Goal.objects.create(character=ada, goal_id="pump", description="Mend the pump.", priority=9)
    paused = make_character("Bo", status="paused", state={"current_activity": "out for a walk"})
    activity.tend(NOON.replace(hour=3))
    assert CharacterState.objects.get(character=ada).current_activity == "asleep"
    assert CharacterState.objects.get(character=paused).current_activity == ""
    assert activity.tend(NOON.replace(hour=3, minute=30)) == 0
    assert activity.tend(NOON.replace(hour=10)) == 1

    now = CharacterState.objects.get(character=ada).current_activity
    assert now not in ("", "asleep")
    ada.refresh_from_db()
    assert f"Just now: {now}." in describe(ada)
    page = client.get(reverse("character", args=[ada.slug])).content.decode()
    assert f"just now, {now}" in page
    portraits.forget_portraits()  # as after a restart: it is read from its row
    room = make_channel(residents=(ada,))
    talk = make_conversation(room, kind="with_people")
    asked = make_message(talk, make_person("Robin"), "Ada, what are you doing?")
    turn = make_turn(talk, ada, answers=asked, move="reply", trigger="person")
    brief, _ = briefing.load_brief(turn, room, NOON.replace(hour=10))
    assert brief.activity == now
    assert f"you are {now} just now" in build(brief).messages[0].content


def test_who_is_asked_tells_it() -> None:
    heard = Line(1, "Robin", "What are you doing, Ada?", 1.0, "person")
    brief = Brief("Ada", activity="busy with tea", lines=(heard,), addressee="Robin", seed=3)
    request = ChatRequest(messages=(ChatMessage("user", "?"),), purpose="speak", brief=brief)
    assert "busy with tea" in OfflineVoice().complete(request).text.lower()
