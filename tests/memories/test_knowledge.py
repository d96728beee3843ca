"""What is known of a person, as they read it, have it forgotten, and add to it."""

from __future__ import annotations

import pytest

from conversations.models import TurnMemory
from conversations.people.export import export_person
from conversations.why import reasons
from memories import knowledge, sharing
from memories.entrusting import entrust
from memories.models import Derivation, FactAssociation, Memory, PersonFact
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_insight,
    make_memory,
    make_message,
    make_person,
    make_relationship,
    make_turn,
)

pytestmark = pytest.mark.django_db


def fact(person, content: str, **fields) -> PersonFact:
    return PersonFact.objects.create(
        **{"person": person, "fact_content": content, "learned_at": NOON, **fields}
    )


def texts(person, number: int = 0, size: int = 5) -> list[str]:
    return [item.text for item in knowledge.page(person.pk, number, size).items]


def test_facts_come_first_and_what_several_know_is_one_item() -> None:
    mara, odile, ann = make_character("Mara"), make_character("Odile"), make_person("Ann")
    for who in (mara, odile):
        make_memory(who, "Ann said: “I keep bees.”", told_by_person_id=ann.pk)
        fact(ann, "Ann keeps bees.", character=who)
    make_memory(mara, "Bob keeps bees.", about_person_id=make_person("Bob").pk)
    page = knowledge.page(ann.pk, 0, 5)
    assert [(item.text, item.known_by) for item in page.items] == [
        ("Ann keeps bees.", "Mara, Odile"),
        ("Ann said: “I keep bees.”", "Mara, Odile"),
    ]
    assert (page.total, page.pages, page.hidden) == (2, 1, 0)


def test_it_turns_pages_across_facts_and_memories() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    for number in range(3):
        fact(ann, f"Fact {number}.", character=mara)
        make_memory(mara, f"Memory {number}.", about_person_id=ann.pk, occurred_at=NOON)
    pages = [texts(ann, number, 2) for number in range(3)]
    assert [text for page in pages for text in page] == [
        "Fact 2.", "Fact 1.", "Fact 0.", "Memory 2.", "Memory 1.", "Memory 0.",
    ]  # fmt: skip
    assert knowledge.page(ann.pk, 99, 2).number == 2
    assert knowledge.page(ann.pk, -1, 2).number == 0
    assert knowledge.page(make_person().pk, 0, 2).pages == 1


def test_what_others_told_is_counted_and_not_shown() -> None:
    mara, ann, bob = make_character("Mara"), make_person("Ann"), make_person("Bob")
    make_memory(mara, "Ann owes Bob.", about_person_id=ann.pk, told_by_person_id=bob.pk)
    said = make_message(make_conversation(make_channel()), bob, "Ann owes me.")
    fact(ann, "Ann owes Bob.", character=mara, extracted_from_message=said)
    page = knowledge.page(ann.pk, 0, 5)
    assert (page.items, page.hidden) == ((), 1)
    assert texts(bob) == ["Ann owes Bob."]


def test_what_others_told_is_theirs_by_whatever_mouth_it_went_on() -> None:
    """A character tells another what Bob confided of Ann: his words, told by nobody's name."""
    mara, odile, cleo = (make_character(name) for name in ("Mara", "Odile", "Cleo"))
    ann, bob = make_person("Ann"), make_person("Bob")
    told = make_memory(mara, "Ann owes Bob.", about_person_id=ann.pk, told_by_person_id=bob.pk)
    teller = mara
    for hearer in (odile, cleo):
        make_relationship(teller, hearer, trust=0.9, community=None)
        make_relationship(hearer, teller, trust=0.9, community=None)
        make_relationship(teller, hearer, trust=0.9)
        make_relationship(hearer, teller, trust=0.9)
        copy = sharing.offer(teller.pk, hearer.pk, told.pk, NOON).copy
        assert copy is not None and copy.told_by_person is None
        told, teller = copy, hearer
    line = make_memory(mara, "Bob said: “Ann is sweet on me.”", told_by_person_id=bob.pk)
    made = make_memory(
        mara, "Ann is sweet on Bob.", kind="insight", about_person_id=ann.pk,
        provenance="derived", from_memories=(line.pk,),
    )  # fmt: skip
    make_insight(mara, made.content, about_person=ann, memory=made)
    page = knowledge.page(ann.pk, 0, 5)
    assert (page.items, page.hidden) == ((), 4)
    taken = export_person(ann, NOON)
    assert (taken["memories"], taken["understood"]) == ([], [])
    assert taken["told_by_others"]["memories"] == 4
    turn = make_turn(make_conversation(make_channel()), cleo, status="done")
    TurnMemory.objects.create(turn=turn, memory=told, rank=1, score=1.0)
    said = make_message(turn.conversation, cleo, "Mm.", turn=turn)
    assert "owes" not in reasons.why(said.pk, ann.pk, sees_all=False)
    assert not knowledge.forget_item(ann.pk, knowledge.MEMORY, told.pk)


