"""The clock of a simulated society: what beat has the workers do, done at simulated times.

It knows no task by name: it goes by the schedule that beat itself goes by, so that whatever is
added to a running society is lived through in a simulated one.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import time_machine
from celery import current_app
from celery.schedules import crontab
from celery.schedules import schedule as Every  # noqa: N812 - a class, for all its name

from conversations.freshness import look_again

# What beats oftener is for a machine that dies, or for people who wait; and in a society that has
# said nothing for a while there is less to find.
COARSE_S, QUIET_S = 240.0, 600.0
QUIET_AFTER = dt.timedelta(minutes=12)
Before = Callable[[dt.datetime], None]
LOOK, TAKE_TURN = "conversations.look", "conversations.take_turn"


class Beats:
    """When each periodic task is due next, and the nudges that wait to be carried out."""

    def __init__(
        self, traveller: time_machine.Traveller, start: dt.datetime, before: Before
    ) -> None:
        """`before` is called with the time before each beat."""
        self._traveller = traveller
        self._before = before
        self._due = [(start, name) for name in sorted(current_app.conf.beat_schedule)]
        self._waiting: list[tuple[str, int]] = []
        self._now = self._stirred_at = start
        self.looks: set[int] = set()  # channels to be looked at, for something fell due there

    @property
    def next_at(self) -> dt.datetime:
        """When something is to be done next."""
        return self._due[0][0]

    def take(self, task: str, key: int) -> None:
        """Hear of a nudge. Turns are found in their rows; the rest waits until the next beat, when
        the transaction that caused it has ended."""
        if task == LOOK:
            self.looks.add(key)
        elif task != TAKE_TURN and (task, key) not in self._waiting:
            self._waiting.append((task, key))

    def move_to(self, now: dt.datetime) -> None:
        """Let it be `now` for all code of this process."""
        self._now = now
        self._traveller.move_to(now)

    def stir(self) -> None:
        """Hear that somebody has said something, or thought of it."""
        self._stirred_at = self._now

    def beat(self, now: dt.datetime) -> None:
        """Do the periodic task that is due, and all that was nudged since."""
        self.move_to(now)
        self._before(now)
        _, name = heapq.heappop(self._due)
        entry = current_app.conf.beat_schedule[name]
        is_quiet = now - self._stirred_at > QUIET_AFTER
        least_s = QUIET_S if is_quiet else COARSE_S
        heapq.heappush(self._due, (_after(entry["schedule"], now, least_s), name))
        self._do(entry["task"])
        while self._waiting:
            task, key = self._waiting.pop(0)
            self._do(task, key)
        # What the process remembers of rows for a second or two is forgotten here, and never by its
        # own clock: else how fast this machine is would tell in what is said.
        look_again()

    def _do(self, task: str, *keys: int) -> None:
        current_app.tasks[task](*keys)


def _after(
    schedule: float | dt.timedelta | Every, now: dt.datetime, least_s: float = COARSE_S
) -> dt.datetime:
    if isinstance(schedule, crontab):
        left: dt.timedelta = schedule.remaining_estimate(now)
        return now + left
    every = schedule.run_every if isinstance(schedule, Every) else schedule
    seconds = every.total_seconds() if isinstance(every, dt.timedelta) else float(every)
    return now + dt.timedelta(seconds=max(least_s, seconds))


@contextmanager
def beating(start: dt.datetime, before: Before) -> Iterator[Beats]:
    """A clock that stands at `start` for all code of this process until it is moved on; tasks that
    tasks send are done at once. `before` is called with the time before each beat."""
    conf = current_app.conf
    current_app.loader.import_default_modules()  # or no task is known by its name
    as_it_was = conf.task_always_eager, conf.task_eager_propagates
    conf.task_always_eager, conf.task_eager_propagates = True, True
    try:
        with time_machine.travel(start, tick=False) as traveller:
            yield Beats(traveller, start, before)
    finally:
        conf.task_always_eager, conf.task_eager_propagates = as_it_was
