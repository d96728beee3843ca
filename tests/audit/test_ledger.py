"""The door to the model, against servers over real HTTP: what is asked and what comes of it."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.utils import timezone
from pydantic import BaseModel

from audit.calls import calls, ledger
from audit.models import EndpointState, LLMCall, SecurityEvent
from fishbowl.llm.chat import Endpoint, client_for, close_clients
from fishbowl.llm.types import MOST_IMAGES, TOKENS_AN_IMAGE, Brief, ChatMessage, ChatRequest
from tests.builders import make_call, make_character, make_conversation
from tests.modelserver import ModelServer, Step, cut, raw, reply, status, stream
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "sk-very-secret-0123456789"
HEADER = "tenant-secret-abcdef"
REQUEST = ChatRequest(
    messages=(ChatMessage("system", "You are Mara."), ChatMessage("user", "Hello?", name="Jo")),
    temperature=0.7,
)
PRICES = {"price_in": Decimal(3), "price_out": Decimal(15)}
# The stand-in says 11 tokens of prompt and 7 of answer for each call.
TOKENS, USD = 18, Decimal("0.000138")

Use = Callable[..., None]


@pytest.fixture
def main() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def second() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _close_connections() -> Iterator[None]:
    yield
    close_clients()


@pytest.fixture
def use(settings: Any) -> Use:
    """Have the settings name these servers, in this order."""

    def use(*servers: ModelServer | str, **options: Any) -> None:
        given = {"timeout_s": 5.0, "max_retries": 0, "api_key": KEY, **PRICES, **options}
        settings.LLM_ENDPOINTS = tuple(
            Endpoint(
                name=name,
                base_url=server if isinstance(server, str) else server.base_url,
                model="test",
                **given,
            )
            for name, server in zip(("main", "second"), servers, strict=False)
        )

    return use


def rows() -> list[LLMCall]:
    return list(LLMCall.objects.order_by("pk"))


def failing(request: ChatRequest = REQUEST) -> ledger.NoVoice:
    with pytest.raises(ledger.NoVoice) as info:
        ledger.ask(request)
    return info.value


def in_another_process() -> None:
    """Forget what this process keeps by itself, as one that has just started would."""
    close_clients()
    ledger.offline_voice.cache_clear()


def at_once(count: int, act: Callable[[], Any]) -> list[Any]:
    """What `count` threads get that act at the same moment, exceptions included."""
    barrier = threading.Barrier(count)

    def work() -> Any:
        try:
            barrier.wait(PATIENCE_S)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [one.result(30) for one in [pool.submit(work) for _ in range(count)]]


# --- a call that is done ------------------------------------------------------------------------


def test_a_done_call_is_a_row_with_tokens_cost_latency_and_model(
    main: ModelServer, use: Use
) -> None:
    use(main)
    main.enqueue(reply("The kettle is on.", model="test", delay_s=0.05))
    mara, talk = make_character("Mara"), make_conversation()
    answer = ledger.ask(REQUEST, character_id=mara.pk, conversation_id=talk.pk)
    row = LLMCall.objects.get()
    assert answer.result.text == "The kettle is on."
    assert (answer.call_id, answer.tokens, answer.usd) == (row.pk, TOKENS, USD)
    assert row.status == LLMCall.Status.DONE
    assert (row.purpose, row.provider, row.model, row.attempt) == ("speak", "main", "test", 1)
    assert (row.prompt_tokens, row.completion_tokens, row.cost_usd) == (11, 7, USD)
    assert 50 <= row.latency_ms < 3000
    assert (row.character, row.conversation) == (mara, talk)
    assert row.response == "The kettle is on."
    assert row.request["messages"][1] == {"role": "user", "content": "Hello?", "name": "Jo"}
    assert row.error == ""


def test_a_call_is_a_row_before_it_is_answered(main: ModelServer, use: Use) -> None:
    use(main)
    main.enqueue(reply("Slowly.", delay_s=1.0))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(lambda: (ledger.ask(REQUEST), connection.close()))
        deadline = time.monotonic() + PATIENCE_S
        while not LLMCall.objects.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert LLMCall.objects.get().status == LLMCall.Status.RUNNING
        asked.result(10)
    assert LLMCall.objects.get().status == LLMCall.Status.DONE


def test_a_call_to_a_healthy_server_costs_two_journeys(main: ModelServer, use: Use) -> None:
    use(main)
    ledger.ask(REQUEST)
    journeys: list[str] = []

    def note(run: Any, sql: str, *rest: Any) -> Any:
        journeys.append(sql)
        return run(sql, *rest)

    with connection.execute_wrapper(note):
        ledger.ask(REQUEST)
    assert len(journeys) == 2


def test_cached_tokens_are_counted_and_cost_what_they_cost(main: ModelServer, use: Use) -> None:
    use(main, price_cached=Decimal("0.3"))
    usage = {
        "prompt_tokens": 1000,
        "completion_tokens": 10,
        "prompt_tokens_details": {"cached_tokens": 800},
    }
    main.enqueue(reply("Yes.", usage=usage))
    answer = ledger.ask(REQUEST)
    row = LLMCall.objects.get()
    assert (row.prompt_tokens, row.cached_tokens, row.completion_tokens) == (1000, 800, 10)
    assert row.cost_usd == answer.usd == Decimal("0.00099")


def test_what_no_database_can_hold_is_left_out_of_the_rows(main: ModelServer, use: Use) -> None:
    use(main)
    main.enqueue(reply("The\0 tide\ud800.", model="m" * 300))
    ledger.ask(REQUEST)
    main.enqueue(
        status(500, "No\0 way\ud800."), "no JSON\0\ud800", '{"label": "a", "intensity": 1}'
    )
    failing()
    ledger.ask(SHAPED)
    done, failed, *_, repaired = rows()
    assert (done.status, done.response, done.model) == ("done", "The tide?.", "m" * 200)
    assert "No way?." in failed.error
    assert repaired.request["messages"][-2]["content"] == "no JSON?"
    assert {row.status for row in rows()} == {"done", "failed"}


def test_a_streamed_answer_is_a_row_like_any_other(main: ModelServer, use: Use) -> None:
    use(main, stream=True)
    main.enqueue(stream(["The ", "tide ", "turns."]))
    assert ledger.ask(REQUEST).result.text == "The tide turns."
    row = LLMCall.objects.get()
    assert main.history[0].body["stream"] is True
    assert (row.status, row.prompt_tokens, row.completion_tokens) == ("done", 11, 7)
    assert row.response == "The tide turns."


def test_a_character_may_have_a_model_of_its_own(main: ModelServer, use: Use) -> None:
    use(main)
    ledger.ask(ChatRequest(messages=REQUEST.messages, model="mistral-nemo"))
    assert main.history[0].body["model"] == "mistral-nemo"
    assert LLMCall.objects.get().model == "mistral-nemo"


def test_a_changed_setting_is_heeded_at_once(
    main: ModelServer, second: ModelServer, use: Use
) -> None:
    use(main)
    ledger.ask(REQUEST)
    before = client_for(ledger.settings.LLM_ENDPOINTS[0])
    use(second)
    ledger.ask(REQUEST)
    before.close()  # another thread might have been in the midst of a call
    assert (len(main.history), len(second.history)) == (1, 1)
    assert [row.provider for row in rows()] == ["main", "main"]


def test_without_a_server_the_offline_voice_answers_through_the_same_door(settings: Any) -> None:
    settings.LLM_ENDPOINTS = ()
    answer = ledger.ask(ChatRequest(messages=(), brief=Brief(speaker="Mara")))
    row = LLMCall.objects.get()
    assert answer.result.text == row.response != ""
    assert (row.status, row.cost_usd, answer.tokens, answer.usd) == ("done", 0, 0, 0)
    assert ledger.is_offline()
    assert "offline" in ledger.voice_name()
    assert ledger.expected(3000, 400) == (0, 0)


# --- a call that fails --------------------------------------------------------------------------

FAILURES: list[tuple[str, Step, dict[str, Any], int]] = [
    ("timeout", reply("late", delay_s=2), {"timeout_s": 0.3}, 1),
    ("rate_limited", status(429, headers={"Retry-After": "0"}), {}, 2),
    ("server_error", status(500, "internal server error"), {}, 2),
    ("cut_off", cut("half a sentence"), {}, 2),
    ("cut_off", cut(reset=True), {}, 2),
    ("malformed", raw('{"choices": [{"mess'), {}, 2),
    ("malformed", raw("<html>hello</html>", "text/html"), {}, 2),
    ("empty", Step({"choices": []}), {}, 2),
    ("empty", reply("  "), {}, 2),
    ("wrong_model", reply("Hello.", model="another"), {"strict_model": True}, 1),
    ("truncated", reply("Then the", finish_reason="length"), {}, 1),
    ("bad_request", status(400, "bad sampler"), {}, 1),
    ("auth", status(401, "no such key"), {}, 1),
    ("unknown_model", status(404, "model 'test' not found"), {}, 1),
    ("cut_off", stream(["Half ", "a "], finish_reason=None, done=False), {"stream": True}, 2),
    ("cut_off", stream(["Half ", "a ", "sentence"], cut_at=200), {"stream": True}, 2),
    ("server_error", status(503, "loading model"), {"stream": True}, 2),
]


@pytest.mark.parametrize(("kind", "step", "options", "attempts"), FAILURES)
def test_each_failing_attempt_is_a_row_of_its_own(
    kind: str, step: Step, options: dict[str, Any], attempts: int, main: ModelServer, use: Use
) -> None:
    use(main, max_retries=1, **options)
    main.enqueue(step, step)
    error = failing()
    found = rows()
    assert [row.attempt for row in found] == list(range(1, attempts + 1))
    assert len(main.history) == attempts
    for row in found:
        assert row.status == LLMCall.Status.FAILED
        assert row.error.startswith(f"{kind}: main: ")
        assert row.response == ""
        assert row.request["messages"]
    assert error.tokens == sum(row.prompt_tokens + row.completion_tokens for row in found)
    assert error.usd == sum(row.cost_usd for row in found)
    state = EndpointState.objects.get(name="main")
    assert state.last_error == found[-1].error
    assert state.last_failure_at is not None
    assert "main" in str(error)


def test_a_server_that_is_not_there_is_a_row(use: Use) -> None:
    use("http://127.0.0.1:9/v1")
    failing()
    assert LLMCall.objects.get().error.startswith("connection: ")


def test_latency_of_a_failure_is_how_long_it_took(main: ModelServer, use: Use) -> None:
    use(main, timeout_s=0.4)
    main.enqueue(reply("late", delay_s=3))
    failing()
    assert 350 <= LLMCall.objects.get().latency_ms < 2500


def test_tokens_of_an_answer_that_was_of_no_use_are_counted(main: ModelServer, use: Use) -> None:
    use(main)
    main.enqueue(reply("Then the", finish_reason="length"))
    error = failing()
    row = LLMCall.objects.get()
    assert (row.status, row.prompt_tokens, row.completion_tokens) == ("failed", 11, 7)
    assert (error.tokens, error.usd) == (TOKENS, USD)


def test_a_mistake_of_ours_leaves_no_row_open(
    main: ModelServer, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(main)

    def break_down(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError(KEY)

    monkeypatch.setattr("fishbowl.llm.chat.ChatClient.attempt", break_down)
    with pytest.raises(ZeroDivisionError):
        ledger.ask(REQUEST)
    row = LLMCall.objects.get()
    assert (row.status, row.error) == ("failed", "ZeroDivisionError")


# --- again, and elsewhere -----------------------------------------------------------------------


def test_a_retry_that_succeeds_counts_both_attempts(main: ModelServer, use: Use) -> None:
    use(main, max_retries=2)
    main.enqueue(reply("  "), status(502), "There you are.")
    answer = ledger.ask(REQUEST)
    assert answer.result.text == "There you are."
    assert [(r.attempt, r.status) for r in rows()] == [(1, "failed"), (2, "failed"), (3, "done")]
    assert answer.call_id == rows()[-1].pk
    assert answer.tokens == sum(r.prompt_tokens + r.completion_tokens for r in rows())
    assert answer.usd == sum(r.cost_usd for r in rows())
    assert EndpointState.objects.get().failures == 0


def test_what_a_server_does_not_know_is_left_out_and_costs_no_try(
    main: ModelServer, use: Use
) -> None:
    use(main, max_retries=0)
    main.enqueue(
        status(400, "Unsupported parameter: 'name'"),
        status(400, "'temperature' is not supported"),
        "There you are.",
    )
    assert ledger.ask(REQUEST).result.text == "There you are."
    assert [(r.attempt, r.status) for r in rows()] == [(1, "failed"), (2, "failed"), (3, "done")]
    assert "temperature" not in main.history[-1].body


def test_an_attempt_gets_no_more_time_than_is_left(main: ModelServer, use: Use) -> None:
    use(main, max_retries=2, timeout_s=0.4)
    main.enqueue(reply("late", delay_s=30.0))
    failing()
    assert [(r.attempt, r.status) for r in rows()] == [(1, "failed")]
    assert "time" in rows()[0].error


def test_retry_after_is_waited_for(main: ModelServer, use: Use) -> None:
    use(main, max_retries=1)
    main.enqueue(status(429, headers={"Retry-After": "1"}), "Now.")
    assert ledger.ask(REQUEST).result.text == "Now."
    first, again = main.history
    assert again.at - first.at >= 1.0


def test_the_next_server_is_asked_when_the_first_fails(
    main: ModelServer, second: ModelServer, use: Use
) -> None:
    use(main, second, max_retries=1)
    main.enqueue(status(500), status(500))
    second.enqueue("From the second.")
    answer = ledger.ask(REQUEST)
    assert answer.result.text == "From the second."
    assert answer.result.provider == "second"
    assert [(r.provider, r.status) for r in rows()] == [
        ("main", "failed"),
        ("main", "failed"),
        ("second", "done"),
    ]


def test_the_first_server_is_asked_first_every_time(
    main: ModelServer, second: ModelServer, use: Use
) -> None:
    use(main, second)
    main.enqueue(status(500))
    ledger.ask(REQUEST)
    ledger.ask(REQUEST)
    assert [r.provider for r in rows()] == ["main", "second", "main"]


def test_when_every_server_fails_the_error_names_each(
    main: ModelServer, second: ModelServer, use: Use
) -> None:
    use(main, second)
    main.enqueue(status(500))
    second.enqueue(raw("not json"))
    error = failing()
    assert "main: The model server failed" in str(error)
    assert "second: The model server's answer cannot be read" in str(error)
    assert error.retry_after is None
    assert not error.is_busy


def test_a_withheld_answer_is_not_fetched_elsewhere(
    main: ModelServer, second: ModelServer, use: Use
) -> None:
    use(main, second)
    main.enqueue(reply("I will", finish_reason="content_filter"))
    failing()
    assert second.history == []


# --- the circuit breaker ------------------------------------------------------------------------


def test_the_breaker_opens_after_failures_in_a_row_whichever_process_saw_them(
    main: ModelServer, use: Use
) -> None:
    use(main)
    main.enqueue(*[status(500) for _ in range(ledger.BREAKER.threshold)])
    for _ in range(ledger.BREAKER.threshold):
        in_another_process()
        assert failing().retry_after is None
    in_another_process()
    error = failing()
    assert len(main.history) == ledger.BREAKER.threshold
    assert LLMCall.objects.count() == ledger.BREAKER.threshold
    assert "left alone" in str(error)
    assert error.retry_after is not None
    assert 0 < error.retry_after <= ledger.BREAKER.cooldown_s
    state = EndpointState.objects.get(name="main")
    assert state.failures == ledger.BREAKER.threshold
    assert state.opened_until is not None


def test_an_answer_in_between_starts_the_count_anew(main: ModelServer, use: Use) -> None:
    use(main)
    some = ledger.BREAKER.threshold - 1
    main.enqueue(*[status(500)] * some, "Hello.", *[status(500)] * some)
    for _ in range(some):
        failing()
    ledger.ask(REQUEST)
    for _ in range(some):
        failing()
    assert ledger.ask(REQUEST).result.text
    assert len(main.history) == 2 * some + 2


def test_while_the_breaker_is_open_the_next_server_answers(
    main: ModelServer, second: ModelServer, use: Use
) -> None:
    use(main, second)
    open_breaker(for_s=30)
    assert ledger.ask(REQUEST).result.provider == "second"
    assert main.history == []


def test_a_refused_key_opens_the_breaker_at_once(main: ModelServer, use: Use) -> None:
    use(main, max_retries=3)
    main.enqueue(status(401))
    failing()
    failing()
    assert len(main.history) == 1
    event = SecurityEvent.objects.get(event_type="token_error")
    assert (event.severity, event.event_data) == ("high", {"server": "main"})


def open_breaker(for_s: float, failures: int = 5, *, half_open: bool = False) -> None:
    EndpointState.objects.update_or_create(
        name="main",
        defaults={
            "failures": failures,
            "opened_until": timezone.now() + dt.timedelta(seconds=for_s),
            "half_open": half_open,
        },
    )


def test_after_the_pause_one_call_alone_finds_out_and_closes_the_breaker(
    main: ModelServer, use: Use
) -> None:
    use(main)
    main.enqueue(reply("I am back.", delay_s=1.0))
    open_breaker(for_s=-1)
    found = at_once(6, lambda: ledger.ask(REQUEST))
    assert len(main.history) == 1
    assert sum(isinstance(one, ledger.Answer) for one in found) == 1
    assert sum(isinstance(one, ledger.NoVoice) for one in found) == 5
    state = EndpointState.objects.get(name="main")
    assert (state.failures, state.opened_until, state.half_open) == (0, None, False)
    assert state.last_success_at is not None
    assert LLMCall.objects.count() == 1
    at_once(4, lambda: ledger.ask(REQUEST))
    assert len(main.history) == 5


def test_a_failed_probe_opens_the_breaker_for_twice_as_long(main: ModelServer, use: Use) -> None:
    use(main)
    main.enqueue(status(500))
    open_breaker(for_s=-1)
    failing()
    state = EndpointState.objects.get(name="main")
    assert state.opened_until is not None
    left = (state.opened_until - timezone.now()).total_seconds()
    assert ledger.BREAKER.cooldown_s * 1.8 < left <= ledger.BREAKER.cooldown_s * 2
    assert not state.half_open
    failing()
    assert len(main.history) == 1


def test_the_probe_of_a_process_that_died_is_made_again_when_its_lease_ran_out(
    main: ModelServer, use: Use
) -> None:
    use(main)
    open_breaker(for_s=60, half_open=True)
    failing()
    assert main.history == []
    open_breaker(for_s=-0.01, half_open=True)
    assert ledger.ask(REQUEST).result.text


def test_when_every_server_says_when_the_earliest_is_told(
    main: ModelServer, second: ModelServer, use: Use
) -> None:
    use(main, second)
    open_breaker(for_s=200)
    second.enqueue(status(429, headers={"Retry-After": "80"}))
    error = failing()
    assert error.retry_after == pytest.approx(80, abs=1)


def test_a_server_that_asks_for_a_day_is_tried_again_sooner(main: ModelServer, use: Use) -> None:
    use(main)
    main.enqueue(status(429, headers={"Retry-After": "86400"}))
    assert failing().retry_after == ledger.BREAKER.longest_cooldown_s


def test_what_is_set_aside_covers_pictures_and_shapes_at_the_dearest_server(
    main: ModelServer, second: ModelServer, settings: Any, use: Use
) -> None:
    use(main, second)
    cheap, dear = settings.LLM_ENDPOINTS
    cheap = replace(cheap, price_in=Decimal(1), price_out=Decimal(1))
    settings.LLM_ENDPOINTS = (cheap, dear)
    assert ledger.expected(3000, 400) == (3400, dear.cost(3000, 400))
    tokens, usd = ledger.expected_of(REQUEST)
    prompt = tokens - REQUEST.max_tokens
    assert 0 < prompt < 30
    assert usd == dear.cost(prompt, REQUEST.max_tokens)
    shaped, _ = ledger.expected_of(replace(REQUEST, schema=Mood))
    assert shaped == tokens + ledger.SHAPE_TOKENS
    settings.LLM_ENDPOINTS = (cheap, replace(dear, sees_images=True))
    shown = 3000 + MOST_IMAGES * TOKENS_AN_IMAGE
    assert ledger.expected(3000, 400) == (shown + 400, dear.cost(shown, 400))


# --- calls at once ------------------------------------------------------------------------------


def test_no_more_calls_at_once_than_the_limit_and_all_are_answered(
    main: ModelServer, use: Use, settings: Any
) -> None:
    use(main)
    settings.LLM_MAX_CONCURRENCY = 2
    main.enqueue(*[reply(f"Answer {i}.", delay_s=0.3) for i in range(6)])
    found = at_once(6, lambda: ledger.ask(REQUEST))
    assert all(isinstance(one, ledger.Answer) for one in found), found
    assert main.most_at_once == 2
    assert LLMCall.objects.filter(status=LLMCall.Status.DONE).count() == 6


def test_calls_of_other_processes_take_slots_too(
    main: ModelServer, use: Use, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(main)
    settings.LLM_MAX_CONCURRENCY = 2
    monkeypatch.setattr(ledger, "SLOT_WAIT_S", 0.3)
    theirs = [make_call(provider="main", status=LLMCall.Status.RUNNING) for _ in range(2)]
    error = failing()
    assert error.is_busy
    assert str(error).count("main: ") == 1  # however often it looked
    assert error.tokens == 0
    assert main.history == []
    assert LLMCall.objects.count() == 2
    LLMCall.objects.filter(pk=theirs[0].pk).update(status=LLMCall.Status.DONE)
    assert ledger.ask(REQUEST).result.text


def test_a_busy_server_is_no_failing_one(
    main: ModelServer, use: Use, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(main)
    settings.LLM_MAX_CONCURRENCY = 1
    monkeypatch.setattr(ledger, "SLOT_WAIT_S", 0.0)
    make_call(provider="main", status=LLMCall.Status.RUNNING)
    for _ in range(ledger.BREAKER.threshold + 1):
        failing()
    assert EndpointState.objects.get(name="main").failures == 0


def test_when_the_first_server_is_busy_the_next_one_answers(
    main: ModelServer, second: ModelServer, use: Use, settings: Any
) -> None:
    use(main, second)
    settings.LLM_MAX_CONCURRENCY = 1
    make_call(provider="main", status=LLMCall.Status.RUNNING)
    assert ledger.ask(REQUEST).result.provider == "second"


def test_the_call_of_a_process_that_died_holds_its_slot_until_the_timeout(
    main: ModelServer, use: Use, settings: Any
) -> None:
    use(main)
    settings.LLM_MAX_CONCURRENCY = 1
    long_ago = timezone.now() - dt.timedelta(seconds=6)
    make_call(provider="main", status=LLMCall.Status.RUNNING, started_at=long_ago)
    assert ledger.ask(REQUEST).result.text


def test_lost_calls_are_closed_and_those_under_way_are_not(main: ModelServer, use: Use) -> None:
    use(main)
    now = timezone.now()

    def running(seconds: float, **fields: Any) -> LLMCall:
        fields = {"status": LLMCall.Status.RUNNING, **fields}
        return make_call(provider="main", started_at=now - dt.timedelta(seconds=seconds), **fields)

    lost, young, done = running(11), running(3), running(99, status=LLMCall.Status.DONE)
    assert calls.abandon_lost_calls(now) == 1
    found = {row.pk: row for row in rows()}
    assert found[lost.pk].status == LLMCall.Status.ABANDONED
    assert "gone" in found[lost.pk].error
    assert found[young.pk].status == LLMCall.Status.RUNNING
    assert found[done.pk].status == LLMCall.Status.DONE
    assert calls.abandon_lost_calls(now) == 0


# --- an answer in a shape -----------------------------------------------------------------------


class Mood(BaseModel):
    label: str
    intensity: float


SHAPED = ChatRequest(messages=REQUEST.messages, purpose="observe", schema=Mood)


def test_a_structured_answer_is_parsed(main: ModelServer, use: Use) -> None:
    use(main, structured="json_schema")
    main.enqueue('{"label": "glad", "intensity": 0.4}')
    assert ledger.ask(SHAPED).result.parsed == Mood(label="glad", intensity=0.4)
    assert main.history[0].body["response_format"]["json_schema"]["name"] == "Mood"
    assert LLMCall.objects.get().purpose == "observe"


def test_an_answer_that_does_not_fit_is_repaired_once_and_both_calls_are_rows(
    main: ModelServer, use: Use
) -> None:
    use(main)
    main.enqueue('{"label": "glad"}', '{"label": "glad", "intensity": 0.4}')
    answer = ledger.ask(SHAPED)
    assert answer.result.parsed == Mood(label="glad", intensity=0.4)
    assert [(r.attempt, r.status) for r in rows()] == [(1, "failed"), (2, "done")]
    assert rows()[0].error.startswith("schema_mismatch: ")
    assert answer.tokens == 2 * TOKENS
    repair = main.history[1].body["messages"]
    assert repair[-2] == {"role": "assistant", "content": '{"label": "glad"}'}
    assert "intensity" in repair[-1]["content"]
    assert len(rows()[1].request["messages"]) == len(rows()[0].request["messages"]) + 2


def test_an_answer_that_fits_neither_time_is_no_answer(main: ModelServer, use: Use) -> None:
    use(main, max_retries=2)
    main.enqueue("I feel glad.", "Glad, I said.")
    error = failing(SHAPED)
    assert [r.status for r in rows()] == ["failed", "failed"]
    assert error.tokens == 2 * TOKENS


# --- secrets ------------------------------------------------------------------------------------


def test_a_secret_is_in_no_row_no_error_and_no_log(
    main: ModelServer, second: ModelServer, use: Use, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    use(main, second, max_retries=1, extra_headers={"X-Tenant": HEADER})
    echo = f"Bearer {KEY} with X-Tenant: {HEADER} is not welcome"
    main.enqueue(status(500, echo), status(401, echo))
    second.enqueue(raw(f"<html>{echo}</html>", "text/html", status=502), status(400, echo))
    told = [str(failing())]
    in_another_process()
    use(main)
    open_breaker(for_s=-1)
    main.enqueue("Hello.")
    ledger.ask(REQUEST)
    assert main.history[0].headers["authorization"] == f"Bearer {KEY}"
    assert main.history[0].headers["x-tenant"] == HEADER
    told += [str(model_to_dict(row)) for row in [*rows(), *EndpointState.objects.all()]]
    told += [caplog.text, *(str(vars(record)) for record in caplog.records)]
    told += [ledger.voice_name(), repr(ledger.settings.LLM_ENDPOINTS)]
    for text in told:
        assert KEY not in text
        assert HEADER not in text
    assert len(rows()) == 5
