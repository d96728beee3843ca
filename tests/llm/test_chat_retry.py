"""When to try again, and when to leave a server alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from fishbowl.llm import errors
from fishbowl.llm.breaker import BreakerState, CircuitBreaker, usable
from fishbowl.llm.chat import Endpoint
from fishbowl.llm.retry import RetryPolicy, call_with_retries

POLICY = RetryPolicy(max_attempts=4, base_s=1.0, longest_wait_s=5.0, deadline_s=100.0)
NOW = datetime(2026, 5, 8, 12, tzinfo=UTC)
DOWN = errors.ServerFailedError()


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


@pytest.fixture
def fake() -> FakeTime:
    return FakeTime()


# --- the policy ---


def test_it_waits_longer_each_time_with_full_jitter() -> None:
    rng = Random(1)
    for tries, ceiling in [(1, 1.0), (2, 2.0), (3, 4.0)]:
        waits = [POLICY.delay_after(tries, DOWN, 0.0, rng) or 0.0 for _ in range(500)]
        assert max(waits) <= ceiling
        assert max(waits) > ceiling * 0.9
        assert min(waits) < ceiling * 0.1
    steep = RetryPolicy(max_attempts=10_000, longest_wait_s=5.0)
    assert (steep.delay_after(9_999, DOWN, 0.0, rng) or 0.0) <= 5.0


def test_it_stops_by_count_and_by_deadline_and_when_it_is_no_use() -> None:
    assert POLICY.delay_after(4, DOWN, 0.0, Random(1)) is None
    assert POLICY.delay_after(1, DOWN, 100.0, Random(1)) is None
    assert POLICY.delay_after(1, errors.UnauthorisedError(), 0.0, Random(1)) is None


def test_it_honours_retry_after_up_to_a_cap() -> None:
    asked = errors.RateLimitedError(retry_after=30.0)
    delay = POLICY.delay_after(1, asked, 0.0, Random(1))
    assert delay is not None
    assert 30.0 <= delay <= 31.0
    assert POLICY.delay_after(1, asked, 75.0, Random(1)) is None
    too_long = errors.RateLimitedError(retry_after=61.0)
    assert POLICY.delay_after(1, too_long, 0.0, Random(1)) is None


def test_its_waits_can_be_replayed(fake: FakeTime) -> None:
    def run(seed: int) -> list[float]:
        time = FakeTime()
        with pytest.raises(errors.ServerFailedError):
            for attempt in POLICY.attempts(Random(seed), sleep=time.sleep, clock=time.clock):
                attempt.failed(DOWN)
        return time.slept

    assert run(7) == run(7) != run(8)
    assert len(run(7)) == 3


def test_any_call_can_be_retried(fake: FakeTime) -> None:
    seen: list[tuple[int, float | None]] = []

    def call(time_left: float | None) -> str:
        seen.append((len(seen), time_left))
        if len(seen) < 3:
            raise DOWN
        return "done"

    failures: list[str] = []
    result = call_with_retries(
        call,
        POLICY,
        rng=Random(3),
        on_failure=lambda attempt, error: failures.append(f"{attempt.number} {error.kind}"),
        sleep=fake.sleep,
        clock=fake.clock,
    )
    assert result == "done"
    assert failures == ["1 server_error", "2 server_error"]
    assert seen[2][1] == pytest.approx(100.0 - sum(fake.slept))


# --- the circuit breaker ---

Fail = Callable[..., BreakerState]


def failed(times: int, breaker: CircuitBreaker, state: BreakerState | None = None) -> BreakerState:
    state = state or BreakerState()
    for _ in range(times):
        state = breaker.after_failure(state, NOW, DOWN)
    return state


def test_it_opens_after_failures_in_a_row_and_only_then() -> None:
    breaker = CircuitBreaker(threshold=3, cooldown_s=30)
    state = failed(2, breaker)
    assert breaker.allows(state, NOW)
    state = failed(1, breaker, state)
    assert not breaker.allows(state, NOW + timedelta(seconds=29))
    assert breaker.allows(state, NOW + timedelta(seconds=30))


def test_only_one_prober_passes_and_a_dead_one_does_not_block_for_ever() -> None:
    breaker = CircuitBreaker(threshold=1, cooldown_s=30, probe_lease_s=120)
    later = NOW + timedelta(seconds=30)
    state = breaker.before_call(failed(1, breaker), later)
    assert state.half_open
    assert not breaker.allows(state, later)
    assert breaker.allows(state, later + timedelta(seconds=120))


def test_a_failed_probe_opens_it_for_longer() -> None:
    breaker = CircuitBreaker(threshold=2, cooldown_s=30, longest_cooldown_s=100)
    state, pauses = failed(2, breaker), []
    now = NOW
    for _ in range(4):
        assert state.opened_until is not None
        pauses.append((state.opened_until - now).total_seconds())
        now = state.opened_until
        state = breaker.after_failure(breaker.before_call(state, now), now, DOWN)
    assert pauses == [30.0, 60.0, 100.0, 100.0]


def test_a_fault_of_the_call_proves_the_server_well() -> None:
    breaker = CircuitBreaker(threshold=3)
    for error in (errors.ContextTooLongError(), errors.EmptyReplyError(), errors.BadRequestError()):
        assert breaker.after_failure(failed(2, breaker), NOW, error) == BreakerState()
    state = failed(2, breaker)
    assert breaker.after_failure(state, NOW, errors.BusyError()) == state


def test_some_errors_open_it_at_once() -> None:
    breaker = CircuitBreaker()
    for error in (errors.UnauthorisedError(), errors.QuotaExhaustedError()):
        assert not breaker.allows(breaker.after_failure(BreakerState(), NOW, error), NOW)
    asked = errors.RateLimitedError(retry_after=8.0)
    state = breaker.after_failure(BreakerState(), NOW, asked)
    assert state.opened_until == NOW + timedelta(seconds=8)


def test_a_refusal_says_when_to_come_back() -> None:
    breaker = CircuitBreaker(threshold=1, cooldown_s=30)
    error = breaker.refusal(failed(1, breaker), NOW + timedelta(seconds=10), "local")
    assert (error.kind, error.retryable, error.retry_after) == ("unavailable", True, 20.0)
    assert str(error).startswith("local: The model server is being left alone")


def test_the_fallback_order_skips_what_is_left_alone() -> None:
    first, second = (Endpoint(name, "http://h", "m") for name in ("first", "second"))
    states = {"first": failed(5, CircuitBreaker())}
    assert usable([first, second], states, NOW) == [second]
    assert usable([first, second], states, NOW + timedelta(minutes=1)) == [first, second]
