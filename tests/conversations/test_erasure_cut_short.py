"""Who was sure is forgotten, though the process that was to do it died, and what was under way when
somebody was erased goes too: by the hourly upkeep."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from audit.models import LLMCall
from characters.models import Person
from conversations import tasks
from conversations.models import Channel, Conversation, Message
from conversations.people import erasure
from conversations.services import close_conversation, record_incoming
from conversations.wishes import granting
from memories.models import ErasureReceipt
from tests.builders import make_call, make_channel, make_character, make_person

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """As a process is that goes no further."""


@pytest.fixture
def room() -> Channel:
    make_character("Mara")
    return make_channel("harbour")


def ago(**lengths: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**lengths)


def say(room: Channel, person: Person, text: str, at: dt.datetime) -> Message:
    return record_incoming(room.pk, person, text, now=at, hearing=granting.hear_out)


def is_gone(person: Person) -> bool:
    person.refresh_from_db()
    return person.erased_at is not None


@pytest.mark.parametrize("days", [0.1, 9])
def test_who_was_sure_is_forgotten_though_the_process_died(
    room: Channel, monkeypatch: pytest.MonkeyPatch, days: float
) -> None:
    ann, bob = make_person("Ann"), make_person("Bob")
    say(room, ann, "I live behind the old mill.", ago(days=days, minutes=1))
    say(room, bob, "Mara, forget me", ago(days=days))
    whole = erasure.forget_person

    def die(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(erasure, "forget_person", die)
    with pytest.raises(Killed):
        say(room, ann, "Mara, yes, forget me", ago(days=days))
    monkeypatch.setattr(erasure, "forget_person", whole)
    Person.objects.update(last_seen_at=ago(days=days))
    tasks.hourly_upkeep()
    assert (is_gone(ann), is_gone(bob)) == (True, False)
    assert ErasureReceipt.objects.get().requested_by == "the person"
    assert not Message.objects.filter(content__contains="mill").exists()
    told = Message.objects.filter(content__startswith="You are forgotten: ")
    assert told.count() == 1
    tasks.hourly_upkeep()
    assert told.count() == ErasureReceipt.objects.count() == 1


def test_what_is_being_done_this_moment_is_left_to_who_does_it(
    room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_person("Ann")
    whole, upkept = erasure.forget_person, []

    def forget(*args: Any) -> ErasureReceipt:
        if not upkept:
            upkept.append(True)
            tasks.hourly_upkeep()
        return whole(*args)

    monkeypatch.setattr(erasure, "forget_person", forget)
    say(room, ann, "Mara, yes, forget me", timezone.now())
    assert is_gone(ann)
    assert ErasureReceipt.objects.count() == 1


def test_an_answer_that_came_late_is_taken(room: Channel) -> None:
    call = make_call(status="running", request={"messages": "Ann lives behind the old mill."})
    ann = make_person("Ann")
    LLMCall.objects.filter(pk=call.pk).update(request={"erased": True})
    erasure.forget_person(ann, "a keeper", timezone.now())
    LLMCall.objects.filter(pk=call.pk).update(status="done", response="Ah, Ann, from the mill!")
    tasks.hourly_upkeep()
    assert LLMCall.objects.get(pk=call.pk).response == ""


def test_what_was_summed_up_anew_since_stays(room: Channel) -> None:
    ann, bob = make_person("Ann"), make_person("Bob")
    talk = say(room, ann, "I live behind the old mill.", ago(hours=3)).conversation
    say(room, bob, "And I by the sea.", ago(hours=2.9))
    close_conversation(talk, "for a test", ago(hours=2))
    Conversation.objects.update(summary="Ann lives behind the old mill.")
    erasure.forget_person(ann, "a keeper", ago(hours=1))
    talk.refresh_from_db()
    assert talk.summary == ""
    Conversation.objects.filter(pk=talk.pk).update(summary="Bob told where he lives.")
    tasks.hourly_upkeep()
    talk.refresh_from_db()
    assert talk.summary == "Bob told where he lives."
    said = say(room, ann_again := make_person("Annie"), "Hello again.", timezone.now())
    tasks.hourly_upkeep()
    said.refresh_from_db()
    assert (said.content, said.person) == ("Hello again.", ann_again)
