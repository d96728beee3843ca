"""What befalls a society in the durability test, and who brings it up again."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.acceptance.talk import LINES
from tests.embedded.copies import READY
from tests.faults.browsers import Browser
from tests.faults.society import Society
from tests.patience import PATIENCE_S

MEAN_GAP_S = 5.5


@dataclass
class Fault:
    """Something that befell the society."""

    kind: str
    at: dt.datetime
    processes: int


class Keeper(threading.Thread):
    """Somebody who starts `manage.py up` whenever it has ended, and again when it refuses."""

    def __init__(self, society: Society) -> None:
        super().__init__(name="keeper", daemon=True)
        self.society = society
        self.starts: list[float] = []  # seconds from the end of one to "Ready" of the next
        self.refusals: list[str] = []
        self._done = threading.Event()

    def run(self) -> None:
        copy = self.society.copy
        ended: float | None = None
        while not self._done.wait(0.1):
            process = copy.up_process
            assert process is not None
            if process.poll() is None:
                if ended is not None and READY in copy.said:
                    self.starts.append(time.monotonic() - ended)
                    ended = None
                continue
            if ended is None:
                ended = time.monotonic()
            else:
                self.refusals.append(copy.said.strip().splitlines()[-1] if copy.said else "")
            copy.start_up()

    def rest(self) -> None:
        self._done.set()
        self.join(10)


class Talker(threading.Thread):
    """A person who writes something every few seconds."""

    def __init__(self, browser: Browser, home: int, rooms: list[int], seed: int) -> None:
        super().__init__(name=f"{browser.person} writes", daemon=True)
        self.browser, self.home, self.rooms = browser, home, rooms
        self.random = Random(seed)
        self._done = threading.Event()

    def run(self) -> None:
        number = 0
        while not self._done.wait(self.random.uniform(2.0, 9.0)):
            number += 1
            room = self.home if self.random.random() < 0.8 else self.random.choice(self.rooms)
            line = self.random.choice(LINES)
            self.browser.write(room, f"{line} ({self.browser.person} {number})")

    def fall_silent(self) -> None:
        self._done.set()
        self.join(10)


class Chaos:
    """Faults at random moments, all kinds of them, seeded."""

    def __init__(self, society: Society, seed: int) -> None:
        self.society = society
        self.random = Random(seed)
        self.faults: list[Fault] = []

    def kinds(self) -> dict[str, Callable[[], int]]:
        parts = ("web", "worker", "beat", "postgres", "redis", "supervisor")
        strikes: dict[str, Callable[[], int]] = {
            f"kill -9 {part}": lambda part=part: self.society.kill(part) for part in parts
        }
        return strikes | {
            "kill -9 up": self._kill_up,
            "kill -9 everything": self._kill_everything,
            "FLUSHALL": lambda: self._befall(self.society.flush_redis),
            "restart PostgreSQL, fast": lambda: self._befall(
                lambda: self.society.restart_database("fast")
            ),
            "restart PostgreSQL, immediate": lambda: self._befall(
                lambda: self.society.restart_database("immediate")
            ),
        }

    def rage(self, seconds: float) -> None:
        """Let things happen for so long, and each of them at least once."""
        kinds = self.kinds()
        ends = time.monotonic() + seconds
        for kind in self._deal(list(kinds)):
            if time.monotonic() > ends and len(self.faults) >= len(kinds):
                return
            self._strike(kind, kinds[kind])
            gap = MEAN_GAP_S * self.random.uniform(0.3, 1.7)
            time.sleep(gap)  # at a random moment, whatever state the last fault has left

    def _deal(self, kinds: list[str]) -> Iterator[str]:
        while True:
            self.random.shuffle(kinds)
            yield from kinds

    def _strike(self, kind: str, strike: Callable[[], int]) -> None:
        """Strike once; where there is nothing to hit yet, as soon as there is."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            at = dt.datetime.now(dt.UTC)
            if hit := strike():
                self.faults.append(Fault(kind, at, hit))
                return
            assert time.monotonic() < deadline, f"nothing to hit: {kind}"
            time.sleep(0.1)

    def _befall(self, act: Callable[[], None]) -> int:
        try:
            act()
        except Exception:  # it isn't there: tried again
            return 0
        return 1

    def _kill_up(self) -> int:
        process = self.society.copy.up_process
        if process is None or process.poll() is not None or READY not in self.society.copy.said:
            return 0
        process.kill()
        return 1

    def _kill_everything(self) -> int:
        if len(self.society.copy.processes()) < 5:
            return 0
        found = self.society.copy.processes()
        for process in found:
            with contextlib.suppress(Exception):
                process.kill()
        return len(found)
