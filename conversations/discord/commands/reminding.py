"""/remind: that a character says something at its time, where it was asked. /reminders: what is
still to come."""

from __future__ import annotations

from discord import app_commands
from django.utils import timezone

from conversations.discord.commands import choices
from conversations.discord.commands.answers import Commands, Interaction, answer, ask
from conversations.discord.commands.callers import Caller, caller_of
from conversations.discord.commands.controls import awaited
from conversations.discord.commands.here import open_channel, willing_person
from conversations.initiative import reminders
from conversations.wishes import cast


@app_commands.command(name="remind", description="Be reminded of something, here")
@app_commands.describe(
    when="Such as: in 20 minutes, at 18:30, tomorrow at 9, friday evening",
    what="What of",
    character="By whom; left out: whoever is here",
)
@app_commands.autocomplete(character=choices.character)
async def remind(
    interaction: Interaction,
    when: app_commands.Range[str, 1, 60],
    what: app_commands.Range[str, 1, 300],
    character: app_commands.Range[str, 1, 100] | None = None,
) -> None:
    done = await ask(interaction, _remind, caller_of(interaction), when, what, character)
    await answer(interaction, done)


@app_commands.command(name="reminders", description="What you are still to be reminded of")
async def list_reminders(interaction: Interaction) -> None:
    text, view = await ask(interaction, awaited, interaction.user.id)
    await answer(interaction, text, view=view)


def _remind(caller: Caller, when: str, what: str, name: str | None) -> str:
    channel, person = open_channel(caller), willing_person(caller)
    character = cast.find_for(name, is_adult=bool(caller.place.is_nsfw)) if name else None
    event = reminders.remind(person, channel, when, what, timezone.now(), character)
    return reminders.confirmation(event, f"<t:{int(event.trigger_at.timestamp())}:f>")


COMMANDS: Commands = (remind, list_reminders)
