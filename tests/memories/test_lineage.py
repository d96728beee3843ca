"""What a character knows it witnessed, was told, or read; and it trusts nothing more than where it
has it from (invariant 9)."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from characters.models import Character
from memories import sharing
from memories.formation import traces
from memories.formation.stretch import Heard, Stretch
from memories.models import Derivation, Memory, MemoryShare
from memories.models.memory import Visibility
from memories.view import Audience, seen_by
from memories.writing import NewMemory, store
from tests.builders import (
    NOON,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_relationship,
)

pytestmark = pytest.mark.django_db


def heard_by(
    witnesses: dict[int, set[Character]],
    *lines: tuple[Character, str],
    recalled: Memory | None = None,
) -> Stretch:
    """A talk in which each line, by number, is heard by these."""
    conversation = make_conversation()
    spoken = []
    for number, (speaker, text) in enumerate(lines, 1):
        message = make_message(conversation, speaker, text)
        spoken.append(
            Heard(
                message_id=message.pk,
                number=number,
                speaker=speaker.name,
                text=text,
                at=NOON,
                character_id=speaker.pk,
                recalled=(recalled.pk,) if recalled else (),
            )
        )
    return Stretch(
        conversation_id=conversation.pk,
        community_id=None,
        session_key=f"conversation:{conversation.pk}",
        lines=tuple(spoken),
        witnesses={n: frozenset(c.pk for c in who) for n, who in witnesses.items()},
    )


def alone(character: Character) -> set[str]:
    """All that is in a character's mind."""
    with seen_by(character.pk, Audience()) as view:
        view.cursor.execute("SELECT content FROM memories_memory")
        return {content for (content,) in view.cursor.fetchall()}


# --- witness scope --------------------------------------------------------------------------------


def test_what_was_said_in_another_room_stays_unknown() -> None:
    ada, bram, odile = (make_character() for _ in range(3))
    traces.trace(heard_by({1: {ada, bram}}, (ada, "The lighthouse keeper paints at night.")))
    assert len(alone(bram)) == 1
    assert alone(odile) == set()


def test_each_knows_the_lines_it_heard() -> None:
    ada, bram, odile = (make_character() for _ in range(3))
    traces.trace(
        heard_by(
            {1: {ada, bram}, 2: {ada, bram, odile}, 3: {bram, odile}},
            (ada, "The first bell rang early today."),
            (bram, "The second bell was cracked, I think."),
            (odile, "A third bell lies in the bay."),
        )
    )
    known = {who: "".join(sorted(alone(who))) for who in (ada, bram, odile)}
    for who, bells in (
        (ada, "first second"),
        (bram, "first second third"),
        (odile, "second third"),
    ):
        assert {b for b in ("first", "second", "third") if b in known[who]} == set(bells.split())


def test_being_told_is_the_only_way_in() -> None:
    """Odile wasn't there; what she has of it is a recorded share, and says so."""
    ada, bram, odile = (make_character() for _ in range(3))
    for one, other in ((bram, odile), (odile, bram)):
        make_relationship(one, other, trust=0.9, community=None)
    traces.trace(heard_by({1: {ada, bram}}, (ada, "The lighthouse keeper paints at night.")))
    brams = Memory.objects.get(owner=bram)
    assert alone(odile) == set()
    traces.trace(
        heard_by(
            {1: {bram, odile}},
            (bram, "The lighthouse keeper paints at night, I was told."),
            recalled=brams,
        )
    )
    odiles = Memory.objects.get(owner=odile)
    share = MemoryShare.objects.get()
    assert (share.memory, share.copy, share.status) == (brams, odiles, "accepted")
    assert (odiles.provenance, odiles.told_by_character, odiles.kind) == ("told", bram, "gossip")
    assert Memory.objects.filter(owner=bram).count() == 1  # its own words told it nothing new


