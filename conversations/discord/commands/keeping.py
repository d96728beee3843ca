"""What keepers do: /pause, /resume, /channel-mode, /status, /cost.

Discord shows these to whoever may manage the server, unless that was changed in its settings; here
it is looked at again. What reaches beyond one server is for whoever the bot belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import discord
from discord import app_commands
from django.utils import timezone

from audit.trail.acting import acting_as
from audit.trail.actions import record_action
from characters.models import Community
from conversations import pausing
from conversations.discord import places
from conversations.discord.commands import choices
from conversations.discord.commands.answers import Commands, Interaction, NotAllowed, answer, ask
from conversations.discord.commands.callers import Caller, caller_of
from conversations.discord.commands.here import channel_of, community_of
from conversations.models import Channel
from conversations.text import Refused
from conversations.wishes import cast, standing

F = TypeVar("F", bound=Callable[..., Any])
KEEPERS = "Only those who manage this server may use this."
OWNERS = (
    "Characters live in other servers too: only whoever the bot belongs to may do this. You can "
    "pause a channel, or this server."
)
SCOPES = [
    app_commands.Choice(name="this channel", value="channel"),
    app_commands.Choice(name="this server", value="server"),
    app_commands.Choice(name="everything, everywhere", value="everything"),
]
MODES = [app_commands.Choice(name=label, value=value) for value, label in Channel.Mode.choices]


def is_keeper(interaction: Interaction) -> bool:
    """Whether somebody may use a keeper's command.

    Raises:
        NotAllowed: they may not.
    """
    caller = caller_of(interaction)
    if not caller.keeps_server and not caller.keeps_all:
        raise NotAllowed(KEEPERS)
    return True


def for_keepers(callback: F) -> F:
    """Make a command one of a server, shown to its keepers and refused to others."""
    shown = app_commands.default_permissions(manage_guild=True)(callback)
    return app_commands.guild_only()(app_commands.check(is_keeper)(shown))


@app_commands.command(name="pause", description="Let a character, a channel or everything rest")
@app_commands.describe(what="What shall rest; left out: this channel", character="Or one character")
@app_commands.choices(what=SCOPES)
@app_commands.autocomplete(character=choices.character)
@for_keepers
async def pause(
    interaction: Interaction,
    what: app_commands.Choice[str] | None = None,
    character: app_commands.Range[str, 1, 100] | None = None,
) -> None:
    scope = what.value if what else ""
    done = await ask(interaction, _rest, caller_of(interaction), scope, character, True)
    await answer(interaction, done)


@app_commands.command(name="resume", description="Let what rests go on")
@app_commands.describe(what="What shall go on; left out: this channel", character="Or a character")
@app_commands.choices(what=SCOPES)
@app_commands.autocomplete(character=choices.character)
@for_keepers
async def resume(
    interaction: Interaction,
    what: app_commands.Choice[str] | None = None,
    character: app_commands.Range[str, 1, 100] | None = None,
) -> None:
    scope = what.value if what else ""
    done = await ask(interaction, _rest, caller_of(interaction), scope, character, False)
    await answer(interaction, done)


@app_commands.command(name="channel-mode", description="How free the characters are in a channel")
@app_commands.describe(mode="What they may do there", channel="Where; left out: here")
@app_commands.choices(mode=MODES)
@for_keepers
async def channel_mode(
    interaction: Interaction,
    mode: app_commands.Choice[str],
    channel: discord.TextChannel
    | discord.VoiceChannel
    | discord.StageChannel
    | discord.ForumChannel
    | discord.Thread
    | None = None,
) -> None:
    place = channel.id if channel else None
    done = await ask(interaction, _set_mode, caller_of(interaction), mode.value, place)
    await answer(interaction, done)


@app_commands.command(name="status", description="How the society stands")
@for_keepers
async def status(interaction: Interaction) -> None:
    await answer(interaction, await ask(interaction, _status, caller_of(interaction)))


@app_commands.command(name="cost", description="What the language model took in the last week")
@for_keepers
async def cost(interaction: Interaction) -> None:
    await answer(interaction, await ask(interaction, _cost, caller_of(interaction)))


# --- steps ----------------------------------------------------------------------------------------


def _rest(caller: Caller, scope: str, character: str | None, paused: bool) -> str:
    if character is not None and scope:
        raise Refused("character", "Name either what shall rest, or a character, not both.")
    if (character is not None or scope == "everything") and not caller.keeps_all:
        raise NotAllowed(OWNERS)
    with acting_as(name=f"Discord {caller.author.id}", means="discord"):
        said = _let_rest(caller, scope, character, paused)
        record_action("discord.pause" if paused else "discord.resume", changes={"said": said})
    return said


def _let_rest(caller: Caller, scope: str, character: str | None, paused: bool) -> str:
    if character is not None:
        return pausing.set_character(cast.find(character), paused)
    if scope == "everything":
        return pausing.set_everything(paused)
    if scope == "server":
        return pausing.set_community(_server(caller), paused)
    return pausing.set_channel(_channel(caller), paused)


def _set_mode(caller: Caller, mode: str, channel_id: int | None) -> str:
    channel = _channel(caller) if channel_id is None else _named(caller, channel_id)
    with acting_as(name=f"Discord {caller.author.id}", means="discord"):
        places.set_mode(channel, mode)
        record_action("discord.channel_mode", channel, changes={"mode": mode})
    return f"#{channel.name} is now {Channel.Mode(mode).label}."


def _named(caller: Caller, channel_id: int) -> Channel:
    found = Channel.objects.filter(discord_id=channel_id, community=_server(caller))
    channel = found.filter(removed_at__isnull=True).first()
    if channel is None:
        raise Refused("channel", "I don't know that channel: let me see it, then ask again.")
    return channel


def _channel(caller: Caller) -> Channel:
    return channel_of(caller) or places.room_for(caller.place)


def _server(caller: Caller) -> Community:
    community = community_of(caller)
    if community is None:
        raise Refused("server", "I don't know this server yet. Try again in a moment.")
    return community


def _status(caller: Caller) -> str:
    return standing.status(None if caller.keeps_all else _server(caller), timezone.now())


def _cost(caller: Caller) -> str:
    return standing.cost(None if caller.keeps_all else _server(caller), timezone.now())


COMMANDS: Commands = (pause, resume, channel_mode, status, cost)
