"""Dates, months, feasts, seasons and years in a question, as a stretch of time: 'on 3 May', 'on the
12th', 'in early June', 'before Christmas', 'on my birthday'. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from fishbowl.llm.offline import lexicon as lx
from memories.recall.holidays import HOLIDAY, birthday_in, holiday

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_MONTH})\b"
    rf"|(?P<m2>{_MONTH})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d))"
    rf"(?:,?\s+(?P<y>(?:19|20)\d\d))?",
    re.I,
)
# 'On the 12th', and no floor, try or page.
_DAY_OF_MONTH = re.compile(
    r"\b(?:on|since|by|until|till)\s+the\s+(?P<d>\d{1,2})(?:st|nd|rd|th)\b"
    r"(?:\s+of\s+(?:the|(?P<w>this|last|next))\s+month\b|(?=\W*(?:$|[.,;:!?)]|"
    r"(?:and|as|at|because|but|by|did|do|for|from|he|here|i|i'm|if|in|is|it|or|she|so|that|they"
    r"|this|to|was|we|were|when|where|while|who|will|with|you)\b)))",
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
# By itself it may be what is asked for: 'when is my birthday?'
_BIRTHDAY = re.compile(
    r"\b(?:(?:on|at|around|during|since)\s+my\s+(?:(?P<how>last|past|previous|next|coming)\s+)?"
    r"birthday\b(?:\s+(?:in\s+)?(?P<y>(?:19|20)\d\d)\b|\s+(?P<turn>last|this|next)\s+year\b)?)",
    re.I,
)
DAY = dt.timedelta(days=1)
_NEAR = 28 * DAY  # 'before Christmas', and after it
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
class Asked:
    """A text and its moment."""

    text: str
    now: dt.datetime
    birthday: dt.date | None = None  # of whoever asks

    @cached_property
    def today(self) -> dt.datetime:
        """When the day began."""
        return midnight(self.now)

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


def midnight(moment: dt.datetime) -> dt.datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def day_from(asked: Asked, start: dt.datetime, words: str) -> Window:
    is_to_come = start > asked.today or (start == asked.today and asked.is_ahead)
    dates = f"{start:%A} {start.day} {start:%B %Y}" if is_to_come else ""
    return Window(start, start + DAY, words, dates)


def names_birthday(text: str) -> bool:
    """Whether a time goes by the birthday of whoever asks."""
    return _BIRTHDAY.search(text) is not None


def by_birthday(asked: Asked) -> Window | None:
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


def by_date(asked: Asked) -> Window | None:
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
    return day_from(asked, start, iso[0] if iso else found[0] if found else "")


def by_day_of_month(asked: Asked) -> Window | None:
    found = _DAY_OF_MONTH.search(asked.text)
    if not found:
        return None
    day, how = int(found["d"]), (found["w"] or "").lower()
    if how:
        return day_from(
            asked, _day_in(asked, {"last": -1, "this": 0, "next": 1}[how], day), found[0]
        )
    way = 1 if asked.is_ahead else -1
    for away in (0, way, 2 * way):  # no two months in a row are without a 31st
        with suppress(ValueError):
            start = _day_in(asked, away, day)
            if (start - asked.today) * way >= 0 * DAY:
                return day_from(asked, start, found[0])
    return None


def _day_in(asked: Asked, away: int, day: int) -> dt.datetime:
    """A day of the month that is so many months away.

    Raises:
        ValueError: it has none.
    """
    month = asked.today.year * 12 + asked.today.month - 1 + away
    return asked.today.replace(year=month // 12, month=month % 12 + 1, day=day)


def _latest_year(today: dt.datetime, month: int, day: int = 1) -> int:
    """The year of the last such day that isn't in the future."""
    year = today.year - ((month, day) > (today.month, today.day))
    while (month, day) == (2, 29) and not calendar.isleap(year):
        year -= 1
    return year


def by_month(asked: Asked) -> Window | None:
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
        whole = months_from(asked.today, year, month, 1, found[0])
        if whole.since > asked.today:
            whole = replace(whole, dates=f"{whole.since:%B %Y}")
        if not found["part"]:
            return whole
        first = _PARTS[found["part"].lower().split()[0]]
        return replace(whole, since=whole.since.replace(day=first))
    return None


def months_from(today: dt.datetime, year: int, month: int, count: int, words: str) -> Window:
    start = today.replace(year=year, month=month, day=1)
    after = month - 1 + count
    return Window(start, start.replace(year=year + after // 12, month=after % 12 + 1), words)


def by_feast(asked: Asked) -> Window | None:
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
            ahead = _NEAR if how == "before" else 0 * DAY  # what was before it may have been since
            year -= first - ahead > today or (how == "last" and not is_over)
        first, days = holiday(found["h"], year)
    start = asked.today.replace(year=first.year, month=first.month, day=first.day)
    stretch = {"before": (start - _NEAR, start), "after": (start + days * DAY, start + _NEAR)}
    since, until = stretch.get(found["w"].lower(), (start, start + days * DAY))
    # A feast is a word, too, which people say of it at any time.
    dates = f"{found['h']} {year}" if since > asked.today else found["h"]
    return Window(since, until, found[0], dates)


def by_season(asked: Asked) -> Window | None:
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
    stretch = months_from(today, year, month, 3, found[0])
    dates = f"{found['s']} {year}" if stretch.since > today else ""
    return replace(stretch, dates=dates)


def by_year(asked: Asked) -> Window | None:
    found = _YEAR.search(asked.text)
    return months_from(asked.today, int(found[1]), 1, 12, found[0]) if found else None
