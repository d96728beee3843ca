"""What is theirs: /privacy, /what-do-you-know-about-me, /forget-me, /export-me."""

from __future__ import annotations

import gzip
import io
import json

import discord
from discord import app_commands
from django.utils import timezone

from characters.models import Person
from conversations.discord import rules
from conversations.discord.commands.answers import Commands, Interaction, answer, ask
from conversations.discord.commands.callers import Caller, caller_of
from conversations.discord.commands.controls import (
    NOTHING_KEPT,
    ForgetMe,
    Keep,
    buttons,
    known_about,
)
from conversations.discord.commands.here import known_person, person_of
from conversations.people import privacy
from conversations.people.export import export_person
from conversations.text import Refused

LARGEST = 9_000_000  # bytes of a file; Discord takes ten million
LEVELS = [
    app_commands.Choice(name="none: leave me alone, remember nothing", value="none"),
    app_commands.Choice(name="minimal: answer me, remember what was said", value="minimal"),
    app_commands.Choice(name="full: you may also come to me", value="full"),
]
SURE = (
    "Shall everything that is kept of you be erased, for good? Your messages here, what the "
    "characters remember of you, and what they made of it. It can't be undone; /export-me "
    "gives you a copy first."
)


@app_commands.command(name="privacy", description="How far the characters may remember you")
@app_commands.describe(level="How far; left out: what there is to choose from")
@app_commands.choices(level=LEVELS)
async def privacy_command(
    interaction: Interaction, level: app_commands.Choice[str] | None = None
) -> None:
    wanted = level.value if level else None
    await answer(interaction, await ask(interaction, _consent, caller_of(interaction), wanted))


@app_commands.command(
    name="what-do-you-know-about-me", description="What is remembered of you, to be forgotten"
)
async def known(interaction: Interaction) -> None:
    text, view = await ask(interaction, known_about, interaction.user.id, 0)
    await answer(interaction, text, view=view)


@app_commands.command(name="forget-me", description="Erase everything that is kept of you")
async def forget_me(interaction: Interaction) -> None:
    person = await ask(interaction, person_of, caller_of(interaction))
    if person is None:
        await answer(interaction, NOTHING_KEPT)
        return
    await answer(interaction, SURE, view=buttons(ForgetMe(), Keep()))


@app_commands.command(name="export-me", description="A file with everything that is kept of you")
async def export_me(interaction: Interaction) -> None:
    name, data = await ask(interaction, _export, caller_of(interaction))
    file = discord.File(io.BytesIO(data), filename=name)
    await answer(interaction, "Everything that is kept of you:", file=file)


# --- steps ----------------------------------------------------------------------------------------


def _consent(caller: Caller, level: str | None) -> str:
    if level is None:
        return privacy.explain(person_of(caller), rules.in_force().newcomer_consent)
    person = person_of(caller)
    if person is None and level == Person.Consent.NONE == rules.in_force().newcomer_consent:
        return f"You are at {privacy.LEVELS[Person.Consent.NONE]}"  # without keeping a row
    return privacy.set_level(person or known_person(caller), level, caller.at)


def _export(caller: Caller) -> tuple[str, bytes]:
    person = person_of(caller)
    if person is None:
        raise Refused("person", NOTHING_KEPT)
    told = export_person(person, timezone.now())
    data = json.dumps(told, ensure_ascii=False, indent=2).encode()
    if len(data) <= LARGEST:
        return "kept-of-you.json", data
    data = gzip.compress(data)
    if len(data) > LARGEST:
        raise Refused(
            "file", "It is too much for a file on Discord: ask a keeper, who can write it down."
        )
    return "kept-of-you.json.gz", data


COMMANDS: Commands = (privacy_command, known, forget_me, export_me)
