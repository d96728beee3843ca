"""Webhooks, and the messages that go through them. An interaction's own go the same way."""

from __future__ import annotations

from typing import Any

from tests.discord.server import deeds, permissions, places_deeds, shapes
from tests.discord.server import messages as m
from tests.discord.server.forms import checks as c
from tests.discord.server.forms.messages import EDIT, EXECUTE, is_empty, webhook_name
from tests.discord.server.kinds import Kind
from tests.discord.server.permissions import Permission
from tests.discord.server.places import Channel
from tests.discord.server.rest import responses
from tests.discord.server.rest.call import Call
from tests.discord.server.rest.errors import DiscordError
from tests.discord.server.rest.messages import change, fields_of, must_be_explicit
from tests.discord.server.webhooks import Webhook

MOST = 15
HOMES = (Kind.TEXT, Kind.NEWS, Kind.VOICE, Kind.FORUM)

_image = c.nullable(c.text(14_000_000, matching=r"data:image/(png|jpeg|gif|webp);base64,[\w+/=]+"))
_flag = c.one_of("0", "1", "true", "false", "True", "False")
_QUERY = {"wait": _flag, "thread_id": c.snowflake, "with_components": _flag}
_YES = ("1", "true", "True")


def create(call: Call) -> Any:
    channel = call.channel(Permission.MANAGE_WEBHOOKS)
    form = call.form(c.fields({"name": webhook_name, "avatar": _image}, required=["name"]))
    if channel.kind not in HOMES:
        raise DiscordError(50024)
    if len(channel.webhooks) >= MOST:
        raise DiscordError(30007)
    server = call.server
    return shapes.webhook(
        deeds.add_webhook(
            server,
            channel,
            form["name"],
            creator=server.bot,
            application_id=server.application_id,
            avatar="0" * 32 if form.get("avatar") else None,
        )
    )


def of_channel(call: Call) -> Any:
    return [shapes.webhook(one) for one in call.channel(Permission.MANAGE_WEBHOOKS).webhooks]


def of_guild(call: Call) -> Any:
    guild = call.guild()
    if not permissions.in_guild(call.server.bot, guild) & Permission.MANAGE_WEBHOOKS:
        raise DiscordError(50013)
    return [shapes.webhook(one) for channel in guild.channels for one in channel.webhooks]


def get(call: Call) -> Any:
    webhook = call.webhook()
    if webhook.application_id != call.server.application_id:
        _must_manage(call, webhook)
    return shapes.webhook(webhook)


def get_by_token(call: Call) -> Any:
    return shapes.webhook(call.webhook(), with_user=False)


def modify(call: Call) -> Any:
    webhook = call.webhook()
    _must_manage(call, webhook)
    form = call.form(
        c.fields({"name": webhook_name, "avatar": _image, "channel_id": c.nullable(c.snowflake)})
    )
    if form.get("channel_id"):
        _move(call, webhook, form["channel_id"])
    webhook.name = form.get("name", webhook.name)
    deeds.tell_webhooks(call.server, webhook.channel)
    return shapes.webhook(webhook)


def modify_by_token(call: Call) -> Any:
    webhook = call.webhook()
    form = call.form(c.fields({"name": webhook_name, "avatar": _image}))
    webhook.name = form.get("name", webhook.name)
    deeds.tell_webhooks(call.server, webhook.channel)
    return shapes.webhook(webhook, with_user=False)


def _move(call: Call, webhook: Webhook, channel_id: int) -> None:
    channel = call.server.world.channels.get(channel_id)
    if channel is None or channel.guild is not webhook.channel.guild:
        raise DiscordError(10003)
    if not permissions.in_channel(call.server.bot, channel) & Permission.MANAGE_WEBHOOKS:
        raise DiscordError(50013)
    deeds.move_webhook(call.server, webhook, channel)


def delete(call: Call) -> None:
    webhook = call.webhook()
    _must_manage(call, webhook)
    deeds.delete_webhook(call.server, webhook)


def delete_by_token(call: Call) -> None:
    deeds.delete_webhook(call.server, call.webhook())


