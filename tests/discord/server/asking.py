"""How a test uses the bot's commands, buttons and forms in a person's stead."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.discord.server import permissions, shapes
from tests.discord.server.forms.commands import GROUP, ON_MESSAGE, ON_PERSON, SLASH, SUBCOMMAND
from tests.discord.server.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
)
from tests.discord.server.loop import in_loop
from tests.discord.server.messages import Message
from tests.discord.server.people import Person
from tests.discord.server.places import Channel, Role
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from tests.discord.server.standin import DiscordServer

Values = Mapping[str, Any]
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = 3, 4, 5, 6, 7, 8, 9, 10


class NotOffered(Exception):
    """Discord would not let this person use that here."""


class Asking:
    """A part of DiscordServer."""

    interaction_deadline_s = 3.0

    @in_loop
    def invoke(
        self: DiscordServer,
        name: str,
        options: Values | None = None,
        *,
        by: Person,
        channel: Channel,
    ) -> Interaction:
        """A slash command, `name` with its subcommand: 'opinions list'. Options are given as
        values, people, channels or roles; as Discord's own client does, what is missing or of
        the wrong kind is refused here (ValueError) and never reaches the bot."""
        first, *rest = name.split()
        command = self._offered(first, SLASH, by, channel)
        data = self._named(command, SLASH)
        data["options"], resolved = _filled(command, rest, options or {}, channel)
        if resolved:
            data["resolved"] = resolved
        return self._begin(COMMAND, by, channel, data)

    def autocomplete(
        self: DiscordServer,
        name: str,
        focused: str,
        typed: str = "",
        options: Values | None = None,
        *,
        by: Person,
        channel: Channel,
        timeout: float = PATIENCE_S,
    ) -> list[dict[str, Any]]:
        """What is suggested while somebody types into an option."""
        return self._ask_for_choices(name, focused, typed, options, by, channel).suggestions(
            timeout
        )

    @in_loop
    def _ask_for_choices(
        self: DiscordServer,
        name: str,
        focused: str,
        typed: str,
        options: Values | None,
        by: Person,
        channel: Channel,
    ) -> Interaction:
        first, *rest = name.split()
        command = self._offered(first, SLASH, by, channel)
        data = self._named(command, SLASH)
        values = {**(options or {}), focused: typed}
        data["options"], _ = _filled(command, rest, values, channel, focused=focused)
        return self._begin(AUTOCOMPLETE, by, channel, data)

    @in_loop
    def use_on_message(
        self: DiscordServer, name: str, message: Message, *, by: Person
    ) -> Interaction:
        """A command of a message's context menu."""
        command = self._offered(name, ON_MESSAGE, by, message.channel)
        data = self._named(command, ON_MESSAGE) | {"target_id": str(message.id)}
        data["resolved"] = {"messages": {str(message.id): shapes.message(message)}}
        return self._begin(COMMAND, by, message.channel, data)

    @in_loop
    def use_on_person(
        self: DiscordServer, name: str, target: Person, *, by: Person, channel: Channel
    ) -> Interaction:
        """A command of a person's context menu."""
        command = self._offered(name, ON_PERSON, by, channel)
        data = self._named(command, ON_PERSON) | {"target_id": str(target.id)}
        data["resolved"] = _resolved([target], channel)
        return self._begin(COMMAND, by, channel, data)

    @in_loop
    def click(self: DiscordServer, message: Message, label: str, *, by: Person) -> Interaction:
        """A button, by its label or custom_id."""
        control = message.control(label)
        if control.get("disabled"):
            raise NotOffered(f"{label!r} is disabled")
        data = {"custom_id": control["custom_id"], "component_type": control["type"]}
        return self._begin(COMPONENT, by, message.channel, data, message)

    @in_loop
    def select(
        self: DiscordServer, message: Message, menu: str, *values: Any, by: Person
    ) -> Interaction:
        """Choose from a menu, by its placeholder or custom_id: values, people, channels, roles."""
        control = message.control(menu)
        if control["type"] == STRING:
            known = {one["value"] for one in control["options"]}
            if not set(values) <= known:
                raise ValueError(f"{values} not among {known}")
        least, most = control.get("min_values", 1), control.get("max_values", 1)
        if not least <= len(values) <= most:
            raise ValueError(f"between {least} and {most} may be chosen")
        data = {
            "custom_id": control["custom_id"],
            "component_type": control["type"],
            "values": [str(getattr(value, "id", value)) for value in values],
        }
        if resolved := _resolved(values, message.channel):
            data["resolved"] = resolved
        return self._begin(COMPONENT, by, message.channel, data, message)

    @in_loop
    def submit(self: DiscordServer, opened: Interaction, values: Values) -> Interaction:
        """Fill in the modal that an interaction opened; by label or custom_id."""
        modal = opened.modal
        if modal is None:
            raise NotOffered("there is no modal")
        data = {
            "custom_id": modal["custom_id"],
            "components": [_answered(part, values) for part in modal["components"]],
        }
        return self._begin(MODAL_SUBMIT, opened.person, opened.channel, data, opened.message)

    def _begin(
        self: DiscordServer,
        kind: int,
        by: Person,
        channel: Channel,
        data: dict[str, Any],
        message: Message | None = None,
    ) -> Interaction:
        token = secrets.token_urlsafe(64)
        made = Interaction(self, self.ids.next(), token, kind, by, channel, data, message)
        self.world.interactions[made.id] = made
        self.gateway.publish("INTERACTION_CREATE", made.payload(), guild=channel.guild)
        return made

    def _offered(
        self: DiscordServer, name: str, kind: int, by: Person, channel: Channel
    ) -> dict[str, Any]:
        """The command of this name, if Discord would show it to this person here."""
        guild = channel.guild
        scopes = [guild.id, None] if guild else [None]
        for command in (one for scope in scopes for one in self.world.commands.get(scope, [])):
            if command["name"] == name and command["type"] == kind:
                break
        else:
            raise NotOffered(f"there is no command {name!r}")
        contexts = command.get("contexts")
        if (command.get("dm_permission") is False and guild is None) or (
            contexts is not None and (0 if guild else 1) not in contexts
        ):
            raise NotOffered(f"{name!r} is not for here")
        bits = permissions.in_channel(by, channel)
        needed = command["default_member_permissions"]
        everybody = permissions.Permission.USE_APPLICATION_COMMANDS
        if not bits & everybody or (
            guild and needed is not None and (bits & int(needed) != int(needed) or needed == "0")
            and bits != permissions.ALL
        ):  # fmt: skip
            raise NotOffered(f"{by.display_name} may not use {name!r} here")
        return command

    @staticmethod
    def _named(command: dict[str, Any], kind: int) -> dict[str, Any]:
        found = {"id": command["id"], "name": command["name"], "type": kind}
        return found | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})


