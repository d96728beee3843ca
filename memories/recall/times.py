"""Words for times in a question, as a stretch of time: 'last week', 'in early June', 'on 3 May',
'half a year ago', 'next Friday'. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import cached_property

from fishbowl.llm.offline import lexicon as lx
from memories.recall.holidays import HOLIDAY, birthday_in, holiday
from memories.recall.spans import DAYS as LENGTHS
from memories.recall.spans import SPAN, span

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
DAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_MONTH})\b"
    rf"|(?P<m2>{_MONTH})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d))"
    rf"(?:,?\s+(?P<y>(?:19|20)\d\d))?",
    re.I,
)
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b")
# 'May', 'March' and 'Sun' are words too: a bare month needs a preposition before it, or a year.
_IN_MONTH = re.compile(
    r"\b(?:(?P<w>in|during|since|last|this|next|at|by)[\s-]+)?"
    r"(?:(?:the\s+)?(?P<part>early|mid|late|(?:beginning|start|middle|end)\s+of)[\s-]+)?"
    rf"(?P<m>{_MONTH})\b(?:\.?,?\s+(?:of\s+)?(?P<y>(?:19|20)\d\d)\b)?",
    re.I,
)
# From which day on, up to the month's end: of its first days people tell for weeks.
_PARTS = {"early": 1, "beginning": 1, "start": 1, "mid": 8, "middle": 8, "late": 16, "end": 16}
_SEASON = re.compile(
    rf"\b(?P<w>in|during|last|this|next)\s+(?:the\s+)?(?P<s>{'|'.join(SEASONS)})"
    r"(?:\s+(?:of\s+)?(?P<y>(?:19|20)\d\d))?\b",
    re.I,
)
_YEAR = re.compile(r"\b(?:in|during|of|since)\s+((?:19|20)\d\d)\b", re.I)
_AGO = re.compile(rf"{SPAN}\s+(?:ago|back)\b", re.I)
_HENCE = re.compile(rf"(?:\bin\s+(?:about\s+)?)(?P<span>{SPAN})\b(?!\s+of\b)", re.I)
_LAST_FEW = re.compile(
    rf"\b(?:last|past)\s+(?:(?P<many>{SPAN}\b)|(?P<six>half)[\s-]+year\b"
    rf"|(?P<one>(?:fortnight|decade)\b|(?:week|month|year)\s+and\s+a\s+half\b))",
    re.I,
)
_ONE = re.compile(SPAN, re.I)
_LAST = re.compile(
    r"\b(?:(?P<w>last|this|past|next)\s+(?P<u>night|week|weekend|month|year)"
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
# By itself it may be what is asked for: 'when is my birthday?'
_BIRTHDAY = re.compile(
    r"\b(?:(?:on|at|around|during|since)\s+my\s+(?:(?P<how>last|past|previous|next|coming)\s+)?"
    r"birthday\b(?:\s+(?:in\s+)?(?P<y>(?:19|20)\d\d)\b|\s+(?P<turn>last|this|next)\s+year\b)?)",
    re.I,
)
DAY = dt.timedelta(days=1)
HOURS = {"hour": dt.timedelta(hours=1), "minute": dt.timedelta(minutes=1)}
# What a question that looks ahead says: of a month or a feast, and, less plainly, of a day.
_SURELY_AHEAD = re.compile(
    r"\b(?:will|won't|shall|going to|gonna|coming|upcoming|plan|plans|planned|planning|due|next)\b"
    r"|'ll\b",
    re.I,
)
_AHEAD = re.compile(r"\b(?:am|are|is|do|does)\b|'(?:m|re|s)\b", re.I)
_IN_MIND = re.compile(r"\b(?:do|can) you (?:still )?(?:remember|recall|know)\b", re.I)
_BEEN = re.compile(
    r"\b(?:was|wasn't|were|weren't|did|didn't|had|hadn't|has|have been"
    r"|(?!planned|scheduled|supposed|invited|need)[a-z]{2,}ed)\b",
    re.I,
)
_STILL = lx.word_set("come become run put set let read cut hit cost bet shut split spread quit")


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` up to, not including, `until`; `words` are those that said so. Of what is to
    come, which was heard before, and of feasts, `dates` are the words it is written down with."""

    since: dt.datetime
    until: dt.datetime
    words: str = ""
    dates: str = ""


