"""How often the caches had what was asked of them: counted in each process, gathered in Redis every
half minute, and stored by the sweep as a row an hour. Counts may be lost, never doubled."""

from __future__ import annotations

import datetime as dt
import os
import threading
import time
from collections import Counter

import redis
from django.db import connection
from django.utils import timezone

from memories.recall import redis_store

FLUSH_EVERY_S = 30.0

_counts: Counter[str] = Counter()
_lock = threading.Lock()
_flushed_at = time.monotonic()
_stored_at = 0.0


def count(cache: str, hits: int, misses: int) -> None:
    """Note a look into a cache: how much of what was asked it had, and how much not."""
    with _lock:
        _counts[f"{cache}|hits"] += hits
        _counts[f"{cache}|misses"] += misses
        is_due = time.monotonic() - _flushed_at >= FLUSH_EVERY_S
    if is_due:
        flush()


def flush() -> None:
    """Add this process's counts to everybody's. What Redis doesn't take waits for the next time."""
    global _flushed_at
    with _lock:
        taken = +_counts
        _counts.clear()
        _flushed_at = time.monotonic()
    if not taken:
        return
    hour = timezone.now().replace(minute=0, second=0, microsecond=0).isoformat()

    def add(client: redis.Redis) -> bool:
        with client.pipeline() as pipe:
            for name, number in taken.items():
                pipe.hincrby(_key(), f"{hour}|{name}", number)
            pipe.execute()
        return True

    if not redis_store.ask(add):
        with _lock:
            _counts.update(taken)


def store(*, at_once: bool = False) -> int:
    """Store what all processes have counted, every half minute unless `at_once`. Returns how many
    rows it touched."""
    global _stored_at
    if not at_once and time.monotonic() - _stored_at < FLUSH_EVERY_S:
        return 0
    _stored_at = time.monotonic()
    flush()

    def take(client: redis.Redis) -> dict[bytes, bytes]:
        with client.pipeline() as pipe:  # taken and gone in one step: nobody counts it twice
            pipe.hgetall(_key())
            pipe.delete(_key())
            found: dict[bytes, bytes] = pipe.execute()[0]
            return found

    totals: dict[tuple[str, str], dict[str, int]] = {}
    for name, number in (redis_store.ask(take) or {}).items():
        hour, cache, which = name.decode().split("|")
        totals.setdefault((cache, hour), {"hits": 0, "misses": 0})[which] += int(number)
    if not totals:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO memories_cachestatistic AS kept (cache, hour, hits, misses)
            VALUES (%s, %s, %s, %s) ON CONFLICT (cache, hour) DO UPDATE
            SET hits = kept.hits + excluded.hits, misses = kept.misses + excluded.misses
            """,
            [
                (cache, dt.datetime.fromisoformat(hour), both["hits"], both["misses"])
                for (cache, hour), both in sorted(totals.items())
            ],
        )
    return len(totals)


def forget() -> None:
    """Drop what this process has counted and not passed on."""
    global _flushed_at, _stored_at
    with _lock:
        _counts.clear()
        _flushed_at, _stored_at = time.monotonic(), 0.0


def _key() -> str:
    return redis_store.full_key("cache-counts")


def _after_fork() -> None:
    """What the parent counted, the parent passes on."""
    global _lock
    _lock = threading.Lock()
    _counts.clear()


os.register_at_fork(after_in_child=_after_fork)
