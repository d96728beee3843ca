"""The bot's sign of life: how it stands, told to Redis every few seconds, gone soon after it is."""

from __future__ import annotations

import asyncio
import json
import logging
import math

import redis
from django.conf import settings

from conversations.discord import clocks
from conversations.discord.client import Bot
from fishbowl.health import BOT_SIGN

log = logging.getLogger(__name__)

EVERY_S, KEPT_S = 10.0, 45


async def tell_on(bot: Bot) -> None:
    """Tell how a bot stands until cancelled."""
    while True:
        try:
            await asyncio.to_thread(_tell, _standing(bot))
        except redis.RedisError as error:
            log.warning("The bot's sign of life did not go out: %s", error)
        await asyncio.sleep(EVERY_S)


def _standing(bot: Bot) -> dict[str, object]:
    latency = bot.latency
    ahead = clocks.ahead_s()
    return {
        **({"clock_ahead_s": round(ahead)} if ahead else {}),
        "connected": bot.is_ready() and not bot.is_closed() and math.isfinite(latency),
        "servers": len(bot.guilds),
        "shards": bot.shard_count or 0,
        "latency_ms": round(latency * 1000) if math.isfinite(latency) else None,
        "waiting": bot.lanes.waiting(),
        "skipped": bot.lanes.skipped,
    }


def _tell(standing: dict[str, object]) -> None:
    key = f"{settings.REDIS_PREFIX}:{BOT_SIGN}"
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
        client.set(key, json.dumps(standing), ex=KEPT_S)