@dataclass(frozen=True)
class _Asked:
    """A text and its moment."""

    text: str
    now: dt.datetime
    birthday: dt.date | None = None  # of whoever asks

    @cached_property
    def today(self) -> dt.datetime:
        """When the day began."""
        return _midnight(self.now)

    @cached_property
    def is_surely(self) -> bool:
        """Whether it says that it asks of what is to come."""
        return not self._has_been and _SURELY_AHEAD.search(self._said) is not None

    @cached_property
    def is_ahead(self) -> bool:
        """Whether it asks of what is to come."""
        return self.is_surely or (not self._has_been and _AHEAD.search(self._said) is not None)

    @cached_property
    def _said(self) -> str:
        return _IN_MIND.sub(" ", self.text)

    @cached_property
    def _has_been(self) -> bool:
        return _BEEN.search(self._said) is not None or any(
            word in lx.PAST and word not in _STILL
            for word in re.findall(r"[a-z']+", self._said.lower())
        )


def window(text: str, now: dt.datetime, birthday: dt.date | None = None) -> Window | None:
    """The time that `text` means, seen from `now` and in its time zone; None if it names none.
    `birthday` is that of whoever asks. Of several, the first kind in this order: a birthday, dates,
    months, feasts, seasons, so long ago, last week, days, years."""
    asked = _Asked(text.replace("’", "'"), now, birthday)
    for read in (
        _birthday,
        _date,
        _month,
        _feast,
        _season,
        _so_long,
        _last,
        _weekday,
        _plain,
        _year,
    ):
        try:
            if found := read(asked):
                return _until_now(found, asked)
        except (ValueError, OverflowError):  # the 31st of June, a thousand years ago
            continue
    return None


def _midnight(moment: dt.datetime) -> dt.datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _until_now(found: Window, asked: _Asked) -> Window:
    """'Since June' goes on until now."""
    before = asked.text[: asked.text.find(found.words)].split()
    if "since" not in {*before[-1:], found.words.split()[0].lower()}:
        return found
    return replace(found, until=max(found.until, asked.today + DAY))


def _day(asked: _Asked, start: dt.datetime, words: str) -> Window:
    is_to_come = start > asked.today or (start == asked.today and asked.is_ahead)
    dates = f"{start:%A} {start.day} {start:%B %Y}" if is_to_come else ""
    return Window(start, start + DAY, words, dates)


def names_birthday(text: str) -> bool:
    """Whether a time goes by the birthday of whoever asks."""
    return _BIRTHDAY.search(text) is not None


def _birthday(asked: _Asked) -> Window | None:
    found = _BIRTHDAY.search(asked.text) if asked.birthday else None
    if not found or asked.birthday is None:
        return None
    today, how = asked.today.date(), (found["how"] or "").lower()
    if found["y"] or found["turn"]:
        turns = {"last": -1, "this": 0, "next": 1}
        year = int(found["y"]) if found["y"] else today.year + turns[found["turn"].lower()]
    else:
        year = today.year
        day = birthday_in(asked.birthday, year)
        if how in ("next", "coming") or (not how and asked.is_ahead):
            year += day < today
        else:
            year -= day > today or (how != "" and day == today)
    day = birthday_in(asked.birthday, year)
    start = asked.today.replace(year=day.year, month=day.month, day=day.day)
    # It is a word, too, which people say of it at any time.
    dates = f"birthday {day.day} {day:%B %Y}" if start > asked.today else "birthday"
    return Window(start, start + DAY, found[0], dates)


def _date(asked: _Asked) -> Window | None:
    iso, found = _ISO.search(asked.text), _DATE.search(asked.text)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif found:
        month = MONTHS[(found["m1"] or found["m2"]).lower()]
        day = int(found["d1"] or found["d2"])
        year = int(found["y"]) if found["y"] else _latest_year(asked.today, month, day)
        start = asked.today.replace(year=year, month=month, day=day)
        if not found["y"] and asked.is_surely and start < asked.today:
            year += 1
    else:
        return None
    start = asked.today.replace(year=year, month=month, day=day)
    return _day(asked, start, iso[0] if iso else found[0] if found else "")


def _latest_year(today: dt.datetime, month: int, day: int = 1) -> int:
    """The year of the last such day that isn't in the future."""
    year = today.year - ((month, day) > (today.month, today.day))
    while (month, day) == (2, 29) and not calendar.isleap(year):
        year -= 1
    return year


def _month(asked: _Asked) -> Window | None:
    for found in _IN_MONTH.finditer(asked.text):
        how = (found["w"] or "").lower()
        if not (found["y"] or found["part"] or how not in {"", "at", "by"}):
            continue
        month = MONTHS[found["m"].lower()]
        is_now = month == asked.today.month
        if found["y"]:
            year = int(found["y"])
        else:
            year = _latest_year(asked.today, month)
            year += how == "next" or (asked.is_surely and not is_now)
            year -= how == "last" and is_now
        whole = _months(asked.today, year, month, 1, found[0])
        if whole.since > asked.today:
            whole = replace(whole, dates=f"{whole.since:%B %Y}")
        if not found["part"]:
            return whole
        first = _PARTS[found["part"].lower().split()[0]]
        return replace(whole, since=whole.since.replace(day=first))
    return None


