"""Guilds and their channels as communities and rooms. One transaction each; doing it again changes
nothing.

A channel that nobody has picked is muted: it is known by name, and nothing said in it is taken in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from characters.models import Community, Membership
from conversations.discord import rules
from conversations.discord.facts import UNREAD, WITHOUT, GuildFacts, Place, snowflake
from conversations.floor.rules import is_refused
from conversations.models import Channel, Conversation
from conversations.rooms import look_who_watches, set_restricted
from conversations.services import close_conversation, local_community
from conversations.tank import live
from conversations.text import Refused
from conversations.wishes import hushing

UNNAMED = "a Discord server"
NOT_TOLD_OF = (
    "Discord hasn't told me of this channel, or of the one that this thread hangs on. Let me see "
    "it, then ask again."
)
TOPIC_CHARS = 300


def take_in_guild(guild: GuildFacts, now: dt.datetime | None = None) -> Community:
    """Know a guild and its channels as they are: new ones are added, those that are gone closed."""
    now = now or timezone.now()
    with transaction.atomic():
        community = _community(guild.id, guild.name)
        if not community.is_active:
            Community.objects.filter(pk=community.pk).update(is_active=True)
        for place in guild.places:
            take_in_channel(place, now)
        seen = {place.channel_id for place in guild.places}
        # A thread that rests in the archive is none that the gateway tells of.
        _archive(
            Channel.objects.filter(
                community=community, removed_at__isnull=True, parent__isnull=False
            ).exclude(discord_id__in=seen),
            now,
        )
        gone = Channel.objects.filter(
            community=community, removed_at__isnull=True, parent__isnull=True
        ).exclude(discord_id__in=seen)
        _remove(gone.values_list("pk", flat=True), now)
    return community


def leave_guild(guild_id: int, now: dt.datetime | None = None) -> bool:
    """The bot was sent away, or the guild is no more: everything there falls silent, and stays so
    until a keeper picks channels again. Returns whether it was known."""
    now = now or timezone.now()
    with transaction.atomic():
        community = Community.objects.filter(discord_id=guild_id, is_active=True).first()
        if community is None:
            return False
        Community.objects.filter(pk=community.pk).update(is_active=False, welcomed_at=None)
        channels = Channel.objects.filter(community=community, removed_at__isnull=True)
        _remove(channels.values_list("pk", flat=True), now)
    return True


def leave_all_but(guild_ids: Collection[int], now: dt.datetime | None = None) -> list[int]:
    """Leave the guilds that sent the bot away while it was not looking. Returns their ids."""
    gone = Community.objects.filter(discord_id__isnull=False, is_active=True).exclude(
        discord_id__in=guild_ids
    )
    left = [pk for pk in gone.values_list("discord_id", flat=True) if pk is not None]
    for guild_id in left:
        leave_guild(guild_id, now)
    return left


def take_in_channel(place: Place, now: dt.datetime | None = None) -> Channel | None:
    """Know a channel or a thread as it is now. None where it is new and Discord hasn't told enough:
    it would count as open to all."""
    now = now or timezone.now()
    with transaction.atomic():
        channel = _channel(place)
        if channel is None:
            return None
        described: dict[str, Any] = {
            "name": place.name[:100] or channel.name,
            "removed_at": None,
        }
        if place.is_nsfw is not None:
            described |= {
                "topic": place.topic[:TOPIC_CHARS],
                "is_private": place.is_private or channel.is_direct,
                "is_nsfw": place.is_nsfw,
                "slow_mode_s": place.slow_mode_s,
                "send_trouble": _trouble(channel, place),
                "read_trouble": _unread(channel, place),
            }
        changed = {k: v for k, v in described.items() if getattr(channel, k) != v}
        if changed:
            Channel.objects.filter(pk=channel.pk).update(**changed)
            if "is_nsfw" in changed:
                set_restricted(channel, bool(place.is_nsfw), now)
            if changed.get("is_private"):  # which are so by themselves is told with each of them
                channel.threads.update(is_private=True)
            if {"is_nsfw", "is_private"} & changed.keys():
                look_who_watches(channel)
            for name, value in changed.items():
                setattr(channel, name, value)
        if place.parent is not None and place.is_archived:
            _archive(Channel.objects.filter(pk=channel.pk), now)
        elif place.parent is not None:
            hushing.take_out(channel, now)
    return channel


def _archive(threads: QuerySet[Channel], now: dt.datetime) -> None:
    for thread in threads.select_for_update(no_key=True).order_by("pk"):
        hushing.archive(thread, now)


def _trouble(channel: Channel, place: Place) -> str:
    """Why nobody can live in a channel, once the gateway has told what the bot may do there. Other
    trouble isn't over by that."""
    if place.lacks:
        return WITHOUT[place.lacks[0]]
    return "" if channel.send_trouble in WITHOUT.values() else channel.send_trouble


