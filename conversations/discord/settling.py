"""Where the characters live in a guild: which channels are picked, and who comes to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from characters.models import Community
from conversations.discord import places
from conversations.models import Channel
from conversations.tank import tank

PICKED_MODE = Channel.Mode.LIVE
OFFERED = 25  # of anything, in one of Discord's menus


@dataclass(frozen=True, slots=True)
class Settled:
    """How a guild is set up: Discord's ids of the picked channels, each with its mode; the ids of
    those who come there (empty: everybody), and of all who could."""

    channels: dict[int, str]
    residents: frozenset[int]
    everybody: dict[int, str]
    newcomers: str


def settled(guild_id: int, newcomers: str) -> Settled:
    """How a guild is set up now."""
    picked = _picked(guild_id)
    residents = set(picked.values_list("residents", flat=True)) - {None}
    return Settled(
        {channel.discord_id: channel.mode for channel in picked if channel.discord_id},
        frozenset(residents),
        {one.pk: one.name for one in tank.cast(for_adults=True)},
        newcomers,
    )


def _picked(guild_id: int) -> QuerySet[Channel]:
    return (
        Channel.objects.filter(
            community__discord_id=guild_id, removed_at__isnull=True, is_direct=False
        )
        .filter(parent__isnull=True)
        .exclude(mode=Channel.Mode.MUTED)
        .order_by("name")
    )


def pick_channels(guild_id: int, chosen: Collection[int], now: dt.datetime | None = None) -> None:
    """Have the characters live in these channels of a guild and in no others, but for those that a
    menu had no room to show as picked. Who came to one that was picked already goes on coming; to
    new ones come the same."""
    now = now or timezone.now()
    with transaction.atomic():
        before = list(_picked(guild_id))
        residents = set(_picked(guild_id).values_list("residents", flat=True)) - {None}
        for channel in before[:OFFERED]:
            if channel.discord_id not in chosen:
                places.set_mode(channel, Channel.Mode.MUTED, now)
        known = Channel.objects.filter(
            community__discord_id=guild_id, discord_id__in=chosen, removed_at__isnull=True
        )
        for channel in known.filter(mode=Channel.Mode.MUTED):
            places.set_mode(channel, PICKED_MODE, now)
            _have_come(channel, residents)


def pick_characters(guild_id: int, chosen: Collection[int]) -> None:
    """Have these characters come to the picked channels of a guild and their threads, and no
    others, but for those whom a menu had no room to show: they come where they came."""
    everybody = list(tank.cast(for_adults=True).values_list("pk", flat=True))
    unseen, named = set(everybody[OFFERED:]), set(everybody[:OFFERED]) & set(chosen)
    with transaction.atomic():
        for channel in _picked(guild_id):
            came = set(channel.residents.values_list("pk", flat=True)) or unseen
            coming = named | (unseen & came)
            _have_come(channel, [] if coming == set(everybody) else coming)


def _have_come(channel: Channel, characters: Collection[int]) -> None:
    for room in (channel, *channel.threads.filter(removed_at__isnull=True)):
        room.residents.set(characters)


def claim_welcome(guild_id: int, now: dt.datetime | None = None) -> bool:
    """Whether the bot is still to say in a guild what it needs: once, and only where nobody has
    picked a channel yet. From now on it was said."""
    with transaction.atomic():
        community = (
            Community.objects.select_for_update(no_key=True)
            .filter(discord_id=guild_id, is_active=True, welcomed_at__isnull=True)
            .first()
        )
        if community is None or _picked(guild_id).exists():
            return False
        community.welcomed_at = now or timezone.now()
        community.save(update_fields=["welcomed_at"])
    return True