def _must_manage(call: Call, webhook: Webhook) -> None:
    bits = permissions.in_channel(call.server.bot, webhook.channel)
    if not bits & Permission.MANAGE_WEBHOOKS:
        raise DiscordError(50013)


def execute(call: Call) -> Any:
    """Post as whoever the body says. No permission is asked for but the token."""
    if call.id("webhook_id") == call.server.application_id:
        return responses.follow_up(call)
    webhook = call.webhook()
    query = call.asked(c.fields(_QUERY))
    form = call.form(EXECUTE)
    if is_empty(form, len(call.files)):
        raise DiscordError(50006)
    channel = _target(call, webhook, query.get("thread_id"), form.get("thread_name"))
    must_be_explicit(call, form)
    _must_pass_automod(channel, form)
    message = deeds.post(
        call.server,
        channel,
        webhook=webhook,
        author_name=form.get("username") or webhook.name,
        avatar_url=form.get("avatar_url"),
        application_id=webhook.application_id,
        **fields_of(form),
        files=call.files,
    )
    return shapes.message(message) if query.get("wait") in _YES else None


def _must_pass_automod(channel: Channel, form: dict[str, Any]) -> None:
    said = str(form.get("content") or "").casefold()
    if channel.guild and any(word in said for word in channel.guild.blocked_words):
        raise DiscordError(200000)


def _target(
    call: Call, webhook: Webhook, thread_id: int | None, thread_name: str | None
) -> Channel:
    """The webhook's channel, or a thread of it."""
    home = webhook.channel
    if thread_id is not None and thread_name is not None:
        raise DiscordError(220002)
    if thread_id is not None:
        thread = call.server.world.channels.get(thread_id)
        if thread is None or thread.parent is not home:
            raise DiscordError(10003)
        return thread
    if home.kind == Kind.FORUM:
        if thread_name is None:
            raise DiscordError(220001)
        return places_deeds.start_thread(call.server, home, thread_name, owner=call.server.bot)
    if thread_name is not None:
        raise DiscordError(220003)
    return home


def get_message(call: Call) -> Any:
    return shapes.message(_own_message(call))


def edit_message(call: Call) -> Any:
    message = _own_message(call)
    form = call.form(EDIT)
    if message.channel.is_archived:
        raise DiscordError(50083)
    _must_pass_automod(message.channel, form)
    change(call, message, form)
    return shapes.message(message)


def delete_message(call: Call) -> None:
    deeds.remove(call.server, [_own_message(call)])


def _own_message(call: Call) -> m.Message:
    """A message of this webhook; one in a thread only if the query names the thread."""
    if call.id("webhook_id") == call.server.application_id:
        return responses.own_message(call)
    webhook = call.webhook()
    query = call.asked(c.fields({"thread_id": c.snowflake, "with_components": _flag}))
    message = _target(call, webhook, query.get("thread_id"), None).message(call.id("message_id"))
    if message is None or message.webhook is not webhook:
        raise DiscordError(10008)
    return message


_BY_TOKEN = "/webhooks/{webhook_id}/{webhook_token}"
ROUTES = {
    "POST /channels/{channel_id}/webhooks": create,
    "GET /channels/{channel_id}/webhooks": of_channel,
    "GET /guilds/{guild_id}/webhooks": of_guild,
    "GET /webhooks/{webhook_id}": get,
    "PATCH /webhooks/{webhook_id}": modify,
    "DELETE /webhooks/{webhook_id}": delete,
    f"GET {_BY_TOKEN}": get_by_token,
    f"PATCH {_BY_TOKEN}": modify_by_token,
    f"DELETE {_BY_TOKEN}": delete_by_token,
    f"POST {_BY_TOKEN}": execute,
    f"GET {_BY_TOKEN}/messages/{{message_id}}": get_message,
    f"PATCH {_BY_TOKEN}/messages/{{message_id}}": edit_message,
    f"DELETE {_BY_TOKEN}/messages/{{message_id}}": delete_message,
}
