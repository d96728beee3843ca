"""What is suggested while somebody types: characters, time zones, scenarios."""

from __future__ import annotations

from zoneinfo import available_timezones

from discord import app_commands

from conversations import cast
from conversations.discord.commands.answers import Interaction
from conversations.discord.crossing import step
from conversations.models import Scenario

Choices = list[app_commands.Choice[str]]


async def character(interaction: Interaction, typed: str) -> Choices:
    """Characters by name."""
    return _choices(await step(cast.suggest, typed))


async def characters(interaction: Interaction, typed: str) -> Choices:
    """The next of several characters, parted by commas."""
    return _choices(await step(cast.suggest_last, typed))


async def scenario(interaction: Interaction, typed: str) -> Choices:
    """Scenarios by name."""
    return _choices(await step(_scenarios, typed))


async def timezone(interaction: Interaction, typed: str) -> Choices:
    """Time zones by any part of their name: 'oslo' finds Europe/Oslo."""
    zones = (zone for zone in available_timezones() if "/" in zone or zone == "UTC")
    return _choices(cast.matching(typed.replace(" ", "_"), zones))


def _scenarios(typed: str) -> list[str]:
    return cast.matching(typed, Scenario.objects.values_list("name", flat=True))


def _choices(names: list[str]) -> Choices:
    return [app_commands.Choice(name=name[:100], value=name[:100]) for name in names]
