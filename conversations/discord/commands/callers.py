"""Who uses a command, and where, in plain facts: what the gateway said of them with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import discord

from conversations.discord import clocks, translate
from conversations.discord.facts import Author, Place


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `keeps_server` is whether they manage the guild where they ask, `keeps_all` whether
    they keep all that lives here: the bot is theirs, or it lives in no other guild."""

    author: Author
    place: Place
    at: dt.datetime  # by the clock that messages have their times from
    keeps_server: bool = False
    keeps_all: bool = False


def caller_of(interaction: discord.Interaction[Any]) -> Caller:
    """Who used the command that this interaction tells of."""
    guild, client = interaction.guild, interaction.client
    keeps_server = guild is not None and interaction.permissions.manage_guild
    is_owner = interaction.user.id in owners(client.application)
    return Caller(
        author=translate.author_of(interaction.user),
        place=_place(interaction),
        at=clocks.ours(interaction.created_at),
        keeps_server=keeps_server,
        keeps_all=is_owner or (keeps_server and len(client.guilds) == 1),
    )


def _place(interaction: discord.Interaction[Any]) -> Place:
    channel = interaction.channel
    if interaction.guild_id is None:
        return Place(
            interaction.channel_id or 0,
            name="direct messages",
            is_private=True,
            recipient_id=interaction.user.id,
        )
    if channel is None:  # the gateway hasn't told of it
        return Place(interaction.channel_id or 0, guild_id=interaction.guild_id, is_nsfw=None)
    return translate.place_of(channel, interaction.guild)


def owners(application: discord.AppInfo | None) -> set[int]:
    """Discord's ids of those to whom the bot belongs."""
    if application is None:
        return set()
    if application.team is not None:
        return {member.id for member in application.team.members}
    return {application.owner.id}