def _unread(channel: Channel, place: Place) -> str:
    if place.is_unreadable:
        return UNREAD
    return "" if channel.read_trouble == UNREAD else channel.read_trouble


def note_unread(channel_id: int, why: str) -> None:
    """Say beside a channel that its history can't be read, unless the gateway has said why."""
    said = f"Discord doesn't let the bot read back here: {why}"[:300]
    Channel.objects.filter(discord_id=channel_id).exclude(read_trouble=UNREAD).update(
        read_trouble=said
    )


def note_read(channel_id: int) -> None:
    """A channel's history was read again. An empty page is also what a bot gets that may not."""
    troubled = Channel.objects.filter(discord_id=channel_id)
    troubled.exclude(read_trouble__in=["", UNREAD]).update(read_trouble="")


def remove_channel(channel_id: int, now: dt.datetime | None = None) -> bool:
    """A channel or a thread is gone from Discord. What was said there stays. Returns whether it was
    known."""
    now = now or timezone.now()
    with transaction.atomic():
        found = Channel.objects.filter(discord_id=channel_id, removed_at__isnull=True)
        threads = Channel.objects.filter(parent__discord_id=channel_id, removed_at__isnull=True)
        return _remove(
            [*found.values_list("pk", flat=True), *threads.values_list("pk", flat=True)], now
        )


def set_mode(channel: Channel, mode: str, now: dt.datetime | None = None) -> None:
    """Pick a channel, and its open threads with it, or mute it, and all its threads. What was said
    in it while it was muted, by an edit too, is never read."""
    now = now or timezone.now()
    threads = channel.threads.filter(removed_at__isnull=True)
    if mode != Channel.Mode.MUTED:
        threads = threads.filter(is_private=channel.is_private)
    for thread in threads:
        set_mode(thread, mode, now)
    was_muted = channel.mode == Channel.Mode.MUTED
    channel.mode = mode
    if mode == Channel.Mode.MUTED:
        channel.seen_to = None
    elif was_muted and channel.discord_id is not None:
        channel.seen_to, channel.picked_at = snowflake(now), now
    channel.next_look_at = now
    channel.save(update_fields=["mode", "seen_to", "picked_at", "next_look_at", "updated_at"])


def listened(channel_id: int) -> Channel | None:
    """The channel with this id of Discord's, if what is said in it is taken in."""
    found = Channel.objects.filter(discord_id=channel_id).first()
    return found if found is not None and is_listened(found) else None


def hold(channel_id: int) -> Channel | None:
    """The same, with its row locked: whoever takes in what happens there comes one at a time."""
    found = (
        Channel.objects.select_for_update(of=("self",), no_key=True)
        .select_related("community")
        .filter(discord_id=channel_id, removed_at__isnull=True)
        .exclude(mode=Channel.Mode.MUTED)
        .first()
    )
    return found if found is not None and is_listened(found) else None


def is_listened(channel: Channel) -> bool:
    """Whether what is said in a channel is taken in: it was picked, and settings allow its kind."""
    if channel.removed_at is not None or channel.mode == Channel.Mode.MUTED:
        return False
    return not is_refused(channel) and (not channel.is_direct or rules.in_force().direct_messages)


def all_listened(guild_id: int | None = None) -> list[int]:
    """Discord's ids of the channels, of one guild or of all, in which what is said is taken in."""
    found = (
        Channel.objects.filter(discord_id__isnull=False, removed_at__isnull=True)
        .exclude(mode=Channel.Mode.MUTED)
        .order_by("-last_message_at")
    )
    if guild_id is not None:
        found = found.filter(community__discord_id=guild_id)
    return [pk for pk in found.values_list("discord_id", flat=True) if pk is not None]


