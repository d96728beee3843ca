"""The messages on Discord that a delivery becomes, in rows: what is about to be sent, and what was.

Between the two a part is unsure: it is looked for before it is sent again.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, Q, QuerySet

from audit.configuration import configuration
from conversations.discord.cargo import Cargo, digest
from conversations.models import Channel, Delivery, DeliveryPart, Message

LEASE_S = 60.0


class Lost(Exception):
    """Somebody else has taken over the delivery."""


class Paused(Exception):
    """Everything is paused, and this would be a word of a character's."""


def own(cargo: Cargo) -> QuerySet[Delivery]:
    """The delivery, for as long as it is claimed by who carries it."""
    return Delivery.objects.filter(
        pk=cargo.delivery, claimed_by=cargo.holder, status=Delivery.Status.PENDING
    )


def begin_part(
    cargo: Cargo, number: int, text: str, webhook_id: int | None, now: dt.datetime
) -> None:
    """Write down that a part is about to be sent.

    Raises:
        Lost: the delivery is another's by now.
        Paused: it is not to be sent now.
    """
    with transaction.atomic():
        hold_to_say(cargo, now)
        seen_to = Channel.objects.values_list("seen_to", flat=True).get(pk=cargo.room.key)
        DeliveryPart.objects.update_or_create(
            delivery_id=cargo.delivery,
            number=number,
            defaults={
                "digest": digest(text),
                "webhook_id": webhook_id,
                "attempted_at": now,
                "sent_after": seen_to,
                "discord_id": None,
            },
        )


def hold(cargo: Cargo, now: dt.datetime) -> None:
    """Keep a claim for as long as the next request may take.

    Raises:
        Lost: it is another's by now.
    """
    until = now + dt.timedelta(seconds=LEASE_S)
    if not own(cargo).update(claimed_until=until):
        raise Lost


def hold_to_say(cargo: Cargo, now: dt.datetime) -> None:
    """Keep a claim for something that nobody has seen yet. A pause of everything that has come
    since it was claimed is heeded: the rows are asked once more, right before the request.

    Raises:
        Lost: it is another's by now.
        Paused: a character is not to be heard or seen now.
    """
    if cargo.is_of_character and not cargo.was_sent:
        until = now + dt.timedelta(seconds=LEASE_S)
        running = own(cargo).exclude(Exists(configuration.what_pauses()))
        if running.update(claimed_until=until):
            return
        if own(cargo).exists():
            raise Paused
    hold(cargo, now)


def note_part(cargo: Cargo, number: int, discord_id: int, text: str = "") -> None:
    """Write down as which message a part stands on Discord, and with which text if that is new."""
    changed = {"digest": digest(text)} if text else {}
    with transaction.atomic():
        _stands(cargo.delivery, number, cargo.message, discord_id, **changed)


def _stands(
    delivery_id: int, number: int, message_id: int, discord_id: int, **changed: str
) -> None:
    DeliveryPart.objects.filter(delivery=delivery_id, number=number).update(
        discord_id=discord_id, **changed
    )
    if number == 0:
        Message.objects.filter(pk=message_id, deleted_at__isnull=True).update(
            discord_message_id=discord_id
        )


def unbegin_part(cargo: Cargo, number: int) -> None:
    """Discord refused a part: it isn't there."""
    DeliveryPart.objects.filter(
        delivery=cargo.delivery, number=number, discord_id__isnull=True
    ).update(attempted_at=None)


def drop_part(cargo: Cargo, number: int) -> None:
    """A part doesn't stand on Discord any more, or never did."""
    DeliveryPart.objects.filter(delivery=cargo.delivery, number=number).delete()


def id_of_part(cargo: Cargo, number: int) -> int | None:
    """As which message a part stands on Discord."""
    parts = DeliveryPart.objects.filter(delivery=cargo.delivery, number=number)
    return parts.values_list("discord_id", flat=True).first()


def messages_of(discord_id: int) -> list[int]:
    """The keys of the messages that stand of which one on Discord is a part, or all. What is about
    to be changed there isn't looked at: a part that is too many then, we delete ourselves."""
    in_parts = DeliveryPart.objects.filter(
        discord_id=discord_id,
        delivery__reaction__isnull=True,
        delivery__status=Delivery.Status.SENT,
    )
    found = Message.objects.filter(
        Q(discord_message_id=discord_id) | Q(pk__in=in_parts.values("delivery__message")),
        deleted_at__isnull=True,
    )
    return list(found.values_list("pk", flat=True))


def known_ids(discord_ids: list[int]) -> set[int]:
    """Which of these messages on Discord are known to be something else."""
    parts = DeliveryPart.objects.filter(discord_id__in=discord_ids)
    messages = Message.objects.filter(discord_message_id__in=discord_ids)
    return {
        pk
        for pk in (
            *parts.values_list("discord_id", flat=True),
            *messages.values_list("discord_message_id", flat=True),
        )
        if pk is not None
    }


def recognise(place: int, discord_id: int, text: str, webhook_id: int | None) -> bool:
    """The gateway tells of a message of ours: it is a part that was being sent, if one is unsure,
    and need not be looked for. Returns whether it was."""
    if known_ids([discord_id]):
        return False
    with transaction.atomic():
        part = (
            DeliveryPart.objects.select_for_update(of=("self",), no_key=True)
            .filter(
                delivery__message__conversation__channel__discord_id=place,
                digest=digest(text),
                webhook_id=webhook_id,
                attempted_at__isnull=False,
                discord_id__isnull=True,
            )
            .select_related("delivery")
            .order_by("pk")
            .first()
        )
        if part is None:
            return False
        _stands(part.delivery_id, part.number, part.delivery.message_id, discord_id)
    return True
