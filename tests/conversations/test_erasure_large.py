"""Who said very much is forgotten as exactly as anybody; while most of it is read, others talk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.models import LLMCall
from characters.models import Person
from conversations import services
from conversations.models import Channel, Message
from conversations.people import erasure
from conversations.people.extent import extent_of
from memories.models import Derivation, Memory
from tests.builders import (
    make_call,
    make_channel,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
)

pytestmark = pytest.mark.django_db(transaction=True)


def talkative(name: str, lines: int) -> Person:
    """Somebody who said so many lines, each remembered, and each in a request to a model."""
    ada, person = make_character(f"Ada of {name}"), make_person(name)
    conversation = make_conversation(make_channel(f"room of {name}"))
    for n in range(lines):
        said = make_message(conversation, person, f"My boat number {n} lies behind the mill.")
        memory = make_memory(
            ada, f"{name} has boat {n}.", told_by_person_id=person.pk, source_message_id=said.pk
        )
        Derivation.objects.create(memory=memory, from_message=said)
        make_call(
            conversation=conversation,
            request={"messages": [{"role": "user", "content": f"Somebody: {said.content}"}]},
        )
    return person


@contextmanager
def held(rows: QuerySet[Any]) -> Iterator[None]:
    """Another process is at these rows."""
    is_held, over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                list(rows.select_for_update(no_key=True))
                is_held.set()
                over.wait()
        finally:
            connection.close()

    holding = threading.Thread(target=hold)
    holding.start()
    is_held.wait()
    try:
        yield
    finally:
        over.set()
        holding.join()


def most_values(person: Person) -> int:
    """How many values the longest statement of an erasure names one by one."""
    most = 0

    def look_on(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal most
        most = max(most, len(params or ()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look_on):
        erasure.forget_person(person, "a keeper", timezone.now())
    return most


def test_statements_grow_no_longer_with_what_somebody_said() -> None:
    few, many = talkative("Wendeline", 20), talkative("Osgar", 90)
    assert most_values(few) == most_values(many)
    assert not Memory.objects.exists() and not Derivation.objects.exists()
    assert not Message.objects.exclude(content="").exists()
    assert not LLMCall.objects.exclude(request={"erased": True}).exists()


def test_a_preview_waits_for_no_room_and_holds_none() -> None:
    person = talkative("Wendeline", 3)
    with held(Channel.objects.all()):
        foreseen = erasure.preview(person, timezone.now())
    assert foreseen["conversations.Message (blanked)"] == 3
    assert foreseen == erasure.forget_person(person, "a keeper", timezone.now()).counts


def test_a_preview_that_meets_somebody_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    person, tries = talkative("Wendeline", 3), []

    def meet_somebody(*given: Any, hold: bool = False) -> Any:
        tries.extend([True] if hold else [])
        with held(Memory.objects.all()) if tries == [True] else nullcontext():
            return extent_of(*given, hold=hold)

    monkeypatch.setattr("conversations.people.erasure.extent_of", meet_somebody)
    foreseen = erasure.preview(person, timezone.now())
    monkeypatch.undo()
    assert len(tries) == 2 and foreseen["memories.Memory"] == 3
    assert foreseen == erasure.forget_person(person, "a keeper", timezone.now()).counts


@pytest.mark.parametrize("meanwhile", ["said", "called", "answered", "renamed"])
def test_what_comes_while_it_is_looked_through_goes_too(
    monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    person = talkative("Wendeline", 3)
    room, looked = Channel.objects.get(), erasure._look_ahead
    asked = make_call(status="running", request={"messages": []})
    former = make_call(request={"messages": [{"role": "user", "content": "Rosamund came in."}]})

    def look_ahead(one: Person) -> Any:
        found = looked(one)
        if meanwhile == "said":
            services.record_incoming(room.pk, one, "And one thing more, of my cellar key.")
            request = {"messages": [{"role": "user", "content": "X: And one thing more, of my "}]}
            request["messages"][0]["content"] += "cellar key."
            make_call(request=request)
        elif meanwhile == "called":
            make_call(request={"messages": [{"role": "user", "content": "Of Wendeline."}]})
        elif meanwhile == "answered":
            LLMCall.objects.filter(pk=asked.pk).update(status="done", response="Wendeline? Ah.")
        else:
            Person.objects.filter(pk=one.pk).update(display_name="Rosamund")
        return found

    monkeypatch.setattr(erasure, "_look_ahead", look_ahead)
    erasure.forget_person(person, "a keeper", timezone.now())
    assert not Message.objects.filter(person=person).exclude(content="").exists()
    left = str(list(LLMCall.objects.values_list("request", "response")))
    assert "Wendeline" not in left and "cellar" not in left
    is_named = LLMCall.objects.get(pk=former.pk).request == {"erased": True}
    assert is_named == (meanwhile == "renamed")
