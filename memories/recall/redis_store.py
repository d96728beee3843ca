"""What the processes keep for one another in Redis. It may be flushed or gone at any time: whoever
asks then hears that nothing is known, and nothing that is true depends on it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from random import Random
from typing import Any, TypeVar, cast

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from fishbowl.breaker import CircuitBreaker

T = TypeVar("T")

log = logging.getLogger(__name__)

PATIENCE_S = 0.25  # what is kept here can be had otherwise, and soon
SPREAD = 0.1  # lifetimes vary by this much, so that what was kept together doesn't go together

_breaker = CircuitBreaker(rest_s=3.0)
_rng = Random()
_is_left_alone = False


class _Own(threading.local):
    """A thread's connection for `asked_many`, and the client whose it is."""

    kept: tuple[redis.Redis, Any] | None = None

    def taken(self, client: redis.Redis) -> Any:
        """The connection, until it is `kept` again; a new one where there is none."""
        kept, self.kept = self.kept, None
        return kept[1] if kept and kept[0] is client else _connection(client)

    def forget(self) -> None:
        """A forked worker shares no connection with its parent."""
        self.kept = None


def _connection(client: redis.Redis) -> Any:
    """One that goes with its thread. Of those that the pool makes it lets only so many be, and
    counts on having each back."""
    pool = client.connection_pool
    return pool.connection_class(**pool.connection_kwargs)


_own = _Own()
os.register_at_fork(after_in_child=_own.forget)


def full_key(*parts: object) -> str:
    """The key of something kept, apart from what other deployments keep in the same Redis."""
    return ":".join([settings.REDIS_PREFIX, "memories", *map(str, parts)])


def get_many(keys: Sequence[str]) -> list[bytes | None] | None:
    """What is kept under each key, in one journey; None where Redis doesn't answer."""
    return ask(lambda client: cast(list[bytes | None], client.mget(list(keys))))


def asked_many(keys: Sequence[str]) -> Callable[[], list[bytes | None] | None]:
    """`get_many` in two steps, with something else done on the way: asked now, and read by what
    this returns. Who never reads an answer loses only the connection."""

    def send(client: redis.Redis) -> Any:
        connection: Any = _own.taken(client)
        try:
            connection.send_command("MGET", *keys)
        except redis.ConnectionError:  # closed by Redis, while idle
            connection = _connection(client)
            connection.send_command("MGET", *keys)
        return connection

    def read(client: redis.Redis) -> list[bytes | None]:
        try:
            found = connection.read_response()
        except redis.ConnectionError:
            return cast(list[bytes | None], client.mget(list(keys)))
        _own.kept = client, connection
        return cast(list[bytes | None], found)

    connection: Any = ask(send)
    return lambda: ask(read) if connection else None


def set_many(values: Mapping[str, bytes], for_s: float) -> bool:
    """Keep values for about so long, in one journey. Returns whether Redis took them."""

    def keep(client: redis.Redis) -> bool:
        with client.pipeline(transaction=False) as pipe:
            for key, value in values.items():
                pipe.set(key, value, px=jittered_ms(for_s))
            pipe.execute()
        return True

    return bool(ask(keep))


def jittered_ms(for_s: float) -> int:
    """A lifetime in milliseconds, a tenth longer or shorter."""
    return round(1000 * for_s * _rng.uniform(1 - SPREAD, 1 + SPREAD))


def ask(question: Callable[[redis.Redis], T]) -> T | None:
    """What Redis answers; None where it doesn't, and for a while after it didn't."""
    if _is_left_alone or _breaker.is_open:
        return None
    try:
        return question(_client(settings.REDIS_URL))
    except (RedisError, OSError) as error:
        _breaker.trip()
        log.warning("Caches do without Redis for %.0f s: %s", _breaker.rest_s, error)
        return None


@contextmanager
def left_alone() -> Iterator[None]:
    """Let this process keep nothing in Redis meanwhile, and find nothing: what has rows of its own
    has no part in what others keep, and what it does doesn't hang on what Redis still holds."""
    global _is_left_alone
    before, _is_left_alone = _is_left_alone, True
    try:
        yield
    finally:
        _is_left_alone = before


def forget_rest() -> None:
    """Ask again at once."""
    _breaker.close()


@lru_cache(maxsize=1)
def _client(url: str) -> Any:
    # One retry at once: a connection that Redis closed while idle fails at its next use.
    return redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE_S,
        socket_connect_timeout=PATIENCE_S,
        retry=Retry(NoBackoff(), 1),
    )
