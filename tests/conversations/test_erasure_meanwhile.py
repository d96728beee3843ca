"""What was being thought, done, summed up or remembered in the moment in which somebody is
forgotten is made anew without them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from audit.calls import ledger
from characters.models import Character, Person
from conversations.afterwards import observe, summaries
from conversations.floor import director
from conversations.models import Conversation, Message, Participant, ToolUse, Turn, TurnMemory
from conversations.people.erasure import forget_person
from conversations.services import close_conversation
from conversations.turns import saying, tooluse, turns
from fishbowl.llm.types import ToolCall
from memories.formation import extraction
from memories.models import Memory
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_turn,
)

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "The silver thimble of my aunt lies under the eighth stair."
ASKED = "Mara, where is the silver thimble?"


@pytest.fixture
def mara() -> Character:
    return make_character("Mara")


@pytest.fixture
def sam() -> Person:
    return make_person("Samuel")


def heard_by(mara: Character, sam: Person) -> Conversation:
    """A talk in which Samuel told, and Bob asks of it."""
    room = make_channel()
    room.residents.add(mara)
    talk = make_conversation(room, kind="with_people")
    make_message(talk, sam, SECRET)
    make_message(talk, make_person("Bob"), ASKED)
    return talk


def remembered_by(mara: Character, sam: Person) -> Conversation:
    """Bob asks elsewhere what Mara remembers of it."""
    make_memory(
        mara, f"Samuel said: “{SECRET}”", told_by_person_id=sam.pk, visibility="public"
    )  # fmt: skip
    talk = make_conversation(make_channel(), kind="with_people")
    make_message(talk, make_person("Bob"), ASKED)
    return talk


def says(answer: ledger.Answer, text: str, *calls: ToolCall) -> ledger.Answer:
    return replace(answer, result=replace(answer.result, text=text, tool_calls=calls))


@pytest.mark.parametrize("at", ["asking", "asked"])
@pytest.mark.parametrize("where", [heard_by, remembered_by])
def test_what_was_thought_of_with_them_in_mind_is_not_said(
    mara: Character, sam: Person, where: Any, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The voice was asked with them in its prompt, and answers when they are forgotten; or what it
    answered waits to be said."""
    talk = where(mara, sam)
    asked = Message.objects.get(content=ASKED)
    turn = make_turn(talk, mara, answers=asked, trigger="person")
    whole = tooluse.ask

    def ask(*args: Any) -> list[ledger.Answer]:
        answers = [says(one, "Look under the eighth stair.") for one in whole(*args)]
        if at == "asking":
            forget_person(sam, "a keeper", timezone.now())
        return answers

    monkeypatch.setattr(tooluse, "ask", ask)
    claimed = turns.claim(turn.pk, timezone.now())
    assert claimed is not None
    turns.compose(claimed)
    if at == "asked":
        assert "eighth stair" in Turn.objects.get().draft
        forget_person(sam, "a keeper", timezone.now())
    later = timezone.now() + dt.timedelta(minutes=1)
    assert saying.say(turn.pk, later) is None
    turn.refresh_from_db()
    assert (turn.status, turn.draft) == (Turn.Status.ABANDONED, "")
    assert not TurnMemory.objects.exists()
    assert not Message.objects.filter(content__contains="stair").exists()
    # Who asked is answered all the same, by who knows nothing of it any more.
    again = director.look(talk.channel_id, later)
    assert again is not None
    assert (again.status, again.answers_id) == (Turn.Status.PLANNED, asked.pk)


def test_a_turn_with_nobody_of_theirs_in_mind_goes_on(mara: Character, sam: Person) -> None:
    """One that is only planned has nothing in mind; a draft elsewhere is no business of theirs."""
    planned = make_turn(heard_by(mara, make_person("Bea")), mara)
    draft = make_turn(make_conversation(), mara, status=Turn.Status.SPEAKING, draft="It rains.")
    forget_person(sam, "a keeper", timezone.now())
    assert set(Turn.objects.values_list("pk", "status")) == {
        (planned.pk, "planned"), (draft.pk, "speaking"),
    }  # fmt: skip


def test_in_a_turn_that_was_taken_away_nothing_more_is_done(
    mara: Character, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = make_turn(heard_by(mara, sam), mara, trigger="person")
    whole = ledger.ask

    def ask(*args: Any, **more: Any) -> ledger.Answer:
        answer = whole(*args, **more)
        forget_person(sam, "a keeper", timezone.now())
        noting = tooluse.as_json({"content": "The thimble lies under the eighth stair."})
        return says(answer, "", ToolCall("one", "remember", noting))

    claimed = turns.claim(turn.pk, timezone.now())
    assert claimed is not None
    monkeypatch.setattr(ledger, "ask", ask)
    assert turns.compose(claimed) is None
    assert not ToolUse.objects.exists()
    assert not Memory.objects.exists()


def test_a_summary_that_was_just_being_made_is_made_anew(
    mara: Character, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = heard_by(mara, sam)
    for text in ("The tide is out.", "So it is.", "Then we wait.", "We do."):
        make_message(talk, mara, text)
    close_conversation(talk, "for a test", timezone.now())
    whole = ledger.ask_within_budgets

    def ask(*args: Any, **more: Any) -> ledger.Answer:
        answer = whole(*args, **more)
        if not sam.erased_at:
            forget_person(sam, "a keeper", timezone.now())
            sam.refresh_from_db()
            return says(answer, "A guest told that a thimble lies under the eighth stair.")
        return says(answer, "They waited for the tide.")

    monkeypatch.setattr(ledger, "ask_within_budgets", ask)
    assert summaries.summarise(talk.pk) == ""
    assert Conversation.objects.get(pk=talk.pk).summary == ""
    assert talk.pk in summaries.missing(timezone.now())
    assert summaries.summarise(talk.pk) == "They waited for the tide."


def test_who_came_in_later_remembers_no_more_of_them_than_who_was_there(
    mara: Character, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newcomers remember what they read of earlier talk; the reading is of a moment ago."""
    now = timezone.now() - dt.timedelta(hours=1)
    talk = make_conversation(make_channel(), kind="with_people")
    make_message(talk, mara, "The ferry to Corran leaves at nine tomorrow.", at=now)
    make_message(talk, sam, SECRET, at=now)
    observe.observe(talk.pk)
    bram = make_character("Bram")
    make_message(talk, bram, "Good evening.", at=now + dt.timedelta(minutes=20))
    Participant.objects.filter(character=bram).update(joined_at=now + dt.timedelta(minutes=20))
    whole = extraction.find

    def find(*args: Any) -> Any:
        found = whole(*args)
        if not Person.objects.get(pk=sam.pk).erased_at:
            forget_person(sam, "a keeper", timezone.now())
        return found

    monkeypatch.setattr(extraction, "find", find)
    observe.observe(talk.pk)
    assert not Memory.objects.filter(content__contains="thimble").exists()
    observe.observe(talk.pk)
    assert Memory.objects.filter(owner=bram, content__contains="Corran").exists()
