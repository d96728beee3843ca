"""Which of our messages is one of Discord's: a long one of a character's is several there."""

from __future__ import annotations

from conversations.models import DeliveryPart, Message


def message_id_of(discord_id: int | None) -> int | None:
    """The key of the message that Discord knows by this id."""
    if discord_id is None:
        return None
    own = Message.objects.filter(discord_message_id=discord_id).values_list("pk", flat=True).first()
    if own is not None:
        return own
    parts = DeliveryPart.objects.filter(discord_id=discord_id, delivery__reaction__isnull=True)
    return parts.values_list("delivery__message_id", flat=True).first()
