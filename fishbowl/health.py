"""Whether the process is alive, and whether it can do its work."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

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
        ("database", database),
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


def migrations_trouble() -> str:
    """How many migrations are missing; empty if none is."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return "the database doesn't answer"
    count = len(_migrations_of_this_code() - applied.keys())
    return f"{count} migrations are not applied: run manage.py migrate" if count else ""


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
    return frozenset(MigrationLoader(None).disk_migrations)
