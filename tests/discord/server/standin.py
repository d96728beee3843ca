"""The stand-in itself: what a test starts, builds a world in, and asks."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self, TypeVar
from weakref import WeakSet

from aiohttp import web

from tests.discord.server import permissions, places_deeds, snowflakes
from tests.discord.server.asking import Asking
from tests.discord.server.faults import Faults
from tests.discord.server.gateway import INVALID_SESSION, RECONNECT, Gateway
from tests.discord.server.intents import PRIVILEGED, Intent
from tests.discord.server.loop import Loop, in_loop
from tests.discord.server.messages import Message
from tests.discord.server.people import Person
from tests.discord.server.places import Channel, Guild
from tests.discord.server.rest import application, limits
from tests.discord.server.rest.record import Request, Typing
from tests.discord.server.world import World
from tests.patience import PATIENCE_S

TOKEN = "stand-in.bot.token"
R = TypeVar("R")


class DiscordServer(Asking):
    """See the package's docstring for a tour."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        port: int = 0,
        bot_name: str = "Fishbowl",
        heartbeat_interval_s: float = 41.25,
        kept_requests: int = 20_000,
    ) -> None:
        self.loop = Loop()
        self.port = port
        self.token: str | None = token
        self.heartbeat_interval_s = heartbeat_interval_s
        self.least_shards = 1  # what GET /gateway/bot recommends and identifications must reach
        self.granted_intents = PRIVILEGED
        self.ids = snowflakes.Snowflakes()
        self.world = World()
        self.faults = Faults(self)
        self.limits = limits.Limits(self)
        self.gateway = Gateway(self)
        self.violations: list[str] = []  # what a real Discord would have refused or resented
        self.rate_limited: list[str] = []  # routes that were answered 429 by their bucket
        self.requests: deque[Request] = deque(maxlen=kept_requests)
        self.typing: list[Typing] = []  # the bot's
        self.presences: list[dict[str, Any]] = []  # each that was set, the last one counts
        self.invalid_requests = 0  # 401, 403 and 429: at 10,000 in 10 minutes comes a ban
        self.lines: WeakSet[asyncio.Transport] = WeakSet()  # all sockets that asked something
        self._changes = threading.Condition()
        self._runner: web.AppRunner | None = None
        self._door: socket.socket | None = None
        self._site: web.SockSite | None = None
        self.bot = self.add_person(bot_name, is_bot=True)
        self.application_id = self.bot.id

    @property
    def server(self) -> DiscordServer:
        return self

    # Its life

    def start(self) -> Self:
        self.loop.start()
        self.loop.wait(self._open())
        return self

    def close(self) -> None:
        self.loop.wait(self._shut())
        self.loop.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _open(self) -> None:
        self._runner = web.AppRunner(application.make(self), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await self._listen()

    async def _listen(self) -> None:
        assert self._runner is not None
        self._door = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self._site = web.SockSite(self._runner, self._door)
        await self._site.start()
        self.port = self._door.getsockname()[1]

    async def _stop_listening(self) -> None:
        """Accept nobody more, and close the door when whoever was accepted is in: asyncio drops a
        socket, unclosed, whose server closes before it has become a connection."""
        if self._site is None or self._door is None:
            return
        self.loop.loop.remove_reader(self._door)
        await asyncio.sleep(0)
        await self._site.stop()
        self._site = None

    async def _shut(self) -> None:
        assert self._runner is not None
        self._hang_up()
        await self._stop_listening()
        await self._runner.cleanup()
        await self.loop.hang_up()
        self._hang_up()

    def _hang_up(self) -> None:
        """Every connection ends without a word, and what waits to be sent is not."""
        for connection in list(self.gateway.connections):
            connection.abort()
        for line in list(self.lines):
            line.abort()

    @property
    def api_url(self) -> str:
        """DISCORD_API_BASE; the client adds the version."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway"

    def environment(self) -> dict[str, str]:
        """The settings by which the bot comes here."""
        return {
            "DISCORD_TOKEN": self.token or "",
            "DISCORD_API_BASE": self.api_url,
            "DISCORD_GATEWAY_URL": self.gateway_url,
        }

    # The world

    @in_loop
    def add_person(self, name: str, *, is_bot: bool = False) -> Person:
        person = Person(self, self.ids.next(), name.lower().replace(" ", "_"), name, is_bot)
        self.world.people[person.id] = person
        return person

    @in_loop
    def add_guild(
        self,
        name: str,
        *,
        channels: Sequence[str] = ("general",),
        members: Sequence[Person | str] = (),
        owner: Person | None = None,
        guild_id: int | None = None,
        bot_permissions: int = permissions.BOT,
        has_bot: bool = True,
    ) -> Guild:
        """A server with the bot in it, its channels and its people: new ones for names."""
        guild = places_deeds.create_guild(
            self, name, owner or self.add_person(f"{name} owner"), guild_id=guild_id,
            allowed=int(bot_permissions),
        )  # fmt: skip
        for channel in channels:
            places_deeds.add_channel(self, guild, channel, is_told=False)
        for member in members:
            guild.add_member(member)
        if has_bot:
            places_deeds.invite_bot(self, guild)
        return guild

    @in_loop
    def dispatch(self, name: str, data: dict[str, Any], guild: Guild | None = None) -> None:
        """Send any event as it is, however odd."""
        self.gateway.publish(name, data, guild=guild)

    # What the bot did

    @in_loop
    def messages(self, channel: Channel) -> list[Message]:
        """What stands in a channel now, oldest first."""
        return list(channel.log)

    @in_loop
    def webhook_messages(self, channel: Channel) -> list[Message]:
        """Of these, what the bot's own webhooks posted."""
        own = self.application_id
        return [m for m in channel.log if m.webhook and m.webhook.application_id == own]

    @in_loop
    def commands(self, guild: Guild | None = None) -> list[dict[str, Any]]:
        """The commands registered globally, or for one server."""
        return list(self.world.commands.get(guild.id if guild else None, []))

    @property
    def presence(self) -> dict[str, Any] | None:
        return self.presences[-1] if self.presences else None

    @property
    def is_connected(self) -> bool:
        return any(session.is_connected for session in list(self.gateway.sessions.values()))

    def wait_for(
        self, predicate: Callable[[], R], timeout: float = PATIENCE_S, what: str = ""
    ) -> R:
        """Wait until `predicate` holds, and return what it returned. It is asked again whenever
        something changed here, and 20 times a second for what changes elsewhere."""
        until = time.monotonic() + timeout
        while not (found := predicate()):
            if time.monotonic() > until:
                raise AssertionError(f"not within {timeout:g} s: {what or predicate}")
            with self._changes:
                self._changes.wait(0.05)
        return found

    def wait_connected(self, shards: int = 1, timeout: float = PATIENCE_S) -> None:
        """Wait until the bot has identified (or resumed) on so many shards."""

        def connected() -> bool:
            return sum(s.is_connected for s in list(self.gateway.sessions.values())) >= shards

        self.wait_for(connected, timeout, f"the bot on {shards} shard(s)")

    def changed(self) -> None:
        with self._changes:
            self._changes.notify_all()

    def violate(self, what: str) -> None:
        self.violations.append(what)
        self.changed()

    # The gateway's troubles

    @in_loop
    def disconnect(self, code: int | None = None, shard: int | None = None) -> None:
        """End the gateway connections: with a close code, or None as when the line goes dead.
        The session can be resumed, but for 4007 and 4009."""
        for connection in self.gateway.of_shard(shard):
            if code in (4007, 4009) and connection.session is not None:
                self.gateway.sessions.pop(connection.session.id, None)
            if code is None:
                connection.abort()
            else:
                connection.close(code)

    @in_loop
    def ask_to_reconnect(self, shard: int | None = None) -> None:
        """Op 7."""
        for connection in self.gateway.of_shard(shard):
            connection.send(RECONNECT)

    @in_loop
    def invalidate_sessions(self, *, resumable: bool = False, shard: int | None = None) -> None:
        """Op 9."""
        for connection in self.gateway.of_shard(shard):
            if not resumable and connection.session is not None:
                self.gateway.sessions.pop(connection.session.id, None)
            connection.send(INVALID_SESSION, resumable)

    @in_loop
    def forget_sessions(self) -> None:
        """No session can be resumed any more, as after Discord's own restarts."""
        self.gateway.sessions.clear()

    @in_loop
    def revoke_token(self) -> None:
        """401 for every request, 4004 at the gateway, and the line is closed."""
        self.token = None
        for connection in self.gateway.of_shard(None):
            connection.close(4004, "Authentication failed.")

    @in_loop
    def grant_intents(self, *names: str) -> None:
        """Which privileged intents the developer portal has switched on: guild_members,
        guild_presences, message_content. Others are refused with 4014."""
        self.granted_intents = Intent(0)
        for name in names:
            self.granted_intents |= Intent[name.upper()]

    def go_down(self, *, forget_sessions: bool = True) -> None:
        """An outage: nothing listens any more, and all connections are cut."""

        async def down() -> None:
            await self._stop_listening()
            self._hang_up()
            await asyncio.sleep(0)
            if forget_sessions:
                self.gateway.sessions.clear()

        self.loop.wait(down())

    def come_back(self) -> None:
        self.loop.wait(self._listen())

    @contextlib.contextmanager
    def outage(self, *, forget_sessions: bool = True) -> Iterator[None]:
        self.go_down(forget_sessions=forget_sessions)
        try:
            yield
        finally:
            self.come_back()
