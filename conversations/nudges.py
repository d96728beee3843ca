"""Wake a worker for rows that are ready. A lost nudge costs a moment: the sweep finds the rows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from fishbowl.breaker import redis_breaker

log = logging.getLogger(__name__)

Taker = Callable[[str, int], object]
_taker: ContextVar[Taker | None] = ContextVar("taker", default=None)


@contextmanager
def held_back(take: Taker = lambda task, key: None) -> Iterator[None]:
    """Send no nudges meanwhile: whoever drives the rows by its own clock needs none of those for
    turns. `take` hears of each, by the task's name and its key."""
    token = _taker.set(take)
    try:
        yield
    finally:
        _taker.reset(token)


def look(channel_id: int, in_s: float = 0.0) -> None:
    """Have the director look at a channel, once the transaction has committed."""
    _send("conversations.look", channel_id, in_s)


def take_turn(turn_id: int, in_s: float = 0.0) -> None:
    """Have a turn composed or said, whichever is next, once the transaction has committed."""
    _send("conversations.take_turn", turn_id, in_s)


def summarise(conversation_id: int) -> None:
    """Have a closed conversation summed up."""
    _send("conversations.summarise", conversation_id, 0.0, queue="observe")


def observe(conversation_id: int) -> None:
    """Have what was said in a conversation remembered."""
    _send("conversations.observe", conversation_id, 0.0, queue="observe")


def revise(message_id: int) -> None:
    """Have what was made of a message follow what became of it."""
    _send("conversations.revise", message_id, 0.0, queue="observe")


def moderate(case_id: int) -> None:
    """Have the moderation endpoint asked about a case that waits."""
    _send("conversations.moderate", case_id, 0.0)


def delete_room(channel_id: int) -> None:
    """Have the deletion of a room gone on with."""
    _send("conversations.delete_room", channel_id, 0.0, queue="upkeep")


def delete_character(character_id: int) -> None:
    """Have the deletion of a character gone on with."""
    _send("conversations.delete_character", character_id, 0.0, queue="upkeep")


def _send(task: str, key: int, in_s: float, queue: str = "turns") -> None:
    if take := _taker.get():
        take(task, key)
        return

    def send() -> None:
        if redis_breaker.is_open:
            return
        options: dict[str, Any] = {"countdown": in_s} if in_s > 0.05 else {}
        try:
            current_app.send_task(task, args=[key], queue=queue, retry=False, **options)
        except (OperationalError, RedisError, OSError) as error:
            redis_breaker.trip()
            log.warning("%s(%s) was not nudged (%s); the sweep will find it.", task, key, error)

    transaction.on_commit(send)
