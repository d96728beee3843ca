"""Words for times, as stretches of time. `NOON` is Wednesday, 4 March 2026."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from memories.recall.times import window
from tests.builders import NOON


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("on 3 May", "2025-05-03", "2025-05-04"),
        ("on the 3rd of March", "2026-03-03", "2026-03-04"),
        ("May 3, 2023", "2023-05-03", "2023-05-04"),
        ("on 2023-05-08", "2023-05-08", "2023-05-09"),
        ("on 29 February", "2024-02-29", "2024-03-01"),
        ("in June", "2025-06-01", "2025-07-01"),
        ("in February", "2026-02-01", "2026-03-01"),
        ("in December 2024", "2024-12-01", "2025-01-01"),
        ("last summer", "2025-06-01", "2025-09-01"),
        ("in the winter of 2024", "2024-12-01", "2025-03-01"),
        ("in 2024", "2024-01-01", "2025-01-01"),
        ("yesterday", "2026-03-03", "2026-03-04"),
        ("today", "2026-03-04", "2026-03-05"),
        ("the day before yesterday", "2026-03-02", "2026-03-03"),
        ("last night", "2026-03-03", "2026-03-05"),
        ("last week", "2026-02-23", "2026-03-02"),
        ("this week", "2026-03-02", "2026-03-09"),
        ("last weekend", "2026-02-28", "2026-03-02"),
        ("last month", "2026-02-01", "2026-03-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("on Monday", "2026-03-02", "2026-03-03"),
        ("last Wednesday", "2026-02-25", "2026-02-26"),
        ("two days ago", "2026-03-02", "2026-03-03"),
        ("three weeks ago", "2026-02-08", "2026-02-15"),
        ("in the last few days", None, None),
        ("over the past ten days", "2026-02-22", "2026-03-05"),
    ],
)
def test_a_time_in_words(text: str, since: str | None, until: str | None) -> None:
    found = window(f"What happened {text}?", NOON)
    if since is None or until is None:
        assert found is None
        return
    assert found is not None
    assert (f"{found.since:%Y-%m-%d}", f"{found.until:%Y-%m-%d}") == (since, until)


@pytest.mark.parametrize(
    "text",
    ["May I come in?", "They march on", "on the 31st of June", "the sun was out", "May Ada sing?",
     "It was fun", "in 1000000 years", "9999 years ago"],
)  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    assert window(text, NOON) is None


def test_days_begin_where_the_one_who_remembers_lives() -> None:
    tokyo = NOON.astimezone(ZoneInfo("Asia/Tokyo")) + dt.timedelta(hours=4)  # the 5th already
    found = window("yesterday", tokyo)
    assert found is not None
    assert found.since == dt.datetime(2026, 3, 4, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_the_words_that_said_so_are_kept() -> None:
    found = window("Who came in June, and why?", NOON)
    assert found is not None
    assert found.words == "in June"
