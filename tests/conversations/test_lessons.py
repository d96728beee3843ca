"""What a model server taught by refusing a call is known after a restart and in every process,
until a keeper has it forgotten or another server or model stands there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.calls import ledger, lessons
from audit.models import LLMCall, ServerLesson
from conversations import tasks
from fishbowl.llm import chat
from fishbowl.llm.endpoint import Endpoint
from fishbowl.llm.types import ChatMessage, ChatRequest
from tests.builders import make_character, make_keeper
from tests.modelserver import ModelServer, Received, Step, reply, status

pytestmark = pytest.mark.django_db(transaction=True)

TALK = (ChatMessage("system", "You are Mara."), ChatMessage("user", "Hello?"))


class Picky(ModelServer):
    """Takes no temperature for the model 'test', wants room to think, and knows one system
    message at most."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = 0

    def _made_up(self, received: Received) -> Step:
        body = received.body
        roles = [one["role"] for one in body["messages"]]
        self.refused += 1
        if "temperature" in body and body["model"] == "test":
            return status(400, "'temperature' is not supported with this model.")
        if "system" in roles[1:]:
            return status(400, "System message must be at the beginning.")
        if body["max_tokens"] < 2300:
            return reply("", message={"reasoning": "hm"}, finish_reason="length")
        self.refused -= 1
        return super()._made_up(received)


def endpoint(server: ModelServer, **options: Any) -> Endpoint:
    kept = {"name": "main", "model": "test", "timeout_s": 5.0, "max_retries": 0, **options}
    return Endpoint(base_url=server.base_url, **kept)


def ask(*messages: ChatMessage, **options: Any) -> ledger.Answer:
    return ledger.ask(ChatRequest(messages or TALK, temperature=0.7, **options))


@pytest.fixture
def server(settings: Any) -> Any:
    with Picky() as picky:
        settings.LLM_ENDPOINTS = (endpoint(picky),)
        yield picky
        chat.close_clients()


def test_it_is_known_after_a_restart_and_by_whom_it_was_learned(server: Picky) -> None:
    late = (*TALK, ChatMessage("system", "Be brief."))
    ask(*late)
    assert server.refused == 3
    chat.close_clients()  # the next process
    ask(*late)
    assert server.refused == 3
    rows = ServerLesson.objects.order_by("id")
    assert [row.lesson for row in rows] == ["no temperature", "system first", "room 1"]
    assert "'temperature' is not supported" in rows[0].refusal
    assert {(row.server, row.model) for row in rows} == {("main", "test")}
    failed = LLMCall.objects.filter(status=LLMCall.Status.FAILED).latest("started_at")
    assert rows[2].learned_at >= failed.started_at


def test_another_process_learns_of_it_without_a_query_more(server: Picky) -> None:
    ask()
    refused = server.refused
    chat.close_clients()
    chat.client_for(endpoint(server)).knows({}, "0/0")  # another's, that began before
    ask()
    assert server.refused == refused
    asked: list[str] = []

    def look_on(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(look_on):
        ask()
    assert len(asked) == 2, "the row of the call, before and after"


def test_each_model_has_its_own(server: Picky) -> None:
    ask()
    ask(model="other")
    assert server.history[-1].body["temperature"] == 0.7
    assert set(ServerLesson.objects.values_list("model", "lesson")) == {
        ("test", "no temperature"), ("test", "room 1"), ("other", "room 1"),
    }  # fmt: skip


def test_what_a_keeper_has_forgotten_is_asked_anew(server: Picky) -> None:
    ask()
    desk = Client()
    desk.force_login(make_keeper())
    row = ServerLesson.objects.get(lesson="no temperature")
    listed = desk.get(reverse("admin:audit_serverlesson_changelist")).content.decode()
    assert "it takes no temperature" in listed and row.refusal.split("'")[0] in listed
    desk.post(reverse("admin:audit_serverlesson_delete", args=[row.pk]), {"post": "yes"})
    assert LogEntry.objects.filter(object_pk=row.pk, action=LogEntry.Action.DELETE).exists()
    refused = server.refused
    ask()
    assert server.refused == refused + 1
    assert ServerLesson.objects.filter(lesson="no temperature").exists()


def test_another_address_or_model_is_asked_anew_and_the_old_is_forgotten(
    server: Picky, settings: Any
) -> None:
    make_character(llm_model="theirs")
    ask()
    ask(model="theirs")
    tasks._keep_up(timezone.now())
    assert ServerLesson.objects.count() == 3
    with ModelServer() as other:
        settings.LLM_ENDPOINTS = (endpoint(other),)
        chat.close_clients()  # settings change with a restart
        ask()
        assert "temperature" in other.history[0].body
    tasks._keep_up(timezone.now())
    assert not ServerLesson.objects.exists()
    settings.LLM_ENDPOINTS = (endpoint(server, model="newer"),)
    chat.close_clients()
    ask()
    assert server.history[-1].body["temperature"] == 0.7


def test_two_calls_that_were_refused_at_once_teach_one_lesson(server: Picky) -> None:
    client = chat.client_for(endpoint(server))
    late = ChatRequest((*TALK, ChatMessage("system", "Be brief.")), max_tokens=4000)
    met = chat.Learned()
    body = chat.written(late, client.endpoint, met, streams=False)
    no = chat.BadRequestError("System message must be at the beginning.", status=400)
    for _ in range(2):  # both were written by what was known before
        found = met.from_refusal(no, body, ())
        assert found is not None and found.taught is not None
        assert found.taught.lesson == "system first"
        for _ in range(2):
            lessons.keep(client.endpoint, "test", found.taught, dt.datetime.now(dt.UTC))
    assert ServerLesson.objects.count() == 1
