"""Wake a worker for rows that are ready. A lost nudge costs a moment: the sweep finds the rows."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def look(channel_id: int, in_s: float = 0.0) -> None:
    """Have the director look at a channel, once the transaction has committed."""
    _send("conversations.look", channel_id, in_s)


def take_turn(turn_id: int, in_s: float = 0.0) -> None:
    """Have a turn composed or said, whichever is next, once the transaction has committed."""
    _send("conversations.take_turn", turn_id, in_s)


def _send(task: str, key: int, in_s: float) -> None:
    def send() -> None:
        options: dict[str, Any] = {"countdown": in_s} if in_s > 0.05 else {}
        try:
            current_app.send_task(task, args=[key], queue="turns", retry=False, **options)
        except (OperationalError, RedisError, OSError) as error:
            log.warning("%s(%s) was not nudged (%s); the sweep will find it.", task, key, error)

    transaction.on_commit(send)