def test_every_told_memory_has_its_share() -> None:
    """A random society gossips for a while; no memory of another's came about in any other way."""
    rng = random.Random(4)
    society = [make_character() for _ in range(5)]
    for one in society:
        for other in society:
            if one != other:
                make_relationship(one, other, trust=rng.uniform(0.3, 1), community=None)
    levels = [v for v in Visibility.values if v != "private"]
    for n in range(20):
        make_memory(
            rng.choice(society), f"Event {n} befell house {n * 7}.", visibility=rng.choice(levels),
            confidence=rng.uniform(0.3, 1),
        )  # fmt: skip
    for _ in range(150):
        memory = rng.choice(list(Memory.objects.all()))
        target = rng.choice([c for c in society if c.pk != memory.owner_id])
        assert memory.owner_id is not None
        sharing.offer(memory.owner_id, target.pk, memory.pk, NOON)
    accepted = MemoryShare.objects.filter(status="accepted")
    assert accepted.count() > 10 and MemoryShare.objects.filter(status="refused").count() > 10
    told = Memory.objects.filter(provenance="told")
    assert {share.copy_id for share in accepted} == set(told.values_list("pk", flat=True))
    for share in accepted.select_related("memory", "copy"):
        copy = share.copy
        assert copy is not None
        assert share.trust_level_at_sharing >= share.trust_required
        assert copy.confidence <= share.memory.confidence
        assert copy.visibility == share.memory.visibility
        assert copy.told_by_character_id == share.source_character_id
        assert Derivation.objects.filter(memory=copy, from_memory=share.memory).exists()


# --- trust ----------------------------------------------------------------------------------------


def test_a_conclusion_is_trusted_as_the_least_of_its_sources() -> None:
    ada = make_character()
    sources = [make_memory(ada, f"Source {c}.", confidence=c) for c in (0.9, 0.4, 0.7)]
    conclusion = make_memory(
        ada, "So it is.", confidence=1.0, from_memories=tuple(m.pk for m in sources)
    )
    assert conclusion.confidence == pytest.approx(0.4)


def test_trust_never_rises_along_a_chain() -> None:
    """Share of a conclusion of a share: at no step is more believed than before it."""
    rng = random.Random(9)
    ada, bram = make_character(), make_character()
    for one, other in ((ada, bram), (bram, ada)):
        make_relationship(one, other, trust=1.0, community=None)
    memory, confidence = make_memory(ada, "It began here.", confidence=0.83), 0.83
    for n in range(20):
        owner = ada if memory.owner == ada else bram
        other = bram if owner == ada else ada
        if rng.random() < 0.5:
            new = NewMemory(
                owner_id=owner.pk,
                kind=Memory.Kind.INSIGHT,
                content=f"Thought number {n} about house {n * 13}.",
                occurred_at=NOON,
                confidence=1.0,
                from_memories=(memory.pk,),
            )
            memory = Memory.objects.get(pk=store([new])[0].id)
        else:
            share = sharing.offer(owner.pk, other.pk, memory.pk, NOON)
            if share.copy is None:
                continue
            memory = Memory.objects.get(pk=share.copy.pk)
        assert memory.confidence <= confidence + 1e-9
        confidence = memory.confidence
    assert Derivation.objects.count() >= 15


def test_hearsay_is_believed_as_its_teller_is() -> None:
    ada = make_character("Ada")
    memory = make_memory(ada, "The dam has a crack in it.", visibility=Visibility.PUBLIC)
    believed = {}
    for trust in (0.3, 0.6, 1.0):
        hearer = make_character()
        make_relationship(ada, hearer, trust=0.9, community=None)
        make_relationship(hearer, ada, trust=trust, community=None)
        traces.trace(
            heard_by({1: {ada, hearer}}, (ada, "The dam has a crack in it!"), recalled=memory)
        )
        believed[trust] = Memory.objects.get(owner=hearer).confidence
    assert believed == {
        0.3: pytest.approx(0.72),
        0.6: pytest.approx(0.84),
        1.0: pytest.approx(1.0),
    }


def test_a_person_s_words_are_witnessed_and_name_them() -> None:
    ada, sam = make_character(), make_person("Sam")
    stretch = heard_by({1: {ada}}, (ada, "I was born on a barge, believe it or not."))
    line = replace(stretch.lines[0], character_id=None, person_id=sam.pk, speaker="Sam")
    traces.trace(replace(stretch, lines=(line,)))
    memory = Memory.objects.get()
    assert (memory.told_by_person, memory.told_by_character) == (sam, None)
    assert (memory.provenance, memory.confidence) == ("witnessed", 1.0)
    assert memory.source_message_id == line.message_id
