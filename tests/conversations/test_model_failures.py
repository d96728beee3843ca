"""What a room hears of a model that fails: one plain notice, no error's words, and an end."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from audit.calls import ledger
from audit.configuration import configuration
from audit.models import Budget, EndpointState, LLMCall, SecurityEvent
from characters.models import Character
from conversations import upkeep
from conversations.floor import director
from conversations.models import Channel, Conversation, Message, Turn
from conversations.services import record_incoming
from conversations.simulation import simulation
from conversations.turns import claims, turns
from fishbowl.llm.chat import Endpoint, close_clients
from tests.builders import (
    make_budget,
    make_call,
    make_channel,
    make_character,
    make_event,
    make_person,
    spent,
)
from tests.modelserver import ModelServer, Received, Step, cut, reply, status
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = dt.timedelta(minutes=1)
ERRORS = [
    "Error: 500 internal server error",
    "Internal Server Error",
    'Traceback (most recent call last):\n  File "x.py", line 1\nValueError: no',
    "HTTP status code 503",
    "Rate limit exceeded, please try again later.",
    "connection refused by upstream",
]


class Always(ModelServer):
    """Answers every chat with the same step, once its queue is empty."""

    def __init__(self, step: Step | str) -> None:
        super().__init__()
        self.step = reply(step) if isinstance(step, str) else step

    def _made_up(self, received: Received) -> Step:
        return self.step


class Meanwhile(ModelServer):
    """Has something happen while it is asked."""

    def __init__(self, deed: Callable[[], object]) -> None:
        super().__init__()
        self.deed = deed

    def answer(self, received: Received) -> Step:
        self.deed()
        connection.close()
        return super().answer(received)


@pytest.fixture
def room() -> Channel:
    for name in ("Odile", "Bram", "Pilar"):
        make_character(name, interests=("tides", "boats"))
    return make_channel("the-lantern", pace=Channel.Pace.LIVELY)


@pytest.fixture(autouse=True)
def _at_once(db: Any) -> None:
    configuration.set_value("director", "time_scale", 0)
    configuration.set_value("director", "react_chance", 0)


@pytest.fixture(autouse=True)
def _close_connections() -> Iterator[None]:
    yield
    close_clients()


@pytest.fixture
def server(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        speak_by(server, settings)
        yield server


def speak_by(server: ModelServer, settings: Any, **options: Any) -> None:
    settings.LLM_ENDPOINTS = (
        Endpoint(
            name="main",
            base_url=server.base_url,
            model="test",
            **{"timeout_s": 5.0, "max_retries": 0, **options},
        ),
    )


def ask_odile(room: Channel, text: str = "Odile, how is the tide?") -> Turn:
    """Have a person ask, and the director plan Odile's answer."""
    record_incoming(room.pk, make_person("Ada"), text)
    turn = director.look(room.pk)
    assert turn is not None
    assert turn.chosen is not None
    assert turn.chosen.name == "Odile"
    return turn


def notices() -> list[str]:
    rows = Message.objects.filter(role=Message.Role.SYSTEM).order_by("pk")
    return [row.content for row in rows]


def by_characters() -> list[str]:
    rows = Message.objects.filter(role=Message.Role.ASSISTANT).order_by("pk")
    return [row.content for row in rows]


def live_on(minutes: int, clock: simulation.Clock, seed: int = 1) -> None:
    """Let the society live by its rows, with the sweep's closing of idle talk."""
    for part in range(0, minutes, 10):
        until = clock.now + min(10, minutes - part) * MINUTE
        for _ in simulation.run(clock, until=until, seed=seed + part, watched=True):
            pass
        upkeep.close_idle(clock.now)


def until_closed(clock: simulation.Clock, within_minutes: int = 150) -> Conversation:
    """Let the society live until its first conversation has ended, and return that."""
    end = clock.now + within_minutes * MINUTE
    while clock.now < end:
        live_on(2, clock)
        first = Conversation.objects.order_by("pk").first()
        if first is not None and first.status == Conversation.Status.CLOSED:
            return first
    raise AssertionError(f"The talk goes on after {within_minutes} minutes.")


