"""Application commands: slash commands with their options, and context menus."""

from __future__ import annotations

from typing import Any

import regex

from tests.discord.server.forms import checks as c

SLASH, ON_PERSON, ON_MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
MOST = {SLASH: 100, ON_PERSON: 15, ON_MESSAGE: 15}
ALL_TEXT = 8000

_NAME = regex.compile(r"[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}")
_localized = c.nullable(lambda value: dict(value))


def slash_name(value: Any) -> str:
    found: str = c.text(32, 1)(value)
    if not _NAME.fullmatch(found) or found != found.lower():
        message = "Command name is invalid"
        raise c.fault("APPLICATION_COMMAND_INVALID_NAME", message)
    return found


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return c.text(100, 1)(value)
    return c.number(value)


choices = c.listing(
    c.fields(
        {"name": c.text(100, 1), "value": _value, "name_localizations": _localized},
        required=["name", "value"],
    ),
    25,
)

_OPTION = {
    "type": c.integer(1, 11),
    "name": slash_name,
    "name_localizations": _localized,
    "description": c.text(100, 1),
    "description_localizations": _localized,
    "required": c.nullable(c.boolean),
    "choices": c.nullable(choices),
    "channel_types": c.listing(c.integer(0), 20),
    "min_value": c.nullable(c.number),
    "max_value": c.nullable(c.number),
    "min_length": c.nullable(c.integer(0, 6000)),
    "max_length": c.nullable(c.integer(1, 6000)),
    "autocomplete": c.nullable(c.boolean),
}


def _option(depth: int) -> c.Check:
    def check(value: Any) -> dict[str, Any]:
        known = {**_OPTION, "options": _options(depth + 1)}
        found: dict[str, Any] = c.fields(known, ["type", "name", "description"])(value)
        kind = found["type"]
        if kind in (SUBCOMMAND, GROUP) and depth >= (3 if kind == SUBCOMMAND else 2):
            raise c.fault("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Nested too deep.")
        if kind == GROUP and not found.get("options"):
            raise c.Invalid({"options": c.fault("BASE_TYPE_REQUIRED", c.REQUIRED).tree})
        if found.get("autocomplete") and found.get("choices"):
            message = "Cannot have both autocomplete and choices"
            raise c.fault("APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", message)
        if found.get("autocomplete") and kind not in (STRING, INTEGER, NUMBER):
            message = "This option type has no autocomplete"
            raise c.fault("APPLICATION_COMMAND_AUTOCOMPLETE_INVALID_OPTION_TYPE", message)
        _check_choices(kind, found.get("choices") or [])
        return found

    return check


def _check_choices(kind: int, given: list[dict[str, Any]]) -> None:
    names = [one["name"] for one in given]
    if len(set(names)) < len(names):
        message = "Choice names must be unique"
        raise c.fault("APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_DUPLICATE", message)
    if any(isinstance(one["value"], str) != (kind == STRING) for one in given):
        message = "A choice's value must be of its option's type"
        raise c.fault("APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_TYPE", message)


def _options(depth: int) -> c.Check:
    def check(value: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = c.listing(_option(depth), 25)(value)
        names = [one["name"] for one in found]
        if len(set(names)) < len(names):
            message = "Option names must be unique"
            raise c.fault("APPLICATION_COMMAND_OPTIONS_NAME_INVALID", message)
        needed = [bool(one.get("required")) for one in found]
        if needed != sorted(needed, reverse=True):
            message = "Required options must be placed before non-required options"
            raise c.fault("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        kinds = {one["type"] in (SUBCOMMAND, GROUP) for one in found}
        if len(kinds) > 1:
            message = "Sub-command and sub-command group option types are mutually exclusive"
            raise c.fault("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
        return found

    return check


_COMMAND = {
    "id": c.snowflake,
    "type": c.nullable(c.one_of(SLASH, ON_PERSON, ON_MESSAGE)),
    "name": c.text(32, 1),
    "name_localizations": _localized,
    "description": c.nullable(c.text(100)),
    "description_localizations": _localized,
    "options": c.nullable(_options(1)),
    "default_member_permissions": c.nullable(c.snowflake),
    "dm_permission": c.nullable(c.boolean),
    "default_permission": c.nullable(c.boolean),
    "nsfw": c.nullable(c.boolean),
    "contexts": c.nullable(c.listing(c.one_of(0, 1, 2), 3)),
    "integration_types": c.nullable(c.listing(c.one_of(0, 1), 2)),
}


def command(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = c.fields(_COMMAND, ["name"])(value)
    kind = found["type"] = found.get("type") or SLASH
    if kind == SLASH:
        c.fields({**_COMMAND, "name": slash_name, "description": c.text(100, 1)}, ["description"])(
            value
        )
        if _size(found) > ALL_TEXT:
            message = f"Command exceeds maximum size ({ALL_TEXT})"
            raise c.fault("APPLICATION_COMMAND_TOO_LARGE", message)
    elif found.get("description") or found.get("options"):
        message = "Context menu commands cannot have description"
        raise c.Invalid(
            {"description": c.fault("APPLICATION_COMMAND_DESCRIPTION_INVALID", message).tree}
        )
    return found


def _size(of: dict[str, Any]) -> int:
    own = c.length(of["name"]) + c.length(of.get("description") or "")
    own += sum(c.length(one["name"] + str(one["value"])) for one in of.get("choices") or [])
    return own + sum(_size(one) for one in of.get("options") or [])


def commands(value: Any) -> list[dict[str, Any]]:
    """A whole list of commands, as bulk overwriting takes it."""
    found: list[dict[str, Any]] = c.listing(command, sum(MOST.values()))(value)
    seen = [(one["type"], one["name"]) for one in found]
    if len(set(seen)) < len(seen):
        message = "Application command names must be unique"
        raise c.fault("APPLICATION_COMMANDS_DUPLICATE_NAME", message)
    return found
