"""Work that one process at a time does: held by a lock of the database, which lets go of it when
its holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_KEY = "hashtext(%s), %s"


@contextmanager
def alone(work: str, of: int = 0) -> Iterator[bool]:
    """Whether this one has the work, which goes by a name, to itself; no other begins it meanwhile.
    `of` is whose it is, where many have such work: a row's key. A lock of the session: no
    transaction stays open for it. Not in a transaction."""
    key = (work, of % 2**31)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({_KEY})", key)
        (is_mine,) = cursor.fetchone()
    try:
        yield bool(is_mine)
    finally:
        # A connection that broke has let go of it already.
        if is_mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({_KEY})", key)
