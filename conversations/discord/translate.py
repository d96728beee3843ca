"""discord.py's objects as plain facts. Reads what came with the event; asks nobody."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from conversations.discord import clocks, needs
from conversations.discord.facts import Author, GuildFacts, Place, Reacted, Sent
from conversations.text import without_controls

SPEECH = (discord.MessageType.default, discord.MessageType.reply)
LONGEST_QUOTE = 500
RESTRICTED = (discord.NSFWLevel.explicit, discord.NSFWLevel.age_restricted)  # whole servers
Room = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel


def guild_facts(guild: discord.Guild) -> GuildFacts:
    """A guild with the channels and threads in it that may hold talk."""
    rooms = [channel for channel in guild.channels if isinstance(channel, Room)]
    threads = [thread for thread in guild.threads if not thread.archived]
    return GuildFacts(
        guild.id,
        without_controls(guild.name or ""),
        tuple(place_of(one, guild) for one in (*rooms, *threads)),
    )


def place_of(
    channel: object, guild: discord.Guild | None = None, recipient_id: int | None = None
) -> Place:
    """Where something happens. Of a channel that the gateway hasn't told of, only its id."""
    channel_id: int = channel.id  # type: ignore[attr-defined]
    guild = guild or getattr(channel, "guild", None)
    if isinstance(channel, discord.DMChannel | discord.GroupChannel):
        recipient = getattr(channel, "recipient", None)
        return Place(
            channel_id,
            name="direct messages",
            is_private=True,
            recipient_id=recipient_id or (recipient.id if recipient else None),
        )
    guild_id = guild.id if guild else getattr(channel, "guild_id", None)
    place = Place(
        channel_id,
        name=without_controls(getattr(channel, "name", None) or ""),
        guild_id=guild_id,
        guild_name=without_controls(guild.name or "") if guild else "",
        is_private=guild_id is None,
        is_nsfw=None if guild_id else False,
        recipient_id=recipient_id if guild_id is None else None,
    )
    if guild is None:
        return place
    if isinstance(channel, discord.Thread):
        parent = place_of(channel.parent or discord.Object(channel.parent_id), guild)
        return Place(
            channel_id,
            name=without_controls(channel.name or ""),
            guild_id=guild.id,
            guild_name=without_controls(guild.name or ""),
            is_private=channel.is_private() or parent.is_private,
            is_nsfw=parent.is_nsfw,
            is_archived=channel.archived,
            slow_mode_s=channel.slowmode_delay,
            lacks=needs.lacking_in(channel, guild),
            is_unreadable=needs.lacks_history(channel, guild),
            parent=parent,
        )
    if isinstance(channel, Room):
        return Place(
            channel_id,
            name=without_controls(channel.name or ""),
            guild_id=guild.id,
            guild_name=without_controls(guild.name or ""),
            topic=without_controls(getattr(channel, "topic", None) or ""),
            is_private=_is_hidden(channel, guild),
            is_nsfw=channel.is_nsfw() or guild.nsfw_level in RESTRICTED,
            slow_mode_s=int(getattr(channel, "slowmode_delay", 0) or 0),
            lacks=needs.lacking_in(channel, guild),
            is_unreadable=needs.lacks_history(channel, guild),
        )
    return place


def _is_hidden(channel: Room, guild: discord.Guild) -> bool:
    """Whether there are members who can't see it."""
    everyone = guild.default_role
    return everyone is not None and not channel.permissions_for(everyone).view_channel


def author_of(user: discord.abc.User) -> Author:
    """Somebody by their names; where they are a member of a guild, by those they have there."""
    member = user if isinstance(user, discord.Member) else None
    roles = (
        [without_controls(role.name or "") for role in member.roles if not role.is_default()]
        if member
        else []
    )
    return Author(
        user.id,
        username=user.name,
        display_name=user.global_name or "",
        is_bot=user.bot,
        nickname=(member.nick or "") if member else "",
        roles=tuple(roles),
        is_keeper=member is not None and member.guild_permissions.manage_guild,
        is_told_whole=member is not None,
    )


def sent(message: discord.Message, our_id: int) -> Sent:
    """A message."""
    recipient = message.author.id if message.guild is None and message.author.id != our_id else None
    reference = message.reference
    answers = (
        reference.message_id if reference and message.type is discord.MessageType.reply else None
    )
    return Sent(
        message.id,
        place_of(message.channel, message.guild, recipient),
        author_of(message.author),
        content=message.content or "",
        at=clocks.ours(message.created_at),
        is_speech=message.type in SPEECH,
        edited_at=clocks.ours(message.edited_at) if message.edited_at else None,
        reply_to=answers,
        image_urls=tuple(one.url for one in _attachments(message) if _is_image(one)),
        extras=tuple(_extras(message)),
        users={user.id: user.global_name or user.name for user in message.mentions},
        roles={role.id: role.name for role in message.role_mentions},
        webhook_id=message.webhook_id,
        application_id=message.application_id,
        nonce=str(message.nonce or ""),
    )


def _is_image(attachment: discord.Attachment) -> bool:
    return (attachment.content_type or "").startswith("image/")


def _attachments(message: discord.Message) -> Iterator[discord.Attachment]:
    """What hangs on a message, and on those that it shows from elsewhere."""
    yield from message.attachments
    for snapshot in message.message_snapshots:
        yield from snapshot.attachments


def _extras(message: discord.Message) -> Iterator[str]:
    yield from map(_attached, message.attachments)
    for sticker in message.stickers:
        yield f"sticker: {sticker.name}"
    if message.poll is not None:
        answers = " / ".join(filter(None, (one.text for one in message.poll.answers)))
        yield f"poll: {message.poll.question} {answers}"
    for snapshot in message.message_snapshots:
        told = [snapshot.content[:LONGEST_QUOTE], *map(_attached, snapshot.attachments)]
        told += [f"sticker: {sticker.name}" for sticker in snapshot.stickers]
        yield f"forwarded: {' / '.join(filter(None, told))}"


def _attached(one: discord.Attachment) -> str:
    kind = "image" if _is_image(one) else "voice message" if one.is_voice_message() else "file"
    return f"{kind}: {one.description or one.filename}"


def reacted(raw: discord.RawReactionActionEvent) -> Reacted:
    """An emoji put under a message, or taken away."""
    return Reacted(
        raw.message_id,
        raw.user_id,
        emoji=emoji_of(raw.emoji),
        stands=raw.event_type == "REACTION_ADD",
        author=author_of(raw.member) if raw.member is not None else None,
    )


def emoji_of(emoji: discord.PartialEmoji) -> str:
    """An emoji as it is stored: itself, or the name of one that a guild made."""
    return f":{emoji.name}:"[:64] if emoji.id is not None else emoji.name[:64]