def test_what_is_forgotten_goes_with_what_was_made_of_it() -> None:
    mara, odile, ann = make_character("Mara"), make_character("Odile"), make_person("Ann")
    line = make_memory(mara, "Ann said: “I keep bees.”", told_by_person_id=ann.pk)
    same = make_memory(odile, "Ann said: “I keep bees.”", told_by_person_id=ann.pk)
    made = make_memory(mara, "Ann is busy in May.", from_memories=(line.pk,))
    other = make_memory(mara, "Ann said: “I row.”", told_by_person_id=ann.pk)
    assert Derivation.objects.filter(memory=made).exists()
    assert knowledge.forget_item(ann.pk, knowledge.MEMORY, line.pk)
    assert list(Memory.objects.filter(pk__in=[line.pk, same.pk, made.pk, other.pk])) == [other]
    assert not knowledge.forget_item(ann.pk, knowledge.MEMORY, line.pk)


def test_a_forgotten_fact_goes_for_all_who_knew_it() -> None:
    mara, odile, ann = make_character("Mara"), make_character("Odile"), make_person("Ann")
    one = fact(ann, "Ann rows.", character=mara)
    two = fact(ann, "Ann rows.", character=odile)
    kept = fact(ann, "Ann sails.", character=mara)
    FactAssociation.objects.create(
        fact_1=one, fact_2=two, association_type="same", discovered_at=NOON
    )
    assert knowledge.forget_item(ann.pk, knowledge.FACT, one.pk)
    assert list(PersonFact.objects.all()) == [kept]


def test_nobody_has_anything_forgotten_of_somebody_else() -> None:
    mara, ann, bob = make_character("Mara"), make_person("Ann"), make_person("Bob")
    memory = make_memory(mara, "Ann rows.", about_person_id=ann.pk)
    known = fact(ann, "Ann sails.", character=mara)
    told = make_memory(mara, "Ann owes.", about_person_id=ann.pk, told_by_person_id=bob.pk)
    assert not knowledge.forget_item(bob.pk, knowledge.MEMORY, memory.pk)
    assert not knowledge.forget_item(bob.pk, knowledge.FACT, known.pk)
    assert not knowledge.forget_item(ann.pk, knowledge.MEMORY, told.pk)
    assert (Memory.objects.count(), PersonFact.objects.count()) == (2, 1)


# --- entrusted ------------------------------------------------------------------------------------


def test_what_is_entrusted_is_a_memory_and_a_fact() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    assert entrust(mara.pk, ann.pk, "Ann", None, "I am allergic to mussels.", NOON)
    memory = Memory.objects.get()
    assert memory.content == "Ann said: “I am allergic to mussels.”"
    assert (memory.owner, memory.told_by_person, memory.about_person) == (mara, ann, ann)
    assert memory.visibility == "personal"
    assert memory.embedding is not None
    known = PersonFact.objects.get()
    assert known.fact_content == "Ann is allergic to mussels."
    assert (known.source, known.character) == ("manual", mara)
    assert not entrust(mara.pk, ann.pk, "Ann", None, "I am allergic to mussels.", NOON)
    assert (Memory.objects.count(), PersonFact.objects.count()) == (1, 1)


def test_what_is_entrusted_of_the_world_is_no_fact_of_who_told_it() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    entrust(mara.pk, ann.pk, "Ann", None, "The mill burned in 1911.", NOON)
    assert Memory.objects.get().about_person is None
    assert not PersonFact.objects.exists()


def test_what_is_confided_stays_with_the_closest() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    entrust(mara.pk, ann.pk, "Ann", None, "Between you and me, I am leaving.", NOON)
    assert Memory.objects.get().visibility == "full"
