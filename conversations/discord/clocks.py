"""How far this machine's clock is from Discord's, and times of the one by the other.

Discord says what time it is with every answer. Without that, on a machine whose clock is minutes
ahead, whatever anybody says would count as said long ago, and nobody be answered.
"""

from __future__ import annotations

import datetime as dt
import logging
from email.utils import parsedate_to_datetime

log = logging.getLogger(__name__)

# A difference that matters. What is less may be the way there and back.
MATTERS = dt.timedelta(seconds=30)
_HALF = dt.timedelta(seconds=0.5)  # the time is told in whole seconds
# What is measured wavers by so much. A process holds to what it has, so that the order of what it
# hears is that of Discord; the next process may find that much more or less.
WAVERS = dt.timedelta(seconds=2)


class _Seen:
    """What a process saw last; none needs to know it of another."""

    ahead = dt.timedelta()


def note(told: str | None, now: dt.datetime | None = None) -> None:
    """Discord said what time it is (the header Date of an answer)."""
    try:
        theirs_now = parsedate_to_datetime(told or "")
    except ValueError:
        return
    if theirs_now.tzinfo is None:
        return
    ahead = (now or dt.datetime.now(dt.UTC)) - theirs_now - _HALF
    if abs(ahead) < MATTERS:
        ahead = dt.timedelta()
    if ahead and _Seen.ahead and abs(ahead - _Seen.ahead) < WAVERS:
        return
    if ahead and not _Seen.ahead:
        log.warning("%s", said(ahead.total_seconds()))
    _Seen.ahead = ahead


def ahead_s() -> float:
    """How many seconds this machine's clock is ahead of Discord's; negative if it is behind, 0.0
    where the difference doesn't matter."""
    return _Seen.ahead.total_seconds()


def ours(at: dt.datetime) -> dt.datetime:
    """A time of Discord's by this machine's clock."""
    return at + _Seen.ahead


def theirs(at: dt.datetime) -> dt.datetime:
    """A time of this machine's by Discord's clock."""
    return at - _Seen.ahead


def doubt() -> dt.timedelta:
    """By how much a time of Discord's may be off that another process put by this clock."""
    return WAVERS if _Seen.ahead else dt.timedelta()


def said(seconds: float) -> str:
    """What keepers are told of a clock that is so many seconds ahead."""
    way = "ahead of" if seconds > 0 else "behind"
    off = abs(seconds)
    length = f"{off / 60:.0f} minutes" if off >= 90 else f"{off:.0f} seconds"
    return (
        f"This machine's clock is {length} {way} Discord's, which is made up for in what is said "
        "there. Have the machine set its clock by itself (NTP): reminders and quiet hours go by it."
    )
