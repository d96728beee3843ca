"""A character's clock and status."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from characters.models import Character
from tests.builders import NOON

times = st.times().map(lambda t: t.replace(microsecond=0, second=0))


def awake(start: dt.time | None, end: dt.time | None, now: dt.datetime, zone: str = "UTC") -> bool:
    return Character(active_hours_start=start, active_hours_end=end, timezone=zone).is_awake(now)


def test_it_is_always_awake_without_hours() -> None:
    assert awake(None, None, NOON)


@pytest.mark.parametrize(
    ("hour", "is_awake"), [(8, False), (9, True), (23, True), (1, True), (2, False), (5, False)]
)
def test_it_stays_up_past_midnight(hour: int, is_awake: bool) -> None:
    assert awake(dt.time(9), dt.time(2), NOON.replace(hour=hour)) == is_awake


def test_it_lives_by_its_own_clock() -> None:
    nine_in_oslo = dt.datetime(2026, 7, 1, 7, 0, tzinfo=dt.UTC)
    assert awake(dt.time(9), dt.time(17), nine_in_oslo, "Europe/Oslo")
    assert not awake(dt.time(9), dt.time(17), nine_in_oslo, "UTC")


@given(times, times, st.integers(0, 10 * 365 * 24 * 60))
def test_it_is_awake_in_a_span_or_in_its_rest(start: dt.time, end: dt.time, minutes: int) -> None:
    now = NOON + dt.timedelta(minutes=minutes)
    if start != end:
        assert awake(start, end, now) != awake(end, start, now)


@pytest.mark.django_db
def test_it_refuses_a_time_zone_that_is_none() -> None:
    with pytest.raises(ValidationError, match="Mars/Olympus is no time zone"):
        Character(name="A", slug="a", timezone="Mars/Olympus").full_clean()


@pytest.mark.django_db
def test_it_says_what_is_wrong_in_words() -> None:
    character = Character(
        name="A", slug="a", talkativeness=1.5, llm_temperature=3, active_hours_start=dt.time(9)
    )
    with pytest.raises(ValidationError) as caught:
        character.full_clean()
    said = " ".join(caught.value.messages)
    assert "The temperature must lie between 0 and 2." in said
    assert "Give both ends of the active hours, or neither." in said
    assert "less than or equal to 1" in said


def test_it_is_active_only_when_neither_paused_nor_template() -> None:
    assert Character().is_active
    assert not Character(status=Character.Status.PAUSED).is_active
    assert not Character(is_template=True).is_active
