"""What is to go out to the surfaces where talk is shown: deliveries, made in the transaction that
writes what they carry. Whoever serves a surface finds them there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from conversations.models import Channel, Delivery, Reaction
from fishbowl.statements import Statement


def delivering(
    message: Statement, channel_id: int, now: dt.datetime, *, is_heard: bool
) -> Statement:
    """The statement that stores a message (by the one given) and its deliveries: to the web, and to
    Discord where the channel is there, unless it was heard there. Answers with the message's key,
    once for each surface."""
    sql, values = message
    if is_heard:
        return _TO_WEB.format(message=sql), (*values, uuid.uuid4(), now)
    nonces = (uuid.uuid4(), uuid.uuid4())
    return _TO_ALL.format(message=sql), (*values, now, *nonces, channel_id)


_TO_WEB = """
    WITH said AS ({message})
    INSERT INTO conversations_delivery
      (message_id, surface, status, nonce, attempts, next_attempt_at, error)
    SELECT id, 'web', 'pending', %s, 0, %s, '' FROM said RETURNING message_id
"""
_TO_ALL = """
    WITH said AS ({message})
    INSERT INTO conversations_delivery
      (message_id, surface, status, nonce, attempts, next_attempt_at, error)
    SELECT said.id, surface.name, 'pending', surface.nonce, 0, %s, '' FROM said,
      (VALUES ('web', %s::uuid), ('discord', %s::uuid)) AS surface (name, nonce)
    WHERE surface.name = 'web' OR EXISTS (
      SELECT FROM conversations_channel
      WHERE id = %s AND discord_id IS NOT NULL AND removed_at IS NULL
    )
    RETURNING message_id
"""


def send_reaction(reaction: Reaction, channel: Channel, now: dt.datetime) -> None:
    """Have a character's reaction, or that it was taken back, shown where its channel is."""
    if channel.discord_id is None:
        return
    _, is_new = Delivery.objects.get_or_create(
        reaction=reaction,
        surface=Delivery.Surface.DISCORD,
        defaults={"message_id": reaction.message_id, "nonce": uuid.uuid4(), "next_attempt_at": now},
    )
    if not is_new:
        _again(Delivery.objects.filter(reaction=reaction), now)


def follow(messages: Collection[int], now: dt.datetime) -> int:
    """Have what has become of messages carried after them to where they were sent: other words, or
    none. The answers that quote them follow too. Returns how many deliveries that takes."""
    shown = Q(status__in=[Delivery.Status.SENT, Delivery.Status.PENDING])
    half_sent = Q(parts__attempted_at__isnull=False) | Q(parts__discord_id__isnull=False)
    gone = Q(message__deleted_at__isnull=False)
    found = Delivery.objects.filter(
        Q(message__among=messages) | Q(message__reply_to__among=messages),
        shown | (gone & half_sent),
        surface=Delivery.Surface.DISCORD,
        reaction__isnull=True,
    )
    return _again(Delivery.objects.filter(pk__in=found.values("pk")), now)


def send_again(deliveries: Iterable[int], now: dt.datetime) -> int:
    """Have what was given up sent all the same, however late it is. Returns how many there are."""
    given_up = [Delivery.Status.FAILED, Delivery.Status.ABANDONED]
    found = Delivery.objects.filter(pk__in=list(deliveries), status__in=given_up)
    found.update(wanted_at=now)
    return _again(found, now)


def _again(deliveries: QuerySet[Delivery], now: dt.datetime) -> int:
    return deliveries.update(
        status=Delivery.Status.PENDING, next_attempt_at=now, attempts=0, error=""
    )
