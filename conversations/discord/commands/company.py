"""Who lives here, how they are and what they think: /characters, /about, /mood, /relationship,
/opinions."""

from __future__ import annotations

from discord import app_commands

from characters.models import Character
from conversations.discord.commands import choices
from conversations.discord.commands.answers import Commands, Interaction, answer, ask
from conversations.discord.commands.callers import Caller, caller_of
from conversations.discord.commands.here import channel_of, community_of, person_of
from conversations.wishes import cast


@app_commands.command(name="characters", description="Who lives here, and how they are")
async def characters(interaction: Interaction) -> None:
    await answer(interaction, await ask(interaction, _roster, caller_of(interaction)))


@app_commands.command(name="about", description="Who a character is")
@app_commands.describe(character="Whom you want to know about")
@app_commands.autocomplete(character=choices.character)
async def about(interaction: Interaction, character: app_commands.Range[str, 1, 100]) -> None:
    await answer(interaction, await ask(interaction, _about, caller_of(interaction), character))


@app_commands.command(name="mood", description="How a character feels, and why")
@app_commands.describe(character="Whose mood")
@app_commands.autocomplete(character=choices.character)
async def mood(interaction: Interaction, character: app_commands.Range[str, 1, 100]) -> None:
    await answer(interaction, await ask(interaction, _mood, caller_of(interaction), character))


@app_commands.command(name="relationship", description="How a character stands to you")
@app_commands.describe(character="Who")
@app_commands.autocomplete(character=choices.character)
async def relationship(
    interaction: Interaction, character: app_commands.Range[str, 1, 100]
) -> None:
    await answer(interaction, await ask(interaction, _bond, caller_of(interaction), character))


@app_commands.command(name="opinions", description="What a character thinks, and why")
@app_commands.describe(character="Whose opinions", topic="Of what; without it, of everything")
@app_commands.autocomplete(character=choices.character, topic=choices.opinion)
async def opinions(
    interaction: Interaction,
    character: app_commands.Range[str, 1, 100],
    topic: app_commands.Range[str, 1, 100] | None = None,
) -> None:
    told = await ask(interaction, _opinions, caller_of(interaction), character, topic or "")
    await answer(interaction, told)


def _roster(caller: Caller) -> str:
    return cast.roster(channel_of(caller))


def _about(caller: Caller, name: str) -> str:
    return cast.describe(_found(caller, name))


def _mood(caller: Caller, name: str) -> str:
    return cast.feelings(_found(caller, name), community_of(caller))


def _bond(caller: Caller, name: str) -> str:
    return cast.bond(_found(caller, name), person_of(caller), community_of(caller))


def _opinions(caller: Caller, name: str, topic: str) -> str:
    return cast.opinions(_found(caller, name), community_of(caller), topic)


def _found(caller: Caller, name: str) -> Character:
    return cast.find_for(name, is_adult=bool(caller.place.is_nsfw))


COMMANDS: Commands = (characters, about, mood, relationship, opinions)
