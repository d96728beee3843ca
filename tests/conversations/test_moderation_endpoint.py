"""The moderation endpoint: asked about what is said, paid for, and done without when it is down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from audit.calls import classifying
from audit.configuration import configuration
from audit.models import BudgetSpend, LLMCall, SecurityEvent
from conversations.discord import inbound
from conversations.floor import director
from conversations.models import Channel, Message, ModerationCase
from conversations.moderation import endpoint, quarantine
from conversations.moderation.judging import by_scores
from conversations.services import record_incoming
from conversations.text import Refused
from conversations.turns import turns
from fishbowl.llm.endpoint import Endpoint
from fishbowl.llm.moderation import close_clients
from tests.builders import (
    make_budget,
    make_case,
    make_channel,
    make_character,
    make_person,
    make_rule,
)
from tests.discord.happenings import US, picked, said
from tests.modelserver import ModelServer, moderation, raw, status

pytestmark = pytest.mark.django_db
CASES = ModerationCase.objects
LONG = dt.timedelta(hours=1)


@pytest.fixture
def server(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as one:
        settings.MODERATION_ENDPOINT = Endpoint("moderation", one.base_url, "mod", timeout_s=3)
        yield one
        close_clients()


@pytest.fixture
def room(server: ModelServer) -> Channel:
    make_character("Odile")
    return make_channel("bar")


def configure(section: str = "moderation", **settings: object) -> None:
    for key, value in settings.items():
        configuration.set_value(section, key, value)
    configuration.forget_cached()


def test_what_is_shown_is_looked_at_after_and_held_if_it_must_be(
    room: Channel, server: ModelServer
) -> None:
    make_budget()
    said = record_incoming(room.pk, make_person(), "I shall drown you all.")
    case = CASES.get()
    assert (case.state, case.message) == ("waiting", said)
    server.enqueue(moderation({"violence": 0.93}))
    assert endpoint.look(case.pk)
    said.refresh_from_db()
    case.refresh_from_db()
    assert said.deleted_at is not None
    assert (case.state, case.action, case.text) == ("open", "quarantine", said.content)
    assert (case.category, case.score, case.why) == ("violence", 0.93, "violence (0.93)")
    assert server.history[-1].path == "/v1/moderations"
    assert server.history[-1].body == {"model": "mod", "input": said.content}
    call = LLMCall.objects.get(purpose="moderation")
    assert call.status == "done" and call.prompt_tokens and said.content not in str(call.request)
    assert BudgetSpend.objects.get().tokens == call.prompt_tokens
    assert not endpoint.look(case.pk)  # once
    quarantine.release(case.pk, timezone.now())
    assert Message.objects.latest("number").content == said.content


def test_what_is_harmless_leaves_nothing_behind(room: Channel, server: ModelServer) -> None:
    said = record_incoming(room.pk, make_person(), "The tide is out.")
    assert endpoint.due(timezone.now()) == [CASES.get().pk]
    assert endpoint.look(CASES.get().pk)
    said.refresh_from_db()
    assert said.deleted_at is None and not CASES.exists()


def test_where_it_is_down_what_was_shown_stands_flagged(room: Channel, server: ModelServer) -> None:
    record_incoming(room.pk, make_person(), "The tide is out.")
    (case,) = CASES.all()
    now = timezone.now()
    for _ in range(endpoint.MOST_ATTEMPTS):
        server.enqueue(status(500))
        now += LONG
        assert not endpoint.look(case.pk, now)
    case.refresh_from_db()
    assert (case.state, case.action, case.why) == ("open", "flag", endpoint.UNASKED)
    (trouble,) = classifying.down(now)
    assert "does not answer" in trouble.detail
    assert SecurityEvent.objects.filter(event_type="moderation_down").count() == 1


def test_where_nothing_is_shown_unseen_it_waits_until_it_was_looked_at(
    room: Channel, server: ModelServer
) -> None:
    configure(when_unreachable="hold")
    with pytest.raises(Refused, match="looked at before"):
        record_incoming(room.pk, make_person(), "The tide is out.")
    (case,) = CASES.all()
    server.enqueue(raw("<html>"))
    now = timezone.now() + LONG
    assert not endpoint.look(case.pk, now)
    assert not Message.objects.exists()
    assert endpoint.look(case.pk, now + LONG)
    assert Message.objects.get().content == "The tide is out."
    assert not CASES.exists()
    record_incoming(room.pk, make_person(), "I want to die.")  # who is in danger is heard


@pytest.mark.parametrize("score", [0.0, 0.7])
def test_what_can_not_be_said_any_more_waits_for_a_moderator(
    room: Channel, server: ModelServer, score: float
) -> None:
    configure(when_unreachable="hold")
    ada = make_person("Ada")
    with pytest.raises(Refused):
        record_incoming(room.pk, ada, "The tide is out.")
    ada.consent_level = "none"
    ada.save()
    server.enqueue(moderation({"violence": score}))
    assert endpoint.look(CASES.get().pk)
    case = CASES.get()
    assert (case.state, case.action, case.text) == ("open", "quarantine", "The tide is out.")
    assert "isn't to be taken in" in case.note and not Message.objects.exists()


def test_an_edit_is_looked_at_as_a_new_message_is(server: ModelServer) -> None:
    make_character("Odile")
    picked()
    first = said("The tide is out.")
    message = inbound.receive(first, US)
    server.enqueue(moderation({"violence": 0.0}))
    assert message is not None and endpoint.look(CASES.get().pk)
    inbound.change(replace(first, content="The tide is out.", edited_at=timezone.now()), US)
    assert not CASES.exists()  # nothing was changed
    inbound.change(replace(first, content="I shall drown you.", edited_at=timezone.now()), US)
    case = CASES.get()
    assert (case.state, case.message) == ("waiting", message)
    server.enqueue(moderation({"violence": 0.9}))
    assert endpoint.look(case.pk)
    message.refresh_from_db()
    assert message.deleted_at is not None and server.history[-1].body["input"] == message.content


def test_an_edit_of_what_is_flagged_is_looked_at_as_well(server: ModelServer) -> None:
    make_character("Odile")
    picked()
    first = said("The tide is out.")
    inbound.receive(first, US)
    server.enqueue(moderation({"violence": 0.7}))
    assert endpoint.look(CASES.get().pk)
    inbound.change(replace(first, content="I shall drown you.", edited_at=timezone.now()), US)
    assert CASES.get().state == "waiting"
    server.enqueue(moderation({"violence": 0.9}))
    assert endpoint.look(CASES.get().pk)
    assert (CASES.get().action, CASES.get().text) == ("quarantine", "I shall drown you.")


def test_where_nothing_is_shown_unseen_an_edit_waits_too(server: ModelServer) -> None:
    configure(when_unreachable="hold")
    make_rule("herring", action="refuse")
    make_character("Odile")
    picked()
    first, other = said("The tide is out."), said("The boat is in.")
    for one in (first, other):
        inbound.receive(one, US)
        server.enqueue(moderation({"violence": 0.0}))
        assert endpoint.look(CASES.get().pk)
    inbound.change(replace(first, content="The tide is in.", edited_at=timezone.now()), US)
    case = CASES.get()
    assert not Message.objects.filter(content__startswith="The tide", deleted_at=None).exists()
    inbound.change(replace(first, content="You herring.", edited_at=timezone.now()), US)
    assert not endpoint.look(case.pk)  # the rules look at what is reworded
    assert (CASES.get().action, CASES.get().text) == ("refuse", "You herring.")
    edited = replace(other, content="I want to die.", edited_at=timezone.now())
    message = inbound.change(edited, US)  # who is in danger is heard
    assert message is not None and message.deleted_at is None and message.is_off_record


def test_a_line_is_looked_at_before_it_is_said(room: Channel, server: ModelServer) -> None:
    configure("director", time_scale=0)
    record_incoming(room.pk, make_person(), "Odile, how is the tide?")
    server.enqueue(moderation({"harassment": 0.99}))
    turn = director.look(room.pk)
    assert turn is not None
    turns.take(turn.pk)
    turn.refresh_from_db()
    assert turn.guard_edits[-1] == "Held for a moderator: harassment (0.99)."
    assert CASES.get(character__isnull=False).action == "quarantine"


def test_words_of_what_was_decided_against_go_after_a_while() -> None:
    now = timezone.now()
    old = make_case(state="removed", opened_at=now - 100 * LONG, decided_at=now - 99 * LONG)
    new = make_case(state="removed", opened_at=now, decided_at=now)
    waiting = make_case(opened_at=now - 100 * LONG)
    configure(words_days=1)
    assert quarantine.let_go(now + LONG) == 1
    texts = dict(CASES.values_list("pk", "text"))
    assert texts == {old.pk: "", new.pk: "Fish!", waiting.pk: "Fish!"}


def test_scores_come_to_what_the_place_says() -> None:
    scores = {"violence/graphic": 0.9, "hate": 0.7, "sexual": 0.1, "self-harm/intent": 0.99}
    found = by_scores(scores, 0.8, 0.6)
    assert [(one.category, one.action) for one in found.objections] == [
        ("violence/graphic", "quarantine"), ("self-harm/intent", "flag"), ("hate", "flag"),
    ]  # fmt: skip
    assert by_scores(scores, 0.8, 0.6, ("violence", "self-harm")).action == "flag"
    assert by_scores(scores, 0.95, 0.995).action == ""
