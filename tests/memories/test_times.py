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
        ("over the weekend", "2026-02-28", "2026-03-02"),
        ("at the weekend, I mean", "2026-02-28", "2026-03-02"),
        ("the weekend before last", "2026-02-21", "2026-02-23"),
        ("over the weekend before last", "2026-02-21", "2026-02-23"),
        ("since the weekend", "2026-02-28", "2026-03-05"),
        ("last month", "2026-02-01", "2026-03-01"),
        ("on the 1st", "2026-03-01", "2026-03-02"),
        ("on the 12th, by the way", "2026-02-12", "2026-02-13"),
        ("on the 12th when we met", "2026-02-12", "2026-02-13"),
        ("on the 12th of last month", "2026-02-12", "2026-02-13"),
        ("since the 28th", "2026-02-28", "2026-03-05"),
        ("before Easter", "2025-03-21", "2025-04-18"),
        ("after Easter last year", "2025-04-22", "2025-05-16"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("on Monday", "2026-03-02", "2026-03-03"),
        ("last Wednesday", "2026-02-25", "2026-02-26"),
        ("two days ago", "2026-03-02", "2026-03-03"),
        ("three weeks ago", "2026-02-08", "2026-02-15"),
        ("half a year ago", "2025-08-14", "2025-09-28"),
        ("six months ago", "2025-08-14", "2025-09-28"),
        ("a year and a half ago", "2024-07-05", "2024-11-17"),
        ("one and a half years ago", "2024-07-05", "2024-11-17"),
        ("a fortnight ago", "2026-02-15", "2026-02-22"),
        ("two and a half weeks ago", "2026-02-12", "2026-02-17"),
        ("twelve days ago", "2026-02-19", "2026-02-22"),
        ("some weeks ago", "2026-02-08", "2026-02-15"),
        ("two hours ago", "2026-03-04", "2026-03-05"),
        ("in the past fortnight", "2026-02-18", "2026-03-05"),
        ("over the last year and a half", "2024-09-10", "2026-03-05"),
        ("over the last half year", "2025-09-05", "2026-03-05"),
        ("in early June", "2025-06-01", "2025-07-01"),
        ("in mid-June", "2025-06-08", "2025-07-01"),
        ("in late February", "2026-02-16", "2026-03-01"),
        ("at the end of June 2024", "2024-06-16", "2024-07-01"),
        ("at the beginning of June", "2025-06-01", "2025-07-01"),
        ("since June", "2025-06-01", "2026-03-05"),
        ("since last week", "2026-02-23", "2026-03-05"),
        ("since 2024", "2024-01-01", "2026-03-05"),
        ("at Christmas", "2025-12-24", "2025-12-27"),
        ("on Christmas Eve", "2025-12-24", "2025-12-25"),
        ("over Christmas 2024", "2024-12-24", "2024-12-27"),
        ("over New Year", "2025-12-31", "2026-01-02"),
        ("on New Year's Eve", "2025-12-31", "2026-01-01"),
        ("on New Year’s Day", "2026-01-01", "2026-01-02"),
        ("at Easter", "2025-04-18", "2025-04-22"),
        ("on Halloween", "2025-10-31", "2025-11-01"),
        ("on Valentine's Day", "2026-02-14", "2026-02-15"),
        ("yesterday evening", "2026-03-03", "2026-03-04"),
        ("the night before last", "2026-03-02", "2026-03-04"),
        ("the week before last", "2026-02-16", "2026-02-23"),
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
     "It was fun", "in 1000000 years", "9999 years ago", "Do you like Christmas cake?",
     "half a loaf", "What is on the 12th floor?", "Was it on the 2nd try?",
     "the weekend paper", "He came on the 1st bus", "a New Year resolution"],
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


@pytest.mark.parametrize(
    ("text", "since", "until", "dates"),
    [
        ("What do I have tomorrow?", "2026-03-05", "2026-03-06", "Thursday 5 March 2026"),
        ("Who comes the day after tomorrow?", "2026-03-06", "2026-03-07", "Friday 6 March 2026"),
        ("What happens next Friday?", "2026-03-06", "2026-03-07", "Friday 6 March 2026"),
        ("Where will we meet on Friday?", "2026-03-06", "2026-03-07", "Friday 6 March 2026"),
        ("What am I doing on Monday?", "2026-03-09", "2026-03-10", "Monday 9 March 2026"),
        ("What is there to do tonight?", "2026-03-04", "2026-03-05", "Wednesday 4 March 2026"),
        ("What is on next week?", "2026-03-09", "2026-03-16", "week 9 March 2026"),
        ("Who comes next weekend?", "2026-03-14", "2026-03-16", "weekend 14 March 2026"),
        ("Who moves next month?", "2026-04-01", "2026-05-01", "April 2026"),
        ("Who will marry next year?", "2027-01-01", "2028-01-01", "2027"),
        ("What is planned in two weeks?", "2026-03-15", "2026-03-22", "18 March 2026"),
        ("Where will you be next Christmas?", "2026-12-24", "2026-12-27", "Christmas 2026"),
        ("Who is coming in June?", "2026-06-01", "2026-07-01", "June 2026"),
        ("What are you up to at the weekend?", "2026-03-07", "2026-03-09", "weekend 7 March 2026"),
        ("Who was here over the weekend?", "2026-02-28", "2026-03-02", "weekend"),
        ("Is there a market on the 20th?", "2026-03-20", "2026-03-21", "Friday 20 March 2026"),
        ("Who comes on the 2nd?", "2026-03-02", "2026-03-03", ""),
        ("Who will come on the 2nd?", "2026-04-02", "2026-04-03", "Thursday 2 April 2026"),
        ("What will you do before Easter?", "2026-03-06", "2026-04-03", "Easter 2026"),
        ("What will happen on 3 May?", "2026-05-03", "2026-05-04", "Sunday 3 May 2026"),
    ],
)
def test_what_is_to_come_is_looked_for_by_its_date(
    text: str, since: str, until: str, dates: str
) -> None:
    found = window(text, NOON)
    assert found is not None
    assert (f"{found.since:%Y-%m-%d}", f"{found.until:%Y-%m-%d}") == (since, until)
    assert found.dates == dates


