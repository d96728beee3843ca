"""The log of calls is kept in a part for each month."""

from __future__ import annotations

import datetime as dt

from django.db import connection


def ensure_partitions(now: dt.datetime, months: int = 3) -> list[str]:
    """Make the monthly partitions of the call log from now on. Returns those that were new."""
    made = []
    month = now.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        for _ in range(months):
            following = (month + dt.timedelta(days=32)).replace(day=1)
            name = f"audit_llmcall_{month:%Y_%m}"
            cursor.execute("SELECT to_regclass(%s)", [name])
            if cursor.fetchone()[0] is None and not _default_holds(month, following):
                cursor.execute(
                    f"CREATE TABLE {name} PARTITION OF audit_llmcall "
                    f"FOR VALUES FROM ('{month.isoformat()}') TO ('{following.isoformat()}')"
                )
                made.append(name)
            month = following
    return made


def _default_holds(start: dt.datetime, end: dt.datetime) -> bool:
    """Whether rows of that month already lie in the default partition, and must stay there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM audit_llmcall_default "
            "WHERE started_at >= %s AND started_at < %s LIMIT 1",
            [start, end],
        )
        return cursor.fetchone() is not None
