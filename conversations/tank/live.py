"""Live events: what watchers hear of, sent when the transaction that caused it has committed.

An event is a fact with ids and a few words, never rendered markup, and never the only copy: a
watcher that missed one reads it from the database.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from channels.layers import get_channel_layer
from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from conversations.models import Channel, Message
from fishbowl.breaker import redis_breaker
from fishbowl.statements import UNHURRIED, together

log = logging.getLogger(__name__)

SEND_WITHIN_S = 2.0
_is_unheard: ContextVar[bool] = ContextVar("unheard", default=False)


@contextmanager
def unheard() -> Iterator[None]:
    """Send nothing meanwhile: what happens in a database of one's own nobody watches."""
    token = _is_unheard.set(True)
    try:
        yield
    finally:
        _is_unheard.reset(token)


def group_of(channel_id: int) -> str:
    """The channel-layer group of those who watch a channel."""
    return f"channel.{channel_id}"


def publish(channel_id: int, event: str, **facts: Any) -> None:
    """Tell the watchers of a channel, once the current transaction has committed."""
    transaction.on_commit(lambda: send_now(channel_id, event, facts))


def send_now(channel_id: int, event: str, facts: dict[str, Any]) -> bool:
    """Tell the watchers at once. Returns whether the event went out; it is lost otherwise, which
    is why nothing relies on it."""
    if _is_unheard.get():
        return True
    if redis_breaker.is_open:
        return False
    key = secrets.token_hex(8)  # so that a process with many watchers writes it out once
    message = {"type": "live.event", "key": key, "event": event, "channel": channel_id, **facts}
    try:
        _courier().send(group_of(channel_id), message)
    except (RedisError, OSError, TimeoutError) as error:
        redis_breaker.trip()
        log.warning("The live event %s did not go out: %s", event, error)
        return False
    return True


class _Courier:
    """One event loop a process, in a thread of its own, so that the channel layer keeps its
    connection to Redis: a loop made for each event would connect anew for each."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="live-events", daemon=True).start()

    def send(self, group: str, message: dict[str, Any]) -> None:
        sending = get_channel_layer().group_send(group, message)
        asyncio.run_coroutine_threadsafe(sending, self._loop).result(timeout=SEND_WITHIN_S)


_couriers: list[_Courier] = []
_lock = threading.Lock()


def _courier() -> _Courier:
    with _lock:
        if not _couriers or _couriers[-1].pid != os.getpid():
            _couriers[:] = [_Courier()]
        return _couriers[-1]


def publish_society(values: Mapping[str, Any]) -> None:
    """Tell the watchers of every channel whether the keeper lets the society talk."""
    event = "society.paused" if values.get("paused") else "society.resumed"
    for pk in Channel.objects.values_list("pk", flat=True):
        publish(pk, event)


def message_facts(message: Message) -> dict[str, Any]:
    """A message as watchers get it. Loads nothing when author and reply were selected with it."""
    author = message.character or message.person
    return {
        "id": message.pk,
        "conversation": message.conversation_id,
        "number": message.number,
        "kind": "character"
        if message.character_id
        else "person"
        if message.person_id
        else "system",
        "author": author.name if author else "",
        "slug": message.character.slug if message.character else "",
        "person": message.person_id,
        "text": message.content if message.deleted_at is None else "",
        "reply_to": message.reply_to_id,
        "reply": _reply_facts(message.reply_to) if message.reply_to else None,
        "turn": message.turn_id,
        "at": message.created_at.isoformat(),
        "edited": _moment(message.edited_at),
    }


def change_facts(message: Message) -> dict[str, Any]:
    """What has become of a message: its text (empty: removed), and when it was last edited, so that
    of two changes which cross on their way the later one stays."""
    return {
        "message": message.pk,
        "text": message.content if message.deleted_at is None else "",
        "edited": _moment(message.edited_at),
    }


def _moment(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


REPLY_CHARS = 120


def _reply_facts(message: Message) -> dict[str, str]:
    """Enough of the message that was answered to show it where it isn't at hand."""
    author = message.character or message.person
    text = message.content if message.deleted_at is None else ""
    short = text if len(text) <= REPLY_CHARS else text[: REPLY_CHARS - 1].rstrip() + "…"
    return {"author": author.name if author else "", "text": short}


_SENT = """
    UPDATE conversations_delivery SET status = 'sent', sent_at = %s
    WHERE message_id = %s AND surface = 'web' AND status = 'pending'
"""


def publish_message(message: Message, channel_id: int) -> None:
    """Send a committed message to the web and mark its delivery sent."""

    def deliver() -> None:
        if send_now(channel_id, "message.sent", {"message": message_facts(message)}):
            together(UNHURRIED, (_SENT, (timezone.now(), message.pk)))

    transaction.on_commit(deliver)
