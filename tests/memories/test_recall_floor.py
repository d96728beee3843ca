"""What must not come to mind: what was asked out, what has gone, and whatever nobody asked for."""

from __future__ import annotations

from typing import Any

import pytest
import redis

from benchmarks import distilled
from characters.models import Character, Person
from memories.lore.lore import ingest
from memories.lore.lorefiles import read
from memories.models import LoreChunk, Memory
from memories.recall.asking import Asker
from memories.recall.recall import recall
from memories.recall.recall_sql import SEEDS, SEEDS_FOR_ONE
from memories.view import Audience
from memories.writing import NewMemory, store
from tests.builders import (
    NOON,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
)
from tests.memories.recalling import DAY, ELSEWHERE, ask, make_wren

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_client")]


@pytest.fixture
def wren() -> Character:
    """Somebody who remembers a dozen things which nobody will ask for."""
    return make_wren()


# --- what is left out -----------------------------------------------------------------------------


def test_only_the_kinds_that_are_asked_for_come(wren: Character) -> None:
    make_memory(wren, "The bell rang in the fog.", occurred_at=NOON)
    dream = make_memory(wren, "A bell under the sea.", kind="dream", occurred_at=NOON)
    assert [one.id for one in ask(wren, "the bell", kinds=["dream"])] == [dream.pk]


def test_what_stands_beside_one_of_another_kind_stays_out(wren: Character) -> None:
    talk: dict[str, Any] = {"occurred_at": NOON, "session_key": "a"}
    said = make_memory(wren, "The bell rang.", kind="conversation", sequence=1, **talk)
    make_memory(wren, "It was loud.", kind="experience", sequence=2, **talk)
    found = ask(wren, "the bell", kinds=["conversation"], limit=20)
    assert [one.id for one in found] == [said.pk]


def test_many_of_another_kind_keep_none_of_this_kind_out(wren: Character) -> None:
    store(
        [
            NewMemory(wren.pk, "experience", f"The bell rang {n} times.", NOON)
            for n in range(SEEDS + SEEDS_FOR_ONE)
        ]
    )
    dream = make_memory(wren, "A bell under the sea.", kind="dream", occurred_at=NOON)
    assert [one.id for one in ask(wren, "the bell rang", kinds=["dream"], limit=1)] == [dream.pk]


@pytest.mark.parametrize("question", ["Mara, what of the ferry?", "mara what of the ferry"])
def test_ones_own_name_is_no_part_of_what_is_asked(question: str) -> None:
    mara = make_character("Mara")
    for thing in ("soup", "rope", "wool", "salt", "glass", "bread", "a lamp", "an oar"):
        make_memory(mara, f"Bram bought {thing} at the market.", occurred_at=NOON)
    of_it = {
        make_memory(mara, f"The ferry lost {what} off the skerry, and came in late.").pk
        for what in ("a mast", "her cook", "two sails")
    }
    assert {one.id for one in ask(mara, question, floor=True)[:3]} == of_it


def test_only_what_is_about_the_person_comes(wren: Character) -> None:
    ada = make_person("Ada")
    make_memory(wren, "The bell rang in the fog.", occurred_at=NOON)
    hers = make_memory(
        wren, "She likes bells.", about_person_id=ada.pk, visibility="public", occurred_at=NOON
    )
    assert [one.id for one in ask(wren, "the bell", about_person_id=ada.pk)] == [hers.pk]


def test_what_stands_before_its_eyes_is_left_out(wren: Character) -> None:
    ada = make_person("Ada")
    message = make_message(make_conversation(), ada, "The bell is cracked.")
    make_memory(
        wren, "Ada said: “The bell is cracked.”", kind="conversation", occurred_at=NOON,
        source_message_id=message.pk,
    )  # fmt: skip
    assert "cracked" in ask(wren, "Is the bell cracked?")[0].content
    hits = ask(wren, "Is the bell cracked?", leave_out=[message.pk], limit=50)
    assert len(hits) == len(ELSEWHERE)


def test_what_has_expired_or_was_archived_does_not_come(wren: Character) -> None:
    make_memory(wren, "The bell rang.", expires_at=NOON, occurred_at=NOON - DAY)
    make_memory(wren, "The bell fell.", tier="archived", occurred_at=NOON)
    later = make_memory(wren, "The bell stood.", expires_at=NOON + DAY, occurred_at=NOON)
    found = {one.content for one in ask(wren, "the bell", limit=50)} - set(ELSEWHERE)
    assert found == {later.content}


