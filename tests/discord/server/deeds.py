"""What can be done with messages and webhooks, and what the gateway says of it.

People's acts in a test and the bot's requests end up here alike.
"""

from __future__ import annotations

import datetime as dt
import mimetypes
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.discord.server import messages as m
from tests.discord.server import permissions, shapes, webhooks
from tests.discord.server.intents import Intent

if TYPE_CHECKING:
    from tests.discord.server.people import File, Person
    from tests.discord.server.places import Channel
    from tests.discord.server.standin import DiscordServer
    from tests.discord.server.webhooks import Webhook

EVERYTHING = {"parse": ["users", "roles", "everyone"]}


def post(
    server: DiscordServer,
    channel: Channel,
    *,
    author: Person | None = None,
    webhook: Webhook | None = None,
    author_name: str = "",
    avatar_url: str | None = None,
    content: str = "",
    reply_to: m.Message | None = None,
    files: Sequence[File] = (),
    at: dt.datetime | None = None,
    allowed_mentions: dict[str, Any] | None = None,
    is_told: bool = True,
    **fields: Any,
) -> m.Message:
    """A new message. Everybody who sees the channel is told, unless it lies in the past."""
    message = m.Message(
        id=server.ids.at(at) if at else server.ids.next(),
        channel=channel,
        content=content,
        author=author,
        webhook=webhook,
        author_name=author_name or (author.name_in(channel.guild) if author else ""),
        avatar_url=avatar_url,
        kind=fields.pop("kind", m.REPLY if reply_to else m.DEFAULT),
        reply_to=reply_to,
        allowed_mentions=allowed_mentions,
        **fields,
    )
    message.attachments = [attach(server, message, *file) for file in files]
    settle_mentions(message)
    if message.is_ephemeral:
        return message
    if channel.is_thread and channel.is_archived and not channel.is_locked:
        channel.is_archived = False
        data = shapes.channel(channel)
        server.gateway.publish("THREAD_UPDATE", data, guild=channel.guild, intent=Intent.GUILDS)
    channel.log.insert(channel.place_of(message.id), message)
    if is_told and at is None:
        tell(server, "MESSAGE_CREATE", message)
    server.changed()
    return message


def attach(server: DiscordServer, message: m.Message, filename: str, data: bytes) -> m.Attachment:
    attachment_id = server.ids.next()
    path = f"/attachments/{message.channel.id}/{attachment_id}/{filename}"
    server.world.attachments[path] = found = m.Attachment(
        attachment_id,
        filename,
        data,
        f"http://127.0.0.1:{server.port}{path}",
        mimetypes.guess_type(filename)[0] or "application/octet-stream",
    )
    return found


def settle_mentions(message: m.Message) -> None:
    """Whom a message pings: those it names, as far as it and its author may."""
    allowed = EVERYTHING if message.allowed_mentions is None else message.allowed_mentions
    parse = allowed.get("parse") or []
    channel, guild = message.channel, message.channel.guild
    world = channel.server.world
    named = [int(found) for found in m.PERSON.findall(message.content)]
    users = {int(i) for i in allowed.get("users") or []}
    pinged = [i for i in dict.fromkeys(named) if "users" in parse or i in users]
    message.mentions = [world.people[i] for i in pinged if i in world.people]
    replied = message.reply_to.author if message.reply_to else None
    default = message.allowed_mentions is None
    if replied and replied not in message.mentions and allowed.get("replied_user", default):
        message.mentions.append(replied)
    message.mention_roles, message.mention_everyone = [], False
    if guild is None:
        return
    may_all = message.author is None or bool(
        permissions.in_channel(message.author, channel) & permissions.Permission.MENTION_EVERYONE
    )
    roles = {int(i) for i in allowed.get("roles") or []}
    for role_id in dict.fromkeys(int(found) for found in m.ROLE.findall(message.content)):
        role = guild.roles.get(role_id)
        if role and ("roles" in parse or role_id in roles) and (role.is_mentionable or may_all):
            message.mention_roles.append(role)
    everyone = m.ALL_OF_THEM.search(message.content) is not None
    message.mention_everyone = everyone and "everyone" in parse and may_all


def edit(server: DiscordServer, message: m.Message, **fields: Any) -> None:
    """Change what a message says or carries."""
    if fields.get("content", message.content) != message.content:
        message.edits.append(message.content)
    for name, value in fields.items():
        setattr(message, name, value)
    settle_mentions(message)
    message.edited_at = dt.datetime.fromtimestamp(server.ids.time(), dt.UTC)
    if not message.is_ephemeral:
        tell(server, "MESSAGE_UPDATE", message)
    server.changed()


