"""When somebody means: 'in 20 minutes', 'tomorrow at 9', 'friday 18:30', '24 December', 'the day
before my birthday'. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from memories.recall.holidays import birthday_in

_UNITS = {
    "s": 1, "sec": 1, "second": 1,
    "m": 60, "min": 60, "minute": 60,
    "h": 3600, "hr": 3600, "hour": 3600,
    "d": 86400, "day": 86400,
    "w": 604800, "week": 604800,
}  # fmt: skip
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "forty": 40, "half an": 0.5, "half a": 0.5, "a couple of": 2, "a quarter of an": 0.25,
}  # fmt: skip
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
PARTS = {
    "morning": (9, 0),
    "noon": (12, 0),
    "midday": (12, 0),
    "afternoon": (15, 0),
    "evening": (19, 0),
    "night": (21, 0),
}
MORNING = (9, 0)

_number = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_unit = "|".join(sorted(_UNITS, key=len, reverse=True))
_SPAN = re.compile(rf"(\d+(?:\.\d+)?|(?:{_number})(?=\s))\s*({_unit})s?(?:\s*(?:,|and)?\s*|$)")
_CLOCK = r"(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))?\s*(?P<half>am|pm|a\.m\.|p\.m\.)?"
_TIME = re.compile(rf"(?:at\s+)?(?:{_CLOCK}|(?P<part>noon|midday|midnight))(?:\s+o'?clock)?$")
_DAY = re.compile(
    rf"(?:on\s+|next\s+|this\s+)?(?P<day>today|tonight|tomorrow|{'|'.join(DAYS)}"
    r"|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{'|'.join(_MONTHS)})"
    rf"|(?:{'|'.join(_MONTHS)})\s+\d{{1,2}}(?:st|nd|rd|th)?)"
    r"(?:\s+(?P<when>morning|noon|midday|afternoon|evening|night))?(?:\s*,?\s*|$)"
)
# By itself it may be what a cake is for.
_BIRTHDAY = re.compile(
    rf"(?:(?:on\s+|in\s+)?(?:(?P<many>the|\d{{1,2}}|{_number})\s+(?P<unit>day|week)s?\s+"
    r"(?P<way>before|after)|the\s+(?P<part>morning|afternoon|evening|night)\s+of)|on)\s+"
    r"my\s+(?:next\s+|coming\s+)?birthday\b(?P<rest>.*)$"
)
FURTHEST = dt.timedelta(days=2 * 366)
LEAP_YEARS = 8  # from one to the next, at most


def read(
    text: str, now: dt.datetime, zone: ZoneInfo, birthday: dt.date | None = None
) -> dt.datetime | None:
    """The moment that `text` names, by a clock in `zone`; None where it names none, or one that is
    past or years away. The whole text must be it. `birthday` is that of whoever says it."""
    cleaned = " ".join(text.casefold().replace("’", "'").split()).strip(" .,!")
    if names_birthday(cleaned):
        found = _on_birthday(cleaned, now, zone, birthday) if birthday else None
        return found.astimezone(dt.UTC) if found else None
    readers: tuple[Callable[[str, dt.datetime, ZoneInfo], dt.datetime | None], ...] = (
        _after,
        _on,
        _at,
    )
    for reader in readers:
        found = reader(cleaned, now, zone)
        if found is not None:
            return found.astimezone(dt.UTC) if now < found <= now + FURTHEST else None
    return None


def names_birthday(text: str) -> bool:
    """Whether a time goes by the birthday of whoever says it."""
    return _BIRTHDAY.match(text.casefold().strip()) is not None


def _on_birthday(
    text: str, now: dt.datetime, zone: ZoneInfo, birthday: dt.date
) -> dt.datetime | None:
    """On my birthday at 9; the day before my birthday; on the evening of my birthday."""
    found = _BIRTHDAY.match(text)
    if found is None:
        return None
    away = 0.0
    if found["many"]:
        number = "1" if found["many"] == "the" else found["many"]
        away = (_NUMBERS.get(number) or float(number)) * _UNITS[found["unit"]]
        away *= -1 if found["way"] == "before" else 1
    rest = f"{found['part'] or ''} {found['rest'].strip(' ,')}".strip()
    this_year = now.astimezone(zone).year
    for year in range(this_year - 1, this_year + 3):
        day = birthday_in(birthday, year) + dt.timedelta(seconds=away)
        at = _on(f"{day.isoformat()} {rest}".strip(), now, zone)
        if at is not None and at > now:
            return at
    return None


def _after(text: str, now: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """In 20 minutes; 2h 30m; in an hour and a half."""
    rest = text.removeprefix("in ").removesuffix(" from now").strip()
    rest = re.sub(r"^(an?|one) (hour|day|week) and a half$", r"1.5 \2", rest)
    seconds = 0.0
    if not rest:
        return None
    while rest:
        found = _SPAN.match(rest)
        if found is None:
            return None
        amount = _NUMBERS.get(found[1]) or float(found[1])
        seconds += amount * _UNITS[found[2]]
        rest = rest[found.end() :].strip()
    if not 0 < seconds <= FURTHEST.total_seconds():
        return None
    return now + dt.timedelta(seconds=seconds)


def _on(text: str, now: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """Tomorrow; tomorrow at 9; friday evening; 24 december at 18:00."""
    found = _DAY.match(text)
    if found is None:
        return None
    rest = text[found.end() :].strip()
    local = now.astimezone(zone)
    day = _date(found["day"], local.date())
    if day is None:
        return None
    at = PARTS.get(found["when"] or "", (20, 0) if found["day"] == "tonight" else MORNING)
    if rest:
        given = clock(rest)
        if given is None:
            return None
        at = given
        is_late = found["day"] == "tonight" or found["when"] in ("evening", "afternoon", "night")
        if is_late and at[0] < 12 and "m" not in rest:
            at = (at[0] + 12, at[1])
    elif found["day"] == "today" and not found["when"]:
        return None
    return dt.datetime.combine(day, dt.time(*at), zone)


def _date(words: str, today: dt.date) -> dt.date | None:
    if words in ("today", "tonight"):
        return today
    if words == "tomorrow":
        return today + dt.timedelta(days=1)
    if words in DAYS:
        return today + dt.timedelta(days=(DAYS.index(words) - today.weekday() - 1) % 7 + 1)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
        try:
            return dt.date.fromisoformat(words)
        except ValueError:
            return None
    number = re.search(r"\d{1,2}", words)
    month = next(i for i, name in enumerate(_MONTHS, 1) if name in words)
    for year in range(today.year, today.year + LEAP_YEARS + 1):
        try:
            day = dt.date(year, month, int(number[0]) if number else 0)
        except ValueError:  # a day that there isn't, or not in that year
            continue
        if day >= today:
            return day
    return None


def _at(text: str, now: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """At 18:00; 6pm; noon: today, or tomorrow where that is past."""
    if re.fullmatch(r"\d{1,2}", text):  # a bare number is no time
        return None
    given = clock(text)
    if given is None:
        return None
    local = now.astimezone(zone)
    at = dt.datetime.combine(local.date(), dt.time(*given), zone)
    return at if at > now else at + dt.timedelta(days=1)


def clock(text: str) -> tuple[int, int] | None:
    """A time of day: 18:30, 6pm, at 7, noon. None where `text` is none."""
    text = text.casefold().strip()
    found = _TIME.match(text)
    if found is None:
        return None
    if found["part"]:
        return (0, 0) if found["part"] == "midnight" else (12, 0)
    hour, minute = int(found["h"]), int(found["m"] or 0)
    half = (found["half"] or "").replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour, minute) if hour < 24 and minute < 60 else None
