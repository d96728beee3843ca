"""The sender: brings to Discord what characters say, in the bot's own event loop.

It is woken by the live events of the channels, which tell that something was committed, and looks
by itself every two seconds for what those missed. Each channel is drained by one task, in order;
channels don't wait for one another. What is carried, and how far, stands in rows: any number of
senders may run, and any may die.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any

from channels.layers import get_channel_layer
from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from redis.exceptions import RedisError

from conversations.discord import outbox, parts
from conversations.discord.carrying import Carrier
from conversations.discord.crossing import step
from conversations.discord.facts import Us
from conversations.discord.rest import Rest
from conversations.discord.typing_shown import Typing
from conversations.tank.live import group_of

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
CHECK_EVERY_S = 120.0
MOST_AT_ONCE = 24  # channels
STOPS_WITHIN_S = 5.0
REST_S = 1.0

# What has something go out; a turn's composing ends with any of the last three.
NEWS = {"message.sent", "message.edited", "message.removed", "reaction.added", "reaction.removed"}
OVER = {"message.sent", "reaction.added", "turn.over"}


class Outbound:
    """One sender. `run` goes on until `stop`; `looked_at` is when it last looked, its sign of
    life."""

    def __init__(self, token: str, us: Us, clock: Callable[[], dt.datetime] = timezone.now) -> None:
        self._token = token
        self._us = us
        self._clock = clock
        self._stopping = asyncio.Event()
        self._at_work: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._seats = asyncio.Semaphore(MOST_AT_ONCE)
        self._places: dict[int, int] = {}
        self.looked_at: dt.datetime | None = None

    def stop(self) -> None:
        """Begin nothing new, finish what is under way, and end."""
        self._stopping.set()

    async def run(self) -> None:
        """Send what waits until told to stop."""
        async with Rest(self._token) as rest:
            self._carrier = Carrier(rest, self._us, self._clock)
            self._typing = Typing(rest)
            told = asyncio.create_task(self._stopping.wait())
            loops = [
                asyncio.create_task(one)
                for one in (self._look_on(), self._listen_on(), self._check_on())
            ]
            tasks: list[asyncio.Task[Any]] = [told, *loops]
            try:
                ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                await self._finish_work()
                for task in ended:
                    task.result()  # a loop ends by an error alone: it is the caller's
            finally:
                await end([*tasks, *self._at_work.values()])
                await self._typing.close()

    async def send_waiting(self) -> None:
        """Send all that can be sent now, and come back."""
        async with Rest(self._token) as rest:
            self._carrier = Carrier(rest, self._us, self._clock)
            await self._look()
            await asyncio.gather(*self._at_work.values())

    # --- what wakes it ----------------------------------------------------------------------------

    async def _look_on(self) -> None:
        while True:
            try:
                await self._look()
            except (DatabaseError, InterfaceError) as error:
                log.warning("What waits for Discord can't be read: %s", error)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        self._places = await step(outbox.addresses)
        for channel_id in await step(outbox.due_channels, self._clock()):
            self.nudge(channel_id)
        self.looked_at = self._clock()

    async def _check_on(self) -> None:
        """Find out now and then whether channels in trouble could be written to again."""
        while True:
            try:
                await step(outbox.leave_unreachable)
                for room in await step(outbox.troubled):
                    await self._carrier.check(room)
            except (DatabaseError, InterfaceError) as error:
                log.warning("Channels in trouble can't be looked at: %s", error)
            await asyncio.sleep(CHECK_EVERY_S)

    async def _listen_on(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, DatabaseError, InterfaceError) as error:
                log.warning("Live events can't be heard (%s): what is said is found later.", error)
                await asyncio.sleep(REST_S)

    async def _listen(self) -> None:
        """Hear of what happens in the channels that are on Discord."""
        self._places = await step(outbox.addresses)
        layer = get_channel_layer()
        name = await layer.new_channel()
        heard: set[int] = set()
        receiving = None  # not broken off for a timeout: the layer would take it for leaving
        try:
            while True:
                for channel_id in self._places.keys() - heard:
                    await layer.group_add(group_of(channel_id), name)
                    heard.add(channel_id)
                receiving = receiving or asyncio.create_task(layer.receive(name))
                await asyncio.wait({receiving}, timeout=LOOK_EVERY_S)
                if receiving.done():
                    event, receiving = receiving.result(), None
                    self._hear(event)
        finally:
            if receiving is not None:
                receiving.cancel()
                await asyncio.gather(receiving, return_exceptions=True)

    def _hear(self, event: dict[str, Any]) -> None:
        kind, channel_id = event.get("event"), event.get("channel")
        if not isinstance(channel_id, int):
            return
        turn = event.get("turn") or (event.get("message") or {}).get("turn")
        if kind == "turn.typing" and channel_id in self._places:
            self._typing.begin(event["turn"], self._places[channel_id])
        if kind in OVER:
            self._typing.end(turn)
        if kind in NEWS:
            self.nudge(channel_id)

    # --- one channel ------------------------------------------------------------------------------

    def nudge(self, channel_id: int) -> None:
        """Have what waits for a channel sent, unless that is being done."""
        if self._stopping.is_set():
            return
        if channel_id in self._at_work:
            self._again.add(channel_id)
            return
        task = asyncio.create_task(self._drain(channel_id))
        self._at_work[channel_id] = task
        task.add_done_callback(lambda _: self._drained(channel_id))

    def _drained(self, channel_id: int) -> None:
        self._at_work.pop(channel_id, None)
        if channel_id in self._again:  # the nudge came as it ended
            self._again.discard(channel_id)
            self.nudge(channel_id)

    async def _drain(self, channel_id: int) -> None:
        async with self._seats:
            while not self._stopping.is_set():
                self._again.discard(channel_id)
                try:
                    carried = await self._carry_next(channel_id)
                except (DatabaseError, InterfaceError) as error:
                    log.warning("What waits for channel %d can't be read: %s", channel_id, error)
                    return
                if not carried and channel_id not in self._again:
                    return

    async def _carry_next(self, channel_id: int) -> bool:
        """Carry out what comes first in a channel. Returns whether there was something."""
        cargo = await step(outbox.claim, channel_id, self._clock())
        if cargo is None:
            return False
        try:
            await self._carrier.carry(cargo)
        except parts.Lost:
            log.warning("Delivery %d was taken over by another sender.", cargo.delivery)
        except (DatabaseError, InterfaceError):
            raise
        except Exception as error:  # one poisoned delivery doesn't stop the others
            log.exception("Delivery %d broke the sender.", cargo.delivery)
            await step(outbox.note_broken, cargo, error, self._clock())
        return True

    async def _finish_work(self) -> None:
        if self._at_work:
            await asyncio.wait(list(self._at_work.values()), timeout=STOPS_WITHIN_S)


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Break tasks off, and say so again to one that didn't hear: redis-py, while it connects, takes
    it for a trouble of its own."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.5)
