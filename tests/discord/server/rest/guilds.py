"""Servers: what the bot may read of them."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.discord.server import permissions, places_deeds, shapes
from tests.discord.server.forms import checks as c
from tests.discord.server.intents import Intent
from tests.discord.server.people import Member
from tests.discord.server.permissions import Permission
from tests.discord.server.places import Guild
from tests.discord.server.rest.call import Call
from tests.discord.server.rest.errors import DiscordError
from tests.discord.server.rest.users import bounded

_any = c.text(64)


def guild(call: Call) -> Any:
    form = call.asked(c.fields({"with_counts": _any}))
    found = call.guild()
    counts = {"approximate_member_count": len(found.members), "approximate_presence_count": 1}
    return shapes.guild(found) | (counts if form.get("with_counts") else {})


def channels(call: Call) -> Any:
    return [shapes.channel(one) for one in call.guild().channels]


def active_threads(call: Call) -> Any:
    bot = call.server.bot
    found = [
        one
        for one in call.guild().threads
        if not one.is_archived and permissions.in_channel(bot, one) & Permission.VIEW_CHANNEL
    ]
    return {"threads": [shapes.channel(one) for one in found], "members": []}


def roles(call: Call) -> Any:
    return [shapes.role(one) for one in call.guild().roles.values()]


def member(call: Call) -> Any:
    return shapes.member(_member(call, call.guild()))


def members(call: Call) -> Any:
    """All of them, which takes the privileged intent here too."""
    form = call.asked(c.fields({"limit": partial(bounded, most=1000), "after": c.snowflake}))
    found = call.guild()
    if not call.server.granted_intents & Intent.GUILD_MEMBERS:
        raise DiscordError(50001)
    after = [one for key, one in sorted(found.members.items()) if key > form.get("after", 0)]
    return [shapes.member(one) for one in after[: form.get("limit", 1)]]


def search_members(call: Call) -> Any:
    form = call.asked(c.fields({"query": _any, "limit": partial(bounded, most=1000)}, ["query"]))
    query = form["query"].lower()
    found = [
        one
        for one in call.guild().members.values()
        if one.person.username.startswith(query) or (one.nick or "").lower().startswith(query)
    ]
    return [shapes.member(one) for one in found[: form.get("limit", 1)]]


def change_own_member(call: Call) -> Any:
    found = call.guild()
    form = call.form(c.fields({"nick": c.nullable(c.text(32))}))
    own = found.members[call.server.bot.id]
    if not permissions.in_guild(call.server.bot, found) & Permission.CHANGE_NICKNAME:
        raise DiscordError(50013)
    places_deeds.change_member(call.server, own, nick=form.get("nick") or None)
    return shapes.member(own)


def _member(call: Call, found: Guild) -> Member:
    one = found.members.get(call.id("user_id"))
    if one is None:
        raise DiscordError(10007 if call.id("user_id") in call.server.world.people else 10013)
    return one


ROUTES = {
    "GET /guilds/{guild_id}": guild,
    "GET /guilds/{guild_id}/channels": channels,
    "GET /guilds/{guild_id}/threads/active": active_threads,
    "GET /guilds/{guild_id}/roles": roles,
    "GET /guilds/{guild_id}/members": members,
    "GET /guilds/{guild_id}/members/search": search_members,
    "PATCH /guilds/{guild_id}/members/@me": change_own_member,
    "GET /guilds/{guild_id}/members/{user_id}": member,
}
