"""Drilling down by date: the pure part."""

from __future__ import annotations

import datetime as dt

import pytest

from characters.admin.dates import finer, span_of

TODAY = dt.date(2026, 3, 4)


@pytest.mark.parametrize(
    ("chosen", "first", "after"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2026-02-28", "2026-02-28", "2026-03-01"),
        ("today", "2026-03-04", "2026-03-05"),
        ("week", "2026-02-26", "2026-03-05"),
    ],
)
def test_what_is_chosen_is_a_span_of_days(chosen: str, first: str, after: str) -> None:
    assert span_of(chosen, TODAY) == (dt.date.fromisoformat(first), dt.date.fromisoformat(after))


@pytest.mark.parametrize(
    "chosen", ["", "soon", "2026-13", "2026-02-30", "1-2-3-4", "9999", "0", "2026-02-01-03"]
)
def test_what_is_no_date_is_no_span(chosen: str) -> None:
    assert span_of(chosen, TODAY) is None


def test_years_open_into_months_and_months_into_days_that_there_are() -> None:
    first, last = dt.date(2025, 11, 20), dt.date(2026, 2, 3)
    assert [value for value, _ in finer("", first, last)] == ["2026", "2025"]
    assert [title for _, title in finer("2025", first, last)] == ["November 2025", "December 2025"]
    assert [value for value, _ in finer("2026-02", first, last)] == [
        "2026-02-01",
        "2026-02-02",
        "2026-02-03",
    ]
    assert finer("2026-02-03", first, last) == []
    assert finer("2019", first, last) == []
