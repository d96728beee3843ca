"""The bot itself, its application, its servers, and direct messages."""

from __future__ import annotations

from typing import Any

from tests.discord.server import permissions, places_deeds, shapes
from tests.discord.server.forms import checks as c
from tests.discord.server.rest.call import Call
from tests.discord.server.rest.errors import DiscordError


def gateway(call: Call) -> Any:
    return {"url": call.server.gateway_url}


def gateway_for_bots(call: Call) -> Any:
    used = call.server.gateway.identified
    limit = {
        "total": 1000,
        "remaining": max(0, 1000 - used),
        "reset_after": 86_400_000,
        "max_concurrency": 1,
    }
    return {
        "url": call.server.gateway_url,
        "shards": call.server.least_shards,
        "session_start_limit": limit,
    }


def me(call: Call) -> Any:
    own = {"verified": True, "mfa_enabled": True, "bio": "", "locale": "en-US", "email": None}
    return shapes.user(call.server.bot) | own


def user(call: Call) -> Any:
    person = call.server.world.people.get(call.id("user_id"))
    if person is None:
        raise DiscordError(10013)
    return shapes.user(person)


def application(call: Call) -> Any:
    server = call.server
    owner = next((guild.owner for guild in server.world.guilds.values()), server.bot)
    return {
        "id": str(server.application_id),
        "name": server.bot.display_name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": shapes.user(owner),
        "team": None,
        "flags": server.gateway.flags(),
        "bot": shapes.user(server.bot),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "approximate_guild_count": len(server.world.guilds),
    }


def guilds(call: Call) -> Any:
    form = call.asked(
        c.fields(
            {"limit": _limit, "before": c.snowflake, "after": c.snowflake, "with_counts": _any}
        )
    )
    bot = call.server.bot
    found = [guild for guild in call.server.world.guilds.values() if guild.has_bot]
    found = [guild for guild in found if guild.id > form.get("after", 0)]
    found.sort(key=lambda guild: guild.id)
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(permissions.in_guild(bot, guild)),
            "features": guild.features,
        }
        for guild in found[: form.get("limit", 200)]
    ]


def leave_guild(call: Call) -> None:
    places_deeds.leave(call.server, call.guild(), call.server.bot)


def open_dm(call: Call) -> Any:
    form = call.form(c.fields({"recipient_id": c.snowflake}, required=["recipient_id"]))
    person = call.server.world.people.get(form["recipient_id"])
    if person is None or person is call.server.bot:
        raise DiscordError(50033)
    return shapes.channel(places_deeds.open_dm(call.server, person))


def _limit(value: Any) -> int:
    return bounded(value, 200)


def _any(value: Any) -> Any:
    return value


def bounded(value: Any, most: int) -> int:
    """A limit in a query string."""
    if not str(value).isdigit():
        raise c.fault("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
    found: int = c.integer(1, most)(int(value))
    return found


ROUTES = {
    "GET /gateway": gateway,
    "GET /gateway/bot": gateway_for_bots,
    "GET /users/@me": me,
    "GET /users/@me/guilds": guilds,
    "DELETE /users/@me/guilds/{guild_id}": leave_guild,
    "POST /users/@me/channels": open_dm,
    "GET /users/{user_id}": user,
    "GET /applications/@me": application,
    "GET /oauth2/applications/@me": application,
}
