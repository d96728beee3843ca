"""Events one after the other where their order matters, and none lost while the database is away.

discord.py runs every event as a task of its own. Those of one channel go through one lane: each
waits for the one before it. A poisoned event is logged and skipped; one that met a database which
doesn't answer is tried again until it does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable

from django.db import InterfaceError, OperationalError

log = logging.getLogger(__name__)

LONGEST = 2000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0


class NoLonger(Exception):
    """There is no more use in it: what it belongs to is over."""


Deed = Callable[[], Awaitable[object]]


class Lanes:
    """Lanes by key. `skipped` counts the events that nobody could carry out."""

    def __init__(self) -> None:
        self.skipped = 0
        self._lanes: dict[Hashable, deque[tuple[str, Deed]]] = {}
        self._at_work: set[asyncio.Task[None]] = set()
        self._is_away = False

    def put(self, key: Hashable, label: str, deed: Deed) -> bool:
        """Have something done after all that was put into this lane before. Returns False where
        the lane is full, and the deed is not done."""
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = deque()
            task = asyncio.create_task(self._work(key, lane), name=f"lane {key}")
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
        if len(lane) >= LONGEST:
            return False
        lane.append((label, deed))
        return True

    def waiting(self) -> int:
        """How many events wait or are being carried out."""
        return sum(len(lane) for lane in self._lanes.values())

    async def drain(self, within_s: float) -> int:
        """Wait for what is in the lanes, and let go of what isn't done by then. Returns how much
        that is."""
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=within_s)
        left = self.waiting()
        for task in list(self._at_work):
            task.cancel()
        return left

    async def _work(self, key: Hashable, lane: deque[tuple[str, Deed]]) -> None:
        while lane:
            await self.carry_out(*lane[0])
            lane.popleft()
        del self._lanes[key]

    async def carry_out(self, label: str, deed: Deed) -> None:
        """Do it now, as it would be done in a lane: again while the database is away; what is
        poisoned is logged and skipped."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                await deed()
            except (OperationalError, InterfaceError) as error:
                self._note_away(error)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE_S, pause * 2)
            except NoLonger:
                return
            except Exception:
                self.skipped += 1
                log.exception("An event of Discord was skipped: %s", label)
                return
            else:
                self._is_away = False
                return

    def _note_away(self, error: Exception) -> None:
        if not self._is_away:
            self._is_away = True
            log.warning("The database doesn't answer (%s): what happens on Discord waits.", error)
