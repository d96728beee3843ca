"""discord.py's own client, to drive the stand-in with: it runs in a thread of its own, so that a
test may wait for either side."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from typing import Any, Self, TypeVar

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord.server import DiscordServer
from tests.patience import PATIENCE_S

R = TypeVar("R")

NOBODY = discord.AllowedMentions.none()


def go_to(server: DiscordServer, patch: Any) -> None:
    """Have discord.py take this server for Discord."""
    patch.setattr(Route, "BASE", f"{server.api_url}/v10")
    patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))


class _Recording:
    """A client that keeps what it dispatched."""

    seen: list[tuple[str, tuple[Any, ...]]]
    told: Callable[[], None]

    def dispatch(self, event: str, /, *arguments: Any, **named: Any) -> None:
        self.seen.append((event, arguments))
        self.told()
        super().dispatch(event, *arguments, **named)  # type: ignore[misc]

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The stand-in has no limit of one identification in five seconds."""


class Alone(_Recording, discord.Client):
    pass


class Sharded(_Recording, discord.AutoShardedClient):
    pass


class RealClient:
    def __init__(
        self, server: DiscordServer, *, intents: discord.Intents | None = None, **options: Any
    ) -> None:
        self.server = server
        self.failure: BaseException | None = None
        kind = Sharded if options.get("shard_count", 1) > 1 else Alone
        self.client = kind(
            intents=intents or all_intents(),
            guild_ready_timeout=0.05,
            allowed_mentions=NOBODY,
            **options,
        )
        self.client.seen = []
        self.client.told = server.changed
        self.tree = app_commands.CommandTree(self.client)
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self.client.start(self.server.token or ""))
        except discord.DiscordException as error:
            self.failure = error
        finally:
            self.loop.run_until_complete(self.client.close())
            self.loop.run_until_complete(asyncio.sleep(0))
            left = asyncio.all_tasks(self.loop)
            for task in left:
                task.cancel()
            self.loop.run_until_complete(_ended(left))
            self.loop.close()
        self.server.changed()

    def start(self) -> Self:
        self._thread.start()
        return self

    def __enter__(self) -> Self:
        self.start()
        self.wait_for("ready")
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self.client.close(), self.loop)
        self._thread.join(20)
        assert not self._thread.is_alive()

    def do(self, deed: Coroutine[Any, Any, R], timeout: float = PATIENCE_S) -> R:
        """Have the client do something, and wait for it."""
        return asyncio.run_coroutine_threadsafe(deed, self.loop).result(timeout)

    def all_of(self, found: AsyncIterator[R]) -> list[R]:
        """What an asynchronous iterator yields, such as a channel's history."""

        async def collect() -> list[R]:
            return [one async for one in found]

        return self.do(collect())

    def events(self, name: str) -> list[tuple[Any, ...]]:
        return [arguments for event, arguments in list(self.client.seen) if event == name]

    def wait_for(self, name: str, times: int = 1, timeout: float = PATIENCE_S) -> tuple[Any, ...]:
        """Wait for an event of the library, the n-th of its name."""
        what = f"{name} ×{times}"
        self.server.wait_for(lambda: len(self.events(name)) >= times, timeout, what)
        return self.events(name)[times - 1]

    def wait_for_end(self, timeout: float = PATIENCE_S) -> BaseException | None:
        """Wait until the client gave up, and return why."""
        self._thread.join(timeout)
        assert not self._thread.is_alive()
        return self.failure

    def channel(self, channel: Any) -> Any:
        found = self.client.get_channel(channel.id)
        assert found is not None
        return found


async def _ended(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Wait until tasks are over, and what they were connecting is closed."""
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)


def all_intents() -> discord.Intents:
    intents = discord.Intents.default()
    intents.members = True
    intents.message_content = True
    return intents
