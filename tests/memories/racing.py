"""Two at once: work that begins while a change of the same rows is under way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from tests.patience import PATIENCE_S

T = TypeVar("T")


def meanwhile(
    change: Callable[[], object], work: Callable[[], T], then: Callable[[], object] = lambda: None
) -> T:
    """What `work` returns, in a thread of its own, that began after `change` was made and before it
    was committed: that happens once the work waits for it, or is done, and after `then`. Of two
    that wait for each other, the database ends one: if the change, it is undone."""

    def working() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with suppress(OperationalError), transaction.atomic():
            change()
            doing = pool.submit(working)
            while not (doing.done() or _waits_for_this()):
                pass
            then()
        return doing.result(PATIENCE_S)


def _waits_for_this() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        (number,) = cursor.fetchone()
    return bool(number)
