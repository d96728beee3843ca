from __future__ import annotations

import contextlib
import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from audit.configuration import configuration
from audit.configuration.places import Place
from characters.models import Person
from conversations.afterwards import observe
from conversations.models import Conversation, ConversationContext, TurnMemory
from conversations.services import close_conversation
from memories.formation import formation
from memories.models import Memory, PersonFact
from tests.builders import (
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_message,
    make_person,
    make_turn,
)
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)

LATER = dt.timedelta(minutes=3)


@pytest.fixture(autouse=True)
def _no_rest():
    observe.forget_failures()
    yield
    observe.forget_failures()


@pytest.fixture
def talk():
    """Ada, a person, and Bram and Tamsin, characters, have spoken."""
    conversation = make_conversation(make_channel())
    conversation.ada, conversation.bram = make_person("Ada"), make_character("Bram")
    conversation.tamsin = make_character("Tamsin")
    make_message(conversation, conversation.ada, "The ferry was late again this morning.")
    make_message(conversation, conversation.bram, "Wind against tide, that does it every time.")
    make_message(conversation, conversation.tamsin, "It was the engine, I heard it cough.")
    return conversation


def observed_to(conversation):
    return ConversationContext.objects.get(conversation=conversation).observed_to


def traces(owner=None):
    rows = Memory.objects.filter(kind=Memory.Kind.CONVERSATION)
    return rows.filter(owner=owner) if owner else rows


def test_it_remembers_each_line_for_each_who_heard_it(talk):
    assert observe.observe(talk.pk, timezone.now() + LATER) == 3
    for owner in (talk.bram, talk.tamsin):
        assert traces(owner).count() == 3
    row = traces(talk.tamsin).get(told_by_person=talk.ada)
    assert row.content == "Ada said: “The ferry was late again this morning.”"
    assert row.session_key == f"conversation:{talk.pk}"
    assert observed_to(talk) == 3


def test_a_resident_who_took_no_part_remembers_nothing(talk):
    stranger = make_character("Odile")
    talk.channel.residents.set([talk.bram, talk.tamsin, stranger])
    observe.observe(talk.pk, timezone.now() + LATER)
    assert not Memory.objects.filter(owner=stranger).exists()


def test_who_left_before_a_line_did_not_hear_it(talk):
    participant = talk.participants.get(character=talk.bram)
    participant.left_at = talk.messages.get(number=2).created_at
    participant.save()
    observe.observe(talk.pk, timezone.now() + LATER)
    assert set(traces(talk.bram).values_list("sequence", flat=True)) == {1}


def test_nothing_is_formed_while_talk_goes_on(talk):
    assert observe.observe(talk.pk, timezone.now()) == 0
    assert observe.due(timezone.now()) == []
    assert not Memory.objects.exists()


def test_talk_is_due_after_a_pause_and_then_no_more(talk):
    later = timezone.now() + LATER
    assert observe.due(later) == [talk.pk]
    observe.observe(talk.pk, later)
    assert observe.due(later) == []


def test_the_pause_is_a_setting(talk):
    configuration.set_value("memory", "pause_s", 1000)
    configuration.forget_cached()
    assert observe.observe(talk.pk, timezone.now() + LATER) == 0


def test_a_community_has_a_pause_and_a_length_of_its_own(talk):
    """Longer and shorter than everywhere else; the others' talk goes by the deployment's."""
    now, away = (
        timezone.now(),
        make_conversation(make_channel(community=make_community(discord_id=5))),
    )
    make_message(away, make_character("Wren"), "The lamp burns low tonight.", at=now)
    here = Place("community", talk.channel.community_id)
    configuration.set_value("memory", "pause_s", 3600, place=here)
    configuration.forget_cached()
    assert observe.due(now + LATER) == [away.pk]
    assert observe.observe(talk.pk, now + LATER) == 0
    configuration.set_value("memory", "stretch_messages", 3, place=here)
    configuration.forget_cached()
    assert observe.due(now) == [talk.pk]
    assert observe.observe(talk.pk, now) == 3


