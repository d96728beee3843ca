"""What was made of a message follows when it is edited, taken away or kept off the record."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from characters.models import Character, Goal, Insight, Person, Reflection, WorkspaceFile
from conversations import corrections, nudges, tasks
from conversations.afterwards import observe, revision
from conversations.initiative import proactive
from conversations.models import Conversation, Message, ScheduledEvent
from conversations.people.forgotten_writings import forget_item
from conversations.services import hear
from conversations.wishes import granting
from memories import knowledge
from memories.formation import formation
from memories.models import Memory, PersonFact, ScratchpadEntry
from memories.nights import nightly
from memories.reflection import sweep as reflections
from memories.reflection.resting import rest
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_event,
    make_insight,
    make_message,
    make_person,
    make_project,
    make_turn,
)

pytestmark = pytest.mark.django_db(transaction=True)
LATER, EVENING = NOON + dt.timedelta(hours=1), NOON + dt.timedelta(hours=9)


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
            name = task.rpartition(".")[2]
            getattr(tasks, {"observe": "observe_conversation"}.get(name, name))(key)


@pytest.fixture
def day() -> Message:
    """Bob's line of a day on which Ann talked much, of which Mara has written a page."""
    mara, ann, bob = make_character("Mara"), make_person("Ann"), make_person("Bob")
    room = make_channel("harbour")
    kettle = hear(room, bob, NOON, content="The copper kettle fell off the stairs in the storm.")
    talk = kettle.conversation
    for n in range(14):
        at = NOON + dt.timedelta(minutes=2 * n + 1)
        hear(room, ann, at, content=f"The tide came over step number {n} again.")
        talk.refresh_from_db()
        make_message(talk, mara, f"I counted to {n} and then lost it.", at=at)
    observe.observe(talk.pk, LATER)
    reflections.live(mara.pk, EVENING)
    assert WorkspaceFile.objects.filter(content__contains="kettle").exists()
    assert Reflection.objects.filter(content__contains="kettle").exists()
    return kettle


def page(client: Client) -> str:
    """What anybody may read of Mara."""
    slug = Character.objects.get(name="Mara").slug
    return str(client.get(reverse("character", args=[slug])).content.decode())


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


# --- whom it may be told, and what was answered ---------------------------------------------------


def test_what_is_edited_into_a_confidence_is_for_fewer_ears(said: Message) -> None:
    corrections.edit_message(said.pk, "Between you and me, I owe the bank nine thousand.", LATER)
    sweep()
    known = Memory.objects.filter(content__contains="nine thousand")
    assert set(known.values_list("visibility", flat=True)) == {"full"}


def test_a_line_that_left_no_trace_is_remembered_once_it_says_something(said: Message) -> None:
    ann, talk = said.person, said.conversation
    assert ann is not None
    short = hear(talk.channel, ann, LATER, content="My siter", is_waking=False)
    observe.observe(talk.pk, LATER + dt.timedelta(hours=1))
    corrections.edit_message(short.pk, "My sister Olga works at the weir.", LATER)
    sweep()
    assert remembered("Olga") == [
        "Ann said: “My sister Olga works at the weir.”",
        "Ann's sister Olga works at the weir.",
    ]


@pytest.mark.parametrize("door", ["edit", "wish"])
@pytest.mark.parametrize("link", ["reply", "turn"])
def test_what_was_answered_goes_with_what_goes_off_the_record(door: str, link: str) -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    room = make_channel("harbour")
    asked = hear(room, ann, NOON, content="My brother Ivo drinks all night.", is_waking=False)
    to_it = {"reply_to": asked}
    if link == "turn":
        turn = make_turn(asked.conversation, mara, answers=asked, status="done", finished_at=NOON)
        to_it = {"turn": turn}
    answer = "Somebody will lose his place at the mill."
    make_message(asked.conversation, mara, answer, at=NOON, **to_it)
    observe.observe(asked.conversation_id, LATER)
    assert remembered("lose his place")
    if door == "edit":
        text = "My brother Ivo drinks all night. Don't remember that."
        corrections.edit_message(asked.pk, text, LATER)
    else:
        granting.hear_out(room, ann, LATER, content="Mara, don't remember that.")
    sweep()
    assert not remembered("Ivo")
    assert not remembered("lose his place")


