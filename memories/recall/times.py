"""Words for times in a question, as a stretch of time: 'last week', 'in early June', 'on 3 May',
'half a year ago', 'next Friday'. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import replace

from memories.recall.dates import (
    DAY,
    Asked,
    Window,
    by_birthday,
    by_date,
    by_day_of_month,
    by_feast,
    by_month,
    by_season,
    by_year,
    day_from,
    midnight,
    months_from,
)  # fmt: skip
from memories.recall.spans import DAYS as LENGTHS
from memories.recall.spans import SPAN, span

DAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}
_AGO = re.compile(rf"{SPAN}\s+(?:ago|back)\b", re.I)
_HENCE = re.compile(rf"(?:\bin\s+(?:about\s+)?)(?P<span>{SPAN})\b(?!\s+of\b)", re.I)
_LAST_FEW = re.compile(
    rf"\b(?:last|past)\s+(?:(?P<many>{SPAN}\b)|(?P<six>half)[\s-]+year\b"
    rf"|(?P<one>(?:fortnight|decade)\b|(?:week|month|year)\s+and\s+a\s+half\b))",
    re.I,
)
_ONE = re.compile(SPAN, re.I)
_LAST = re.compile(
    r"\b(?:(?P<w>last|this|past|next|(?:over|at|on|during|since)\s+the(?=\s+weekend\b(?!\s+before)))"
    r"\s+(?P<u>night|week|weekend|month|year)"
    r"|the\s+(?P<v>night|week|weekend|month|year)\s+before\s+last)\b",
    re.I,
)
_ON_DAY = re.compile(rf"\b(?P<w>on|since|last|this|next|coming)\s+(?P<d>{'|'.join(DAYS)})\b", re.I)
_PLAIN = re.compile(
    r"\b(?P<p>the day before yesterday|the day after tomorrow|yesterday|today|tonight|tomorrow"
    r"|this (?:morning|afternoon|evening)|the other day)"
    r"(?: (?:morning|afternoon|evening|night))?\b",
    re.I,
)
HOURS = {"hour": dt.timedelta(hours=1), "minute": dt.timedelta(minutes=1)}


def window(text: str, now: dt.datetime, birthday: dt.date | None = None) -> Window | None:
    """The time that `text` means, seen from `now` and in its time zone; None if it names none.
    `birthday` is that of whoever asks. Of several, the first kind in this order: a birthday, dates,
    months, feasts, seasons, so long ago, last week, days, years."""
    asked = Asked(text.replace("’", "'"), now, birthday)
    for read in (
        by_birthday,
        by_date,
        by_day_of_month,
        by_month,
        by_feast,
        by_season,
        _so_long,
        _last,
        _weekday,
        _plain,
        by_year,
    ):
        try:
            if found := read(asked):
                return _until_now(found, asked)
        except (ValueError, OverflowError):  # the 31st of June, a thousand years ago
            continue
    return None


def _until_now(found: Window, asked: Asked) -> Window:
    """'Since June' goes on until now."""
    before = asked.text[: asked.text.find(found.words)].split()
    if "since" not in {*before[-1:], found.words.split()[0].lower()}:
        return found
    return replace(found, until=max(found.until, asked.today + DAY))


def _so_long(asked: Asked) -> Window | None:
    today = asked.today
    if found := _AGO.search(asked.text):
        count, unit = span(found)
        if unit in HOURS:  # not meant to the hour, and it may have been around midnight
            since = _hours(asked, found, -1)
            return Window(since, min(since + 2 * DAY, today + DAY), found[0])
        return _around(today, -count * LENGTHS[unit], unit, found[0])
    if found := _LAST_FEW.search(asked.text):
        if found["many"]:
            counted = _ONE.search(found["many"])
        else:
            counted = _ONE.search("half a year" if found["six"] else f"a {found['one']}")
        count, unit = span(counted) if counted else (0, "day")
        if counted and unit in HOURS:
            return Window(_hours(asked, counted, -1), today + DAY, found[0])
        return Window(today - count * LENGTHS[unit] * DAY, today + DAY, found[0])
    if (found := _HENCE.search(asked.text)) and asked.is_ahead:
        count, unit = span(found)
        if unit in HOURS:
            return day_from(asked, _hours(asked, found, 1), found[0])
        ahead = _around(today, count * LENGTHS[unit], unit, found[0])
        middle = today + count * LENGTHS[unit] * DAY
        month = today.month - 1 + count
        dates = {
            "month": f"{calendar.month_name[month % 12 + 1]} {today.year + month // 12}",
            "year": f"{today.year + count}",
        }.get(unit, f"{middle.day} {middle:%B %Y}")
        return replace(ahead, dates=dates)
    return None


def _hours(asked: Asked, counted: re.Match[str], sign: int) -> dt.datetime:
    """When the day began that was, or will be, so many hours or minutes from now."""
    count, unit = span(counted)
    return midnight(asked.now + sign * count * HOURS[unit])


def _around(today: dt.datetime, days: int, unit: str, words: str) -> Window:
    # 'three weeks ago' is not meant to the day, nor 'half a year ago' to the month
    slack = max(LENGTHS[unit] // 2, abs(days) // 8)
    middle = today + days * DAY
    return Window(middle - slack * DAY, middle + (slack + 1) * DAY, words)


def _last(asked: Asked) -> Window | None:
    found = _LAST.search(asked.text)
    if not found:
        return None
    today, how = asked.today, (found["w"] or "before").lower()
    unit = (found["u"] or found["v"]).lower()
    away = {"this": 0, "next": 1, "before": -2}.get(how, -1)
    monday = today - today.weekday() * DAY
    if unit == "night":
        if how == "next":
            return None
        since = today + away * DAY
        return Window(since, since + 2 * DAY, found[0])
    if unit == "week":
        since = monday + away * 7 * DAY
        dates = f"week {since.day} {since:%B %Y}" if away > 0 else ""
        return Window(since, since + 7 * DAY, found[0], dates)
    if unit == "weekend":
        is_plain = how.endswith("the")  # neither 'last' nor 'this'
        is_running = today.weekday() == 6 or asked.is_ahead
        since = monday + (5 + 7 * (0 if is_plain and is_running else away)) * DAY
        # Afterwards people tell of it with the same word.
        past = "weekend" if is_plain else ""
        dates = f"weekend {since.day} {since:%B %Y}" if since > today else past
        return Window(since, since + 2 * DAY, found[0], dates)
    if unit == "month":
        month = today.year * 12 + today.month - 1 + away
        stretch = months_from(today, month // 12, month % 12 + 1, 1, found[0])
        return replace(stretch, dates=f"{stretch.since:%B %Y}" if away > 0 else "")
    year = today.year + away
    return replace(months_from(today, year, 1, 12, found[0]), dates=f"{year}" if away > 0 else "")


def _weekday(asked: Asked) -> Window | None:
    found = _ON_DAY.search(asked.text)
    if not found:
        return None
    how, which = found["w"].lower(), DAYS[found["d"].lower()]
    if how in {"next", "coming"} or (how not in {"last", "since"} and asked.is_ahead):
        ahead = (which - asked.today.weekday()) % 7 or 7
        return day_from(asked, asked.today + ahead * DAY, found[0])
    back = (asked.today.weekday() - which) % 7 or 7
    return day_from(asked, asked.today - back * DAY, found[0])


def _plain(asked: Asked) -> Window | None:
    found = _PLAIN.search(asked.text)
    if not found:
        return None
    said = found["p"].lower()
    if said == "the other day":
        return Window(asked.today - 7 * DAY, asked.today, found[0])
    away = {
        "the day before yesterday": -2, "yesterday": -1, "tomorrow": 1, "the day after tomorrow": 2,
    }.get(said, 0)  # fmt: skip
    return day_from(asked, asked.today + away * DAY, found[0])
