"""When to try a model call again, and how long to wait.

Waits are exponential with full jitter: workers that failed together do not come back together. A
server's Retry-After is a floor under the wait. One that is longer than we care to wait ends the
retries, because calling earlier than told would be rude and useless; the fallback order goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import TypeVar

from .errors import GatewayError

T = TypeVar("T")
Sleep = Callable[[float], None]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often, how patiently and for how long in all. `deadline_s` None sets no limit."""

    max_attempts: int = 3
    base_s: float = 0.5
    longest_wait_s: float = 20.0
    longest_retry_after_s: float = 60.0
    deadline_s: float | None = 180.0

    def delay_after(
        self, tries: int, error: GatewayError, elapsed_s: float, rng: Random
    ) -> float | None:
        """Seconds to wait after the `tries`th failure, or None to give up. Pure but for `rng`."""
        if not error.retryable:
            return None
        if error.free_retry:
            delay = 0.0
        elif tries >= self.max_attempts:
            return None
        else:
            ceiling = min(self.longest_wait_s, self.base_s * 2 ** min(tries - 1, 30))
            delay = rng.uniform(0.0, ceiling)
            if error.retry_after is not None:
                if error.retry_after > self.longest_retry_after_s:
                    return None
                delay = error.retry_after + rng.uniform(0.0, self.base_s)
        if self.deadline_s is not None and elapsed_s + delay >= self.deadline_s:
            return None
        return delay

    def attempts(
        self, rng: Random, *, sleep: Sleep = time.sleep, clock: Clock = time.monotonic
    ) -> Iterator[Attempt]:
        """Yield one `Attempt` after another for as long as each is told it `failed`.

        for attempt in policy.attempts(rng):
            try:
                result = client.attempt(request, timeout_s=attempt.time_left)
            except GatewayError as error:
                attempt.failed(error)  # raises it again when another try is not worth it
            else:
                break
        """
        started = clock()
        tries = 0
        for number in count(1):
            attempt = Attempt(number, tries + 1, self, rng, clock, started)
            yield attempt
            if attempt.wait is None:
                return
            if attempt.wait > 0:
                sleep(attempt.wait)
            tries += 0 if attempt.was_free else 1


@dataclass(slots=True)
class Attempt:
    """One try of a call. `tries` leaves out those that cost nothing (repairs, adaptations)."""

    number: int
    tries: int
    policy: RetryPolicy
    rng: Random
    clock: Clock
    started: float
    wait: float | None = None
    was_free: bool = False

    @property
    def time_left(self) -> float | None:
        """Seconds until the policy's deadline, or None if it has none."""
        if self.policy.deadline_s is None:
            return None
        return max(0.0, self.policy.deadline_s - (self.clock() - self.started))

    def failed(self, error: GatewayError) -> None:
        """Ask for another try after a wait, or raise `error` if none is worth it."""
        elapsed = self.clock() - self.started
        self.wait = self.policy.delay_after(self.tries, error, elapsed, self.rng)
        self.was_free = error.free_retry
        if self.wait is None:
            raise error

    def again(self, error: GatewayError) -> None:
        """Ask for another try at once, uncounted: the next call differs from this one."""
        if self.time_left == 0.0:
            raise error
        self.wait = 0.0
        self.was_free = True


def call_with_retries(
    call: Callable[[float | None], T],
    policy: RetryPolicy,
    *,
    rng: Random | None = None,
    on_failure: Callable[[Attempt, GatewayError], None] | None = None,
    sleep: Sleep = time.sleep,
    clock: Clock = time.monotonic,
) -> T:
    """Run `call(time_left)` under `policy`: for embeddings, model lists, anything but chat."""
    for attempt in policy.attempts(rng or Random(), sleep=sleep, clock=clock):
        try:
            return call(attempt.time_left)
        except GatewayError as error:
            if on_failure is not None:
                on_failure(attempt, error)
            attempt.failed(error)
    raise AssertionError("a policy ends by an answer or an error")  # pragma: no cover