def test_nothing_new_is_remembered_of_who_opted_out(said: Message) -> None:
    Person.objects.update(consent_level="none")
    corrections.edit_message(said.pk, "My sister Olga works at the weir.", LATER)
    sweep()
    assert not remembered("Olga")
    assert not PersonFact.objects.filter(fact_content__contains="Olga").exists()


def test_what_is_foretold_follows_an_edit() -> None:
    make_character("Mara")
    ann = make_person("Ann", consent_level="full")
    exam = hear(make_channel("harbour"), ann, NOON, content="My exam is on Friday.")
    with time_machine.travel(NOON, tick=False):
        proactive.notice(exam.conversation_id, NOON)
        assert ScheduledEvent.objects.get().context["about"] == "exam"
        corrections.edit_message(exam.pk, "My driving test is on Saturday.", NOON)
        sweep()
    assert "test" in ScheduledEvent.objects.get().context["about"]


# --- pages, insights, goals and notes -------------------------------------------------------------


def test_a_note_on_several_lines_goes_with_any_of_them() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    room = make_channel("harbour")
    talk = hear(room, ann, NOON, content="Tell me something of this island.").conversation
    joke = make_message(talk, mara, "The mayor lost his trousers to a gull on the weir.", at=NOON)
    hear(room, ann, NOON, content="Haha, that one made me laugh a lot.")
    observe.observe(talk.pk, LATER)
    assert ScratchpadEntry.objects.filter(content__contains="trousers").exists()
    corrections.remove_message(joke.pk, LATER)
    sweep()
    assert not remembered("trousers")
    assert not ScratchpadEntry.objects.filter(content__contains="trousers").exists()


def test_a_page_goes_with_what_it_quotes(day: Message, client: Client) -> None:
    corrections.remove_message(day.pk, EVENING)
    sweep()
    assert not remembered("kettle")
    assert not WorkspaceFile.objects.filter(content__contains="kettle").exists()
    assert not Reflection.objects.filter(content__contains="kettle").exists()
    assert "kettle" not in page(client)


def test_an_item_that_is_forgotten_takes_its_page_along(day: Message) -> None:
    bob = Person.objects.get(username="Bob")
    for item in knowledge.page(bob.pk, 0, 50).items:
        assert forget_item(bob.pk, item.kind, item.id, EVENING)
    assert not remembered("kettle")
    assert not WorkspaceFile.objects.filter(content__contains="kettle").exists()


def test_what_a_night_forgets_makes_no_page_public(day: Message, client: Client) -> None:
    assert "kettle" not in page(client)
    trace = Memory.objects.get(source_message=day, kind="conversation")
    Memory.objects.filter(pk=trace.pk).update(strength=0.05)
    assert trace.owner_id is not None
    for days in (1, 100):
        nightly.consolidate(trace.owner_id, NOON + dt.timedelta(days=days))
    assert not Memory.objects.filter(pk=trace.pk).exists()
    assert Reflection.objects.filter(content__contains="kettle").exists()
    assert "kettle" not in page(client)


def test_insights_and_goals_go_with_what_they_rest_on(said: Message) -> None:
    mara = Character.objects.get()
    trace = Memory.objects.get(owner=mara, source_message=said, kind="conversation")
    insight = make_insight(mara, "Ann worries.", supporting_evidence=[trace.content])
    goal = Goal.objects.create(
        character=mara, goal_id="g", description="See how Ivo is.", origin=Goal.Origin.REFLECTION
    )
    for row in (insight, goal):
        rest(row, [trace.pk])
        assert row.is_withheld
    corrections.remove_message(said.pk, LATER)
    sweep()
    assert not Insight.objects.exists()
    assert not Goal.objects.exists()
