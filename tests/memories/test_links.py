from __future__ import annotations

import pytest

from memories.formation.links import hold_again, link
from memories.models import MAX_AUTOMATIC_LINKS, Entity, EntityMention, MemoryLink
from tests.builders import make_character, make_memory

pytestmark = pytest.mark.django_db


def test_memories_of_like_meaning_are_linked_and_others_not():
    owner = make_character()
    boat = make_memory(owner, "Bram builds wooden boats at the yard.")
    new = make_memory(owner, "Bram builds a wooden boat in the yard.")
    make_memory(owner, "Ada hates loud music.")
    make_memory(make_character(), "Bram builds wooden boats in the yard.")
    assert link([new.pk], link_from=0.70) == 1
    row = MemoryLink.objects.get()
    assert (row.from_memory, row.to_memory, row.link_type) == (new, boat, "related")
    assert 0.7 <= row.strength <= 1.0


def test_ten_are_enough_and_what_speaks_against_it_comes_first():
    owner = make_character()
    old = [make_memory(owner, f"Bram built wooden boat number {n} at the yard.") for n in range(9)]
    new = make_memory(owner, "Bram built wooden boat number 99 at the yard.")
    together = [make_memory(owner, f"Ada hates loud music {n}.") for n in range(12)]
    rival = make_memory(owner, "Bram never built a boat.")
    link(
        [new.pk],
        link_from=0.70,
        events=[[new.pk, *(m.pk for m in together)]],
        against={(new.pk, rival.pk): "contradicts"},
    )
    kinds = list(MemoryLink.objects.filter(from_memory=new).values_list("link_type", flat=True))
    assert len(kinds) == MAX_AUTOMATIC_LINKS
    assert kinds.count("contradicts") == 1
    assert kinds.count("related") == 6
    assert link([new.pk], link_from=0.70) == 0
    assert MemoryLink.objects.filter(to_memory__in=[m.pk for m in old]).count() == 6


def test_talk_itself_is_not_linked():
    owner = make_character()
    make_memory(owner, "Bram said: “I build wooden boats.”", kind="conversation")
    new = make_memory(owner, "Bram builds wooden boats.")
    assert link([new.pk], link_from=0.5) == 0


def test_what_tells_more_of_it_and_what_it_gives_as_a_reason_are_told_apart():
    owner = make_character()
    boat = make_memory(owner, "Bram's boat sank in the storm.")
    more = make_memory(owner, "Bram's boat sank in the storm off Oslo with all his nets.")
    assert link([more.pk], link_from=0.5) == 1
    assert MemoryLink.objects.get(from_memory=more).link_type == "elaborates"
    why = make_memory(owner, "Bram is low because his boat sank in the storm.")
    link([why.pk], link_from=0.5)
    caused = MemoryLink.objects.get(link_type="causes")
    assert (caused.from_memory, caused.to_memory) == (boat, why)


def test_what_names_the_same_is_linked_where_nothing_nearer_is():
    owner, other = make_character(), make_character()
    oslo = Entity.objects.create(name="Oslo", kind="place")
    named = [
        make_memory(owner, "Ada was born in Oslo.", importance=5),
        make_memory(owner, "The ferry goes to Oslo on Mondays.", importance=7),
        make_memory(owner, "Oslo has a new library.", importance=3),
        make_memory(other, "Snow fell on Oslo."),
        make_memory(owner, "Ada said: “Oslo is cold.”", kind="conversation"),
    ]
    new = make_memory(owner, "Bram bought cheese, in Oslo of all places.")
    for memory in (*named, new):
        EntityMention.objects.create(memory=memory, entity=oslo)
    link([new.pk], link_from=0.99)
    links = MemoryLink.objects.filter(from_memory=new, link_type="about_same")
    assert {row.to_memory for row in links} == set(named[:2])


def test_a_reason_is_known_whichever_was_told_first_and_though_little_else_is_alike():
    owner = make_character()
    why = make_memory(owner, "Ada can't play the fiddle because they broke their arm.")
    arm = make_memory(owner, "Ada broke their arm on the ice last winter.")
    make_memory(owner, "Ada's arm is long.")
    assert link([arm.pk], link_from=0.9) == 1
    caused = MemoryLink.objects.get()
    assert (caused.link_type, caused.from_memory, caused.to_memory) == ("causes", arm, why)


def test_what_is_told_again_stands_against_what_had_taken_its_place():
    owner = make_character()
    old = make_memory(owner, "Ada lives in Bergen.")
    new = make_memory(owner, "Ada lives in Oslo.")
    MemoryLink.objects.create(from_memory=new, to_memory=old, link_type="supersedes")
    MemoryLink.objects.create(from_memory=new, to_memory=old, link_type="related")
    hold_again([old.pk])
    held = {(row.from_memory, row.link_type) for row in MemoryLink.objects.all()}
    assert held == {(old, "supersedes"), (new, "related")}
    hold_again([old.pk])
    assert MemoryLink.objects.filter(from_memory=old, link_type="supersedes").count() == 1


def test_where_it_has_no_room_for_that_it_is_spoken_against_no_more():
    owner = make_character()
    old, new = make_memory(owner, "Ada lives in Bergen."), make_memory(owner, "Ada lives in Oslo.")
    for number in range(MAX_AUTOMATIC_LINKS):
        other = make_memory(owner, f"Ada owns boat {number}.")
        MemoryLink.objects.create(from_memory=old, to_memory=other)
    MemoryLink.objects.create(from_memory=new, to_memory=old, link_type="supersedes")
    hold_again([old.pk])
    assert not MemoryLink.objects.filter(link_type="supersedes").exists()
    assert MemoryLink.objects.filter(from_memory=old).count() == MAX_AUTOMATIC_LINKS


def test_of_two_that_are_told_again_together_neither_is_turned_round():
    owner = make_character()
    old, new = make_memory(owner, "Ada lives in Bergen."), make_memory(owner, "Ada lives in Oslo.")
    MemoryLink.objects.create(from_memory=new, to_memory=old, link_type="supersedes")
    hold_again([old.pk, new.pk])
    assert MemoryLink.objects.get().from_memory == new
