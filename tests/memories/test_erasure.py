"""How far an erasure reaches among memories. What becomes of everything else: see
tests/conversations/test_erasure.py."""

from __future__ import annotations

import pytest

from memories.erasure import forget, reach
from memories.models import Entity, EntityAlias, EntityMention, Memory, MemoryLink
from tests.builders import make_character, make_conversation, make_memory, make_message, make_person

pytestmark = pytest.mark.django_db


def test_it_reaches_what_is_of_them_by_them_and_made_of_either() -> None:
    ada, sam = make_character(), make_person("Sam")
    message = make_message(make_conversation(), sam, "The crows are back.")
    by_them = make_memory(ada, "Told.", told_by_person_id=sam.pk)
    of_them = make_memory(ada, "About.", about_person_id=sam.pk)
    said = make_memory(ada, "Said.", source_message_id=message.pk)
    made = make_memory(ada, "Made of words.", from_messages=(message.pk,))
    beyond = make_memory(ada, "Made of that.", from_memories=(made.pk,))
    further = make_memory(make_character(), "Told on.", from_memories=(beyond.pk,))
    free = make_memory(ada, "Of its own.")
    MemoryLink.objects.create(from_memory=free, to_memory=made)
    found = reach(sam.pk, [message.pk])
    assert found.memories == {m.pk for m in (by_them, of_them, said, made, beyond, further)}


def test_it_goes_round_in_no_circle() -> None:
    ada, sam = make_character(), make_person("Sam")
    first = make_memory(ada, "First.", about_person_id=sam.pk)
    second = make_memory(ada, "Second.", from_memories=(first.pk,))
    first.sources.create(from_memory=second)
    assert reach(sam.pk, []).memories == {first.pk, second.pk}


def test_of_entities_go_the_person_and_who_only_they_spoke_of() -> None:
    ada, sam = make_character(), make_person("Sam")
    message = make_message(make_conversation(), sam, "My sister Lena met the Baron at Oban.")
    memory = make_memory(ada, message.content, told_by_person_id=sam.pk)
    kept = make_memory(ada, "Oban has a distillery.")
    named = {
        name: Entity.objects.create(name=name, **fields)
        for name, fields in {
            "Sam": {"kind": "person", "person": sam},
            "Lena": {"kind": "person"},
            "Oban": {"kind": "place"},
            "Ada": {"kind": "character", "character": ada},
            "Nobody": {"kind": "thing"},
        }.items()
    }
    for name in ("Sam", "Lena", "Oban", "Ada"):
        EntityMention.objects.create(entity=named[name], memory=memory)
    EntityMention.objects.create(entity=named["Lena"], message=message)
    EntityMention.objects.create(entity=named["Oban"], memory=kept)
    EntityAlias.objects.create(entity=named["Oban"], alias="the Baron at Oban")  # theirs alone
    EntityAlias.objects.create(entity=named["Oban"], alias="distillery")  # and kept elsewhere
    forget(reach(sam.pk, [message.pk]), {message.pk: message.content})
    assert set(Entity.objects.values_list("name", flat=True)) == {"Oban", "Ada", "Nobody"}
    assert list(EntityAlias.objects.values_list("alias", flat=True)) == ["distillery"]
    assert list(Memory.objects.values_list("pk", flat=True)) == [kept.pk]


def test_nobody_is_told_apart_by_who_is_forgotten() -> None:
    ada, sam, eve = make_character(), make_person("Sam"), make_person("Eve")
    known = [
        Entity.objects.create(name="Tom", kind="person", apart=apart)
        for apart in (f"brother of person {sam.pk}", f"brother of person {sam.pk}0", "office")
    ]
    for one in known:
        memory = make_memory(ada, f"Tom {one.pk} is late.", told_by_person_id=eve.pk)
        EntityMention.objects.create(entity=one, memory=memory)
    counts = forget(reach(sam.pk, []), {})
    assert counts["memories.Entity (told apart anew)"] == 1
    kept = dict(Entity.objects.values_list("pk", "apart"))
    assert kept == {
        known[0].pk: f"brother {known[0].pk}",
        known[1].pk: f"brother of person {sam.pk}0",
        known[2].pk: "office",
    }
