"""What comes again keeps to the clock on the wall, over the nights on which that is moved."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.initiative import moments
from conversations.initiative.recurrence import BadRule, checked, following, read, skipped
from tests.builders import NOON

OSLO = ZoneInfo("Europe/Oslo")
ZONES = ("Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo")


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "rule", "first"),
    [
        ("every monday at 9", "FREQ=WEEKLY;BYDAY=MO", "2026-03-09T08:00"),
        ("every day at 18:30", "FREQ=DAILY", "2026-03-04T17:30"),
        ("Every other Friday evening", None, None),
        ("every other friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2026-03-06T08:00"),
        ("each weekday at 7am", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-03-05T06:00"),
        ("every evening", "FREQ=DAILY", "2026-03-04T18:00"),
        ("daily at noon", "FREQ=DAILY", "2026-03-05T11:00"),
        ("every now and then", None, None),
        ("monday at 9", None, None),
    ],
)
def test_it_reads_what_comes_again(text: str, rule: str | None, first: str | None) -> None:
    found = read(text, NOON, OSLO)
    assert found == (None if rule is None else (rule, utc(first or "")))


@pytest.mark.parametrize(
    "rule",
    ["", "FREQ=HOURLY", "FREQ=SECONDLY;COUNT=9", "DTSTART=20260101", "FREQ=DAILY;BYHOUR=1,2,3",
     "every day", "FREQ=DAILY;INTERVAL=x", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY\nRDATE:20260101"],
)  # fmt: skip
def test_it_refuses_what_is_no_rule_or_a_flood(rule: str) -> None:
    with pytest.raises(BadRule, match="recurrence_rule: "):
        checked(rule)


def test_an_hour_that_is_left_out_and_one_that_comes_twice() -> None:
    since = utc("2026-03-27T01:30")  # 02:30 in Oslo
    spring = [following("FREQ=DAILY", since, "Europe/Oslo", since)]
    for _ in range(2):
        spring.append(following("FREQ=DAILY", since, "Europe/Oslo", spring[-1]))
    assert spring == [utc("2026-03-28T01:30"), utc("2026-03-29T01:30"), utc("2026-03-30T00:30")]
    autumn = following("FREQ=DAILY", since, "Europe/Oslo", utc("2026-10-24T12:00"))
    assert autumn == utc("2026-10-25T00:30")
    assert following("FREQ=DAILY", since, "Europe/Oslo", autumn) == utc("2026-10-26T01:30")


def test_it_ends_and_counts_from_its_first_time() -> None:
    since = utc("2026-03-01T08:00")
    assert following("FREQ=DAILY;COUNT=3", since, "UTC", utc("2026-03-03T08:00")) is None
    assert (
        following("FREQ=DAILY;UNTIL=20260303T080000Z", since, "UTC", utc("2026-03-03T08:00"))
        is None
    )
    leap = following("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", since, "UTC", since)
    assert leap == utc("2028-02-29T08:00")
    assert following("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", since, "UTC", since) is None
    gone = skipped("FREQ=DAILY", since, "UTC", since, utc("2026-03-20T00:00"), 5)
    assert [f"{at:%d}" for at in gone] == ["02", "03", "04", "05", "06"]


MOMENTS = st.integers(0, 6 * 365 * 24 * 60).map(
    lambda minutes: utc("2024-01-01T00:00") + dt.timedelta(minutes=minutes)
)


@settings(max_examples=60, deadline=None)
@given(
    since=MOMENTS,
    later=st.timedeltas(dt.timedelta(0), dt.timedelta(days=700)),
    zone=st.sampled_from(ZONES),
    rule=st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=DAILY;INTERVAL=3"]),
)
def test_the_wall_clock_never_drifts(
    since: dt.datetime, later: dt.timedelta, zone: str, rule: str
) -> None:
    after = since + later
    found = following(rule, since, zone, after)
    assert found is not None
    assert found > after
    place = ZoneInfo(zone)
    wanted, shown = since.astimezone(place), found.astimezone(place)
    jump = found.astimezone(place).replace(hour=wanted.hour, minute=wanted.minute, fold=0)
    is_left_out = jump.astimezone(dt.UTC).astimezone(place).time() != jump.time()
    assert shown.time().replace(second=0) == wanted.time().replace(second=0) or is_left_out
    every = {"FREQ=DAILY": 1, "FREQ=WEEKLY": 7}.get(rule, 3)
    assert (shown.date() - wanted.date()).days % every == 0
    assert found - after <= dt.timedelta(days=every, hours=3)


@pytest.mark.parametrize(
    ("text", "now", "at"),
    [
        ("29 February", "2027-03-04", "2028-02-29"),
        ("29 February at 18:00", "2027-12-31", "2028-02-29"),
        ("29 February", "2028-02-29", None),  # nine o'clock is past
        ("29 February", "2026-03-04", "2028-02-29"),
        ("29 February", "2025-03-04", None),  # too far away
        ("31 November", "2027-03-04", None),
    ],
)
def test_a_leap_day_is_the_next_there_is(text: str, now: str, at: str | None) -> None:
    noon = dt.datetime.fromisoformat(f"{now}T12:00+00:00")
    found = moments.read(text, noon, ZoneInfo("UTC"))
    assert (f"{found:%Y-%m-%d}" if found else None) == at
