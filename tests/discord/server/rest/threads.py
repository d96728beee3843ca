"""Threads."""

from __future__ import annotations

from typing import Any

from tests.discord.server import permissions, places_deeds, shapes
from tests.discord.server.forms import checks as c
from tests.discord.server.kinds import Kind
from tests.discord.server.messages import Message
from tests.discord.server.permissions import Permission
from tests.discord.server.places import Channel
from tests.discord.server.rest.call import Call
from tests.discord.server.rest.errors import DiscordError

_FORM = {
    "name": c.text(100, 1),
    "auto_archive_duration": c.one_of(60, 1440, 4320, 10080),
    "rate_limit_per_user": c.nullable(c.integer(0, 21600)),
}
_LONER = {**_FORM, "type": c.one_of(10, 11, 12), "invitable": c.boolean}


def start(call: Call) -> Any:
    """A thread of its own. Without a type it is private, as Discord has it."""
    channel = call.channel()
    form = call.form(c.fields(_LONER, ["name"]))
    is_private = form.get("type", 12) == 12
    return _start(call, channel, form, private=is_private)


def start_on_message(call: Call) -> Any:
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    message = call.message(channel)
    if message.thread is not None:
        raise DiscordError(160004)
    return _start(call, channel, call.form(c.fields(_FORM, ["name"])), on=message)


def _start(
    call: Call,
    channel: Channel,
    form: dict[str, Any],
    *,
    on: Message | None = None,
    private: bool = False,
) -> Any:
    if channel.kind not in (Kind.TEXT, Kind.NEWS):
        raise DiscordError(50024)
    bits = permissions.in_channel(call.server.bot, channel)
    needed = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
    if not bits & needed:
        raise DiscordError(50013)
    thread = places_deeds.start_thread(
        call.server,
        channel,
        form["name"],
        owner=call.server.bot,
        on=on,
        private=private,
        auto_archive_minutes=form.get("auto_archive_duration", 1440),
    )
    return shapes.channel(thread)


def join(call: Call) -> None:
    places_deeds.join_thread(call.server, _thread(call), call.server.bot)


def leave(call: Call) -> None:
    _thread(call).thread_members.discard(call.server.bot.id)


def members(call: Call) -> Any:
    thread = _thread(call)
    return [shapes.thread_member(thread, one) for one in sorted(thread.thread_members)]


def archived(call: Call) -> Any:
    form = call.asked(c.fields({"before": c.text(64), "limit": c.text(4)}))
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    kind = Kind.PRIVATE_THREAD if call.info["which"] == "private" else Kind.PUBLIC_THREAD
    threads = channel.guild.threads if channel.guild else []
    found = [t for t in threads if t.parent is channel and t.is_archived and t.kind == kind]
    limit = int(form.get("limit", 50))
    return {
        "threads": [shapes.channel(one) for one in found[:limit]],
        "members": [],
        "has_more": len(found) > limit,
    }


def _thread(call: Call) -> Channel:
    channel = call.channel()
    if not channel.is_thread:
        raise DiscordError(50024)
    return channel


ROUTES = {
    "POST /channels/{channel_id}/threads": start,
    "POST /channels/{channel_id}/messages/{message_id}/threads": start_on_message,
    "PUT /channels/{channel_id}/thread-members/@me": join,
    "DELETE /channels/{channel_id}/thread-members/@me": leave,
    "GET /channels/{channel_id}/thread-members": members,
    "GET /channels/{channel_id}/threads/archived/{which:public|private}": archived,
}
