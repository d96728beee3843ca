"""Moods: bounded, inert, moved only by causes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from characters import mood
from characters.models import Persona

signed = st.floats(-1, 1)
unit = st.floats(0, 1)
hours = st.floats(0, 10_000)
traits = st.fixed_dictionaries(dict.fromkeys(Persona.TRAITS, unit))


@given(signed, st.floats(-100, 100))
def test_it_moves_at_most_a_fifth_and_stays_in_bounds(current: float, delta: float) -> None:
    new, step = mood.move(current, delta)
    assert -1 <= new <= 1
    assert abs(step) <= mood.MAX_STEP + 1e-9
    assert new == pytest.approx(current + step)
    assert step * delta >= 0  # never against its cause


@given(signed)
def test_it_does_not_move_without_a_cause(current: float) -> None:
    assert mood.move(current, 0.0) == (current, 0.0)


@given(signed, st.lists(signed, min_size=10, max_size=10))
def test_it_needs_several_causes_to_swing_round(current: float, deltas: list[float]) -> None:
    value = current
    for steps, delta in enumerate(deltas, 1):
        value, _ = mood.move(value, delta)
        assert abs(value - current) <= steps * mood.MAX_STEP + 1e-9


@given(signed, signed, hours)
def test_it_returns_toward_rest_and_never_past_it(
    current: float, rest: float, passed: float
) -> None:
    value = mood.return_to(current, rest, passed)
    low, high = sorted((current, rest))
    assert low - 1e-9 <= value <= high + 1e-9
    assert abs(value - rest) <= abs(current - rest) + 1e-9


@given(signed, signed, signed)
def test_gladness_wears_off_above_ones_rest_and_never_turns(
    one: float, other: float, rest: float
) -> None:
    low, high = sorted((one, other))
    assert 0 <= mood.worn_off(high, rest) <= mood.worn_off(low, rest) <= 1
    assert mood.worn_off(min(low, rest), rest) == 1


@given(signed, hours)
def test_it_does_not_drift_from_rest(rest: float, passed: float) -> None:
    assert mood.return_to(rest, rest, passed) == rest


@given(signed, signed, st.floats(-100, 0))
def test_it_stands_still_when_no_time_has_passed(
    current: float, rest: float, passed: float
) -> None:
    assert mood.return_to(current, rest, passed) == pytest.approx(current)


@given(signed, signed, st.floats(0, 100), st.floats(0, 100))
def test_it_returns_alike_however_often_it_is_brought_up_to_date(
    current: float, rest: float, first: float, second: float
) -> None:
    at_once = mood.return_to(current, rest, first + second)
    in_steps = mood.return_to(mood.return_to(current, rest, first), rest, second)
    assert in_steps == pytest.approx(at_once, abs=1e-9)


def test_it_returns_five_percent_an_hour() -> None:
    assert mood.return_to(1.0, 0.0, 1) == pytest.approx(0.95)


@given(traits)
def test_it_rests_in_bounds(character: dict[str, float]) -> None:
    valence, arousal = mood.baseline(character)
    assert -1 <= valence <= 1
    assert -1 <= arousal <= 1
    assert mood.label(valence, arousal) in mood.LABELS.values()


@given(traits, unit, unit)
def test_it_rests_higher_the_more_agreeable_one_is(
    character: dict[str, float], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    surly = mood.baseline({**character, "agreeableness": low})
    kind = mood.baseline({**character, "agreeableness": high})
    assert kind[0] >= surly[0] - 1e-9


def test_it_rests_in_the_middle_for_the_middling() -> None:
    assert mood.baseline({}) == (0.0, 0.0)


@given(signed, signed)
def test_it_names_every_mood(valence: float, arousal: float) -> None:
    assert mood.label(valence, arousal) in mood.LABELS.values()


@pytest.mark.parametrize(
    ("valence", "arousal", "label"),
    [
        (0.0, 0.0, "even"),
        (0.3, 0.0, "content"),
        (0.29, 0.0, "even"),
        (-0.3, 0.3, "upset"),
        (1.0, 1.0, "elated"),
        (-1.0, -1.0, "weary"),
        (0.0, -0.5, "drowsy"),
    ],
)
def test_it_names_moods_by_the_cut_offs(valence: float, arousal: float, label: str) -> None:
    assert mood.label(valence, arousal) == label
