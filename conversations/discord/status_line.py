"""What stands under the bot's name on Discord: how many are awake, or that everything rests."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from dataclasses import dataclass

import aiohttp
import discord
from django.db import Error
from django.utils import timezone

from audit.configuration.configuration import is_society_paused
from characters.models import Character
from conversations.discord.client import Bot
from conversations.discord.crossing import step

log = logging.getLogger(__name__)

EVERY_S = 15.0  # Discord takes five changes in twenty seconds


@dataclass(frozen=True, slots=True)
class StatusLine:
    """The words, and whether somebody is there to talk."""

    text: str
    is_idle: bool = False


def told(now: dt.datetime) -> StatusLine:
    """How the society stands, in a line."""
    if is_society_paused():
        return StatusLine("Everything is paused", is_idle=True)
    living = Character.objects.filter(status=Character.Status.ACTIVE, is_template=False)
    clocks = living.only("timezone", "active_hours_start", "active_hours_end")
    awake = [one.is_awake(now) for one in clocks]
    if not awake:
        return StatusLine("Nobody lives here yet", is_idle=True)
    if not any(awake):
        return StatusLine("Everybody is asleep", is_idle=True)
    return StatusLine(f"{sum(awake)} of {len(awake)} are awake")


async def keep_up(bot: Bot) -> None:
    """Show it until cancelled: again in each session, and when it has changed."""
    shown: tuple[StatusLine, int] | None = None
    while True:
        if bot.is_ready():
            try:
                now = await step(told, timezone.now()), bot.sessions
                if now != shown:
                    await _show(bot, now[0])
                    shown = now
            except Error as error:
                log.warning("The status line can't be read: %s", error)
            except (RuntimeError, OSError, aiohttp.ClientError, discord.ClientException) as error:
                log.info("The status line did not go out: %s", error)
        await asyncio.sleep(EVERY_S if shown else 1.0)


async def _show(bot: Bot, line: StatusLine) -> None:
    await bot.change_presence(
        status=discord.Status.idle if line.is_idle else discord.Status.online,
        activity=discord.CustomActivity(name=line.text),
    )
