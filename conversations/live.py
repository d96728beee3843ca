"""Live events: what watchers hear of, sent when the transaction that caused it has committed.

An event is a fact with ids and a few words, never rendered markup, and never the only copy: a
watcher that missed one reads it from the database.
"""

from __future__ import annotations

import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from conversations.models import Delivery, Message

log = logging.getLogger(__name__)


def group_of(channel_id: int) -> str:
    """The channel-layer group of those who watch a channel."""
    return f"channel.{channel_id}"


def publish(channel_id: int, event: str, **facts: Any) -> None:
    """Tell the watchers of a channel, once the current transaction has committed."""
    transaction.on_commit(lambda: send_now(channel_id, event, facts))


def send_now(channel_id: int, event: str, facts: dict[str, Any]) -> bool:
    """Tell the watchers at once. Returns whether the event went out; it is lost otherwise, which
    is why nothing relies on it."""
    message = {"type": "live.event", "event": event, "channel": channel_id, **facts}
    try:
        async_to_sync(get_channel_layer().group_send)(group_of(channel_id), message)
    except (RedisError, OSError) as error:
        log.warning("The live event %s did not go out: %s", event, error)
        return False
    return True


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
        "turn": message.turn_id,
        "at": message.created_at.isoformat(),
    }


def publish_message(message: Message, channel_id: int) -> None:
    """Send a committed message to the web and mark its delivery sent."""

    def deliver() -> None:
        if send_now(channel_id, "message.sent", {"message": message_facts(message)}):
            Delivery.objects.filter(
                message=message, surface=Delivery.Surface.WEB, status=Delivery.Status.PENDING
            ).update(status=Delivery.Status.SENT, sent_at=timezone.now())

    transaction.on_commit(deliver)
