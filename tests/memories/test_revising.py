from __future__ import annotations

import pytest

from characters.models import LearningEvent
from memories.formation.formation import form, message_changed
from memories.models import Entity, Memory, MemoryLink, PersonFact, ScratchpadEntry
from tests.builders import (
    NOON,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_relationship,
)
from tests.memories.talking import line, stretch

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk():
    """Ada has told Bram and Tamsin where she lives, among other things."""
    talk = make_conversation()
    talk.bram, talk.tamsin, talk.ada = make_character("Bram"), make_character(), make_person("Ada")
    talk.home = tell(talk, "I live in Oslo these days.")
    talk.dog = tell(talk, "My dog is called Rex.")
    return talk


def tell(talk, text):
    message = make_message(talk, talk.ada, text)
    heard = line(talk.ada, text, message.number, message_id=message.pk)
    form(stretch(heard, to=(talk.bram, talk.tamsin), conversation_id=talk.pk, session_key="talk"))
    return message


def contents(owner):
    return sorted(Memory.objects.filter(owner=owner).values_list("content", flat=True))


def test_a_mended_line_is_remembered_as_it_now_reads(talk):
    before = Memory.objects.get(owner=talk.bram, kind="conversation", source_message=talk.home)
    changed = message_changed(talk.home.pk, "I live in Bergen these days.")
    assert (changed.rewritten, changed.facts) == (2, 2)
    for owner in (talk.bram, talk.tamsin):
        assert contents(owner) == [
            "Ada lives in Bergen these days.",
            "Ada said: “I live in Bergen these days.”",
            "Ada said: “My dog is called Rex.”",
            "Ada's dog is called Rex.",
        ]
    after = Memory.objects.get(pk=before.pk)
    assert after.embedding != before.embedding
    assert set(
        PersonFact.objects.filter(category="home").values_list("fact_content", flat=True)
    ) == {"Ada lives in Bergen these days."}


def test_that_a_bond_came_closer_stays_however_the_line_is_mended(talk):
    bond = make_relationship(talk.bram, talk.ada)
    step = {"character": talk.bram, "trigger_message": talk.home, "learning_date": NOON}
    LearningEvent.objects.create(
        relationship=bond, learning_type="relationship",
        learning_event="With Ada: they have become friends.", **step,
    )  # fmt: skip
    LearningEvent.objects.create(
        learning_type="insight", learning_event="Ada lives in Oslo.", **step
    )
    message_changed(talk.home.pk, "I live in Bergen these days.")
    assert [one.relationship for one in LearningEvent.objects.all()] == [bond]


def test_what_is_taken_back_is_gone_with_all_that_was_made_of_it(talk):
    learned = Memory.objects.get(owner=talk.bram, content="Ada's dog is called Rex.")
    made = make_memory(talk.bram, "Ada has company at home.", from_memories=(learned.pk,))
    other = make_memory(talk.bram, "The kettle sings in the evening.")
    Memory.objects.filter(pk=learned.pk).update(is_locked=True)
    Memory.objects.filter(pk=other.pk).update(merged_into=made, tier="archived")
    ScratchpadEntry.objects.create(
        conversation=talk, character=talk.bram, part="observation", content="Ada has a dog.",
        message=talk.dog, messages=[talk.home.pk, talk.dog.pk],
        created_at=talk.started_at, expires_at=talk.started_at,
    )  # fmt: skip
    message_changed(talk.dog.pk, None)
    left = contents(talk.bram)
    assert not [text for text in left if "Rex" in text or "company" in text]
    other.refresh_from_db()
    assert (other.merged_into, other.tier) == (None, "long")
    assert not PersonFact.objects.filter(fact_content__contains="Rex").exists()
    assert not ScratchpadEntry.objects.exists()
    assert not Entity.objects.filter(name="Rex").exists()
    assert PersonFact.objects.filter(category="home").count() == 2


def test_what_another_message_said_too_stays(talk):
    again = tell(talk, "My dog is called Rex!")
    message_changed(talk.dog.pk, None)
    row = Memory.objects.get(owner=talk.bram, content="Ada's dog is called Rex.")
    assert row.source_message == again
    message_changed(again.pk, None)
    assert not Memory.objects.filter(content="Ada's dog is called Rex.").exists()


def test_a_fact_that_had_been_replaced_holds_again(talk):
    moved = tell(talk, "I live in Porto now, in fact.")
    assert PersonFact.objects.filter(category="home", is_active=True).count() == 2
    message_changed(moved.pk, None)
    facts = PersonFact.objects.filter(category="home")
    assert {(f.fact_content, f.is_active) for f in facts} == {
        ("Ada lives in Oslo these days.", True)
    }
    assert not MemoryLink.objects.filter(link_type="supersedes").exists()


def test_a_message_nobody_remembers_changes_nothing(talk):
    message = make_message(talk, talk.ada, "Not yet observed, this one.")
    before = Memory.objects.count()
    assert message_changed(message.pk, "Still not observed.").rewritten == 0
    assert message_changed(message.pk, None).erased == 0
    assert Memory.objects.count() == before
