"""The life of the bot's process: connect, stay, come back after every outage; end with a sentence
where only the keeper can help."""

from __future__ import annotations

import asyncio
import logging
import signal

import aiohttp
import discord
from django.db import DatabaseError, InterfaceError

from audit.models import SecurityEventType
from audit.security.security import record_event
from conversations.discord import library, life, status_line
from conversations.discord.client import Bot, SessionsSpent
from conversations.discord.crossing import step
from conversations.discord.facts import Us
from conversations.discord.lanes import Lanes
from conversations.discord.outbound import Outbound
from fishbowl.environment import Environment

log = logging.getLogger(__name__)

# Exit codes. 1 and 2 are fishbowl.boot's.
WRONG_TOKEN, NO_INTENTS, REFUSED = 3, 4, 5

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 30.0
ENDS_WITHIN_S = 2.5  # of the 4 s that supervisord gives

PORTAL = "in Discord's developer portal (your application, Bot)"
TOKEN_SENTENCE = (
    f"Discord doesn't accept the bot's token: make a new one {PORTAL} with Reset Token, and set "
    "DISCORD_TOKEN to it."
)
INTENTS = {
    "message_content": (
        "Message Content Intent",
        "or set DISCORD_MESSAGE_CONTENT=false: the characters then hear only direct messages and "
        "what mentions the bot",
    ),
    "members": (
        "Server Members Intent",
        "or set DISCORD_MEMBERS=false: nobody's joining, leaving or renaming is then noticed",
    ),
}
REVOKED = 4004
CLOSE_CODES = {
    REVOKED: (WRONG_TOKEN, TOKEN_SENTENCE),
    4010: (REFUSED, "Discord refuses this shard: leave DISCORD_SHARDS out."),
    4011: (REFUSED, "The bot is in too many servers for so few shards: leave DISCORD_SHARDS out."),
    4012: (REFUSED, "Discord no longer speaks this version of the API: bring Fishbowl up to date."),
    4013: (REFUSED, "The server behind DISCORD_API_BASE doesn't know the intents asked for."),
}


class Refusal(Exception):
    """Discord refuses for good: trying again would change nothing."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def run(settings: Environment) -> int:
    """Be the bot until somebody stops it, or Discord refuses it for good. The exit code."""
    library.speak_to(settings.discord_api_base)
    try:
        asyncio.run(_live(settings))
    except Refusal as refusal:
        log.error(refusal.sentence)
        return refusal.code
    return 0


class Sending:
    """The sender of what characters say. It begins when the bot is first known by its token, and
    goes on whatever becomes of the gateway."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._outbound: Outbound | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self, us: Us) -> None:
        """Begin, unless that was done."""
        if self._task is None:
            self._task = asyncio.create_task(self._go_on(us))

    async def stop(self, within_s: float) -> None:
        """Finish what is under way, and end; by force after a while."""
        if self._task is None or self._outbound is None:
            return
        self._outbound.stop()
        await asyncio.wait({self._task}, timeout=within_s)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self, us: Us) -> None:
        while True:
            self._outbound = Outbound(self._token, us)
            try:
                await self._outbound.run()
            except Exception:
                log.exception("The sender broke. It begins again.")
                await asyncio.sleep(FIRST_PAUSE_S)
            else:
                return


async def _live(settings: Environment) -> None:
    """Connect again and again, until told to stop."""
    lanes, stop = Lanes(), asyncio.Event()
    sending = Sending(settings.discord_token)
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(sign, stop.set)
    stopped = asyncio.create_task(stop.wait())
    pause = FIRST_PAUSE_S
    try:
        while not stop.is_set():
            bot = Bot(settings, lanes, sending.begin)
            session = asyncio.create_task(_session(bot, settings.discord_token))
            beside = [
                asyncio.create_task(life.tell_on(bot)),
                asyncio.create_task(status_line.keep_up(bot)),
            ]
            await asyncio.wait({session, stopped}, return_when=asyncio.FIRST_COMPLETED)
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            if stop.is_set():
                await bot.close()
                session.cancel()
                await asyncio.gather(session, return_exceptions=True)
                return
            was_up = bot.is_ready()
            await bot.close()
            wait = await session
            pause = FIRST_PAUSE_S if was_up else min(LONGEST_PAUSE_S, pause * 2)
            await asyncio.wait({stopped}, timeout=wait or pause)
    finally:
        stopped.cancel()
        left, _ = await asyncio.gather(lanes.drain(ENDS_WITHIN_S), sending.stop(ENDS_WITHIN_S))
        if left:
            log.warning("%s events of Discord are left for the next start.", left)


async def _session(bot: Bot, token: str) -> float:
    """Be connected for as long as it goes. Returns how many seconds to wait at least before the
    next attempt.

    Raises:
        Refusal: there is no use in trying again.
    """
    try:
        await bot.start(token)
    except discord.LoginFailure:
        await _note_refusal("The token is wrong.")
        raise Refusal(WRONG_TOKEN, TOKEN_SENTENCE) from None
    except discord.PrivilegedIntentsRequired:
        await _note_refusal("An intent is not granted.")
        raise Refusal(NO_INTENTS, intents_sentence(bot)) from None
    except discord.ConnectionClosed as closed:
        if closed.code in CLOSE_CODES:
            if closed.code == REVOKED:
                await _note_refusal("The token was revoked.")
            raise Refusal(*CLOSE_CODES[closed.code]) from None
        log.warning("Discord closed the connection: %s", closed)
    except SessionsSpent as spent:
        log.error("The bot began too many sessions today: %s.", spent)
        return spent.reset_after_s
    except (
        aiohttp.ClientError,
        discord.GatewayNotFound,
        discord.HTTPException,
        OSError,
        TimeoutError,
    ) as error:
        if isinstance(error, discord.HTTPException) and error.status in (401, 403):
            await _note_refusal(f"Discord answered {error.status}.")
            raise Refusal(WRONG_TOKEN, TOKEN_SENTENCE) from None
        log.warning("Discord can't be reached: %s", error)
    return 0.0


async def _note_refusal(why: str) -> None:
    """Record that Discord refused the bot, if there is a database to record it in."""
    facts = {"server": "Discord", "why": why}
    try:
        await step(record_event, SecurityEventType.TOKEN_ERROR, data=facts)
    except (DatabaseError, InterfaceError) as error:
        log.warning("That Discord refused the bot can't be recorded: %s", error)


def intents_sentence(bot: Bot) -> str:
    """Which intents were asked for and aren't granted, and where to grant them. Discord doesn't
    say which it means; the application's flags do, where the server has them."""
    flags = bot.application_flags
    granted = {
        "message_content": flags.gateway_message_content or flags.gateway_message_content_limited,
        "members": flags.gateway_guild_members or flags.gateway_guild_members_limited,
    }
    asked = [name for name in INTENTS if getattr(bot.intents, name)]
    missing = [name for name in asked if not granted[name]] or asked
    return " ".join(
        f"Discord doesn't grant the bot the {title}: switch it on {PORTAL}, {instead}."
        for title, instead in (INTENTS[name] for name in missing)
    )
