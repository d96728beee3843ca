"""What comes again: rules of RFC 5545 by a clock on a wall, across the days on which that is moved.
Pure.

'Every day at 9' is at nine in summer and in winter. An hour that is left out in spring is taken
when the clock has jumped over it; one that comes twice in autumn is taken once.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from conversations.initiative import moments

LONGEST = 200
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")  # more often would be a flood
PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
)
AHEAD = dt.timedelta(days=9 * 366)  # a leap day comes after eight years at the latest

_DAYS = {name: name[:2].upper() for name in moments.DAYS}
_UNITS = {
    "day": "DAILY", "morning": "DAILY", "evening": "DAILY", "night": "DAILY", "afternoon": "DAILY",
    "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY",
}  # fmt: skip
_EVERY = re.compile(
    r"(?:every|each)\s+(?:(?P<other>other|second|2nd)\s+)?"
    rf"(?P<what>weekday|{'|'.join(_UNITS)}|{'|'.join(_DAYS)})s?(?:\s*,?\s*(?P<rest>.+))?$|"
    r"(?P<word>daily|weekly|monthly|yearly)(?:\s+(?P<after>.+))?$"
)


_BIRTHDAYS = re.compile(
    r"(?:every|each)\s+(?:year\s+on\s+)?(?:of\s+)?my\s+birthday(?P<s>s)?(?:\s*,?\s*(?P<rest>.+))?$"
    r"|on\s+(?:every|each)\s+(?:one\s+)?of\s+my\s+birthdays(?:\s*,?\s*(?P<after>.+))?$"
)


class BadRule(ValueError):
    """A rule of recurrence won't do; the text says why, and what would."""


def checked(rule: str) -> str:
    """A rule as it is stored.

    Raises:
        BadRule: it is none, or comes more often than once a day.
    """
    cleaned = rule.strip().upper().removeprefix("RRULE:")
    if not cleaned or len(cleaned) > LONGEST:
        raise BadRule("recurrence_rule: write a rule such as FREQ=WEEKLY;BYDAY=MO.")
    given = dict(part.partition("=")[::2] for part in cleaned.split(";") if part)
    if unknown := sorted(set(given) - PARTS):
        raise BadRule(f"recurrence_rule: leave out {', '.join(unknown)[:60]}.")
    if given.get("FREQ") not in FREQUENCIES:
        raise BadRule(f"recurrence_rule: FREQ must be one of {', '.join(FREQUENCIES)}.")
    start = dt.datetime(2026, 1, 1, 9, 0)  # noqa: DTZ001 - a wall clock's
    try:
        made = _made(cleaned, start, ZoneInfo("UTC"))
        made.between(start, start + AHEAD)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise BadRule(f"recurrence_rule: it can't be read ({str(error)[:80]}).") from None
    return cleaned


def following(rule: str, since: dt.datetime, zone: str, after: dt.datetime) -> dt.datetime | None:
    """The first moment after `after` of what has come by `rule` since `since`, on a clock in
    `zone`; None when it comes no more."""
    place = ZoneInfo(zone or "UTC")
    start = _wall(since, place)
    made = _made(rule, start, place)
    edge = max(start, _wall(after, place) - dt.timedelta(hours=3))
    for wall in made.between(edge, edge + AHEAD, inc=True):
        moment: dt.datetime = wall.replace(tzinfo=place).astimezone(dt.UTC)
        if moment > after:
            return moment
    return None


def skipped(
    rule: str, since: dt.datetime, zone: str, after: dt.datetime, until: dt.datetime, most: int
) -> list[dt.datetime]:
    """The moments between two, the first `most` of them."""
    found: list[dt.datetime] = []
    at = following(rule, since, zone, after)
    while at is not None and at < until and len(found) < most:
        found.append(at)
        at = following(rule, since, zone, at)
    return found


def read(
    text: str, now: dt.datetime, zone: ZoneInfo, birthday: dt.date | None = None
) -> tuple[str, dt.datetime] | None:
    """The rule that words name, and when it first holds: 'every monday at 9', 'every other day',
    'each weekday at 18:30', 'daily at noon', 'every year on my birthday'. None where they name
    none. `birthday` is that of whoever says it."""
    cleaned = " ".join(text.casefold().split()).strip(" .,!")
    if birthdays := _BIRTHDAYS.match(cleaned):
        rest = birthdays["rest"] or birthdays["after"] or ""
        first = moments.read(f"on my birthday {rest}".strip(), now, zone, birthday)
        return ("FREQ=YEARLY", first) if first is not None else None
    found = _EVERY.match(cleaned)
    if found is None:
        return None
    what, word = found["what"] or "", found["word"]
    rest = (found["rest"] or found["after"] or "").strip()
    at = moments.clock(rest) if rest else moments.PARTS.get(what, moments.MORNING)
    if at is None:
        return None
    interval = ";INTERVAL=2" if found["other"] else ""
    if word:
        rule = f"FREQ={word.upper()}"
    elif what == "weekday":
        rule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    elif what in _DAYS:
        rule = f"FREQ=WEEKLY{interval};BYDAY={_DAYS[what]}"
    else:
        rule = f"FREQ={_UNITS[what]}{interval}"
    today = dt.datetime.combine(now.astimezone(zone).date(), dt.time(*at), zone)
    first = following(rule, today.astimezone(dt.UTC), zone.key, now)
    return (rule, first) if first is not None else None


def _wall(moment: dt.datetime, place: ZoneInfo) -> dt.datetime:
    return moment.astimezone(place).replace(tzinfo=None)


def _made(rule: str, start: dt.datetime, place: ZoneInfo) -> rrule:
    """The rule on a wall clock; an end that is given in UTC is read off that clock too."""

    def until(found: re.Match[str]) -> str:
        end = dt.datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
        return f"UNTIL={_wall(end, place):%Y%m%dT%H%M%S}"

    made = rrulestr(re.sub(r"UNTIL=(\d{8}T\d{6}Z)", until, rule), dtstart=start)
    if not isinstance(made, rrule):
        raise ValueError("it is more than one rule")
    return made
