"""Hours in which somebody isn't to be disturbed, by their own clock. Pure functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo


def hours_of(stored: Mapping[str, Any]) -> tuple[dt.time, dt.time] | None:
    """The hours that stand in a person's row as {"start": "22:00", "end": "07:00"}; None where
    there are none."""
    try:
        return dt.time.fromisoformat(stored["start"]), dt.time.fromisoformat(stored["end"])
    except (KeyError, TypeError, ValueError):
        return None


def over_at(hours: tuple[dt.time, dt.time] | None, zone: str, at: dt.datetime) -> dt.datetime:
    """The moment itself, or, where it lies in the quiet hours, the end of these."""
    if hours is None:
        return at
    start, end = hours
    local = at.astimezone(ZoneInfo(zone or "UTC"))
    now = local.time()
    is_quiet = start <= now < end if start < end else (now >= start or now < end)
    if not is_quiet or start == end:
        return at
    over = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    if over <= local:
        over += dt.timedelta(days=1)
    return over.astimezone(dt.UTC)
