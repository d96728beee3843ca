"""What was made of a message follows when it is edited, taken away or kept off the record."""

from __future__ import annotations

import datetime as dt

import pytest

from conversations import corrections, nudges, tasks
from conversations.afterwards import observe, revision
from conversations.models import Conversation, Message, ScheduledEvent
from conversations.services import hear
from memories.formation import formation
from memories.models import Memory, PersonFact
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_event,
    make_message,
    make_person,
    make_project,
)

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + dt.timedelta(hours=1)


@pytest.fixture
def said() -> Message:
    """What Ann said, which Mara has heard and remembers."""
    mara, ann = make_character("Mara"), make_person("Ann")
    room = make_channel("harbour")
    message = hear(room, ann, NOON, content="My brother Ivo works at the mill.", is_waking=False)
    make_message(message.conversation, mara, "Does he like it there?", at=NOON)
    observe.observe(message.conversation_id, LATER)
    assert remembered("Ivo")
    assert PersonFact.objects.filter(fact_content__contains="Ivo").exists()
    return message


def remembered(word: str) -> list[str]:
    return sorted(m.content for m in Memory.objects.filter(content__contains=word))


def sweep() -> None:
    """What beat has done every ten seconds, and what that nudges."""
    waiting: list[tuple[str, int]] = []
    with nudges.held_back(lambda task, key: waiting.append((task, key))):
        tasks.observe_due()
        while waiting:
            task, key = waiting.pop(0)
            getattr(tasks, task.rpartition(".")[2])(key)


def test_what_is_taken_away_is_remembered_no_more(said: Message) -> None:
    make_event(said.conversation.channel, found_in=said)
    corrections.remove_message(said.pk, LATER)
    sweep()
    assert not remembered("Ivo")
    assert not PersonFact.objects.exists()
    assert not ScheduledEvent.objects.exists()
    assert remembered("Does he like it")  # what others said stays
    assert not revision.due()


def test_what_is_edited_is_remembered_as_it_now_reads(said: Message) -> None:
    corrections.edit_message(said.pk, "My brother Ole works at the bank.", LATER)
    sweep()
    assert not remembered("Ivo")
    assert remembered("Ole") == [
        "Ann said: “My brother Ole works at the bank.”",
        "Ann's brother Ole works at the bank.",
    ]
    assert not revision.due()


def test_an_edit_may_take_it_off_the_record(said: Message) -> None:
    corrections.edit_message(
        said.pk, "My brother Ivo works at the mill. Don't remember that.", LATER
    )
    sweep()
    assert not remembered("Ivo")


def test_who_said_it_again_remembers_it_no_more_either(said: Message) -> None:
    """A character's line; another person's words are their own."""
    talk, mara = said.conversation, Message.objects.get(character__isnull=False).character
    make_message(talk, mara, "So your brother Ivo works at the mill.", at=LATER)
    make_message(talk, make_person("Bo"), "Ivo works at the mill, her brother!", at=LATER)
    make_message(talk, mara, "The mill is closed on Sundays.", at=LATER)
    observe.observe(talk.pk, LATER + dt.timedelta(hours=1))
    corrections.edit_message(said.pk, "My brother Ivo works at the old mill.", LATER)
    sweep()
    assert "Mara said: “So your brother Ivo works at the mill.”" in remembered("Ivo")
    corrections.remove_message(said.pk, LATER)
    sweep()
    assert not [line for line in remembered("Ivo") if not line.startswith(("Bo", "Her"))]
    assert remembered("closed on Sundays")
    assert not revision.due()


def test_a_nudge_is_sent_at_once(said: Message) -> None:
    sent: list[tuple[str, int]] = []
    with nudges.held_back(lambda task, key: sent.append((task, key))):
        corrections.edit_message(said.pk, "He left.", LATER)
    assert ("conversations.revise", said.pk) in sent


def test_what_changes_meanwhile_is_revised_again(
    said: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrections.edit_message(said.pk, "My brother Ole works at the bank.", LATER)
    really = formation.message_changed

    def while_another_edits(message_id: int, text: str | None) -> object:
        found = really(message_id, text)
        monkeypatch.setattr(formation, "message_changed", really)
        corrections.remove_message(said.pk, LATER)
        return found

    monkeypatch.setattr(formation, "message_changed", while_another_edits)
    revision.revise(said.pk, LATER)
    assert remembered("Ole")
    assert revision.due() == [said.pk]
    sweep()
    assert not remembered("Ole")


def test_a_talk_that_is_over_is_summed_up_anew_once(said: Message) -> None:
    talk = said.conversation
    other = make_message(talk, said.person, "I keep bees at the weir.", at=NOON)
    for n in range(6):
        make_message(talk, said.person, f"The tide was out at {n}.", at=NOON)
    Conversation.objects.filter(pk=talk.pk).update(
        status="closed", closed_at=LATER, summary="Ann told of Ivo and of bees."
    )
    summed: list[int] = []
    corrections.remove_message(said.pk, LATER)
    corrections.remove_message(other.pk, LATER)
    with nudges.held_back(lambda task, key: summed.append(key)):
        for pk in revision.due():
            revision.revise(pk, LATER)
    assert summed == [talk.pk]
    tasks.summarise(talk.pk)
    talk.refresh_from_db()
    assert talk.summary
    assert "Ivo" not in talk.summary
    assert "bees" not in talk.summary


def test_what_was_written_of_it_goes(said: Message) -> None:
    odile = make_character("Odile")
    project = make_project(odile)
    piece = project.contributions.create(
        character=odile, content="Ivo, at the mill", number=1, contributed_at=NOON
    )
    piece.from_messages.set([said.pk])
    corrections.remove_message(said.pk, LATER)
    sweep()
    assert not project.contributions.filter(content__contains="Ivo").exists()
