"""Whether the process is alive, and whether it can do its work."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import redis
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fishbowl import pooling
from fishbowl.environment import BASE_DIR

PATIENCE_S = 2.0
BOT_SIGN = "bot"  # the key in Redis by which the bot tells how it stands


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nobody else, so that a restart of the database restarts no web."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers, its tables are those of this code, and Redis answers; else 503. How
    the bot stands is told beside it: the site can do its work without Discord."""
    missing = {name: reason for name, reason in _ask_all() if reason}
    if missing:
        return JsonResponse({"status": "not ready", "missing": missing}, status=503)
    bot = {"discord": bot_standing()} if settings.FISHBOWL.discord_token else {}
    return JsonResponse({"status": "ready", **bot})


def _ask_all() -> list[tuple[str, str]]:
    database = database_trouble()
    return [
        ("database", database or pooler_trouble()),
        ("migrations", "" if database else migrations_trouble()),
        ("redis", redis_trouble()),
    ]


def database_trouble() -> str:
    """Why the database can't be used; empty if it can."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "the database doesn't answer"
    return ""


def pooler_trouble() -> str:
    """Why the connections to the database aren't such as are needed; empty if they are."""
    try:
        return pooling.trouble()
    except DatabaseError:
        return "the database doesn't answer"


def migrations_trouble() -> str:
    """How many migrations are missing; empty if none is."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return "the database doesn't answer"
    count = len(_migrations_of_this_code() - applied.keys())
    if count:
        return f"{count} migrations are not applied: run manage.py migrate"
    return unknown_trouble() or walls_trouble()


def unknown_trouble() -> str:
    """Whether another version of the code, most likely a newer one, shaped the tables; empty if
    this one or an older one did. Going on would write rows that the other can't read."""
    known = _names_known_here()
    ours = {one.label for one in apps.get_app_configs() if Path(one.path).parent == BASE_DIR}
    applied = MigrationRecorder(connection).applied_migrations().keys()
    unknown = sorted(".".join(one) for one in applied - known if one[0] in ours)
    if not unknown:
        return ""
    return (
        f"the database was shaped by another version of Fishbowl ({unknown[-1]} isn't known here): "
        "start the version that it belongs to, or a later one"
    )


def walls_trouble() -> str:
    """Whether tables have lost the policies that say which rows a prompt may see, as they do when a
    dump is brought into a server without the role that they name; empty if all are there."""
    with connection.cursor() as cursor:
        cursor.execute(_BARE)
        (count,) = cursor.fetchone()
    if not count:
        return ""
    return (
        f"{count} tables have lost the policies that say what prompts may see: bring the backup "
        "back with manage.py restore"
    )


_BARE = """
    SELECT count(*) FROM pg_class c
    WHERE c.relrowsecurity AND c.relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)
"""


def redis_trouble() -> str:
    """Why Redis can't be used; empty if it can."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
        ) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return "Redis doesn't answer"
    return ""


def bot_standing() -> dict[str, Any]:
    """What the bot told of itself last; that it isn't connected, if it told nothing lately."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
        ) as client:
            told = client.get(f"{settings.REDIS_PREFIX}:{BOT_SIGN}")
    except (redis.RedisError, OSError):
        told = None
    found: dict[str, Any] = json.loads(told) if isinstance(told, bytes) else {"connected": False}
    return found


@cache
def _migrations_of_this_code() -> frozenset[tuple[str, str]]:
    """Read from the disk once: a running process doesn't change its code."""
    return frozenset(_on_disk())


@cache
def _names_known_here() -> frozenset[tuple[str, str]]:
    """The same, and those that they took the place of: they are on record beside them."""
    found = _on_disk()
    return frozenset(found).union(*(one.replaces for one in found.values()))


def _on_disk() -> dict[tuple[str, str], Migration]:
    return MigrationLoader(None).disk_migrations
