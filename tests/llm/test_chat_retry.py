"""When to try again, when to leave a server alone, and what the ledger hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from pydantic import BaseModel

from fishbowl.llm import errors
from fishbowl.llm.breaker import BreakerState, CircuitBreaker, usable
from fishbowl.llm.chat import AttemptOutcome, ChatClient, Endpoint, complete_with_retries
from fishbowl.llm.retry import RetryPolicy, call_with_retries
from fishbowl.llm.types import ChatMessage, ChatRequest
from tests.llm.chatting import ASK, Opener
from tests.modelserver import ModelServer, cut, reply, status

POLICY = RetryPolicy(max_attempts=4, base_s=1.0, longest_wait_s=5.0, deadline_s=100.0)
NOW = datetime(2026, 5, 8, 12, tzinfo=UTC)
DOWN = errors.ServerFailedError()


class Mood(BaseModel):
    mood: str


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


# --- chat under a policy ---


def run(
    client: ChatClient, fake: FakeTime, request: ChatRequest = ASK, policy: RetryPolicy = POLICY
) -> tuple[Any, list[AttemptOutcome]]:
    heard: list[AttemptOutcome] = []
    try:
        result: Any = complete_with_retries(
            client,
            request,
            policy,
            rng=Random(5),
            on_attempt=heard.append,
            sleep=fake.sleep,
            clock=fake.clock,
        )
    except errors.GatewayError as error:
        result = error
    assert all((one.result is None) != (one.error is None) for one in heard)
    assert [one.number for one in heard] == list(range(1, len(heard) + 1))
    return result, heard


def kinds(heard: list[AttemptOutcome]) -> list[str]:
    return [one.error.kind if one.error else "ok" for one in heard]


def test_every_attempt_is_heard(server: ModelServer, client: Opener, fake: FakeTime) -> None:
    server.enqueue(status(503), status(429, headers={"Retry-After": "9"}), cut(), "At last.")
    result, heard = run(client(), fake)
    assert result.text == "At last."
    assert kinds(heard) == ["server_error", "rate_limited", "cut_off", "ok"]
    assert [one.model for one in heard] == ["test"] * 4
    assert heard[-1].usage == errors.Usage(11, 7)
    assert heard[0].usage == errors.Usage()
    assert fake.slept[1] >= 9.0
    assert len(server.history) == 4


def test_it_raises_the_last_error(server: ModelServer, client: Opener, fake: FakeTime) -> None:
    server.enqueue(status(500), status(500), status(500), status(502), "never asked")
    result, heard = run(client(), fake)
    assert (result.kind, result.status) == ("server_error", 502)
    assert len(heard) == len(server.history) == 4


def test_it_does_not_retry_the_hopeless(
    server: ModelServer, client: Opener, fake: FakeTime
) -> None:
    server.enqueue(status(401), "never asked")
    result, heard = run(client(), fake)
    assert (result.kind, len(heard), fake.slept) == ("auth", 1, [])


def test_a_repair_is_an_attempt_that_costs_no_try(
    server: ModelServer, client: Opener, fake: FakeTime
) -> None:
    ask = ChatRequest((ChatMessage("user", "How is Jo?"),), schema=Mood)
    server.enqueue("so-so", status(503), '{"mood": "fine"}')
    policy = RetryPolicy(max_attempts=2, deadline_s=None)
    result, heard = run(client(), fake, ask, policy)
    assert result.parsed == Mood(mood="fine")
    assert kinds(heard) == ["schema_mismatch", "server_error", "ok"]
    assert heard[0].usage == errors.Usage(11, 7)
    assert [len(one.request.messages) for one in heard] == [1, 3, 3]
    server.enqueue("so-so", "so-so")
    result, heard = run(client(), fake, ask, policy)
    assert result.kind == "schema_mismatch"
    assert len(heard) == 2


def test_an_adaptation_is_an_attempt_that_costs_no_try(
    server: ModelServer, client: Opener, fake: FakeTime
) -> None:
    server.enqueue(
        status(400, "Unsupported parameter: 'stop'"),
        status(400, "'temperature' is not supported"),
        reply("Fine."),
    )
    result, heard = run(client(), fake, policy=RetryPolicy(max_attempts=1))
    assert result.text == "Fine."
    assert kinds(heard) == ["unsupported_parameter", "unsupported_parameter", "ok"]
    assert fake.slept == []


def test_an_attempt_gets_no_more_time_than_is_left(
    server: ModelServer, client: Opener, fake: FakeTime
) -> None:
    server.enqueue(reply("late", delay_s=30.0))
    policy = RetryPolicy(max_attempts=1, deadline_s=0.3)
    result, heard = run(client(timeout_s=60.0), fake, policy=policy)
    assert (result.kind, len(heard)) == ("timeout", 1)


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
    assert failed(2, breaker, breaker.after_success(state)).opened_until is None
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
    assert breaker.after_success(state) == BreakerState()


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
