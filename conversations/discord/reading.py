"""Reads up, by the gateway client, what was said in channels before its session began."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import discord

from conversations.discord import catchup, inbound, library, places, translate
from conversations.discord.crossing import step
from conversations.discord.facts import Sent
from conversations.discord.lanes import Lanes, NoLonger

if TYPE_CHECKING:
    from conversations.discord.client import Bot

log = logging.getLogger(__name__)

# Discord answers 50 requests a second, and shuts out whoever is refused too often: at a start with
# hundreds of channels that would be most of them. So many pages are asked for at once, each in a
# seat that is taken for so long at least: 40 a second.
SEATS, SEAT_TAKEN_S = 8, 0.2


class Reader:
    """What of the channels' history is read. A channel is current when nothing that was said there
    before this session is missing, or nothing of it can be had."""

    def __init__(self, bot: Bot, lanes: Lanes) -> None:
        self._bot = bot
        self._lanes = lanes
        self._current: set[int] = set()
        self._seats = asyncio.Semaphore(SEATS)

    def begin_anew(self) -> None:
        """A session begins: what was said since the last one wasn't told."""
        self._current.clear()

    def lose(self, channel_id: int) -> None:
        """Something that happened in a channel was left out, or wasn't told."""
        self._current.discard(channel_id)

    async def catch_up_everywhere(self, guild_id: int | None = None) -> None:
        """Have all channels read that are listened to, of one guild or of all."""
        for channel_id in await step(places.all_listened, guild_id):
            if channel_id not in self._current:
                deed = partial(self.be_current, channel_id)
                self._lanes.put(channel_id, f"history of {channel_id}", deed)

    async def be_current(self, channel_id: int) -> None:
        """Take in what was said in a channel since the last message that is known, once a
        session."""
        if channel_id in self._current:
            return
        self._current.add(channel_id)  # so that what is lost while it is read takes that back
        is_read = False
        try:
            known = await step(catchup.known_lately, channel_id)
            gap = await step(catchup.gap_of, channel_id)
            if gap is not None and not self._is_sure_that_nothing_came(gap):
                await self._fill(gap)
            await self._compare(channel_id, known)
            is_read = True
        finally:
            if not is_read:
                self.lose(channel_id)

    def _is_sure_that_nothing_came(self, gap: catchup.Gap) -> bool:
        last = getattr(self._bot.get_channel(gap.channel_id), "last_message_id", None)
        return last is not None and last <= gap.after

    async def _fill(self, gap: catchup.Gap) -> None:
        try:
            payloads = await catchup.missed(gap, self._page)
        except discord.NotFound:
            await step(places.remove_channel, gap.channel_id)
            return
        except discord.HTTPException as error:
            log.warning("The history of channel %s can't be read: %s", gap.channel_id, error)
            await step(places.note_unread, gap.channel_id, str(error))
            return
        await step(places.note_read, gap.channel_id)
        taken_in: list[Sent] = []
        for sent in self._read(gap.channel_id, payloads):
            await self._lanes.carry_out(
                f"message {sent.id}", partial(self._receive, sent, taken_in)
            )
        if taken_in:
            await step(catchup.look_once, gap.channel_id, taken_in[-1])
            log.info("Caught up with %s messages in %s.", len(payloads), gap.channel_id)

    async def _receive(self, sent: Sent, taken_in: list[Sent]) -> None:
        if await step(inbound.receive, sent, self._bot.us) is not None:
            taken_in.append(sent)

    async def _compare(self, channel_id: int, known: Mapping[int, dt.datetime | None]) -> None:
        """Mend what was edited or removed on Discord while nobody was told."""
        if not known:
            return
        try:
            page = await catchup.latest(channel_id, self._page)
        except discord.HTTPException as error:
            log.warning("The messages of channel %s can't be compared: %s", channel_id, error)
            return
        if gone := catchup.removed(known, page):
            await step(inbound.remove, gone)
        for sent in self._read(channel_id, catchup.edited(known, page)):
            deed = partial(step, inbound.change, sent, self._bot.us, stands=True)
            await self._lanes.carry_out(f"edit of {sent.id}", deed)

    def _read(self, channel_id: int, payloads: Iterable[Any]) -> Iterator[Sent]:
        """Messages out of a page of history; what can't be read is skipped."""
        bot = self._bot
        channel: Any = bot.get_channel(channel_id) or bot.get_partial_messageable(channel_id)
        for payload in payloads:
            try:
                yield translate.sent(library.message_of(bot, channel, payload), bot.us.user_id)
            except (KeyError, TypeError, ValueError, AttributeError):
                self._lanes.skipped += 1
                log.exception("A message of the history was skipped: %s", payload.get("id"))

    async def _page(
        self, channel_id: int, limit: int, before: int | None, after: int | None
    ) -> list[Any]:
        await self._seats.acquire()
        free = asyncio.get_running_loop().time() + SEAT_TAKEN_S
        try:
            page: list[Any] = await self._bot.http.logs_from(
                channel_id, limit, before=before, after=after
            )
        except (RuntimeError, discord.HTTPException) as error:
            if self._bot.is_closed():  # the next session reads on from the same message
                raise NoLonger from error
            raise
        finally:
            asyncio.get_running_loop().call_at(free, self._seats.release)
        return page
