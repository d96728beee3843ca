from __future__ import annotations

import datetime as dt

import pytest

from conversations.people.erasure import forget_person
from conversations.services import local_community
from memories.embedding.embedding import embed
from memories.formation.entities import Speakers, mention, relate, resolve
from memories.formation.findings import Named
from memories.formation.formation import form
from memories.models import (
    Entity,
    EntityAlias,
    EntityMention,
    EntityRelation,
    Memory,
    PersonFact,
)
from tests.builders import NOON, make_character, make_community, make_memory, make_person
from tests.memories.talking import stretch

pytestmark = pytest.mark.django_db


def one(name, kind="place", **fields):
    here = local_community().pk
    (vector,) = embed([name])
    return resolve([Named(name, kind, **fields)], here, vectors={name: vector})[name]


def test_a_name_is_one_entity_however_it_is_written():
    key = one("Porto")
    assert one("porto") == key
    assert Entity.objects.get().name == "Porto"


def test_another_name_of_it_is_it():
    key = one("Addie's Kitchen", aliases=("The Kitchen",))
    assert one("The Kitchen") == key


def test_like_names_are_merged_by_meaning_and_the_other_is_an_alias():
    key = one("University of Oslo", "organisation")
    assert one("Oslo University", "organisation") == key
    assert EntityAlias.objects.get().alias == "Oslo University"


@pytest.mark.parametrize(
    ("first", "second"), [("Porto", "Porto Alegre"), ("North Pier", "South Pier"), ("Tom", "Tim")]
)
def test_what_a_word_tells_apart_is_not_merged(first, second):
    assert one(first) != one(second)


def test_another_kind_or_community_is_another():
    key = one("Rex", "animal")
    assert one("Rex", "person") != key
    guild = make_community(discord_id=7)
    (vector,) = embed(["Rex"])
    there = resolve([Named("Rex", "animal")], guild.pk, vectors={"Rex": vector})["Rex"]
    assert there != key


def test_who_speaks_is_known_by_who_they_are():
    ada, bram = make_person("Ada"), make_character("Bram")
    speakers = Speakers({"Bram": bram.pk}, {"Ada": ada.pk})
    found = resolve([Named("Ada", "thing"), Named("Bram")], local_community().pk, speakers=speakers)
    assert Entity.objects.get(pk=found["Ada"]).person == ada
    assert Entity.objects.get(pk=found["Bram"]).character == bram
    assert resolve([Named("Ada")], local_community().pk, speakers=speakers) == {"Ada": found["Ada"]}


def test_the_first_pronoun_that_is_known_stays():
    key = one("Ana", "person")
    one("Ana", "person", pronoun="she")
    one("Ana", "person", pronoun="he")
    assert Entity.objects.get(pk=key).pronoun == "she"


def test_mentions_stand_where_the_name_stands():
    memory = make_memory(make_character(), "Ana met Anastasia, and Ana waved.")
    key = one("Ana", "person")
    mention({memory.pk: memory.content}, {"Ana": key})
    assert list(EntityMention.objects.order_by("start").values_list("start", "end")) == [
        (0, 3), (23, 26),
    ]  # fmt: skip


def test_a_new_home_ends_the_old_one():
    owner = make_character()
    ada, oslo, porto = one("Ada", "person"), one("Oslo"), one("Porto")
    later = NOON + dt.timedelta(days=30)
    for place, at in ((oslo, NOON), (porto, later)):
        memory = make_memory(owner, f"Ada lives in {place}.")
        relate(ada, "lives in", place, evidence=memory.pk, at=at, confidence=0.8)
    was, now = EntityRelation.objects.order_by("pk")
    assert (was.object_id, was.valid_to) == (oslo, later)
    assert (now.object_id, now.valid_to) == (porto, None)


def test_one_may_have_two_sisters_and_hear_of_one_twice():
    owner = make_character()
    ada, ana, mia = (one(name, "person") for name in ("Ada", "Ana", "Mia"))
    for n, sister in enumerate((ana, mia, ana)):
        memory = make_memory(owner, f"Something about sisters, {n}.")
        relate(sister, "sister of", ada, evidence=memory.pk, at=NOON, confidence=0.8)
    assert EntityRelation.objects.filter(valid_to__isnull=True).count() == 2


def test_talk_brings_forth_people_places_and_how_they_stand():
    bram, ada = make_character("Bram"), make_person("Ada")
    form(stretch((ada, "My sister Ana lives in Lisbon."), (ada, "I live in Oslo now."), to=(bram,)))
    relations = {
        (r.subject.name, r.relation, r.object.name)
        for r in EntityRelation.objects.select_related("subject", "object")
    }
    assert relations == {("Ana", "sister of", "Ada"), ("Ada", "lives in", "Oslo")}
    assert Entity.objects.get(name="Ada").person == ada
    ana = Entity.objects.get(name="Ana")
    assert ana.pronoun == "she"
    # in what was learned, and in the line itself
    assert {m.memory.kind for m in ana.mentions.all()} == {"fact", "conversation"}


def test_a_name_that_was_confided_is_no_alias():
    bram, ada = make_character("Bram"), make_person("Ada")
    form(stretch((ada, "Everyone calls me Addie, but that's a secret."), to=(bram,)))
    assert not EntityAlias.objects.exists()


def test_two_people_of_one_name_are_two() -> None:
    bram, ada, ben = make_character("Bram"), make_person("Ada"), make_person("Ben")
    form(stretch((ada, "My sister Anna lives in Lisbon."), to=(bram,)))
    form(stretch((ben, "My colleague Anna lives in Lisbon."), to=(bram,), start=5))
    annas = Entity.objects.filter(name="Anna").order_by("pk")
    assert [one.apart for one in annas] == [
        f"sister of person {ada.pk}",
        f"colleague of person {ben.pk}",
    ]
    assert [one.mentions.exists() for one in annas] == [True, True]
    form(stretch((ada, "My sister Anna is a nurse."), to=(bram,), start=9))
    assert Entity.objects.filter(name="Anna").count() == 2


def test_who_is_alone_in_a_name_is_known_by_more_from_then_on() -> None:
    first = one("Anna", "person")
    assert one("Anna", "person", apart="office") == first
    assert one("Anna", "person") == first
    second = one("Anna", "person", apart="sister of person 7")
    assert second != first
    here = local_community().pk
    assert resolve([Named("Anna", "person")], here, tellers=["person 7"]) == {"Anna": second}
    nobody = one("Anna", "person")
    assert nobody not in {first, second}


def test_speakers_of_one_name_are_two_whatever_they_say() -> None:
    bram = make_character("Bram")
    anna, other = make_person("Anna", discord_id=71), make_person("Anna", discord_id=72)
    said = "I live in Oslo with my dog Rex."
    form(stretch((anna, said), (other, said), to=(bram,)))
    for kind in ("conversation", "fact"):
        rows = Memory.objects.filter(kind=kind, content__contains="Oslo").order_by("pk")
        assert [row.told_by_person_id for row in rows] == [anna.pk, other.pk], kind
    facts = PersonFact.objects.filter(fact_content__contains="Oslo")
    assert {fact.person_id for fact in facts} == {anna.pk, other.pk}
    assert Entity.objects.filter(person=anna).count() == Entity.objects.filter(person=other).count()
    form(stretch((other, said), to=(bram,), start=9))
    assert Memory.objects.filter(kind="conversation", content__contains="Oslo").count() == 2
    forget_person(other, "the person", NOON)
    rows = Memory.objects.filter(content__contains="Oslo")
    assert {row.told_by_person_id for row in rows} == {anna.pk}
