"""Where discord.py does otherwise here than by itself: which server it speaks to, how it takes what
a server sends that is a little different, and how long it waits before it tries again.

All that reaches into discord.py's inside is in this file, so that a new version of it is checked in
one place.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import discord.http
import discord.shard
import discord.webhook.async_
import yarl
from discord.backoff import ExponentialBackoff
from discord.gateway import DiscordWebSocket

log = logging.getLogger(__name__)

LONGEST_PAUSE_EXPONENT = 5  # up to 2^5 s between attempts: an outage of an hour ends for us too
SHIELDED_NOT = frozenset({"READY", "RESUMED"})  # without these there is no session

Parser = Callable[[Any], None]


def speak_to(api_base: str) -> None:
    """Send requests to the REST API at `api_base`. The version is added where it names none."""
    base = api_base.rstrip("/")
    if not re.search(r"/v\d+$", base):
        base = f"{base}/v{discord.http.INTERNAL_API_VERSION}"
    discord.http.Route.BASE = base
    for module in (discord.http, discord.webhook.async_):
        module.json_or_text = json_or_text  # type: ignore[attr-defined]
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks aloud
    discord.shard.ExponentialBackoff = Patience  # type: ignore[attr-defined, assignment]


def connect_to(gateway_url: str) -> None:
    """Open sessions at this gateway, the first one and every later one."""
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


async def json_or_text(response: aiohttp.ClientResponse) -> dict[str, Any] | str:
    """What a server answered. Servers may add a charset to the type of JSON."""
    text = await response.text(encoding="utf-8")
    if response.content_type != "application/json" or not text:
        return text
    found: dict[str, Any] = json.loads(text)
    return found


class Patience(ExponentialBackoff[bool]):
    """Pauses between attempts that never grow beyond half a minute."""

    def __init__(self, base: int = 1, *, integral: bool = False) -> None:
        super().__init__(base, integral=integral)
        self._max = LONGEST_PAUSE_EXPONENT


def watch_parsers(client: discord.Client, watchers: dict[str, Parser]) -> None:
    """Have `watchers` see an event's raw payload before discord.py does, and let no payload that
    one of them can't read end the session: it is logged and skipped."""
    parsers = client._connection.parsers
    for event, parse in list(parsers.items()):
        steps = (watchers[event], parse) if event in watchers else (parse,)
        if event in SHIELDED_NOT:
            parsers[event] = _one_after_the_other(steps)
        else:
            parsers[event] = _shielded(event, _one_after_the_other(steps))


def _one_after_the_other(steps: tuple[Parser, ...]) -> Parser:
    def parse(payload: Any) -> None:
        for step in steps:
            step(payload)

    return parse


def _shielded(event: str, parse: Parser) -> Parser:
    def shielded(payload: Any) -> None:
        try:
            parse(payload)
        except Exception:  # whatever a server sends
            log.exception("An event of Discord was skipped: %s %s", event, _ids_of(payload))

    return shielded


def _ids_of(payload: Any) -> str:
    """Which event it was, without a word of what people said."""
    if not isinstance(payload, dict):
        return type(payload).__name__
    named = ("id", "guild_id", "channel_id", "message_id", "user_id")
    return ", ".join(f"{name} {payload[name]}" for name in named if name in payload)


def message_of(client: discord.Client, channel: Any, payload: Any) -> discord.Message:
    """A message out of a page of history."""
    return discord.Message(state=client._connection, channel=channel, data=payload)


def member_of(client: discord.Client, payload: Any) -> discord.Member | None:
    """The member that an update tells of; discord.py passes on only those in its cache."""
    guild = client.get_guild(int(payload["guild_id"]))
    if guild is None:
        return None
    return discord.Member(data=payload, guild=guild, state=client._connection)


def listening(to: Callable[[str | None], None]) -> aiohttp.TraceConfig:
    """Has every answer that discord.py gets looked at for the time that it says it is."""

    async def look(
        session: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        to(end.response.headers.get("Date"))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(look)
    return trace
