"""/setup: which channels the characters live in, which of them come there, and what the bot needs
for it and hasn't got."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands

from conversations.discord import needs, rules, settling
from conversations.discord.commands.answers import Commands, Interaction, answer, ask, rewrite
from conversations.discord.commands.controls import buttons, pressed
from conversations.discord.commands.keeping import for_keepers, is_keeper
from conversations.discord.crossing import hurried
from conversations.discord.splitting import LIMIT

MOST_NAMES = 300  # characters that the names of who comes take
AND_MORE = "… and something is missing in {} more channels."
ROOMS = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.forum,
    discord.ChannelType.media,
]
CONSENT = {
    "none": "nobody is heard or remembered until they agree with /privacy",
    "minimal": "people are answered, and remembered as anybody would; /privacy changes it",
    "full": "people are answered and remembered, and may be come to; /privacy changes it",
}


@app_commands.command(name="setup", description="Where characters live here, and what is missing")
@for_keepers
async def setup(interaction: Interaction) -> None:
    stands = await ask(interaction, _settled, interaction.guild_id or 0)
    await answer(interaction, report(interaction, stands), view=menus(interaction, stands))


def report(interaction: Interaction, stands: settling.Settled) -> str:
    """How this guild is set up, and what is missing."""
    guild = interaction.guild
    if guild is None or guild.unavailable:
        return "Discord hasn't told me of this server yet. Try again in a moment."
    said = [f"**{guild.name}**"]
    if stands.channels:
        rooms = [
            f"<#{key}> ({mode})" for key, mode in list(stands.channels.items())[: settling.OFFERED]
        ]
        said.append(f"The characters live in {', '.join(rooms)}. /channel-mode sets how freely.")
    else:
        said.append("No channel is picked: nobody is heard or spoken to. Pick some below.")
    coming = [stands.everybody[key] for key in stands.residents if key in stands.everybody]
    said.append(f"Who comes there: {_named(sorted(coming)) or 'everybody'}.")
    said.append(f"New people: {CONSENT[stands.newcomers]}.")
    lacking = _lacking(guild, stands)
    if stands.channels and not lacking:
        said.append("I have all the permissions that I need there.")
    said += needs.intents_missing(interaction.client.settings)
    return "\n".join([*said, *_as_far_as_there_is_room(lacking, LIMIT - len("\n".join(said)))])


def _named(names: list[str]) -> str:
    """Names in a row, and how many more there are where that would be long."""
    shown = list(names)
    while len(", ".join(shown)) > MOST_NAMES:
        shown.pop()
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _lacking(guild: discord.Guild, stands: settling.Settled) -> list[tuple[int, str]]:
    """What is missing where: for each line, of how many channels it tells."""
    found: dict[str, list[str]] = {}
    for key in stands.channels:
        room = guild.get_channel_or_thread(key)
        missing = ["view_channel"] if room is None else needs.missing_in(room, guild.me)
        if missing:
            found.setdefault(needs.in_words(missing), []).append(f"<#{key}>")
    return [(len(rooms), f"In {', '.join(rooms)} I lack {w}.") for w, rooms in found.items()]


def _as_far_as_there_is_room(lines: list[tuple[int, str]], room: int) -> list[str]:
    """All stands in one message, as that is rewritten when something is picked."""
    shown: list[str] = []
    room -= len(AND_MORE.format(1000)) + 1
    for number, (_, line) in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return [*shown, AND_MORE.format(sum(count for count, _ in lines[number:]))]
        shown.append(line)
    return shown


def menus(interaction: Interaction, stands: settling.Settled) -> discord.ui.View:
    """Menus to pick channels and characters from."""
    items: list[discord.ui.Item[Any]] = [PickChannels(list(stands.channels)[: settling.OFFERED])]
    if stands.everybody:
        items.append(PickCharacters(stands.everybody, stands.residents))
    return buttons(*items)


class PickChannels(
    discord.ui.DynamicItem[discord.ui.ChannelSelect[discord.ui.View]], template=r"setup:channels"
):
    """The channels in which the characters live."""

    def __init__(self, picked: list[int] | None = None) -> None:
        super().__init__(
            discord.ui.ChannelSelect(
                custom_id="setup:channels",
                placeholder="Channels where the characters live",
                channel_types=ROOMS,
                min_values=0,
                max_values=settling.OFFERED,
                default_values=[discord.Object(key) for key in picked or []],
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls()

    async def callback(self, interaction: Interaction) -> None:
        await pressed(interaction, self._pick(interaction))

    async def _pick(self, interaction: Interaction) -> None:
        is_keeper(interaction)
        await interaction.response.defer()
        await hurried(settling.pick_channels, interaction.guild_id or 0, _values(interaction))
        await _again(interaction)


class PickCharacters(
    discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]], template=r"setup:characters"
):
    """The characters that come to these channels."""

    def __init__(
        self,
        everybody: dict[int, str] | None = None,
        coming: frozenset[int] = frozenset(),
    ) -> None:
        options = [
            discord.SelectOption(label=name, value=str(key), default=not coming or key in coming)
            for key, name in list((everybody or {0: "nobody"}).items())[: settling.OFFERED]
        ]
        super().__init__(
            discord.ui.Select(
                custom_id="setup:characters",
                placeholder="Characters who come there",
                min_values=1,
                max_values=len(options),
                options=options,
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls()

    async def callback(self, interaction: Interaction) -> None:
        await pressed(interaction, self._pick(interaction))

    async def _pick(self, interaction: Interaction) -> None:
        is_keeper(interaction)
        await interaction.response.defer()
        await hurried(settling.pick_characters, interaction.guild_id or 0, _values(interaction))
        await _again(interaction)


def _values(interaction: Interaction) -> list[int]:
    data: Any = interaction.data or {}
    return [int(value) for value in data.get("values", ())]


async def _again(interaction: Interaction) -> None:
    stands = await hurried(_settled, interaction.guild_id or 0)
    await rewrite(interaction, report(interaction, stands), menus(interaction, stands))


def _settled(guild_id: int) -> settling.Settled:
    return settling.settled(guild_id, rules.in_force().newcomer_consent)


COMMANDS: Commands = (setup,)
CONTROLS = (PickChannels, PickCharacters)