# --- a person waits -------------------------------------------------------------------------------


def test_a_person_is_told_once_and_answered_when_the_server_is_back(
    room: Channel, server: ModelServer
) -> None:
    turn = ask_odile(room)
    server.enqueue(status(500), cut(), "The ebb is slow today.")
    now = timezone.now()
    waits = []
    for attempt in (1, 2):
        assert turns.take(turn.pk, now) is None
        turn.refresh_from_db()
        assert turn.status == Turn.Status.PLANNED
        assert turn.attempts == attempt
        assert "The model server" in turn.error
        waits.append((turn.due_at - now).total_seconds())
        assert turns.take(turn.pk, now + dt.timedelta(seconds=waits[-1] / 2)) is None
        assert len(server.history) == attempt
        now = turn.due_at
    assert waits[1] == pytest.approx(2 * waits[0])
    assert len(notices()) == 1
    assert "Odile can't answer" in notices()[0]

    assert turns.take(turn.pk, now) is not None
    turn.refresh_from_db()
    assert turn.status == Turn.Status.DONE
    answer = Message.objects.get(role=Message.Role.ASSISTANT)
    assert answer.content == "The ebb is slow today."
    assert answer.reply_to == turn.answers
    assert len(notices()) == 1
    assert list(Message.objects.order_by("pk").values_list("number", flat=True)) == [1, 2, 3]
    assert [c.status for c in LLMCall.objects.order_by("pk")] == ["failed", "failed", "done"]


def test_after_the_last_attempt_the_turn_has_failed_and_rests(
    room: Channel, server: ModelServer
) -> None:
    turn = ask_odile(room)
    server.enqueue(*[status(503)] * 20)
    now = timezone.now()
    for _ in range(claims.MAX_ATTEMPTS):
        last = now
        assert turns.take(turn.pk, now) is None
        turn.refresh_from_db()
        now = max(now, turn.due_at)
    assert turn.status == Turn.Status.FAILED
    assert turn.attempts == claims.MAX_ATTEMPTS
    assert turn.finished_at is not None
    assert turn.reservation == {}
    assert len(notices()) == 1
    for _ in range(3):
        assert turns.take(turn.pk, now + MINUTE) is None
    assert len(server.history) == claims.MAX_ATTEMPTS
    conversation = Conversation.objects.get()
    assert conversation.next_turn_at is not None
    assert (conversation.next_turn_at - last).total_seconds() > 30
    assert director.look(room.pk, last + MINUTE / 2) is None


@pytest.mark.parametrize("seed", range(4))
def test_no_character_answers_the_notice(room: Channel, server: ModelServer, seed: int) -> None:
    turn = ask_odile(room)
    server.enqueue(*[status(500)] * claims.MAX_ATTEMPTS)
    now = timezone.now()
    for _ in range(claims.MAX_ATTEMPTS):
        turns.take(turn.pk, now)
        turn.refresh_from_db()
        now = max(now, turn.due_at)
    EndpointState.objects.all().delete()  # the server is well again
    notice = Message.objects.get(role=Message.Role.SYSTEM)
    live_on(3, simulation.Clock(now), seed=seed)
    assert len(by_characters()) > 3
    assert not Turn.objects.filter(answers=notice).exists()
    assert not Message.objects.filter(reply_to=notice).exists()
    said = [m["content"] for r in server.history for m in r.body["messages"]]
    assert not any("can't answer" in text for text in said)


def test_a_server_says_when_to_come_back_and_the_turn_waits_that_long(
    room: Channel, server: ModelServer
) -> None:
    turn = ask_odile(room)
    server.enqueue(status(429, headers={"Retry-After": "75"}))
    now = timezone.now()
    turns.take(turn.pk, now)
    turn.refresh_from_db()
    assert (turn.due_at - now).total_seconds() == pytest.approx(75, abs=1)