def test_long_talk_does_not_wait_for_a_pause(talk):
    for n in range(9):
        make_message(talk, talk.bram, f"There is more to be said about plank {n}.")
    assert observe.due(timezone.now()) == [talk.pk]
    assert observe.observe(talk.pk, timezone.now()) == 12


def test_a_closed_conversation_is_observed_at_once(talk):
    now = timezone.now()
    close_conversation(Conversation.objects.get(pk=talk.pk), "farewell", now)
    assert observe.due(now) == [talk.pk]
    assert observe.observe(talk.pk, now) == 3


def test_what_follows_is_a_stretch_of_its_own(talk):
    observe.observe(talk.pk, timezone.now() + LATER)
    make_message(talk, talk.ada, "Anyway, the bread has risen by now.")
    assert observe.observe(talk.pk, timezone.now() + LATER) == 1
    assert traces(talk.bram).count() == 4


def test_what_a_person_without_consent_says_leaves_no_row(talk):
    Person.objects.filter(pk=talk.ada.pk).update(consent_level=Person.Consent.NONE)
    make_message(talk, talk.bram, "So the ferry was late again this morning, Ada.")
    observe.observe(talk.pk, timezone.now() + LATER)
    assert set(traces().values_list("sequence", flat=True)) == {2, 3}
    assert not Memory.objects.filter(content__icontains="ferry was late").exists()
    assert observed_to(talk) == 4


def test_a_deleted_message_is_left_out(talk):
    talk.messages.filter(number=2).update(deleted_at=timezone.now())
    observe.observe(talk.pk, timezone.now() + LATER)
    assert set(traces().values_list("sequence", flat=True)) == {1, 3}


def test_a_private_room_makes_memories_for_the_trusted_alone(talk):
    talk.channel.is_private = True
    talk.channel.save()
    observe.observe(talk.pk, timezone.now() + LATER)
    assert set(traces().values_list("visibility", flat=True)) == {"personal"}


def test_the_memories_of_the_turn_are_what_was_recalled(talk):
    observe.observe(talk.pk, timezone.now() + LATER)
    known = traces(talk.bram).get(sequence=1)
    turn = make_turn(talk, talk.bram, status="done", finished_at=timezone.now())
    TurnMemory.objects.create(turn=turn, memory=known, rank=0, score=1.0)
    echo = make_message(
        talk, talk.bram, "Ada said the ferry was late again this morning.", turn=turn
    )
    observe.observe(talk.pk, timezone.now() + LATER)
    assert observed_to(talk) == echo.number
    assert not Memory.objects.filter(source_message=echo).exists()


def test_who_comes_in_later_has_read_what_was_said_before(talk):
    observe.observe(talk.pk, timezone.now() + LATER)
    odile = make_character("Odile")
    make_message(talk, odile, "What is all this about the ferry, then?")
    observe.observe(talk.pk, timezone.now() + LATER)
    assert set(traces(odile).values_list("sequence", flat=True)) == {1, 2, 3, 4}
    assert traces(talk.bram).count() == 4
    assert set(traces(talk.bram).values_list("access_count", flat=True)) == {0}


def test_what_people_tell_is_learned_and_noted(talk):
    make_message(talk, talk.ada, "I work as a nurse at the harbour.")
    make_message(talk, talk.ada, "Could we have some quiet music, please?")
    observe.observe(talk.pk, timezone.now() + LATER)
    assert set(PersonFact.objects.values_list("person", "fact_content")) == {
        (talk.ada.pk, "Ada works as a nurse at the harbour.")
    }
    assert talk.scratchpad.get(part="observation").content == "Ada asked for quiet music."


