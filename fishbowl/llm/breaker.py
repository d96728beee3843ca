"""Whether a model server that keeps failing should be left alone for a while.

A pure state machine. The state is three columns of a row, so every process sees the same breaker
and a restart forgets nothing; `audit.calls.calls` loads it, asks, and writes back what these
functions return.

    closed     opened_until is None                    calls pass
    open       now < opened_until                      no call passes
    half open  opened_until has passed, or a probe     one call passes; its `before_call` state has
               is under way                            to be claimed by a conditional update

A prober that dies leaves its lease behind; once that has run out, the next one may probe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .errors import (
    GatewayError,
    QuotaExhaustedError,
    UnauthorisedError,
    UnavailableError,
)

if TYPE_CHECKING:
    from .endpoint import Endpoint

# No amount of trying again mends these, so they open the breaker at once.
HOPELESS = (UnauthorisedError, QuotaExhaustedError)


@dataclass(frozen=True, slots=True)
class BreakerState:
    """What is known of a server's health. The default is a server in good health."""

    failures: int = 0
    opened_until: datetime | None = None
    half_open: bool = False


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """After `threshold` failures in a row: open for `cooldown_s`, twice as long each time."""

    threshold: int = 5
    cooldown_s: float = 30.0
    longest_cooldown_s: float = 600.0
    probe_lease_s: float = 120.0

    def allows(self, state: BreakerState, now: datetime) -> bool:
        """Whether a call may be made now."""
        return state.opened_until is None or now >= state.opened_until

    def before_call(self, state: BreakerState, now: datetime) -> BreakerState:
        """The state to store before a call that is allowed: a probe takes a lease."""
        if state.opened_until is None:
            return state
        lease = now + timedelta(seconds=self.probe_lease_s)
        return replace(state, opened_until=lease, half_open=True)

    def after_failure(
        self, state: BreakerState, now: datetime, error: GatewayError
    ) -> BreakerState:
        """The state after a call that failed. An error in the call itself proves the server up."""
        if not error.blames_server:
            # BusyError and UnavailableError never reached the server and prove nothing.
            return state if error.kind in ("busy", "unavailable") else BreakerState()
        failures = state.failures + 1
        if error.retry_after is not None and error.retry_after > 0:
            pause = min(error.retry_after, self.longest_cooldown_s)
            return BreakerState(failures, now + timedelta(seconds=pause))
        if state.half_open or failures >= self.threshold or isinstance(error, HOPELESS):
            doublings = min(max(0, failures - self.threshold), 20)
            pause = min(self.cooldown_s * 2**doublings, self.longest_cooldown_s)
            return BreakerState(failures, now + timedelta(seconds=pause))
        return BreakerState(failures, state.opened_until)

    def refusal(self, state: BreakerState, now: datetime, server: str = "") -> UnavailableError:
        """The error to raise instead of a call that is not allowed."""
        left = (state.opened_until - now).total_seconds() if state.opened_until else 0.0
        return UnavailableError(
            f"{state.failures} failures in a row", server=server, retry_after=max(0.0, left)
        )


def usable(
    endpoints: Iterable[Endpoint],
    states: Mapping[str, BreakerState],
    now: datetime,
    breaker: CircuitBreaker | None = None,
) -> list[Endpoint]:
    """The servers to try, in the configured order, without those being left alone (by name)."""
    breaker = breaker or CircuitBreaker()
    return [e for e in endpoints if breaker.allows(states.get(e.name, BreakerState()), now)]