@pytest.mark.parametrize(
    "step",
    [
        reply("Well", finish_reason="content_filter"),
        reply(None, message={"refusal": "No."}),
        status(403, "This model requires moderation and your input was flagged"),
    ],
    ids=["filtered", "refused", "flagged"],
)
def test_an_answer_that_the_server_withholds_is_not_asked_for_again(
    room: Channel, server: ModelServer, step: Step
) -> None:
    turn = ask_odile(room)
    budget = make_budget(tokens=10**6, usd="100")
    server.enqueue(step)
    turns.take(turn.pk)
    turn.refresh_from_db()
    assert turn.status == Turn.Status.FAILED
    assert "withheld" in turn.error
    (notice,) = notices()
    assert notice == "Odile has no answer to that: the language model's server withheld it."
    upkeep.sweep(timezone.now() + 10 * MINUTE)
    assert len(server.history) == 1
    assert spent(budget)[0] == of_calls()
    # One person's words are no reason to leave the server alone, and no trouble with its key.
    assert EndpointState.objects.get().opened_until is None
    assert not SecurityEvent.objects.exists()


def test_while_the_server_is_left_alone_no_attempt_is_wasted_on_it(
    room: Channel, server: ModelServer
) -> None:
    turn = ask_odile(room)
    now = timezone.now()
    EndpointState.objects.create(
        name="main", failures=5, opened_until=now + dt.timedelta(seconds=200)
    )
    turns.take(turn.pk, now)
    turn.refresh_from_db()
    assert server.history == []
    assert (turn.due_at - now).total_seconds() == pytest.approx(200, abs=2)