def remove(server: DiscordServer, messages: Sequence[m.Message]) -> None:
    """Take messages away; several at once are told of in one event."""
    for message in messages:
        message.is_deleted = True
        if message in message.channel.log:
            message.channel.log.remove(message)
    told = [message for message in messages if not message.is_ephemeral]
    if told:
        channel = told[0].channel
        data = {"channel_id": str(channel.id), **shapes.guild_id(channel)}
        if len(told) == 1:
            name, data = "MESSAGE_DELETE", {"id": str(told[0].id), **data}
        else:
            name, data = "MESSAGE_DELETE_BULK", {"ids": [str(one.id) for one in told], **data}
        server.gateway.publish(name, data, channel=channel, intent=Intent.messages_in(channel))
    server.changed()


def tell(server: DiscordServer, event: str, message: m.Message) -> None:
    """Say what became of a message, without its content to those who may not read it."""
    server.gateway.publish(
        event,
        shapes.message_event(message),
        channel=message.channel,
        intent=Intent.messages_in(message.channel),
        redacted=None if is_open(server, message) else shapes.message_event(message, False),
    )


def is_open(server: DiscordServer, message: m.Message) -> bool:
    """Whether the bot reads a message even without the intent for message content."""
    is_own = message.author is server.bot or message.application_id == server.application_id
    return is_own or message.channel.guild is None or server.bot in message.mentions


def react(server: DiscordServer, message: m.Message, who: Person, emoji: str) -> None:
    who_did = message.reactions.setdefault(emoji, [])
    if who not in who_did:
        who_did.append(who)
        data = shapes.reaction_event(message, who, emoji)
        _tell_reaction(server, "MESSAGE_REACTION_ADD", message, data)


def unreact(server: DiscordServer, message: m.Message, who: Person, emoji: str) -> bool:
    who_did = message.reactions.get(emoji, [])
    if who not in who_did:
        return False
    who_did.remove(who)
    if not who_did:
        del message.reactions[emoji]
    data = shapes.reaction_event(message, who, emoji, removed=True)
    _tell_reaction(server, "MESSAGE_REACTION_REMOVE", message, data)
    return True


def clear_reactions(server: DiscordServer, message: m.Message) -> None:
    message.reactions.clear()
    data = shapes.place_of_message(message)
    _tell_reaction(server, "MESSAGE_REACTION_REMOVE_ALL", message, data)


def _tell_reaction(
    server: DiscordServer, event: str, message: m.Message, data: dict[str, Any]
) -> None:
    intent = Intent.reactions_in(message.channel)
    server.gateway.publish(event, data, channel=message.channel, intent=intent)
    server.changed()


def begin_typing(server: DiscordServer, channel: Channel, who: Person) -> None:
    data = {
        "channel_id": str(channel.id),
        "user_id": str(who.id),
        "timestamp": int(dt.datetime.now(dt.UTC).timestamp()),
        **shapes.guild_id(channel),
    }
    if channel.guild and who.id in channel.guild.members:
        data["member"] = shapes.member(channel.guild.members[who.id])
    intent = Intent.typing_in(channel)
    server.gateway.publish("TYPING_START", data, channel=channel, intent=intent)
    server.changed()


def add_webhook(
    server: DiscordServer,
    channel: Channel,
    name: str,
    *,
    creator: Person,
    application_id: int | None = None,
    avatar: str | None = None,
) -> Webhook:
    webhook = webhooks.Webhook(
        server, server.ids.next(), secrets.token_urlsafe(48), channel, name, creator,
        application_id, avatar,
    )  # fmt: skip
    channel.webhooks.append(webhook)
    server.world.webhooks[webhook.id] = webhook
    tell_webhooks(server, channel)
    return webhook


def delete_webhook(server: DiscordServer, webhook: Webhook) -> None:
    webhook.is_deleted = True
    webhook.channel.webhooks.remove(webhook)
    del server.world.webhooks[webhook.id]
    tell_webhooks(server, webhook.channel)


def move_webhook(server: DiscordServer, webhook: Webhook, channel: Channel) -> None:
    left = webhook.channel
    left.webhooks.remove(webhook)
    channel.webhooks.append(webhook)
    webhook.channel = channel
    tell_webhooks(server, left)
    tell_webhooks(server, channel)


def tell_webhooks(server: DiscordServer, channel: Channel) -> None:
    data = {"channel_id": str(channel.id), **shapes.guild_id(channel)}
    server.gateway.publish("WEBHOOKS_UPDATE", data, channel=channel, intent=Intent.GUILD_WEBHOOKS)
    server.changed()