def _months(today: dt.datetime, year: int, month: int, count: int, words: str) -> Window:
    start = today.replace(year=year, month=month, day=1)
    after = month - 1 + count
    return Window(start, start.replace(year=year + after // 12, month=after % 12 + 1), words)


def _feast(asked: _Asked) -> Window | None:
    found = HOLIDAY.search(asked.text)
    if not found:
        return None
    today = asked.today.date()
    year = int(found["y"]) if found["y"] else today.year
    first, days = holiday(found["h"], year)
    if not found["y"]:
        how = found["w"].lower()
        is_over = first + days * DAY <= today
        if how == "next" or asked.is_surely:
            year += is_over
        elif how != "this":
            year -= first > today or (how == "last" and not is_over)
        first, days = holiday(found["h"], year)
    start = asked.today.replace(year=first.year, month=first.month, day=first.day)
    # A feast is a word, too, which people say of it at any time.
    dates = f"{found['h']} {year}" if start > asked.today else found["h"]
    return Window(start, start + days * DAY, found[0], dates)


def _season(asked: _Asked) -> Window | None:
    found = _SEASON.search(asked.text)
    if not found:
        return None
    today, how = asked.today, found["w"].lower()
    month = SEASONS[found["s"].lower()]
    if found["y"]:
        year = int(found["y"])
    else:
        year = _latest_year(today, month)
        is_running = (today.year - year) * 12 + today.month - month < 3
        if is_running and how == "last":
            year -= 1
        elif how == "next" or (asked.is_surely and not is_running):
            year += 1
    stretch = _months(today, year, month, 3, found[0])
    dates = f"{found['s']} {year}" if stretch.since > today else ""
    return replace(stretch, dates=dates)


def _so_long(asked: _Asked) -> Window | None:
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
            return _day(asked, _hours(asked, found, 1), found[0])
        ahead = _around(today, count * LENGTHS[unit], unit, found[0])
        middle = today + count * LENGTHS[unit] * DAY
        month = today.month - 1 + count
        dates = {
            "month": f"{calendar.month_name[month % 12 + 1]} {today.year + month // 12}",
            "year": f"{today.year + count}",
        }.get(unit, f"{middle.day} {middle:%B %Y}")
        return replace(ahead, dates=dates)
    return None


def _hours(asked: _Asked, counted: re.Match[str], sign: int) -> dt.datetime:
    """When the day began that was, or will be, so many hours or minutes from now."""
    count, unit = span(counted)
    return _midnight(asked.now + sign * count * HOURS[unit])


def _around(today: dt.datetime, days: int, unit: str, words: str) -> Window:
    # 'three weeks ago' is not meant to the day, nor 'half a year ago' to the month
    slack = max(LENGTHS[unit] // 2, abs(days) // 8)
    middle = today + days * DAY
    return Window(middle - slack * DAY, middle + (slack + 1) * DAY, words)


def _last(asked: _Asked) -> Window | None:
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
        since = monday + (5 + 7 * away) * DAY
        dates = f"weekend {since.day} {since:%B %Y}" if since > today else ""
        return Window(since, since + 2 * DAY, found[0], dates)
    if unit == "month":
        month = today.year * 12 + today.month - 1 + away
        stretch = _months(today, month // 12, month % 12 + 1, 1, found[0])
        return replace(stretch, dates=f"{stretch.since:%B %Y}" if away > 0 else "")
    year = today.year + away
    return replace(_months(today, year, 1, 12, found[0]), dates=f"{year}" if away > 0 else "")


def _weekday(asked: _Asked) -> Window | None:
    found = _ON_DAY.search(asked.text)
    if not found:
        return None
    how, which = found["w"].lower(), DAYS[found["d"].lower()]
    if how in {"next", "coming"} or (how not in {"last", "since"} and asked.is_ahead):
        ahead = (which - asked.today.weekday()) % 7 or 7
        return _day(asked, asked.today + ahead * DAY, found[0])
    back = (asked.today.weekday() - which) % 7 or 7
    return _day(asked, asked.today - back * DAY, found[0])


def _plain(asked: _Asked) -> Window | None:
    found = _PLAIN.search(asked.text)
    if not found:
        return None
    said = found["p"].lower()
    if said == "the other day":
        return Window(asked.today - 7 * DAY, asked.today, found[0])
    away = {
        "the day before yesterday": -2, "yesterday": -1, "tomorrow": 1, "the day after tomorrow": 2,
    }.get(said, 0)  # fmt: skip
    return _day(asked, asked.today + away * DAY, found[0])


def _year(asked: _Asked) -> Window | None:
    found = _YEAR.search(asked.text)
    return _months(asked.today, int(found[1]), 1, 12, found[0]) if found else None