def test_a_busy_server_is_not_called_out_of_reach(
    room: Channel, server: ModelServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LLM_MAX_CONCURRENCY = 1
    monkeypatch.setattr(ledger, "SLOT_WAIT_S", 0.0)
    turn = ask_odile(room)
    other = make_call(provider="main", status=LLMCall.Status.RUNNING)
    now = timezone.now()
    for _ in range(claims.MAX_ATTEMPTS + 2):
        assert turns.take(turn.pk, now) is None
        turn.refresh_from_db()
        assert turn.status == Turn.Status.PLANNED
        assert 0 < (turn.due_at - now).total_seconds() < 10
        now = turn.due_at
    assert notices() == []
    LLMCall.objects.filter(pk=other.pk).update(status=LLMCall.Status.DONE)
    assert turns.take(turn.pk, now) is not None
    assert len(by_characters()) == 1


def test_a_character_speaks_by_its_own_model(room: Channel, server: ModelServer) -> None:
    Character.objects.filter(name="Odile").update(llm_model="mistral-nemo", llm_temperature=0.3)
    turns.take(ask_odile(room).pk)
    body = server.history[0].body
    assert (body["model"], body["temperature"]) == ("mistral-nemo", 0.3)
    assert LLMCall.objects.get().model == "mistral-nemo"


# --- characters among themselves ------------------------------------------------------------------


MOST_TURNS = 60  # of one conversation: the longest chain, and some silences


def test_talk_over_a_model_that_always_fails_ends(room: Channel, settings: Any) -> None:
    with Always(status(500)) as server:
        server.enqueue("Who moved the boat?", "Not me, Odile.", "The tide did, most likely.")
        speak_by(server, settings)
        ended = until_closed(simulation.Clock(timezone.now()))
    assert ended.turns.count() <= MOST_TURNS
    assert len(by_characters()) == 3
    assert notices() == []  # no person waits
    failed = Turn.objects.filter(status=Turn.Status.FAILED)
    assert failed.exists()
    assert max(failed.values_list("attempts", flat=True)) <= claims.MAX_ATTEMPTS
    # The breaker leaves it alone: an hour of failing costs a handful of calls.
    assert len(server.history) < 20


@pytest.mark.parametrize("text", ERRORS[:2])
def test_errors_served_as_speech_are_never_said_and_the_talk_ends(
    room: Channel, settings: Any, text: str
) -> None:
    with Always(text) as server:
        server.enqueue("Who moved the boat?")
        speak_by(server, settings)
        ended = until_closed(simulation.Clock(timezone.now()))
    assert by_characters() == ["Who moved the boat?"]
    silent = Turn.objects.filter(status=Turn.Status.SILENT, action=Turn.Action.SPEAK)
    assert silent.exists()
    assert ended.turns.count() <= MOST_TURNS
    assert len(server.history) == 2 * silent.count() + 1


def test_a_model_that_repeats_itself_falls_silent(room: Channel, settings: Any) -> None:
    with Always("The tide turns, and nobody minds.") as server:
        speak_by(server, settings)
        record_incoming(room.pk, make_person("Ada"), "Odile, what of the tide?")
        ended = until_closed(simulation.Clock(timezone.now()))
    said = list(ended.messages.order_by("number").values_list("content", flat=True))
    assert said == ["Odile, what of the tide?", "The tide turns, and nobody minds."]
    assert ended.turns.count() <= MOST_TURNS


# --- what a model answers in place of speech ------------------------------------------------------


@pytest.mark.parametrize("text", ERRORS)
def test_an_errors_text_is_asked_again_once_and_then_withheld(
    room: Channel, server: ModelServer, text: str
) -> None:
    turn = ask_odile(room)
    server.enqueue(text, text)
    assert turns.take(turn.pk) is None
    turn.refresh_from_db()
    assert turn.status == Turn.Status.SILENT
    assert by_characters() == []
    assert len(server.history) == 2
    assert "Say it differently" in server.history[1].body["messages"][-1]["content"]
    assert [c.response for c in LLMCall.objects.order_by("pk")] == [text, text]
    assert turn.guard_edits.count("It was an error's text, not speech.") == 2


def test_what_is_well_said_the_second_time_is_said(room: Channel, server: ModelServer) -> None:
    server.enqueue(ERRORS[0], "The ebb is slow today.")
    assert turns.take(ask_odile(room).pk) is not None
    assert by_characters() == ["The ebb is slow today."]


@pytest.mark.parametrize(
    "text",
    [
        "The ebb is slow today.\nBram: No, it isn't.\nAda: Is it?",
        "Odile: The ebb is slow today.\n\nAda: Thank you!",
        "**Odile:** The ebb is slow today.\n**Pilar:** I counted.",
        "*looks up* The ebb is slow today.\nUser: and now?",
    ],
)
def test_other_speakers_lines_are_cut(room: Channel, server: ModelServer, text: str) -> None:
    record_incoming(room.pk, make_person("Ben"), "Bram and Pilar, good evening.")
    turn = ask_odile(room)
    Message.objects.create(
        conversation=turn.conversation,
        number=90,
        character=Character.objects.get(name="Bram"),
        role=Message.Role.ASSISTANT,
        content="Evening.",
        created_at=timezone.now(),
    )
    Message.objects.create(
        conversation=turn.conversation,
        number=91,
        character=Character.objects.get(name="Pilar"),
        role=Message.Role.ASSISTANT,
        content="Good to see you.",
        created_at=timezone.now(),
    )
    server.enqueue(text, text)
    assert turns.take(turn.pk) is not None
    turn.refresh_from_db()
    assert Message.objects.get(turn=turn).content == "The ebb is slow today."
    assert turn.guard_edits


def test_what_no_database_can_hold_is_not_said(room: Channel, server: ModelServer) -> None:
    server.enqueue("The ebb\0 is slow\ud800 today.")
    assert turns.take(ask_odile(room).pk) is not None
    assert by_characters() in (["The ebb is slow today."], ["The ebb is slow? today."])


# --- what it costs --------------------------------------------------------------------------------


def of_calls() -> int:
    return sum(c.prompt_tokens + c.completion_tokens for c in LLMCall.objects.all())


@pytest.fixture
def budget() -> Budget:
    return make_budget(tokens=10**6, usd="100")


TRUNCATED = reply("Then the", finish_reason="length")


@pytest.mark.parametrize(
    ("steps", "calls"),
    [
        ([reply("The ebb is slow.")], 1),
        ([status(500)], 1),
        ([TRUNCATED], 1),
        ([reply(ERRORS[0]), reply(ERRORS[0])], 2),
        ([reply(ERRORS[0]), reply("The ebb is slow.")], 2),
        ([reply(ERRORS[0]), status(500)], 2),
        ([reply(ERRORS[0]), TRUNCATED], 2),
    ],
)
def test_a_budget_holds_what_the_calls_took_and_no_more(
    room: Channel, server: ModelServer, budget: Budget, steps: list[Step], calls: int
) -> None:
    turn = ask_odile(room)
    server.enqueue(*steps)
    turns.take(turn.pk)
    turn.refresh_from_db()
    assert LLMCall.objects.count() == calls
    assert turn.reservation == {}
    assert spent(budget)[0] == of_calls()


def test_retries_are_charged_to_the_turn_that_made_them(
    room: Channel, server: ModelServer, budget: Budget, settings: Any
) -> None:
    speak_by(server, settings, max_retries=2)
    server.enqueue(reply("  "), status(500), "The ebb is slow.")
    turns.take(ask_odile(room).pk)
    assert LLMCall.objects.count() == 3
    assert spent(budget)[0] == of_calls() > 18


def test_a_person_who_interrupts_leaves_nothing_set_aside(
    room: Channel, server: ModelServer, budget: Budget
) -> None:
    server.enqueue(reply("Who moved the boat?", delay_s=1.0))
    make_event(room, character=Character.objects.get(name="Bram"))
    planned = director.look(room.pk)
    assert planned is not None

    def take() -> None:
        turns.take(planned.pk)
        connection.close()

    speaking = threading.Thread(target=take)
    speaking.start()
    deadline = time.monotonic() + PATIENCE_S
    while not server.history and time.monotonic() < deadline:
        time.sleep(0.01)
    assert spent(budget)[0] > 1000
    record_incoming(room.pk, make_person("Ada"), "Good evening, all.")
    speaking.join(10)
    planned.refresh_from_db()
    assert planned.status == Turn.Status.ABANDONED
    assert by_characters() == []
    assert spent(budget)[0] == of_calls() == 18


def test_a_process_that_dies_at_the_call_leaves_nothing_set_aside(
    room: Channel, server: ModelServer, budget: Budget
) -> None:
    turn = ask_odile(room)
    assert turns.claim(turn.pk, timezone.now()) is not None
    assert spent(budget)[0] > 1000
    here = claims.worker_name().split(":")[0]
    Turn.objects.filter(pk=turn.pk).update(claimed_by=f"{here}:1:1")
    assert claims.release_abandoned(timezone.now()) == 1
    assert spent(budget)[0] == 0
    turns.take(turn.pk)
    assert spent(budget)[0] == of_calls() == 18


def test_a_claim_released_under_a_living_process_is_given_back_once(
    room: Channel, server: ModelServer, budget: Budget
) -> None:
    make_budget(character=Character.objects.get(name="Bram"), tokens=1)  # not hers
    budget_row = make_budget(character=Character.objects.get(name="Odile"), tokens=10**6)
    turn = ask_odile(room)
    claimed = turns.claim(turn.pk, timezone.now())
    assert claimed is not None
    late = timezone.now() + dt.timedelta(seconds=claims.LEASE_S + 1)
    assert claims.release_abandoned(late) == 1
    turns.compose(claimed)  # it comes back after all
    turn.refresh_from_db()
    assert spent(budget)[0] == spent(budget_row)[0] == of_calls() == 18


@pytest.mark.parametrize("answer", ["The ferry is late.", status(503)], ids=["words", "an error"])
def test_what_a_model_answers_after_a_pause_is_not_said_before_all_goes_on(
    room: Channel, settings: Any, answer: Step | str
) -> None:
    record_incoming(room.pk, make_person("Ada"), "Odile, are you there?")
    turn = director.look(room.pk)
    assert turn is not None
    with Meanwhile(lambda: configuration.pause_society(True)) as server:
        server.enqueue(*[answer] * 3)
        speak_by(server, settings)
        assert turns.take(turn.pk) is None
    assert Message.objects.count() == 1  # nor is Ada told that nobody can answer
    assert director.look(room.pk) is None
    assert upkeep.sweep() == {}
    configuration.pause_society(False)
    said = turns.take(turn.pk, timezone.now() + MINUTE)
    if answer == "The ferry is late.":
        assert said is not None
        assert Message.objects.get(character__isnull=False).content == "The ferry is late."