@pytest.mark.parametrize(
    "text", ["What did I do on Monday?", "Where were we today?", "Who came on Friday?"]
)
def test_what_has_been_is_looked_for_by_when_it_was_heard(text: str) -> None:
    found = window(text, NOON)
    assert found is not None
    assert found.dates == ""
    assert found.since <= NOON


@pytest.mark.parametrize(
    ("text", "now", "since", "until"),
    [
        ("yesterday", "2026-01-01", "2025-12-31", "2026-01-01"),
        ("last week", "2026-01-01", "2025-12-22", "2025-12-29"),
        ("last month", "2026-01-15", "2025-12-01", "2026-01-01"),
        ("last weekend", "2026-01-04", "2025-12-27", "2025-12-29"),
        ("in December", "2026-01-01", "2025-12-01", "2026-01-01"),
        ("over New Year", "2026-01-01", "2025-12-31", "2026-01-02"),
        ("at Christmas", "2026-12-24", "2026-12-24", "2026-12-27"),
        ("half a year ago", "2026-08-31", "2026-02-10", "2026-03-27"),
        ("on the 31st", "2026-03-04", "2026-01-31", "2026-02-01"),
        ("on the 29th", "2026-03-04", "2026-01-29", "2026-01-30"),
        ("over the weekend", "2026-03-07", "2026-02-28", "2026-03-02"),  # on a Saturday
        ("over the weekend", "2026-03-08", "2026-03-07", "2026-03-09"),  # on a Sunday
        ("before Christmas", "2025-12-20", "2025-11-26", "2025-12-24"),
        ("before Christmas", "2025-11-20", "2024-11-26", "2024-12-24"),
        ("after Christmas", "2026-01-02", "2025-12-27", "2026-01-21"),
    ],
)
def test_over_new_year_and_ends_of_months(text: str, now: str, since: str, until: str) -> None:
    found = window(f"What happened {text}?", dt.datetime.fromisoformat(f"{now}T12:00+00:00"))
    assert found is not None
    assert (f"{found.since:%Y-%m-%d}", f"{found.until:%Y-%m-%d}") == (since, until)


@pytest.mark.parametrize(
    ("text", "hour", "since", "until"),
    [
        ("an hour ago", 0, "2026-03-03", "2026-03-05"),
        ("half an hour ago", 0, "2026-03-03", "2026-03-05"),
        ("an hour ago", 12, "2026-03-04", "2026-03-05"),
        ("20 hours ago", 12, "2026-03-03", "2026-03-05"),
        ("50 hours ago", 12, "2026-03-02", "2026-03-04"),
        ("in the last 24 hours", 12, "2026-03-03", "2026-03-05"),
        ("over the last two hours", 12, "2026-03-04", "2026-03-05"),
        ("over the last two hours", 0, "2026-03-03", "2026-03-05"),
    ],
)
def test_hours_are_counted_from_now_over_midnight(
    text: str, hour: int, since: str, until: str
) -> None:
    found = window(f"What happened {text}?", NOON.replace(hour=hour, minute=10))
    assert found is not None
    assert (f"{found.since:%Y-%m-%d}", f"{found.until:%Y-%m-%d}") == (since, until)


def test_what_comes_in_hours_may_come_tomorrow() -> None:
    found = window("What is there to do in three hours?", NOON.replace(hour=22))
    assert found is not None
    assert (f"{found.since:%Y-%m-%d}", found.dates) == ("2026-03-05", "Thursday 5 March 2026")


@pytest.mark.parametrize("text", ["What happened since Monday?", "What is new since Monday?"])
def test_since_a_day_is_from_the_last_such_until_now(text: str) -> None:
    found = window(text, NOON)
    assert found is not None
    assert (f"{found.since:%Y-%m-%d}", f"{found.until:%Y-%m-%d}") == ("2026-03-02", "2026-03-05")
