"""What every process does before Django: read the settings, and come to the embedded servers.

Wrong settings and servers that won't start end the process with one sentence and exit code 2 or 1,
whichever program it is: manage.py, celery or uvicorn.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from functools import cache
from types import FrameType
from typing import NoReturn

from fishbowl.embedded import EmbeddedError, Lease, Places, explain_os_error
from fishbowl.environment import BASE_DIR, Environment
from fishbowl.sources import SettingsRefusedError, read

WRONG_SETTINGS = 2
NO_SERVERS = 1
# The environment variable that tells a process of a society the pid of the one that watches it.
WATCHER = "SOCIETY_WATCHED_BY"

# numpy's OpenBLAS would keep a thread per core that spins for a while after each product, awaiting
# the next: ours are small and many, so that it took a whole core from PostgreSQL and the others.
# It reads this when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@cache
def environment() -> Environment:
    """The settings of this process. Ends it with a sentence if they are wrong."""
    try:
        return read()
    except SettingsRefusedError as error:
        refuse(error, WRONG_SETTINGS)


@cache
def places() -> Places:
    """Where everything of this copy lies."""
    return Places.at(BASE_DIR / (environment().var or "var"))


@cache
def lease() -> Lease:
    """This process's right to use the embedded servers, not taken yet."""
    settings = environment()
    return Lease(places(), postgres=not settings.database_url, redis=not settings.redis_url)


def use_servers() -> None:
    """Come to the embedded servers until this process ends; start them if nobody has. A pooler that
    lends the database's connections by the transaction ends it with a sentence.

    A process that is told to end leaves them properly, so that the last one out stops them.
    """
    mine = lease()
    for sign in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(sign) is signal.SIG_DFL:
            signal.signal(sign, _leave_by_signal)
    atexit.register(leave_servers)
    try:
        mine.enter()
    except EmbeddedError as error:
        refuse(error, NO_SERVERS)
    _refuse_shared_connections()


def _refuse_shared_connections() -> None:
    """End the process where its connections to the database would be lent to others meanwhile.

    A database that doesn't answer yet is no reason: what needs it says so, or waits for it.
    """
    if not environment().database_url:
        return
    from django.db import DatabaseError

    from fishbowl import pooling

    try:
        trouble = pooling.trouble()
    except DatabaseError:
        return
    if trouble:
        refuse(f"{trouble[0].upper()}{trouble[1:]}.", NO_SERVERS)


def leave_servers() -> None:
    """Stop using the embedded servers; the last one out stops them."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    try:
        lease().leave()
    except OSError as error:
        sys.stderr.write(f"fishbowl: {explain_os_error(error, places().var)}\n")
    except EmbeddedError as error:
        sys.stderr.write(f"fishbowl: {error}\n")


def refuse(reason: object, code: int) -> NoReturn:
    """End the process with a sentence."""
    for line in str(reason).splitlines():
        sys.stderr.write(f"fishbowl: {line}\n")
    sys.exit(code)


def _leave_by_signal(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
