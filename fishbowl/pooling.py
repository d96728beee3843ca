"""Whether a pooler stands before the database that lends its connections by the transaction.

Much that a connection holds would then be somebody else's a moment later: the locks by which one
worker at a time has a character's night, an observation or the upkeep (`fishbowl.alone`), the
statements that it has planned (`fishbowl.statements`), and cursors that rows are read from. None of
it fails at once: two workers have the same night, and a lock that nobody holds any more is given
to nobody again.
"""

from __future__ import annotations

import psycopg
from django.conf import settings
from django.db import connection

ROUNDS = 8
TROUBLE = (
    "the pooler that DATABASE_URL names lends connections by the transaction, and Fishbowl holds "
    "locks for longer: have it pool sessions (PgBouncer: pool_mode=session), or name the address "
    "of the database itself (often port 5432 for 6543, or the host without -pooler)"
)


class _Found:
    """What a process saw once stays: where its database is doesn't change."""

    trouble: str | None = None


def trouble() -> str:
    """Why connections can't be used as they come; empty if they can.

    Raises:
        django.db.DatabaseError: the database doesn't answer.
    """
    if not settings.FISHBOWL.database_url:
        return ""
    if _Found.trouble is None:
        _Found.trouble = TROUBLE if _are_shared() else ""
    return _Found.trouble


def _are_shared() -> bool:
    """Whether two connections that are open together were ever served by one and the same process
    of the database, or one of them by two. With each a process to itself, neither can be."""
    with connection.wrap_database_errors:
        given = connection.get_connection_params()
        with _opened(given) as one, _opened(given) as other:
            seen = [
                (one.execute(_WHO).fetchone(), other.execute(_WHO).fetchone())
                for _ in range(ROUNDS)
            ]
    ours, theirs = map(set, zip(*seen, strict=True))
    return len(ours) > 1 or len(theirs) > 1 or bool(ours & theirs)


_WHO = "SELECT pg_backend_pid()"


def _opened(given: dict[str, object]) -> psycopg.Connection[tuple[object, ...]]:
    """A connection in which each statement is a transaction of its own."""
    opened: psycopg.Connection[tuple[object, ...]] = connection.get_new_connection(given)
    opened.autocommit = True
    return opened
