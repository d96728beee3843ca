"""The social battery and the strength to talk: spent by speaking, and by nothing else."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from characters.models import Character, CharacterState
from conversations.floor.pace import PACES, Pace
from conversations.floor.residents import Resident
from conversations.models import Channel, Conversation, Message, Turn
from conversations.turns.effects import tire
from tests.builders import NOON

units = st.floats(0, 1)
paces = st.sampled_from(sorted(PACES.values(), key=lambda pace: pace.gap_low_s))
minutes = st.floats(0, 60 * 24 * 30)


def resident(battery: float) -> Resident:
    return Resident(
        Character(pk=1), 0.5, 0.5, 0.8, battery, NOON, None, "", None, None, 0, False, False, False
    )


def after(state: CharacterState, pace: Pace, move: str) -> CharacterState:
    turn = Turn(move=move, conversation=Conversation(channel=Channel(name="quay")))
    tire(state, turn, Message(pk=1, created_at=NOON), pace)
    return state


@given(units, paces, minutes, minutes)
def test_it_comes_back_with_time_and_never_past_whole(
    battery: float, pace: Pace, one: float, other: float
) -> None:
    sooner, later = sorted((one, other))
    rested = resident(battery)
    least = rested.battery(NOON + dt.timedelta(minutes=sooner), pace)
    most = rested.battery(NOON + dt.timedelta(minutes=later), pace)
    assert battery <= least <= most <= 1.0


@given(units, paces)
def test_it_stands_still_when_no_time_has_passed(battery: float, pace: Pace) -> None:
    assert resident(battery).battery(NOON, pace) == battery
    assert resident(battery).battery(NOON - dt.timedelta(hours=1), pace) == battery


@given(units, units, paces, st.sampled_from(["open", "reply", "join", "farewell", "change_topic"]))
def test_speaking_costs_a_little_and_no_more_than_is_left(
    battery: float, energy: float, pace: Pace, move: str
) -> None:
    state = after(CharacterState(social_battery=battery, energy=energy), pace, move)
    most = max(pace.battery_post, pace.battery_reply)
    assert max(0.0, battery - most) <= state.social_battery <= battery
    assert max(0.0, energy - most / 4) <= state.energy <= energy


@given(units, paces)
def test_to_begin_costs_no_less_than_to_answer(battery: float, pace: Pace) -> None:
    began = after(CharacterState(social_battery=battery, energy=0.8), pace, "open")
    answered = after(CharacterState(social_battery=battery, energy=0.8), pace, "reply")
    assert began.social_battery <= answered.social_battery
