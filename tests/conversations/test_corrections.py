"""What keepers mend of what was said, and who hears of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from audit.configuration.configuration import pause_society
from conversations.corrections import edit_message, remove_message
from conversations.floor import director
from conversations.floor.lines import UNDER_WAY
from conversations.models import Channel, Conversation, Message, Turn
from conversations.rooms import set_channel_paused
from conversations.services import record_incoming
from conversations.tank import live, tank
from conversations.text import Refused
from memories.embedding.embedding import active_model
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room() -> Channel:
    make_character("Odile")
    return make_channel("bar", pace=Channel.Pace.LIVELY)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, dict[str, Any]]]:
    """Every live event that went out: channel, name, facts."""
    events: list[tuple[int, str, dict[str, Any]]] = []

    def note(channel_id: int, event: str, facts: dict[str, Any]) -> bool:
        events.append((channel_id, event, facts))
        return True

    monkeypatch.setattr(live, "send_now", note)
    return events


def test_an_edit_changes_the_words_and_tells(room: Channel, told: list[Any]) -> None:
    active_model()  # there are vectors to be had
    message = make_message(make_conversation(room), make_person(), "The tide is owt.")
    assert director.embed_waiting(room.pk) == 1
    now = timezone.now()
    edit_message(message.pk, " The tide is out. ", now)
    message.refresh_from_db()
    assert (message.content, message.edited_at) == ("The tide is out.", now)
    assert message.embedding is None and message.embedding_model_id is None
    facts = {"message": message.pk, "text": "The tide is out.", "edited": now.isoformat()}
    assert told == [(room.pk, "message.edited", facts)]
    assert director.embed_waiting(room.pk) == 1


def test_an_edit_to_the_same_words_is_none(room: Channel, told: list[Any]) -> None:
    message = make_message(make_conversation(room), make_person(), "The tide is out.")
    assert edit_message(message.pk, "The tide is out.").edited_at is None
    assert told == []


def test_a_removal_takes_the_words_away_and_tells(room: Channel, told: list[Any]) -> None:
    message = make_message(make_conversation(room), make_person(), "Words to be gone.")
    remove_message(message.pk)
    assert told == [
        (room.pk, "message.removed", {"message": message.pk, "text": "", "edited": None})
    ]
    for again in (lambda: remove_message(message.pk), lambda: edit_message(message.pk, "Back.")):
        with pytest.raises(Refused, match="gone"):
            again()
    assert len(told) == 1


@pytest.mark.parametrize("text", ["", "\u200b", "x" * 5000, 7])
def test_an_edit_takes_no_unusable_text(room: Channel, text: object) -> None:
    message = make_message(make_conversation(room), make_person())
    with pytest.raises(Refused):
        edit_message(message.pk, text)


def test_what_was_to_be_answered_to_a_removed_message_is_dropped(
    room: Channel, told: list[Any]
) -> None:
    message = record_incoming(room.pk, make_person(), "Odile, are you there?")
    turn = director.look(room.pk)
    assert turn is not None and turn.answers_id == message.pk
    remove_message(message.pk)
    turn.refresh_from_db()
    assert turn.status == Turn.Status.ABANDONED
    assert (room.pk, "turn.over", {"turn": turn.pk}) in told
    director.look(room.pk)
    assert not Turn.objects.filter(status__in=UNDER_WAY, answers=message).exists()


def test_no_question_stands_open_that_was_taken_back(room: Channel) -> None:
    talk = make_conversation(room)
    message = make_message(talk, make_character(), "Who moved my tide table?")
    talk.context.open_questions = ["And the oars?", message.content]
    talk.context.save()
    edit_message(message.pk, "Never mind.")
    talk.context.refresh_from_db()
    assert talk.context.open_questions == ["And the oars?"]


def test_who_comes_back_hears_what_was_mended_meanwhile(room: Channel) -> None:
    talk = make_conversation(room)
    person = make_person()
    removed, edited, kept = (make_message(talk, person, f"Line {n}.") for n in range(3))
    remove_message(removed.pk)
    now = timezone.now()
    edit_message(edited.pk, "Mended.", now)
    (state,) = tank.catch_up([(room.pk, kept.pk)])
    assert state["messages"] == []
    assert state["changes"] == [
        {"message": removed.pk, "text": "", "edited": None},
        {"message": edited.pk, "text": "Mended.", "edited": now.isoformat()},
    ]
    (state,) = tank.catch_up([(room.pk, 0)])
    assert [(m["text"], m["edited"]) for m in state["messages"]] == [
        ("", None),
        ("Mended.", now.isoformat()),
        ("Line 2.", None),
    ]


def test_watchers_of_every_room_hear_of_a_pause(room: Channel, told: list[Any]) -> None:
    other = make_channel("wall")
    pause_society(True)
    assert told == [(room.pk, "society.paused", {}), (other.pk, "society.paused", {})]
    set_channel_paused(room, True)
    (state,) = tank.catch_up([(room.pk, 0)])
    assert (state["is_society_paused"], state["is_paused"]) == (True, True)
    pause_society(False)
    set_channel_paused(room, False)
    assert {event for _, event, _ in told[3:]} == {"society.resumed", "channel.resumed"}
    (state,) = tank.catch_up([(room.pk, 0)])
    assert (state["is_society_paused"], state["is_paused"]) == (False, False)


def test_a_conversation_without_its_context_can_be_mended(room: Channel) -> None:
    talk = make_conversation(room)
    talk.context.delete()
    message = make_message(Conversation.objects.get(pk=talk.pk), make_person())
    remove_message(message.pk)
    assert Message.objects.get(pk=message.pk).deleted_at is not None
