"""Bringing characters together: /talk, /scene, /remember."""

from __future__ import annotations

from discord import app_commands
from django.utils import timezone

from conversations.care import care
from conversations.discord import people
from conversations.discord.commands import choices
from conversations.discord.commands.answers import Commands, Interaction, answer, ask
from conversations.discord.commands.callers import Caller, caller_of
from conversations.discord.commands.here import (
    channel_of,
    community_of,
    known_person,
    open_channel,
    person_of,
    willing_person,
)
from conversations.models import Channel, Scenario
from conversations.moderation import moderation
from conversations.text import Refused, clean_message
from conversations.wishes import cast, summoning
from fishbowl.llm.distress import is_crisis
from memories.entrusting import entrust

LONGEST = 500  # characters of what is to be remembered


@app_commands.command(name="talk", description="Ask a character to come and talk with you, here")
@app_commands.describe(character="Who")
@app_commands.autocomplete(character=choices.character)
async def talk(interaction: Interaction, character: app_commands.Range[str, 1, 100]) -> None:
    await answer(interaction, await ask(interaction, _talk, caller_of(interaction), character))


@app_commands.command(name="scene", description="Begin a scene, here")
@app_commands.describe(
    characters="Who plays, parted by commas; the first begins",
    premise="The situation",
    scenario="Or one that the keepers have written",
)
@app_commands.autocomplete(characters=choices.characters, scenario=choices.scenario)
@app_commands.guild_only()
async def scene(
    interaction: Interaction,
    characters: app_commands.Range[str, 1, 200],
    premise: app_commands.Range[str, 1, 1000] | None = None,
    scenario: app_commands.Range[str, 1, 120] | None = None,
) -> None:
    caller = caller_of(interaction)
    begun = await ask(interaction, _scene, caller, characters, premise or "", scenario or "")
    await answer(interaction, begun, to_all=True)


@app_commands.command(name="remember", description="Tell a character something to remember")
@app_commands.describe(character="Who", what="What, in your own words")
@app_commands.autocomplete(character=choices.character)
async def remember(
    interaction: Interaction,
    character: app_commands.Range[str, 1, 100],
    what: app_commands.Range[str, 1, 500],
) -> None:
    done = await ask(interaction, _remember, caller_of(interaction), character, what)
    await answer(interaction, done)


# --- steps ----------------------------------------------------------------------------------------


def _talk(caller: Caller, name: str) -> str:
    channel, person, character = open_channel(caller), willing_person(caller), cast.find(name)
    summoning.summon(character, channel, person, timezone.now())
    return f"{character.name} comes to #{channel.name}."


def _scene(caller: Caller, names: str, premise: str, scenario_name: str) -> str:
    channel, characters = open_channel(caller), cast.find_several(names)
    scenario = None
    if scenario_name:
        scenario = Scenario.objects.filter(name__iexact=scenario_name).first()
        if scenario is None:
            raise Refused("scenario", f"There is no scenario called {scenario_name!r}.")
    if not premise.strip() and scenario is None:
        raise Refused("premise", "Say what the situation is, or choose a scenario.")
    _check(caller, channel, premise)
    begun = summoning.stage(
        channel,
        characters,
        premise,
        timezone.now(),
        scenario=scenario,
        by_keeper=caller.keeps_server or caller.keeps_all,
    )
    players = ", ".join(one.name for one in characters)
    return f"**A scene begins**, with {players}.\n> {' '.join(begun.premise.split())}"


def _remember(caller: Caller, name: str, what: str) -> str:
    person = willing_person(caller)
    character = cast.find_for(name, is_adult=bool(caller.place.is_nsfw))
    text = " ".join(clean_message(what, LONGEST).split())
    community = community_of(caller)
    _check(caller, channel_of(caller), text)
    is_new = entrust(
        character.pk,
        person.pk,
        person.name,
        community.pk if community else None,
        text,
        timezone.now(),
        is_adult=caller.place.is_nsfw is not False,
    )
    if not is_new:
        return f"{character.name} knows that already, and holds on to it."
    return (
        f"{character.name} will remember it, and keep it to those whom it trusts. "
        "/what-do-you-know-about-me forgets it again."
    )


def _check(caller: Caller, channel: Channel | None, text: str) -> None:
    """See that what somebody has a command do may be said here. What means danger is said in no
    room and kept by nobody: they are told where to turn.

    Raises:
        Refused: it may not.
    """
    person = person_of(caller)
    if person is None and is_crisis(text) and people.agrees(caller.author):
        person = known_person(caller)  # so that a keeper can be told whom to look after
    care.check_request(text, person, channel, timezone.now())
    community = community_of(caller)
    moderation.check_request(
        text, community.pk if community else None, channel.pk if channel else None
    )


COMMANDS: Commands = (talk, scene, remember)