def _filled(
    command: dict[str, Any],
    path: list[str],
    values: Values,
    channel: Channel,
    *,
    focused: str = "",
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The options as Discord sends them, within the subcommand that `path` names."""
    known = {one["name"]: one for one in command["options"]}
    nested = any(one["type"] in (SUBCOMMAND, GROUP) for one in known.values())
    if nested or path:
        if not path or path[0] not in known:
            raise NotOffered(f"{command['name']!r} needs one of {sorted(known)}")
        inner = known[path[0]]
        inner = {**inner, "options": inner.get("options") or []}
        options, resolved = _filled(inner, path[1:], values, channel, focused=focused)
        return [{"name": inner["name"], "type": inner["type"], "options": options}], resolved
    if unknown := set(values) - set(known):
        raise ValueError(f"{command['name']!r} has no option {sorted(unknown)}")
    for name, option in known.items():
        if option.get("required") and name not in values and not focused:
            raise ValueError(f"{command['name']!r} needs {name!r}")
    found = [_option(known[name], value, name == focused) for name, value in values.items()]
    return found, _resolved(values.values(), channel)


def _option(option: dict[str, Any], value: Any, is_focused: bool) -> dict[str, Any]:
    kind = option["type"]
    types = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}
    if is_focused:
        return {"name": option["name"], "type": kind, "value": value, "focused": True}
    if kind in types and not isinstance(value, types[kind]):  # type: ignore[arg-type]
        raise ValueError(f"{option['name']!r} does not take {value!r}")
    if option.get("choices") and value not in [one["value"] for one in option["choices"]]:
        raise ValueError(f"{value!r} is not among the choices of {option['name']!r}")
    if kind == STRING and len(value) > (option.get("max_length") or 6000):
        raise ValueError(f"{value!r} is too long for {option['name']!r}")
    if kind in (INTEGER, NUMBER):
        least, most = option.get("min_value"), option.get("max_value")
        if (least is not None and value < least) or (most is not None and value > most):
            raise ValueError(f"{value} is not between {least} and {most}")
    shown = str(value.id) if isinstance(value, Person | Channel | Role) else value
    return {"name": option["name"], "type": kind, "value": shown}


def _resolved(values: Any, channel: Channel) -> dict[str, Any]:
    """The whole objects behind the ids that an interaction names."""
    found: dict[str, Any] = {}
    for value in values:
        if isinstance(value, Person):
            found.setdefault("users", {})[str(value.id)] = shapes.user(value)
            guild = channel.guild
            if guild and value.id in guild.members:
                shown = shapes.member(guild.members[value.id], with_user=False)
                shown["permissions"] = str(permissions.in_guild(value, guild))
                found.setdefault("members", {})[str(value.id)] = shown
        elif isinstance(value, Channel):
            shape = shapes.channel(value) | {"permissions": str(permissions.ALL)}
            found.setdefault("channels", {})[str(value.id)] = shape
        elif isinstance(value, Role):
            found.setdefault("roles", {})[str(value.id)] = shapes.role(value)
    return found


def _answered(part: dict[str, Any], values: Values) -> dict[str, Any]:
    """One part of a modal as it comes back."""
    inner = part["component"] if "component" in part else (part.get("components") or [{}])[0]
    if "custom_id" not in inner:
        return {"type": part["type"], "id": part.get("id", 1)}
    names = (inner["custom_id"], inner.get("label"), part.get("label"))
    given = next((values[name] for name in names if name in values), inner.get("value", ""))
    if inner.get("required", True) and given in ("", []):
        raise ValueError(f"{names} is required")
    field = {"type": inner["type"], "id": inner.get("id", 1), "custom_id": inner["custom_id"]}
    field["values" if isinstance(given, list) else "value"] = given
    if "component" in part:
        return {"type": part["type"], "id": part.get("id", 1), "component": field}
    return {"type": part["type"], "id": part.get("id", 1), "components": [field]}
