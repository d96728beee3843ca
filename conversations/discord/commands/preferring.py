"""What somebody would like: /timezone, /birthday, /quiet, /style."""

from __future__ import annotations

from discord import app_commands
from django.utils import timezone as clock

from characters import preferences
from conversations.discord.commands import choices
from conversations.discord.commands.answers import Commands, Interaction, answer, ask
from conversations.discord.commands.callers import Caller, caller_of
from conversations.discord.commands.here import known_person
from conversations.wishes import preferring

AS_EVER = "as ever"


def _offered(key: str) -> list[app_commands.Choice[str]]:
    offered = (*preferences.STYLE[key], AS_EVER)
    return [app_commands.Choice(name=one, value=one) for one in offered]


@app_commands.command(name="timezone", description="Where your clock stands")
@app_commands.describe(zone="A city near you, such as Europe/Oslo")
@app_commands.autocomplete(zone=choices.timezone)
async def timezone(interaction: Interaction, zone: app_commands.Range[str, 1, 60]) -> None:
    await answer(interaction, await ask(interaction, _zone, caller_of(interaction), zone))


@app_commands.command(name="birthday", description="Tell your birthday, or have it forgotten")
@app_commands.describe(day="Such as 1 May or 1990-05-01; left out: it is forgotten")
async def birthday(
    interaction: Interaction, day: app_commands.Range[str, 1, 40] | None = None
) -> None:
    await answer(interaction, await ask(interaction, _birthday, caller_of(interaction), day))


@app_commands.command(name="quiet", description="Hours in which nothing may disturb you")
@app_commands.describe(start="When they begin, such as 22:00; left out: never", end="When they end")
async def quiet(
    interaction: Interaction,
    start: app_commands.Range[str, 1, 12] | None = None,
    end: app_commands.Range[str, 1, 12] | None = None,
) -> None:
    await answer(interaction, await ask(interaction, _quiet, caller_of(interaction), start, end))


@app_commands.command(name="style", description="How you like to be answered")
@app_commands.describe(length="How long", formality="How formally", emoji="With emoji or without")
@app_commands.choices(
    length=_offered("length"), formality=_offered("formality"), emoji=_offered("emoji")
)
async def style(
    interaction: Interaction,
    length: app_commands.Choice[str] | None = None,
    formality: app_commands.Choice[str] | None = None,
    emoji: app_commands.Choice[str] | None = None,
) -> None:
    given = {"length": length, "formality": formality, "emoji": emoji}
    wishes = {key: one.value for key, one in given.items() if one is not None}
    wishes = {key: "" if value == AS_EVER else value for key, value in wishes.items()}
    await answer(interaction, await ask(interaction, _style, caller_of(interaction), wishes))


# --- steps ----------------------------------------------------------------------------------------


def _zone(caller: Caller, name: str) -> str:
    return preferring.timezone(known_person(caller), name, clock.now())


def _birthday(caller: Caller, text: str | None) -> str:
    return preferring.birthday(known_person(caller), text, clock.now())


def _quiet(caller: Caller, start: str | None, end: str | None) -> str:
    return preferring.quiet_hours(known_person(caller), start, end, clock.now())


def _style(caller: Caller, wishes: dict[str, str]) -> str:
    stands = preferences.set_style(known_person(caller), wishes)
    if not stands:
        return "You are answered as each character speaks."
    words = ", ".join(f"{key}: {value}" for key, value in stands.items())
    return f"Who answers you keeps to this: {words}."


COMMANDS: Commands = (timezone, birthday, quiet, style)
