"""Words for times in a question, as a stretch of time: 'last week', 'in June', 'on 3 May'. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
DAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "a couple of": 2, "a few": 3, "several": 4,
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
# 'May', 'March' and 'Sun' are words too: a bare month needs a preposition before it.
_DATE = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_MONTH})\b"
    rf"|(?P<m2>{_MONTH})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d))"
    rf"(?:,?\s+(?P<y>(?:19|20)\d\d))?",
    re.I,
)
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b")
_MONTH_YEAR = re.compile(rf"\b(?P<m>{_MONTH})\.?,?\s+(?:of\s+)?(?P<y>(?:19|20)\d\d)\b", re.I)
_IN_MONTH = re.compile(
    rf"\b(?:in|during|since|last|this|early|late|mid)[\s-]+(?P<m>{_MONTH})\b", re.I
)
_SEASON = re.compile(
    rf"\b(?P<w>in|during|last|this)\s+(?:the\s+)?(?P<s>{'|'.join(SEASONS)})"
    r"(?:\s+(?:of\s+)?(?P<y>(?:19|20)\d\d))?\b",
    re.I,
)
_YEAR = re.compile(r"\b(?:in|during|of|since)\s+((?:19|20)\d\d)\b", re.I)
_AGO = re.compile(
    rf"\b(?P<n>\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})\s+"
    r"(?P<u>day|week|month|year)s?\s+(?:ago|back)\b",
    re.I,
)
_LAST_FEW = re.compile(
    rf"\b(?:last|past)\s+(?P<n>\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})\s+"
    r"(?P<u>day|week|month|year)s\b",
    re.I,
)
_LAST = re.compile(r"\b(?P<w>last|this|past)\s+(?P<u>night|week|weekend|month|year)\b", re.I)
_ON_DAY = re.compile(rf"\b(?:on|last|this)\s+(?P<d>{'|'.join(DAYS)})\b", re.I)
_PLAIN = re.compile(
    r"\b(?P<p>the day before yesterday|yesterday|today|this morning|tonight"
    r"|the other day)\b",
    re.I,
)
DAY = dt.timedelta(days=1)
SPAN = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` up to, not including, `until`; `words` are those that said so."""

    since: dt.datetime
    until: dt.datetime
    words: str = ""


def window(text: str, now: dt.datetime) -> Window | None:
    """The time that `text` means, seen from `now` and in its time zone; None if it names none. Of
    several, the first kind in this order: dates, months, seasons, so long ago, last week, years."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for read in (_date, _month, _season, _so_long_ago, _last, _weekday, _plain, _year):
        try:
            if found := read(text, today):
                return found
        except (ValueError, OverflowError):  # the 31st of June, a thousand years ago
            continue
    return None


def _date(text: str, today: dt.datetime) -> Window | None:
    iso, found = _ISO.search(text), _DATE.search(text)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif found:
        month = MONTHS[(found["m1"] or found["m2"]).lower()]
        day = int(found["d1"] or found["d2"])
        year = int(found["y"]) if found["y"] else _latest_year(today, month, day)
    else:
        return None
    start = today.replace(year=year, month=month, day=day)
    return Window(start, start + DAY, iso[0] if iso else found[0] if found else "")


def _latest_year(today: dt.datetime, month: int, day: int = 1) -> int:
    """The year of the last such day that isn't in the future."""
    year = today.year - ((month, day) > (today.month, today.day))
    while (month, day) == (2, 29) and not calendar.isleap(year):
        year -= 1
    return year


def _month(text: str, today: dt.datetime) -> Window | None:
    if found := _MONTH_YEAR.search(text):
        year, month = int(found["y"]), MONTHS[found["m"].lower()]
    elif found := _IN_MONTH.search(text):
        month = MONTHS[found["m"].lower()]
        year = _latest_year(today, month)
    else:
        return None
    return _months(today, year, month, 1, found[0])


def _months(today: dt.datetime, year: int, month: int, count: int, words: str) -> Window:
    start = today.replace(year=year, month=month, day=1)
    after = month - 1 + count
    return Window(start, start.replace(year=year + after // 12, month=after % 12 + 1), words)


def _season(text: str, today: dt.datetime) -> Window | None:
    found = _SEASON.search(text)
    if not found:
        return None
    month = SEASONS[found["s"].lower()]
    if found["y"]:
        year = int(found["y"])
    else:
        year = _latest_year(today, month)
        is_running = (today.year - year) * 12 + today.month - month < 3
        if is_running and found["w"].lower() == "last":
            year -= 1
    return _months(today, year, month, 3, found[0])


def _so_long_ago(text: str, today: dt.datetime) -> Window | None:
    if found := _AGO.search(text):
        days = SPAN[found["u"].lower()]
        middle = today - _count(found["n"]) * days * DAY
        # 'three weeks ago' is not meant to the day
        return Window(middle - days // 2 * DAY, middle + (days // 2 + 1) * DAY, found[0])
    if found := _LAST_FEW.search(text):
        days = _count(found["n"]) * SPAN[found["u"].lower()]
        return Window(today - days * DAY, today + DAY, found[0])
    return None


def _count(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS[word.lower()]


def _last(text: str, today: dt.datetime) -> Window | None:
    found = _LAST.search(text)
    if not found:
        return None
    unit, is_this = found["u"].lower(), found["w"].lower() == "this"
    monday = today - today.weekday() * DAY
    if unit == "night":
        return Window(today - DAY, today + DAY, found[0])
    if unit == "week":
        since = monday if is_this else monday - 7 * DAY
        return Window(since, since + 7 * DAY, found[0])
    if unit == "weekend":
        saturday = monday + 5 * DAY if is_this else monday - 2 * DAY
        return Window(saturday, saturday + 2 * DAY, found[0])
    if unit == "month":
        before = today.year * 12 + today.month - 1 - (not is_this)
        return _months(today, before // 12, before % 12 + 1, 1, found[0])
    return _months(today, today.year - (not is_this), 1, 12, found[0])


def _weekday(text: str, today: dt.datetime) -> Window | None:
    found = _ON_DAY.search(text)
    if not found:
        return None
    back = (today.weekday() - DAYS[found["d"].lower()]) % 7 or 7
    return Window(today - back * DAY, today - (back - 1) * DAY, found[0])


def _plain(text: str, today: dt.datetime) -> Window | None:
    found = _PLAIN.search(text)
    if not found:
        return None
    since, until = {
        "the day before yesterday": (2, 1), "yesterday": (1, 0), "today": (0, -1),
        "this morning": (0, -1), "tonight": (0, -1), "the other day": (7, 0),
    }[found["p"].lower()]  # fmt: skip
    return Window(today - since * DAY, today - until * DAY, found[0])


def _year(text: str, today: dt.datetime) -> Window | None:
    found = _YEAR.search(text)
    return _months(today, int(found[1]), 1, 12, found[0]) if found else None
