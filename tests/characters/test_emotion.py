"""Emotions: bounded, slow, moved only by what is felt, and back at the character's own rest."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from characters import emotion
from characters.feelings import Feelings
from characters.models import Persona
from characters.models.emotion import Emotion

unit = st.floats(0, 1)
hours = st.floats(0, 10_000)
traits = st.fixed_dictionaries(dict.fromkeys(Persona.TRAITS, unit))
names = st.sampled_from(emotion.EMOTIONS)
shown = st.dictionaries(names, unit, max_size=4)
levels = st.fixed_dictionaries(dict.fromkeys(emotion.EMOTIONS, unit))
NOW = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)


def test_the_eleven_are_those_of_the_database() -> None:
    assert list(emotion.EMOTIONS) == Emotion.values
    for table in (emotion.SWAY, emotion.OPPOSITES, emotion.STIRS, emotion.WORDS):
        assert set(table) == set(emotion.EMOTIONS)


@given(traits)
def test_each_rests_in_bounds(character: dict[str, float]) -> None:
    rests = emotion.baselines(character)
    assert set(rests) == set(emotion.EMOTIONS)
    assert all(0 <= rest <= 1 for rest in rests.values())


@given(traits, unit, unit)
def test_the_anxious_rest_nearer_to_fear_and_farther_from_hope(
    character: dict[str, float], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    calm = emotion.baselines({**character, "neuroticism": low})
    anxious = emotion.baselines({**character, "neuroticism": high})
    assert anxious["fear"] >= calm["fear"]
    assert anxious["optimism"] <= calm["optimism"]


@given(unit, st.floats(0, 5), unit, unit, st.floats(0, 5))
def test_it_moves_toward_what_is_felt_and_stays_in_bounds(
    level: float, intensity: float, confidence: float, rate: float, share: float
) -> None:
    after = emotion.felt(level, intensity, confidence, rate=rate, share=share)
    low, high = sorted((level, min(1.0, intensity)))
    assert low - 1e-9 <= after <= high + 1e-9


@given(unit, unit, unit)
def test_one_line_moves_it_by_a_fifth_of_the_way_at_most(
    level: float, intensity: float, confidence: float
) -> None:
    after = emotion.felt(level, intensity, confidence)
    assert abs(after - level) <= 0.2 * abs(intensity - level) + 1e-9


def test_it_is_the_average_of_the_design() -> None:
    assert emotion.felt(0.1, 0.8, 0.5) == pytest.approx(0.1 + 0.8 * 0.5 * 0.2 * (0.8 - 0.1))
    assert emotion.caught(0.2, 0.6) == pytest.approx(0.2 + 0.05 * 0.6 * 0.8)
    assert emotion.return_to(1.0, 0.0, 1) == pytest.approx(0.9)


@given(levels, shown, shown, unit)
def test_what_is_felt_and_seen_keeps_every_level_in_bounds(
    now: dict[str, float], stirred: dict[str, float], seen: dict[str, float], share: float
) -> None:
    moved = emotion.moved(now, stirred, seen, share=share)
    assert all(0 <= value <= 1 for value in moved.values())
    touched = {*stirred, *seen, *(emotion.OPPOSITES[name] for name in stirred)}
    assert set(moved) <= touched


@given(levels)
def test_nothing_moves_without_a_cause(now: dict[str, float]) -> None:
    assert emotion.moved(now, {}, {}) == {}
    assert emotion.moved(now, dict.fromkeys(now, 0.0), {}) == {}


@given(unit, unit, hours)
def test_it_returns_toward_rest_and_never_past_it(level: float, rest: float, passed: float) -> None:
    after = emotion.return_to(level, rest, passed)
    low, high = sorted((level, rest))
    assert low - 1e-9 <= after <= high + 1e-9
    assert emotion.return_to(rest, rest, passed) == rest


@given(shown)
def test_what_another_feels_stirs_no_more_than_they_feel(seen: dict[str, float]) -> None:
    stirred = emotion.stirred_by(seen)
    assert all(0 <= value <= max(seen.values()) for value in stirred.values())
    valence, arousal = emotion.sway(stirred)
    assert abs(valence) <= len(stirred)
    assert abs(arousal) <= len(stirred)


@given(levels, levels)
def test_only_what_stands_out_over_ones_own_rest_is_said(
    now: dict[str, float], rests: dict[str, float]
) -> None:
    found = emotion.above_rest(now, rests)
    assert [over for _, over in found] == sorted((over for _, over in found), reverse=True)
    assert all(now[name] - rests[name] >= emotion.NOTICED_FROM - 1e-3 for name, _ in found)


@pytest.mark.parametrize(
    ("standing_out", "words"),
    [
        ((), ""),
        ((("joy", 0.11),), "a little glad"),
        ((("sadness", 0.5), ("anger", 0.25), ("fear", 0.2)), "very sad and angry"),
    ],
)
def test_it_is_said_in_words(standing_out: tuple[tuple[str, float], ...], words: str) -> None:
    assert emotion.in_words(standing_out) == words


def test_levels_return_while_nobody_looks_at_them() -> None:
    rows = [("joy", 0.2, 0.7, NOW - dt.timedelta(hours=2)), ("fear", 0.1, None, None)]
    found = Feelings.of(rows, {}, NOW)
    assert found.levels["joy"] == pytest.approx(0.2 + 0.5 * 0.9**2)
    assert found.levels["fear"] == 0.1
    assert found.levels["anger"] == emotion.baselines({})["anger"]
    assert found.standing_out() == (("joy", pytest.approx(0.405, abs=1e-3)),)
