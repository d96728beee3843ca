"""Registering application commands."""

from __future__ import annotations

from typing import Any

from tests.discord.server.forms.commands import MOST, command, commands
from tests.discord.server.rest.call import Call
from tests.discord.server.rest.errors import DiscordError


def _scope(call: Call) -> int | None:
    """The server whose commands these are; None for those that are everywhere."""
    call.must_own_application()
    return call.guild().id if "guild_id" in call.info else None


def listed(call: Call) -> Any:
    return call.server.world.commands.get(_scope(call), [])


def overwrite(call: Call) -> Any:
    """Put a whole list in the place of what was there; those of the same name keep their id."""
    scope = _scope(call)
    given = call.form(commands)
    old = {(one["type"], one["name"]): one for one in listed(call)}
    made = [_made(call, scope, one, old.get((one["type"], one["name"]))) for one in given]
    _check_number(made)
    call.server.world.commands[scope] = made
    call.server.changed()
    return made


def add(call: Call) -> Any:
    scope = _scope(call)
    given = call.form(command)
    kept = listed(call)
    same = [one for one in kept if (one["type"], one["name"]) == (given["type"], given["name"])]
    made = _made(call, scope, given, same[0] if same else None)
    found = [*[one for one in kept if one not in same], made]
    _check_number(found)
    call.server.world.commands[scope] = found
    call.server.changed()
    return made


def one(call: Call) -> Any:
    wanted = str(call.id("command_id"))
    for found in listed(call):
        if found["id"] == wanted:
            return found
    raise DiscordError(10063)


def delete(call: Call) -> None:
    found = one(call)
    call.server.world.commands[_scope(call)].remove(found)
    call.server.changed()


def _made(
    call: Call, scope: int | None, given: dict[str, Any], old: dict[str, Any] | None
) -> dict[str, Any]:
    allowed = given.get("default_member_permissions")
    return {
        **given,
        "id": old["id"] if old else str(call.server.ids.next()),
        "application_id": str(call.server.application_id),
        "version": str(call.server.ids.next()),
        "description": given.get("description") or "",
        "options": given.get("options") or [],
        "default_member_permissions": None if allowed is None else str(allowed),
        "nsfw": bool(given.get("nsfw")),
        "name_localizations": None,
        "description_localizations": None,
        **({"guild_id": str(scope)} if scope else {}),
    }


def _check_number(found: list[dict[str, Any]]) -> None:
    for kind, most in MOST.items():
        if sum(one["type"] == kind for one in found) > most:
            raise DiscordError(30032)


_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
ROUTES = {
    f"{method} {path}{tail}": handler
    for path in (_GLOBAL, _GUILD)
    for method, tail, handler in (
        ("GET", "", listed),
        ("PUT", "", overwrite),
        ("POST", "", add),
        ("GET", "/{command_id}", one),
        ("DELETE", "/{command_id}", delete),
    )
}
