"""Shows on Discord that a character is composing: "Fishbowl is typing…", for as long as it does.

Discord shows the bot's typing for ten seconds, or until the bot says something; so it is told again
while a turn is being composed. Who it is that types can't be shown: a webhook can't type.
"""

from __future__ import annotations

import asyncio
import logging

from discord.http import Route

from conversations.discord.refusals import Failure, Kind
from conversations.discord.rest import Rest

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 8.0
LONGEST_S = 120.0  # a turn whose end nobody told of


class Typing:
    """The turns that are being composed now, each with the task that shows it."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._shown: dict[int, asyncio.Task[None]] = {}

    def begin(self, turn: int, place: int) -> None:
        """Somebody began to compose a turn, for a channel with this id of Discord's."""
        if turn not in self._shown:
            task = asyncio.create_task(self._show(place))
            self._shown[turn] = task
            task.add_done_callback(lambda _: self._shown.pop(turn, None))

    def end(self, turn: int | None) -> None:
        """It was said, or won't be."""
        if turn is not None and (task := self._shown.pop(turn, None)):
            task.cancel()

    async def close(self) -> None:
        """Show nothing any more."""
        tasks = list(self._shown.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _show(self, place: int) -> None:
        route = Route("POST", "/channels/{channel_id}/typing", channel_id=place)
        try:
            async with asyncio.timeout(LONGEST_S):
                while True:
                    await self._tell(route)
                    await asyncio.sleep(AGAIN_AFTER_S)
        except TimeoutError:
            return

    async def _tell(self, route: Route) -> None:
        try:
            await self._rest.ask(route)
        except Failure as failure:
            level = logging.DEBUG if failure.kind is Kind.LIMITED else logging.INFO
            log.log(level, "That somebody types was not shown: %s", failure)
