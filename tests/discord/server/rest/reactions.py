"""Reactions."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import unquote

from tests.discord.server import deeds, permissions, shapes
from tests.discord.server.forms import checks as c
from tests.discord.server.permissions import Permission
from tests.discord.server.rest.call import Call
from tests.discord.server.rest.errors import DiscordError
from tests.discord.server.rest.users import bounded

MOST = 20


def add(call: Call) -> None:
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    message = call.message(channel)
    emoji = _emoji(call)
    bits = permissions.in_channel(call.server.bot, channel)
    if emoji not in message.reactions:
        if not bits & Permission.ADD_REACTIONS:
            raise DiscordError(50013)
        if len(message.reactions) >= MOST:
            raise DiscordError(30010)
    deeds.react(call.server, message, call.server.bot, emoji)


def remove_own(call: Call) -> None:
    message = call.message(call.channel())
    if not deeds.unreact(call.server, message, call.server.bot, _emoji(call)):
        raise DiscordError(10014)


def remove(call: Call) -> None:
    message = call.message(call.channel(Permission.MANAGE_MESSAGES))
    person = call.server.world.people.get(call.id("user_id"))
    if person is None or not deeds.unreact(call.server, message, person, _emoji(call)):
        raise DiscordError(10014)


def clear(call: Call) -> None:
    deeds.clear_reactions(call.server, call.message(call.channel(Permission.MANAGE_MESSAGES)))


def who(call: Call) -> Any:
    form = call.asked(
        c.fields({"limit": partial(bounded, most=100), "after": c.snowflake, "type": c.text(1)})
    )
    message = call.message(call.channel(Permission.READ_MESSAGE_HISTORY))
    people = sorted(message.reactions.get(_emoji(call), []), key=lambda person: person.id)
    after = [person for person in people if person.id > form.get("after", 0)]
    return [shapes.user(person) for person in after[: form.get("limit", 25)]]


def _emoji(call: Call) -> str:
    """A Unicode emoji, or name:id of a server's own."""
    found = unquote(call.info["emoji"])
    name, _, own_id = found.partition(":")
    if (own_id and not own_id.isdigit()) or not name or (not own_id and name.isascii()):
        raise DiscordError(10014)
    return found


_REACTIONS = "/channels/{channel_id}/messages/{message_id}/reactions"
ROUTES = {
    f"PUT {_REACTIONS}/{{emoji}}/@me": add,
    f"DELETE {_REACTIONS}/{{emoji}}/@me": remove_own,
    f"DELETE {_REACTIONS}/{{emoji}}/{{user_id}}": remove,
    f"DELETE {_REACTIONS}": clear,
    f"GET {_REACTIONS}/{{emoji}}": who,
}
