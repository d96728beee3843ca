"""Whom a character turns to when it begins to talk: a friend who frequents the room, the closer the
sooner, and nobody it is at odds with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random

from characters.milestones import unlocked
from characters.models import Character, Relationship
from characters.relationship import LEVELS, rank
from conversations.models import Channel, Turn
from fishbowl.llm.types import Listener

FROM_SCORE = LEVELS[2][0]  # friends' and above
CHANCE = 0.55
MOST = 6
SALT = 0x5EEC


def sought(
    turn: Turn, channel: Channel, called: Callable[[str], str], now: dt.datetime
) -> Listener | None:
    """Whom the chosen speaker turns to with what it begins, if to anybody: the same for the same
    turn. Only reads."""
    rng = Random(turn.random_seed ^ SALT)
    if rng.random() >= CHANCE:
        return None
    friends = Relationship.objects.filter(
        from_character=turn.chosen_id,
        community=channel.community_id,
        score__gte=FROM_SCORE,
        repair_since__isnull=True,
        to_character__status=Character.Status.ACTIVE,
        to_character__is_adult__in=[False, channel.is_nsfw],
    )
    if channel.residents.exists():
        friends = friends.filter(to_character__in=channel.residents.all())
    found = [
        (bond, bond.to_character)
        for bond in friends.select_related("to_character")
        .defer("to_character__card")
        .order_by("-score", "pk")[:MOST]
        if bond.to_character is not None and bond.to_character.is_awake(now)
    ]
    if not found:
        return None
    bond, friend = rng.choices(found, [one.score for one, _ in found])[0]
    return Listener(
        name=friend.name,
        level=called(bond.level),
        trust=bond.trust,
        affection=bond.affection,
        rank=rank(bond.level),
        unlocked=unlocked(bond.milestones),
    )