def mark_of(channel: Channel) -> int:
    """Up to which message what was said here is taken in, or was said before anybody listened."""
    return channel.seen_to or snowflake(channel.updated_at)


def room_for(place: Place) -> Channel:
    """The channel that a message came by, made if this is the first that is heard of it.

    Raises:
        Refused: it is, and Discord hasn't told enough of it.
    """
    known = Channel.objects.filter(discord_id=place.channel_id, removed_at__isnull=True).first()
    found = known or take_in_channel(place)
    if found is None:
        raise Refused("channel", NOT_TOLD_OF)
    return found


def _channel(place: Place) -> Channel | None:
    settings = rules.in_force()
    known = Channel.objects.filter(discord_id=place.channel_id).first()
    if known is not None or (place.is_nsfw is None and place.parent is None):
        return known
    parent = None
    if place.is_direct:
        # In direct messages everything is said to the characters, and they begin nothing.
        values = {
            "community": _community_of_direct(place.recipient_id),
            "name": place.name[:100],
            "mode": Channel.Mode.QUIET,
            "is_private": True,
            "is_direct": True,
        }
    else:
        if place.parent is not None and (parent := _channel(place.parent)) is None:
            return None
        mode = settings.new_channel_mode
        is_private, is_nsfw = place.is_private, place.is_nsfw
        if parent is not None and is_nsfw is None:  # what was known of it before holds
            is_private, is_nsfw = is_private or parent.is_private, parent.is_nsfw
        if parent is not None and not (is_private and not parent.is_private):
            mode = parent.mode
        community = _community(place.guild_id or 0, place.guild_name)
        values = {
            "community": community,
            "parent": parent,
            "name": place.name[:100],
            "topic": place.topic[:TOPIC_CHARS],
            "mode": mode,
            "is_private": is_private,
            "is_nsfw": is_nsfw,
            "slow_mode_s": place.slow_mode_s,
            "scenario": parent.scenario if parent else None,
            "is_paused": (parent or community).is_paused,
            "seen_to": _beginning(place, parent) if parent and mode == parent.mode else None,
        }
    pace = settings.new_channel_pace
    channel, is_new = Channel.objects.get_or_create(
        discord_id=place.channel_id, defaults={"pace": pace, **values}
    )
    if is_new and channel.parent is not None:
        channel.residents.set(channel.parent.residents.all())
    return channel


def _beginning(thread: Place, parent: Channel) -> int | None:
    """From where on a new thread of a channel is read: it may have been begun while the bot was
    away. What was said before its channel was picked isn't."""
    if parent.mode == Channel.Mode.MUTED:
        return None
    return max(thread.channel_id - 1, snowflake(parent.picked_at or parent.created_at))


def _community(guild_id: int, name: str) -> Community:
    community, is_new = Community.objects.get_or_create(
        discord_id=guild_id, defaults={"name": name[:120] or UNNAMED}
    )
    if not is_new and name and community.name != name[:120]:
        Community.objects.filter(pk=community.pk).update(name=name[:120])
        community.name = name[:120]
    return community


def _remove(channels: Iterable[int], now: dt.datetime) -> bool:
    held = list(
        Channel.objects.select_for_update(no_key=True).filter(pk__in=list(channels)).order_by("pk")
    )
    for channel in held:
        for conversation in Conversation.objects.open().filter(channel=channel):
            close_conversation(conversation, "channel gone", now)
        live.publish(channel.pk, "channel.paused")
    Channel.objects.filter(pk__in=[channel.pk for channel in held]).update(
        removed_at=now, mode=Channel.Mode.MUTED, seen_to=None
    )
    return bool(held)


def _community_of_direct(user_id: int | None) -> Community:
    """Where somebody's direct messages belong: the guild in which the characters have known them
    longest, so that they are the same to each other there; else this deployment's own rooms."""
    first = (
        Membership.objects.filter(
            person__discord_id=user_id,
            left_at__isnull=True,
            community__discord_id__isnull=False,
            community__is_active=True,
        )
        .select_related("community")
        .order_by("joined_at", "pk")
        .first()
        if user_id
        else None
    )
    return first.community if first else local_community()
