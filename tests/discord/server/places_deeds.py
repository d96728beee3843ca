"""What can be done with servers, channels and memberships, and what the gateway says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.discord.server import deeds, people, permissions, places, shapes
from tests.discord.server import messages as m
from tests.discord.server.intents import Intent
from tests.discord.server.kinds import Kind

if TYPE_CHECKING:
    from tests.discord.server.people import Member, Person
    from tests.discord.server.places import Channel, Guild, Role
    from tests.discord.server.standin import DiscordServer


def create_guild(
    server: DiscordServer, name: str, owner: Person, *, guild_id: int | None, allowed: int
) -> Guild:
    """A server that the bot is not in yet: it comes once channels and people are there."""
    guild = places.Guild(server, guild_id or server.ids.next(), name, owner)
    guild.everyone = places.Role(
        guild.id, guild, "@everyone", int(permissions.EVERYONE), position=0
    )
    guild.roles[guild.id] = guild.everyone
    guild.bot_role = places.Role(
        server.ids.next(), guild, server.bot.display_name, allowed, 1, False, True
    )
    guild.roles[guild.bot_role.id] = guild.bot_role
    guild.members[owner.id] = people.Member(owner, guild, dt.datetime.now(dt.UTC))
    server.world.guilds[guild.id] = guild
    return guild


def invite_bot(server: DiscordServer, guild: Guild) -> None:
    now = dt.datetime.now(dt.UTC)
    guild.members[server.bot.id] = people.Member(server.bot, guild, now, roles={guild.bot_role})
    guild.has_bot = True
    server.gateway.introduce(guild, is_new=True)
    server.changed()


def set_available(server: DiscordServer, guild: Guild, is_available: bool) -> None:
    guild.is_available = is_available
    if is_available:
        server.gateway.introduce(guild, is_new=False)
    else:
        server.gateway.publish(
            "GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild=guild,
            intent=Intent.GUILDS,
        )  # fmt: skip


def delete_guild(server: DiscordServer, guild: Guild) -> None:
    _bot_leaves(server, guild)
    for channel in [*guild.channels, *guild.threads]:
        _forget_channel(server, channel)
    del server.world.guilds[guild.id]


def rename_guild(server: DiscordServer, guild: Guild, name: str) -> None:
    guild.name = name
    _tell(server, "GUILD_UPDATE", shapes.guild(guild), guild)


def add_role(
    server: DiscordServer, guild: Guild, name: str, bits: int, is_mentionable: bool
) -> Role:
    role = places.Role(server.ids.next(), guild, name, bits, len(guild.roles), is_mentionable)
    guild.roles[role.id] = role
    _tell_role(server, "GUILD_ROLE_CREATE", role)
    return role


def change_role(server: DiscordServer, role: Role, bits: int) -> None:
    role.permissions = bits
    _tell_role(server, "GUILD_ROLE_UPDATE", role)


def _tell_role(server: DiscordServer, event: str, role: Role) -> None:
    data = {"guild_id": str(role.guild.id), "role": shapes.role(role)}
    _tell(server, event, data, role.guild)


def join(
    server: DiscordServer,
    guild: Guild,
    person: Person,
    *,
    nick: str | None = None,
    roles: Sequence[Role] = (),
) -> Member:
    guild.members[person.id] = found = people.Member(
        person, guild, dt.datetime.now(dt.UTC), nick, set(roles)
    )
    data = shapes.member(found) | {"guild_id": str(guild.id)}
    _tell(server, "GUILD_MEMBER_ADD", data, guild, Intent.GUILD_MEMBERS)
    if guild.system_channel is not None:
        deeds.post(server, guild.system_channel, author=person, kind=m.JOINED)
    return found


def leave(server: DiscordServer, guild: Guild, person: Person) -> None:
    if person is server.bot:
        _bot_leaves(server, guild)
        return
    del guild.members[person.id]
    data = {"guild_id": str(guild.id), "user": shapes.user(person)}
    _tell(server, "GUILD_MEMBER_REMOVE", data, guild, Intent.GUILD_MEMBERS)


def _bot_leaves(server: DiscordServer, guild: Guild) -> None:
    if guild.has_bot:
        _tell(server, "GUILD_DELETE", {"id": str(guild.id)}, guild)
        del guild.members[server.bot.id]
        guild.has_bot = False


def ban(server: DiscordServer, guild: Guild, person: Person) -> None:
    guild.bans.add(person.id)
    data = {"guild_id": str(guild.id), "user": shapes.user(person)}
    _tell(server, "GUILD_BAN_ADD", data, guild, Intent.GUILD_MODERATION)
    if person.id in guild.members:
        leave(server, guild, person)


def unban(server: DiscordServer, guild: Guild, person: Person) -> None:
    guild.bans.discard(person.id)
    data = {"guild_id": str(guild.id), "user": shapes.user(person)}
    _tell(server, "GUILD_BAN_REMOVE", data, guild, Intent.GUILD_MODERATION)


def change_member(server: DiscordServer, member: Member, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(member, name, value)
    data = shapes.member(member) | {"guild_id": str(member.guild.id)}
    is_own = member.person is server.bot
    intent = Intent(0) if is_own else Intent.GUILD_MEMBERS
    _tell(server, "GUILD_MEMBER_UPDATE", data, member.guild, intent)


def rename_person(server: DiscordServer, person: Person, display_name: str) -> None:
    person.display_name = display_name
    for guild in server.world.guilds.values():
        if person.id in guild.members:
            change_member(server, guild.members[person.id])


def change_status(server: DiscordServer, person: Person, status: str) -> None:
    person.status = status
    for guild in server.world.guilds.values():
        if person.id in guild.members:
            data = shapes.presence(guild.members[person.id])
            _tell(server, "PRESENCE_UPDATE", data, guild, Intent.GUILD_PRESENCES)


def add_channel(
    server: DiscordServer,
    guild: Guild,
    name: str,
    *,
    kind: Kind = Kind.TEXT,
    topic: str | None = None,
    is_nsfw: bool = False,
    parent: Channel | None = None,
    is_told: bool = True,
) -> Channel:
    channel = places.Channel(
        server, server.ids.next(), kind, name, guild, parent, topic, is_nsfw,
        position=len(guild.channels),
    )  # fmt: skip
    guild.channels.append(channel)
    server.world.channels[channel.id] = channel
    if is_told:
        _tell(server, "CHANNEL_CREATE", shapes.channel(channel), guild)
    return channel


def change_channel(server: DiscordServer, channel: Channel, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(channel, name, value)
    _tell_channel(server, "UPDATE", channel)


def overwrite(
    server: DiscordServer, channel: Channel, whom: Person | Role, *, allow: int = 0, deny: int = 0
) -> None:
    one = channel.overwrites.setdefault(whom.id, places.Overwrite(isinstance(whom, places.Role)))
    one.allow = (one.allow | allow) & ~deny
    one.deny = (one.deny | deny) & ~allow
    _tell_channel(server, "UPDATE", channel)


def drop_overwrite(server: DiscordServer, channel: Channel, whom: Person | Role) -> None:
    channel.overwrites.pop(whom.id, None)
    _tell_channel(server, "UPDATE", channel)


def delete_channel(server: DiscordServer, channel: Channel) -> None:
    """A channel goes, and its threads and webhooks with it."""
    for thread in [
        t for t in (channel.guild.threads if channel.guild else []) if t.parent is channel
    ]:
        delete_channel(server, thread)
    _tell_channel(server, "DELETE", channel)
    _forget_channel(server, channel)
    if channel.guild is not None:
        (channel.guild.threads if channel.is_thread else channel.guild.channels).remove(channel)


def _forget_channel(server: DiscordServer, channel: Channel) -> None:
    channel.is_deleted = True
    server.world.channels.pop(channel.id, None)
    for webhook in channel.webhooks:
        webhook.is_deleted = True
        server.world.webhooks.pop(webhook.id, None)


def start_thread(
    server: DiscordServer,
    channel: Channel,
    name: str,
    *,
    owner: Person,
    on: m.Message | None = None,
    private: bool = False,
    auto_archive_minutes: int = 1440,
) -> Channel:
    """A thread; one that hangs on a message has that message's id."""
    guild = channel.guild
    if guild is None:
        raise ValueError("there are no threads in direct messages")
    kind = Kind.PRIVATE_THREAD if private else Kind.PUBLIC_THREAD
    if channel.kind == Kind.NEWS:
        kind = Kind.NEWS_THREAD
    thread = places.Channel(
        server, on.id if on else server.ids.next(), kind, name, guild, channel, owner=owner,
        thread_members={owner.id}, auto_archive_minutes=auto_archive_minutes,
    )  # fmt: skip
    guild.threads.append(thread)
    server.world.channels[thread.id] = thread
    if on is not None:
        on.thread = thread
        on.flags |= 1 << 5
        deeds.tell(server, "MESSAGE_UPDATE", on)
    data = shapes.channel(thread) | {"newly_created": True}
    server.gateway.publish("THREAD_CREATE", data, channel=thread, intent=Intent.GUILDS)
    server.changed()
    return thread


