"""What somebody may do in a place: roles, then the channel's overwrites."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.discord.server.people import Person
    from tests.discord.server.places import Channel, Guild, Overwrite


class Permission(IntFlag):
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CONNECT = 1 << 20
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    PIN_MESSAGES = 1 << 51


ALL = (1 << 53) - 1

# What anyone may do in a new server.
EVERYONE = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.MENTION_EVERYONE
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.CONNECT
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
# What an invitation of a bot of this kind asks for besides.
BOT = Permission.MANAGE_WEBHOOKS | Permission.MANAGE_MESSAGES | Permission.CREATE_PRIVATE_THREADS


def named(*names: str) -> int:
    """The bits of these names; an unknown name is a mistake of the test."""
    bits = 0
    for name in names:
        bits |= Permission[name.upper()]
    return bits


def in_guild(person: Person, guild: Guild) -> int:
    """What somebody may do in a server as a whole."""
    if person.id == guild.owner.id:
        return ALL
    member = guild.members.get(person.id)
    if member is None:
        return 0
    bits = int(guild.everyone.permissions)
    for role in member.roles:
        bits |= role.permissions
    return ALL if bits & Permission.ADMINISTRATOR else bits


def in_channel(person: Person, channel: Channel) -> int:
    """What somebody may do in a channel; in a thread, what they may in its parent."""
    if channel.guild is None:
        return ALL if person.id in channel.recipients else 0
    place = channel.parent if channel.is_thread and channel.parent else channel
    guild = channel.guild
    bits = in_guild(person, guild)
    if bits == ALL:
        return ALL
    member = guild.members.get(person.id)
    if member is None:
        return 0
    overwrites = place.overwrites
    bits = _apply(bits, [overwrites[guild.id]] if guild.id in overwrites else [])
    bits = _apply(bits, [overwrites[role.id] for role in member.roles if role.id in overwrites])
    bits = _apply(bits, [overwrites[person.id]] if person.id in overwrites else [])
    if not bits & Permission.VIEW_CHANNEL:
        return 0
    if not bits & Permission.SEND_MESSAGES:
        bits &= ~(Permission.MENTION_EVERYONE | Permission.ATTACH_FILES | Permission.EMBED_LINKS)
    return bits


def _apply(bits: int, overwrites: list[Overwrite]) -> int:
    """Denials of one layer first, then what it allows."""
    for overwrite in overwrites:
        bits &= ~overwrite.deny
    for overwrite in overwrites:
        bits |= overwrite.allow
    return bits
