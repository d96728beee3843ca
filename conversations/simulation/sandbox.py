"""A database of its own beside the society's, for what may not touch it: made, used, and dropped.

One that a killed process left behind is dropped by the next who makes one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from psycopg import sql

from conversations.freshness import read_anew
from conversations.tank import live
from memories.recall import redis_store

MARK = "_sandbox_"
TEMPLATE = "template1"  # what it begins as; it is migrated all the same
# What is dropped at the end needs no disk at every commit. And rows that several workers of the
# database sum up come out a little different each time. Statements that are sent planned are never
# planned for one set of values: each costs more to plan than to carry out.
SETTINGS = (
    "SET synchronous_commit = off",
    "SET plan_cache_mode = force_generic_plan",
    "SET jit = off",
    "SET max_parallel_workers_per_gather = 0",
)


@contextmanager
def own_database(*, keep: bool = False) -> Iterator[str]:
    """Have this process's rows be its own meanwhile, in a new and migrated database, its caches too
    and its live events heard by nobody. Yields its name. With `keep` it stays for a look at it."""
    home, prefix = connection.settings_dict["NAME"], settings.REDIS_PREFIX
    name = f"{home[:40]}{MARK}{os.getpid()}"
    with connection.cursor() as cursor:
        _drop_forsaken(cursor, home)
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        cursor.execute(create.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
        for setting in SETTINGS:
            alter = sql.SQL("ALTER DATABASE {} " + setting)
            cursor.execute(alter.format(sql.Identifier(name)))
    _go_to(name)
    settings.REDIS_PREFIX = f"{prefix}{MARK}{os.getpid()}"
    try:
        with live.unheard(), redis_store.left_alone():
            call_command("migrate", verbosity=0)
            yield name
    finally:
        _go_to(home)
        settings.REDIS_PREFIX = prefix
        if not keep:
            _drop(name)


def _go_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    read_anew()


def _drop(name: str) -> None:
    """Drop a database, unless somebody looks at it: the next who makes one drops it then. Not by
    force, which may not end the server's own vacuum; a plain DROP waits for that to give way."""
    with connection.cursor() as cursor, suppress(OperationalError):
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _drop_forsaken(cursor: object, home: str) -> None:
    """Drop what nobody is connected to; one that was kept has been looked at by now."""
    cursor.execute(  # type: ignore[attr-defined]
        """
        SELECT datname FROM pg_database WHERE starts_with(datname, %s)
          AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = pg_database.datname)
        """,
        [f"{home[:40]}{MARK}"],
    )
    for (name,) in cursor.fetchall():  # type: ignore[attr-defined]
        if is_forsaken(name):
            _drop(name)


def is_forsaken(name: str) -> bool:
    """Whether no other process that lives has made it: one that was made a moment ago has nobody
    connected to it yet."""
    maker = int(name.rpartition("_")[2])
    return maker == os.getpid() or not psutil.pid_exists(maker)