def test_nobody_remembers_for_another(wren: Character) -> None:
    make_memory(make_character("Mara"), "The bell rang in the fog.", occurred_at=NOON)
    assert {one.content for one in ask(wren, "the bell", limit=50)} == set(ELSEWHERE)


def test_the_limit_holds(wren: Character) -> None:
    assert len(ask(wren, "the hall", limit=3)) == 3


# --- the floor ------------------------------------------------------------------------------------


@pytest.fixture
def ada(wren: Character) -> Person:
    """Somebody who talks to it, and of whom it knows one thing."""
    ada = make_person("Ada")
    make_memory(
        wren, "Ada's cat is called Juniper.", about_person_id=ada.pk, visibility="public",
        occurred_at=NOON,
    )  # fmt: skip
    return ada


@pytest.mark.parametrize(
    "line",
    ["Good evening!", "how are you?", "ha, nice", "Thanks, Ada!", "good morning ada", "Wow, great!",
     "See you later", "ok", "What happened to Melisande at Samarkand?",
     "Which isotope decays into thorium?"],
)  # fmt: skip
def test_nothing_comes_uncalled(wren: Character, ada: Person, line: str) -> None:
    assert recall(wren.pk, Audience(people=frozenset({ada.pk})), line, now=NOON) == []
    assert ask(wren, line), "there is something below the floor"


@pytest.mark.parametrize(
    "line",
    ["What is my cat called?", "Good evening! What is my cat called?", "Do you know Ada?",
     "Juniper ran away", "tell me about ada's cat"],
)  # fmt: skip
def test_what_is_asked_for_passes_the_floor(wren: Character, ada: Person, line: str) -> None:
    hits = recall(
        wren.pk, Audience(people=frozenset({ada.pk})), line, now=NOON, asked_by=Asker(person=ada.pk)
    )
    assert hits[0].content == "Ada's cat is called Juniper."


def test_the_measure_of_the_floor_is_the_same_for_all_of_a_recall(
    wren: Character, ada: Person
) -> None:
    known = {one.parts["known"] for one in ask(wren, "the cat")}
    assert len(known) == 1
    assert known.pop() > 0.5


def test_a_name_never_heard_counts_against(wren: Character) -> None:
    make_memory(wren, "The regatta has a winner.", occurred_at=NOON)
    heard, strange = (
        ask(wren, f"Did you see the regatta at {place}?")[0].parts["known"]
        for place in ("the harbour", "Samarkand")
    )
    assert strange < heard


def test_who_asks_is_part_of_what_is_kept(wren: Character) -> None:
    ada, ben = make_person("Ada"), make_person("Ben")
    for who in (ada, ben):
        make_memory(
            wren, f"The cat of {who.name} is old.", about_person_id=who.pk, occurred_at=NOON
        )
    found = [
        ask(wren, "How old is my cat?", asked_by=Asker(person=who.pk))[0].about_person_id
        for who in (ada, ben, ada)
    ]
    assert found == [ada.pk, ben.pk, ada.pk]


def test_what_is_kept_is_read_anew(wren: Character, redis_client: redis.Redis) -> None:
    bell = make_memory(wren, "The bell rang in the fog.", occurred_at=NOON)
    before = ask(wren, "the bell")
    Memory.objects.filter(pk=bell.pk).update(importance=9.0)
    after = ask(wren, "the bell")
    assert (before[0].importance, after[0].importance) == (5.0, 9.0)
    assert [(one.id, one.score) for one in before] == [(one.id, one.score) for one in after]


# --- lore -----------------------------------------------------------------------------------------


def test_lore_comes_up_by_its_key_behind_what_was_found(wren: Character) -> None:
    text = b"# The island\n## The quay\nThe ferry never sails on Sundays.\n"
    ingest(read(text, "island.md", source="island.md"))
    LoreChunk.objects.update(keys=["timetable"], is_constant=False)
    hits = recall(wren.pk, Audience(), "Is there a timetable?", now=NOON)
    assert [one.kind for one in hits] == ["lore"]
    assert hits[0].parts == {"lore": 1.0}
    assert recall(wren.pk, Audience(), "Is there a parrot?", now=NOON) == []


# --- distilled memories ---------------------------------------------------------------------------


def test_short_memories_in_the_third_person_are_found() -> None:
    one = distilled.remember()
    ranks = [one.rank(pair, limit=5, floor=False) for pair in distilled.PAIRS]
    assert len(ranks) >= 40
    assert len(one.memories) >= 340
    assert sum(rank is not None for rank in ranks) / len(ranks) >= 0.8
