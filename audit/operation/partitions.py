"""The logs of calls and of measurements are kept in a part for each month."""

from __future__ import annotations

import datetime as dt
import logging
import re

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

log = logging.getLogger(__name__)

WAITS_MS = 1000  # for who reads a log; whoever writes to it waits as long
# The partitioned tables, each with the column by which it is parted.
PARTED = {"audit_llmcall": "started_at", "audit_performancemetric": "recorded_at"}


def ensure_partitions(now: dt.datetime, months: int = 3) -> list[str]:
    """Make the monthly partitions of the logs from now on. Returns those that were new. One for
    which a log would have to be held while somebody reads it for long is made another time."""
    made = []
    month = now.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        for _ in range(months):
            following = (month + dt.timedelta(days=32)).replace(day=1)
            for table in PARTED:
                name = f"{table}_{month:%Y_%m}"
                cursor.execute("SELECT to_regclass(%s)", [name])
                if cursor.fetchone()[0] is None and not _default_holds(table, month, following):
                    part = (
                        f"CREATE TABLE {name} PARTITION OF {table} "
                        f"FOR VALUES FROM ('{month.isoformat()}') TO ('{following.isoformat()}')"
                    )
                    made += [name] if _is_done(part) else []
            month = following
    return made


def drop_partitions(table: str, before: dt.datetime) -> list[str]:
    """Drop the months of a log that ended before then. Returns those that are gone. Rows of such
    months that had no part of their own go as well. One that somebody reads goes another time."""
    gone = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = %s::regclass ORDER BY 1",
            [table],
        )
        for (name,) in cursor.fetchall():
            found = re.fullmatch(rf"{table}_(\d{{4}})_(\d{{2}})", name)
            if found is None:
                continue
            month = dt.datetime(int(found[1]), int(found[2]), 1, tzinfo=dt.UTC)
            if (month + dt.timedelta(days=32)).replace(day=1) <= before:
                gone += [name] if _is_done(f"DROP TABLE {name}") else []
        first = before.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        column = PARTED[table]
        cursor.execute(f"DELETE FROM {table}_default WHERE {column} < %s", [first])  # noqa: S608
    return gone


def _is_done(statement: str) -> bool:
    """Make or drop a part, which needs the log for itself: so not while a backup reads it, behind
    which every call and every measurement would wait. The next hour comes again."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(WAITS_MS)])
            cursor.execute(statement)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        log.info("Put off, since somebody reads the log: %s", statement)
        return False
    return True


def _default_holds(table: str, start: dt.datetime, end: dt.datetime) -> bool:
    """Whether rows of that month already lie in the default partition, and must stay there."""
    column = PARTED[table]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {table}_default WHERE {column} >= %s AND {column} < %s LIMIT 1",  # noqa: S608
            [start, end],
        )
        return cursor.fetchone() is not None
