"""Work that one process at a time does: held by a lock of the database, which lets go of it when
its holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(work: str) -> Iterator[bool]:
    """Whether this one has the work, which goes by a name, to itself; no other begins it meanwhile.
    Not in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [work])
        (is_mine,) = cursor.fetchone()
    try:
        yield bool(is_mine)
    finally:
        # A connection that broke has let go of it already.
        if is_mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [work])
