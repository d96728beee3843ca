"""/why, and the same on a message: what was remembered and felt when it was said."""

from __future__ import annotations

import re

import discord
from discord import app_commands
from django.db.models import Q

from conversations.discord.commands.answers import Commands, Interaction, answer, ask
from conversations.discord.commands.callers import Caller, caller_of
from conversations.discord.commands.here import person_of
from conversations.discord.known import message_id_of
from conversations.models import Message
from conversations.text import Refused
from conversations.why import reasons

_LINK = re.compile(r"(?:channels/(?:\d{1,20}|@me)/\d{1,20}/)?(?P<id>\d{15,20})/?$")
NOT_YOURS = "I can only tell of lines in channels of this server that you can see."
FOR_ADULTS = "That was said in an age-restricted channel: ask in one."
NO_ID = "That is neither a link to a message nor its id. Leave it out for the last line here."


@app_commands.command(name="why", description="Why a character said that")
@app_commands.describe(message="A link to the line, or its id; left out: the last line here")
async def why(
    interaction: Interaction, message: app_commands.Range[str, 1, 200] | None = None
) -> None:
    await _tell(interaction, _id_in(message) if message else None)


@app_commands.context_menu(name="Why?")
async def why_menu(interaction: Interaction, message: discord.Message) -> None:
    await _tell(interaction, message.id)


async def _tell(interaction: Interaction, discord_id: int | None) -> None:
    caller = caller_of(interaction)
    key, place = await ask(interaction, _find, caller, discord_id)
    if not _can_see(interaction, place):
        raise Refused("message", NOT_YOURS)
    await answer(interaction, await ask(interaction, _why, caller, key))


def _can_see(interaction: Interaction, place: int | None) -> bool:
    """Whether whoever asks may read the channel of the line."""
    if place == interaction.channel_id:
        return True
    if interaction.guild is None or not isinstance(interaction.user, discord.Member):
        return False
    channel = interaction.guild.get_channel_or_thread(place or 0)
    if isinstance(channel, discord.Thread) and channel.is_private():
        return False
    return channel is not None and channel.permissions_for(interaction.user).view_channel


def _id_in(text: str) -> int:
    found = _LINK.search(text.strip())
    if found is None:
        raise Refused("message", NO_ID)
    return int(found["id"])


def _find(caller: Caller, discord_id: int | None) -> tuple[int, int | None]:
    """The line that is meant, and Discord's id of its channel."""
    lines = Message.objects.filter(character__isnull=False, deleted_at__isnull=True)
    adult = Q(conversation__channel__is_nsfw=True) | Q(conversation__is_adult=True)
    if discord_id is None:
        here = lines.filter(conversation__channel__discord_id=caller.place.channel_id)
        if not caller.place.is_nsfw:
            here = here.exclude(adult)
        found = here.order_by("-pk").values_list("pk", "conversation__channel__discord_id").first()
    else:
        named = lines.filter(pk=message_id_of(discord_id) or 0)
        if not caller.place.is_nsfw and named.filter(adult).exists():
            raise Refused("message", FOR_ADULTS)
        found = named.values_list("pk", "conversation__channel__discord_id").first()
    if found is None:
        raise Refused("message", reasons.NO_LINE)
    return found


def _why(caller: Caller, key: int) -> str:
    person = person_of(caller)
    sees_all = caller.keeps_server or caller.keeps_all
    return reasons.why(key, person.pk if person else None, sees_all=sees_all)


COMMANDS: Commands = (why, why_menu)