def test_when_it_closes_its_notes_are_settled(talk):
    make_message(talk, talk.ada, "Could we have some quiet music, please?")
    later = timezone.now() + LATER
    observe.observe(talk.pk, later)
    assert observe.unsettled(later) == []
    close_conversation(Conversation.objects.get(pk=talk.pk), "farewell", later)
    assert observe.unsettled(later) == [talk.pk]
    observe.observe(talk.pk, later)
    assert observe.unsettled(later) == []
    note = talk.scratchpad.get(part="observation")
    assert note.promoted_to.content == "Ada asked for quiet music."


def test_two_workers_form_a_range_once(talk, monkeypatch):
    """Even where the lock between them is lost, the count that moves with the memories holds."""
    gate = threading.Barrier(2, timeout=PATIENCE_S)
    whole = formation.form
    monkeypatch.setattr(observe, "alone", _everybody)

    def form(stretch, *, claim, earlier=None, also=None):
        gate.wait()
        return whole(stretch, claim=claim, earlier=earlier, also=also)

    monkeypatch.setattr(formation, "form", form)
    later, counts = timezone.now() + LATER, []

    def work():
        try:
            counts.append(observe._observe_stretch(talk.pk, later))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 3]
    assert traces().count() == 6
    assert set(Memory.objects.values_list("strength", "access_count")) == {(1.0, 0)}


def test_only_one_worker_asks_a_model_about_the_same_talk(talk, monkeypatch):
    inside, may_go, calls = threading.Event(), threading.Event(), []
    whole = formation.form

    def form(stretch, *, claim, earlier=None, also=None):
        calls.append(stretch)
        inside.set()
        assert may_go.wait(PATIENCE_S)
        return whole(stretch, claim=claim, earlier=earlier, also=also)

    monkeypatch.setattr(formation, "form", form)
    later, counts = timezone.now() + LATER, []

    def work():
        try:
            counts.append(observe.observe(talk.pk, later))
        finally:
            connection.close()

    first = threading.Thread(target=work)
    first.start()
    assert inside.wait(PATIENCE_S)
    second = threading.Thread(target=work)
    second.start()
    second.join()
    may_go.set()
    first.join()
    assert sorted(counts) == [0, 3]
    assert len(calls) == 1


def test_what_dies_before_the_commit_is_formed_once_when_it_runs_again(talk, monkeypatch):
    class Killed(BaseException):
        pass

    store = formation.store_distilled

    def die(*args):
        store(*args)
        raise Killed

    monkeypatch.setattr(formation, "store_distilled", die)
    with pytest.raises(Killed):
        observe.observe(talk.pk, timezone.now() + LATER)
    assert not Memory.objects.exists()
    assert observed_to(talk) == 0
    monkeypatch.undo()
    assert observe.observe(talk.pk, timezone.now() + LATER) == 3
    assert traces(talk.bram).count() == 3


def test_a_message_edited_meanwhile_is_remembered_as_it_reads_now(talk, monkeypatch):
    whole = formation.form

    def form(stretch, *, claim, earlier=None, also=None):
        talk.messages.filter(number=1).update(content="The ferry came early for once, my friends.")
        monkeypatch.undo()
        return whole(stretch, claim=claim, earlier=earlier, also=also)

    monkeypatch.setattr(formation, "form", form)
    assert observe.observe(talk.pk, timezone.now() + LATER) == 0
    assert not Memory.objects.exists()
    assert observe.observe(talk.pk, timezone.now() + LATER) == 3
    assert traces(talk.bram).filter(content__contains="early for once").exists()


def test_talk_over_which_formation_fails_rests_for_a_while(talk, monkeypatch):
    def fail(stretch, *, claim, earlier=None, also=None):
        raise ValueError("poison")

    monkeypatch.setattr(formation, "form", fail)
    with pytest.raises(ValueError, match="poison"):
        observe.observe(talk.pk, timezone.now() + LATER)
    assert observe.observe(talk.pk, timezone.now() + LATER) == 0
    assert observe.due(timezone.now() + LATER) == []


def _everybody(*_: object):
    return contextlib.nullcontext(True)
