"""Discord's ids: the time in milliseconds since 2015, and a count."""

from __future__ import annotations

import datetime as dt
import time

EPOCH_MS = 1_420_070_400_000


class Snowflakes:
    """Gives out ids that grow, as many in one millisecond as are asked for."""

    def __init__(self) -> None:
        self.clock_off_s = 0.0  # Discord's clock by ours
        self._last = 0
        self._backdated = 0

    def next(self) -> int:
        self._last = max(self._last + 1, first_at(self.time()))
        return self._last

    def time(self) -> float:
        """Unix seconds, as Discord has them."""
        return time.time() + self.clock_off_s

    def at(self, moment: dt.datetime) -> int:
        """An id as of another time, for what lies in the past."""
        self._backdated = (self._backdated + 1) % (1 << 22)
        return first_at(moment.timestamp()) | self._backdated


def first_at(timestamp: float) -> int:
    """The smallest id of a moment."""
    return (int(timestamp * 1000) - EPOCH_MS) << 22


def time_of(snowflake: int) -> dt.datetime:
    """When an id was given out."""
    return dt.datetime.fromtimestamp(((snowflake >> 22) + EPOCH_MS) / 1000, dt.UTC)


def shard_of(guild_id: int, shards: int) -> int:
    """Which shard hears of a guild."""
    return (guild_id >> 22) % shards
