"""Channels: reading and changing them, and showing that somebody types."""

from __future__ import annotations

import time
from typing import Any

from tests.discord.server import deeds, permissions, places_deeds, shapes
from tests.discord.server.forms import checks as c
from tests.discord.server.kinds import Kind
from tests.discord.server.permissions import Permission
from tests.discord.server.rest.call import Call
from tests.discord.server.rest.errors import DiscordError
from tests.discord.server.rest.record import Typing

_CHANGE = {
    "name": c.text(100, 1),
    "topic": c.nullable(c.text(1024)),
    "nsfw": c.nullable(c.boolean),
    "rate_limit_per_user": c.nullable(c.integer(0, 21600)),
    "position": c.nullable(c.integer(0)),
    "parent_id": c.nullable(c.snowflake),
}
_CHANGE_THREAD = {
    "name": c.text(100, 1),
    "archived": c.boolean,
    "locked": c.boolean,
    "rate_limit_per_user": c.nullable(c.integer(0, 21600)),
    "auto_archive_duration": c.one_of(60, 1440, 4320, 10080),
    "invitable": c.boolean,
}
_NAMES = {
    "nsfw": "is_nsfw",
    "rate_limit_per_user": "slow_mode_s",
    "archived": "is_archived",
    "locked": "is_locked",
    "auto_archive_duration": "auto_archive_minutes",
}


def channel(call: Call) -> Any:
    return shapes.channel(call.channel())


def change(call: Call) -> Any:
    found = call.channel()
    form = call.form(c.fields(_CHANGE_THREAD if found.is_thread else _CHANGE))
    form.pop("invitable", None)
    bits = permissions.in_channel(call.server.bot, found)
    is_own = found.is_thread and found.owner is call.server.bot
    needed = Permission.MANAGE_THREADS if found.is_thread else Permission.MANAGE_CHANNELS
    if not bits & needed and not (is_own and set(form) <= {"name", "archived"}):
        raise DiscordError(50013)
    if "parent_id" in form:
        form["parent"] = call.server.world.channels.get(form.pop("parent_id") or 0)
    fields = {_NAMES.get(name, name): value for name, value in form.items()}
    places_deeds.change_channel(call.server, found, **fields)
    return shapes.channel(found)


def delete(call: Call) -> Any:
    found = call.channel()
    needed = Permission.MANAGE_THREADS if found.is_thread else Permission.MANAGE_CHANNELS
    if found.guild and not permissions.in_channel(call.server.bot, found) & needed:
        raise DiscordError(50013)
    shape = shapes.channel(found)
    if found.kind != Kind.DM:
        places_deeds.delete_channel(call.server, found)
    return shape


def type_there(call: Call) -> None:
    found = call.channel()
    needed = Permission.SEND_MESSAGES_IN_THREADS if found.is_thread else Permission.SEND_MESSAGES
    if not permissions.in_channel(call.server.bot, found) & needed:
        raise DiscordError(50013)
    call.server.typing.append(Typing(found, time.monotonic()))
    deeds.begin_typing(call.server, found, call.server.bot)


ROUTES = {
    "GET /channels/{channel_id}": channel,
    "PATCH /channels/{channel_id}": change,
    "DELETE /channels/{channel_id}": delete,
    "POST /channels/{channel_id}/typing": type_there,
}
