"""Feasts and birthdays that people name a time by: which days they are. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable


def _easter(year: int) -> dt.date:
    """Easter Sunday, by the Gregorian reckoning."""
    golden, century = year % 19, year // 100
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= moon // 28 * (1 - moon // 28 * (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    after = moon - weekday
    month = 3 + (after + 40) // 44
    return dt.date(year, month, after + 28 - 31 * (month // 4))


def _thanksgiving(year: int) -> dt.date:
    first = dt.date(year, 11, 1)
    return first + dt.timedelta(days=(3 - first.weekday()) % 7 + 21)


# When each begins in a year, and how many days it takes.
_FEASTS: dict[str, tuple[Callable[[int], dt.date], int]] = {
    "christmas eve": (lambda year: dt.date(year, 12, 24), 1),
    "christmas day": (lambda year: dt.date(year, 12, 25), 1),
    "boxing day": (lambda year: dt.date(year, 12, 26), 1),
    "christmas": (lambda year: dt.date(year, 12, 24), 3),
    "xmas": (lambda year: dt.date(year, 12, 24), 3),
    "new year's eve": (lambda year: dt.date(year, 12, 31), 1),
    "new year's day": (lambda year: dt.date(year, 1, 1), 1),
    "new year's": (lambda year: dt.date(year, 12, 31), 2),
    "new year": (lambda year: dt.date(year, 12, 31), 2),
    "easter": (lambda year: _easter(year) - dt.timedelta(days=2), 4),
    "halloween": (lambda year: dt.date(year, 10, 31), 1),
    "valentine's day": (lambda year: dt.date(year, 2, 14), 1),
    "thanksgiving": (_thanksgiving, 1),
}
_NAMES = "|".join(map(re.escape, _FEASTS))  # the longer ones stand before what they begin with
# A feast by itself may be a cake's: a preposition makes a time of it.
HOLIDAY = re.compile(
    r"\b(?P<w>at|on|over|around|during|since|last|this|next|before|after)\s+"
    rf"(?P<h>{_NAMES})\b(?:\s+(?:of\s+|in\s+)?(?P<y>(?:19|20)\d\d)\b)?",
    re.I,
)


def birthday_in(birthday: dt.date, year: int) -> dt.date:
    """The day of a birthday in a year: 1 March where that has no 29 February."""
    try:
        return birthday.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)


def holiday(name: str, year: int) -> tuple[dt.date, int]:
    """The first day of a feast that `HOLIDAY` found, in a year, and of how many days it is."""
    begins, days = _FEASTS[name.lower()]
    return begins(year), days
