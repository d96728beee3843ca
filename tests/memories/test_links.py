from __future__ import annotations

import pytest

from memories.formation.links import link
from memories.models import MAX_AUTOMATIC_LINKS, MemoryLink
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