def join_thread(server: DiscordServer, thread: Channel, person: Person) -> None:
    thread.thread_members.add(person.id)
    server.gateway.publish(
        "THREAD_MEMBERS_UPDATE",
        {
            "id": str(thread.id),
            **shapes.guild_id(thread),
            "member_count": len(thread.thread_members),
            "added_members": [shapes.thread_member(thread, person.id)],
        },
        channel=thread,
        intent=Intent.GUILDS if person is server.bot else Intent.GUILD_MEMBERS,
    )


def open_dm(server: DiscordServer, person: Person) -> Channel:
    for channel in server.world.channels.values():
        if channel.kind == Kind.DM and person.id in channel.recipients:
            return channel
    both = {server.bot.id: server.bot, person.id: person}
    channel = places.Channel(server, server.ids.next(), Kind.DM, recipients=both)
    server.world.channels[channel.id] = channel
    return channel


def _tell_channel(server: DiscordServer, what: str, channel: Channel) -> None:
    if channel.guild is None:
        return
    kind = "THREAD" if channel.is_thread else "CHANNEL"
    data = shapes.channel(channel)
    if channel.is_thread and what == "DELETE":
        data = {key: data[key] for key in ("id", "guild_id", "parent_id", "type")}
    _tell(server, f"{kind}_{what}", data, channel.guild)


def _tell(
    server: DiscordServer,
    event: str,
    data: dict[str, Any],
    guild: Guild,
    intent: Intent = Intent.GUILDS,
) -> None:
    server.gateway.publish(event, data, guild=guild, intent=intent)
    server.changed()
