"""A database of its own beside the society's, for what may not touch it: made, used, and dropped.

One that a killed process left behind is dropped by the next who makes one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from channels.layers import InMemoryChannelLayer, channel_layers
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

MARK = "_sandbox_"


@contextmanager
def own_database(*, keep: bool = False) -> Iterator[str]:
    """Have this process's rows, cached vectors and live events be its own meanwhile, in a new and
    migrated database. Yields its name. With `keep` it stays for a look at it."""
    home, prefix = connection.settings_dict["NAME"], settings.REDIS_PREFIX
    name = f"{home[:40]}{MARK}{os.getpid()}"
    layer = channel_layers.set("default", InMemoryChannelLayer())
    with connection.cursor() as cursor:
        _drop_forsaken(cursor, home)
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    _go_to(name)
    settings.REDIS_PREFIX = f"{prefix}{MARK}{os.getpid()}"
    try:
        call_command("migrate", verbosity=0)
        yield name
    finally:
        _go_to(home)
        settings.REDIS_PREFIX = prefix
        channel_layers.set("default", layer)
        if not keep:
            _drop(name)


def _go_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _drop(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


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
        _drop(name)
