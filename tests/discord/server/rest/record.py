"""What is remembered of the bot's requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.discord.server.places import Channel


@dataclass(frozen=True)
class Request:
    """`path` is without /api/v10, and tokens in it are hidden."""

    method: str
    path: str
    body: Any
    status: int
    at: float


@dataclass(frozen=True)
class Typing:
    """The bot showed there that somebody types, at a time of the monotonic clock."""

    channel: Channel
    at: float
