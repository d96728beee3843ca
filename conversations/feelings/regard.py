"""An emoji under a character's message moves that character's bond to whoever put it there, and its
mood a little; taking it away takes exactly that back. Each is an event of the bond."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Sum

from characters import relationship
from characters.models import CharacterState, MoodChange, Relationship, RelationshipEvent
from characters.relationship import Bond, Quality
from characters.services import move_mood
from conversations.feelings import bonding, living
from conversations.feelings.tone import regard_of
from conversations.models import Message, Reaction
from fishbowl.statements import inserting, saving, together

_PARTS = ("delta_trust", "delta_affection", "delta_attunement")


def count(reaction: Reaction, message: Message, now: dt.datetime) -> RelationshipEvent | None:
    """Have a reaction that was just put under a character's message count for its bond. Only the
    first of one hand under one message does. Called in the transaction that stores it.

    Returns the event; None where the message is nobody's, or what it is met with says nothing.
    """
    regard = regard_of(reaction.emoji)
    if message.character_id is None or not regard or message.character_id == reaction.character_id:
        return None
    hand: dict[str, Any] = {
        "character_id": reaction.character_id,
        "person_id": reaction.person_id,
    }
    standing = Reaction.objects.filter(message=message, removed_at__isnull=True, **hand)
    if standing.exclude(pk=reaction.pk).exists():
        return None
    rules = living.in_force(message.conversation.channel.community_id)
    bond = _bond(reaction, message, now)
    if reaction.person_id is not None:  # bond before state, as turns lock them
        _please(message.character_id, regard, now)
    if bond.is_locked:
        return None
    quality: Quality = "good" if regard > 0 else "poor"
    after = relationship.after_exchange(
        bonding.felt(bond), quality, rules.reaction_weight * abs(regard)
    )
    event = bonding.move(
        bond, after, bonding.KIND.REACTION, f"they put {reaction.emoji[:20]} under a message", now,
        message=message, reaction=reaction,
    )  # fmt: skip
    events = [event, *bonding.quarrel(bond, rules, now, message=message)]
    together(saving(bond, *bonding.WRITTEN), *(inserting(one) for one in events))
    return event


def take_back(reaction: Reaction, message: Message, now: dt.datetime) -> RelationshipEvent | None:
    """Take back what a reaction has counted, as far as that wasn't done. Called in the transaction
    that removes it. Returns the event; None where there was nothing."""
    counted = RelationshipEvent.objects.filter(
        reaction=reaction, kind=RelationshipEvent.Kind.REACTION
    )
    first = counted.order_by("pk").first()
    if first is None:
        return None
    bond = Relationship.objects.select_for_update(no_key=True).get(pk=first.relationship_id)
    sums = counted.aggregate(**{name: Sum(name) for name in _PARTS})
    moved = [sums[name] or 0.0 for name in _PARTS]
    if bond.is_locked or not any(abs(part) > 1e-9 for part in moved):
        return None
    after = Bond(
        *(
            max(0.0, min(1.0, value - part))
            for value, part in zip(bonding.felt(bond).parts(), moved, strict=True)
        )
    )
    event = bonding.move(
        bond, after, bonding.KIND.REACTION, f"they took {reaction.emoji[:20]} back", now,
        message=message, reaction=reaction,
    )  # fmt: skip
    together(saving(bond, *bonding.WRITTEN), inserting(event))
    return event


def _please(character_id: int, regard: float, now: dt.datetime) -> None:
    """What people make of its words moves a character's mood."""
    if CharacterState.objects.filter(character=character_id).exists():
        move_mood(
            character_id,
            0.05 * regard,
            0.02 * abs(regard),
            cause="somebody liked what it said" if regard > 0 else "what it said was ill received",
            kind=MoodChange.TriggerType.CONVERSATION,
            now=now,
        )


def _bond(reaction: Reaction, message: Message, now: dt.datetime) -> Relationship:
    """The author's bond to whoever reacts, locked."""
    who: dict[str, Any] = {
        "from_character_id": message.character_id,
        "to_character_id": reaction.character_id,
        "to_person_id": reaction.person_id,
    }
    community = message.conversation.channel.community_id
    bond, _ = Relationship.objects.select_for_update(no_key=True).get_or_create(
        **who, community_id=community, defaults={"first_interaction_at": now}
    )
    return bond
