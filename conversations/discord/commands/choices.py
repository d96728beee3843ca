"""What is suggested while somebody types: characters, their opinions, time zones, scenarios. What
is for adults is suggested in age-restricted channels alone."""

from __future__ import annotations

from zoneinfo import available_timezones

from discord import app_commands

from conversations.discord.commands.answers import Interaction, at_once
from conversations.discord.commands.callers import Caller, caller_of
from conversations.discord.commands.here import community_of
from conversations.discord.crossing import hurried
from conversations.models import Scenario
from conversations.text import Refused
from conversations.wishes import cast

Choices = list[app_commands.Choice[str]]


async def character(interaction: Interaction, typed: str) -> Choices:
    """Characters by name."""
    is_adult = bool(caller_of(interaction).place.is_nsfw)
    return _choices(await at_once(interaction, hurried(cast.suggest, typed, is_adult=is_adult)))


async def characters(interaction: Interaction, typed: str) -> Choices:
    """The next of several characters, parted by commas."""
    is_adult = bool(caller_of(interaction).place.is_nsfw)
    return _choices(
        await at_once(interaction, hurried(cast.suggest_last, typed, is_adult=is_adult))
    )


async def scenario(interaction: Interaction, typed: str) -> Choices:
    """Scenarios by name."""
    return _choices(await at_once(interaction, hurried(_scenarios, caller_of(interaction), typed)))


async def opinion(interaction: Interaction, typed: str) -> Choices:
    """What the character that was chosen has an opinion on here."""
    chosen = getattr(interaction.namespace, "character", "") or ""
    return _choices(
        await at_once(interaction, hurried(_topics, caller_of(interaction), str(chosen), typed))
    )


async def timezone(interaction: Interaction, typed: str) -> Choices:
    """Time zones by any part of their name: 'oslo' finds Europe/Oslo."""
    zones = (zone for zone in available_timezones() if "/" in zone or zone == "UTC")
    return _choices(cast.matching(typed.replace(" ", "_"), zones))


def _topics(caller: Caller, name: str, typed: str) -> list[str]:
    try:
        character = cast.find_for(name, is_adult=bool(caller.place.is_nsfw))
    except Refused:
        return []
    return cast.matching(typed, cast.topics_of(character, community_of(caller)))


def _scenarios(caller: Caller, typed: str) -> list[str]:
    found = Scenario.objects.filter(is_adult__in=[False, bool(caller.place.is_nsfw)])
    return cast.matching(typed, found.values_list("name", flat=True))


def _choices(names: list[str]) -> Choices:
    return [app_commands.Choice(name=name[:100], value=name[:100]) for name in names]
