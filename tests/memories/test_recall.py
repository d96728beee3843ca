"""What comes to mind: each kind of evidence moves the order, and nothing comes uncalled."""

from __future__ import annotations

from typing import Any

import pytest

from characters.models import Character
from conversations.services import local_community
from memories.models import (
    Contagion,
    Entity,
    EntityAlias,
    EntityMention,
    EntityRelation,
    Memory,
)
from memories.recall.asking import Asker
from memories.recall.recall import recall
from memories.recall.recall_sql import SEEDS, SEEDS_FOR_ONE
from memories.recall.weights import Weights
from memories.view import Audience
from memories.writing import NewMemory, store
from tests.builders import (
    NOON,
    make_character,
    make_memory,
    make_person,
)
from tests.memories.recalling import DAY, ask, make_wren, part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_client")]


@pytest.fixture
def wren() -> Character:
    """Somebody who remembers a dozen things which nobody will ask for."""
    return make_wren()


# --- evidence -------------------------------------------------------------------------------------


def test_words_are_found_whatever_their_endings(wren: Character) -> None:
    lantern = make_memory(wren, "Tobias repaired the lanterns.", occurred_at=NOON)
    hits = ask(wren, "Who repairs a lantern?")
    assert hits[0].id == lantern.pk
    assert hits[0].parts["text"] == pytest.approx(1)
    assert hits[0].parts["matched"] == pytest.approx(1)


def test_a_rare_word_weighs_more_than_a_frequent_one(wren: Character) -> None:
    for at in range(6):
        make_memory(wren, f"The boat came in at {at}.", occurred_at=NOON)
    astrolabe = make_memory(wren, "The astrolabe was sold.", occurred_at=NOON)
    hits = ask(wren, "boat or astrolabe", weights=Weights(vector=0))
    assert hits[0].id == astrolabe.pk
    assert ask(wren, "boat or astrolabe", weights=Weights(vector=0, rarity=0))[0].id != astrolabe.pk


def test_a_near_vector_is_found_without_a_common_word(wren: Character) -> None:
    doctor = make_memory(wren, "Her physician prescribed medicine.", occurred_at=NOON)
    hits = ask(wren, "hospital treatment", weights=Weights(synonym=0))
    assert hits[0].id == doctor.pk
    assert hits[0].parts["text"] == 0 < hits[0].parts["vector"]
    assert hits[0].parts["near"] > 0.2


def test_another_word_for_it_is_found(wren: Character) -> None:
    work = make_memory(wren, "Her career began at the shipyard.", occurred_at=NOON)
    hits = ask(wren, "What was the job?", weights=Weights(vector=0))
    assert hits[0].id == work.pk
    assert 0 < hits[0].parts["matched"] < 1


def test_an_answer_is_found_by_the_question_before_it(wren: Character) -> None:
    talk: dict[str, Any] = {"kind": "conversation", "session_key": "talk:1", "occurred_at": NOON}
    make_memory(wren, "Ada said: “How old is the lighthouse?”", sequence=1, **talk)
    answer = make_memory(wren, "Ben said: “Ninety, I believe.”", sequence=2, **talk)
    far = make_memory(wren, "Ben said: “Eighty, he says.”", sequence=40, **talk)
    hits = ask(wren, "the age of the lighthouse", limit=20)
    assert part(hits, answer, "text") == part(hits, far, "text") == 0
    assert part(hits, answer, "neighbours") > part(hits, far, "neighbours")
    assert [one.id for one in hits].index(answer.pk) < [one.id for one in hits].index(far.pk)


ASKED: dict[str, Any] = {"kind": "conversation", "session_key": "talk:2", "occurred_at": NOON}


def test_the_question_itself_asked_before_stands_behind_its_answer(wren: Character) -> None:
    """And so does who knew nothing then."""
    told = make_memory(wren, "Teo grew up on a farm near Porto.", occurred_at=NOON - 3 * DAY)
    for number, line in enumerate(("“Where did I grow up?”", "“No idea.”", "“I like gulls.”"), 1):
        who = "Teo" if number == 1 else "Pilar"
        make_memory(wren, f"{who} said: {line}", text=line[1:-1], sequence=number, **ASKED)
    for question in ("Where did I grow up?", "Wren, where did I grow up?"):
        assert ask(wren, question)[0].id == told.pk
    assert ask(wren, "Where did I grow up?", weights=Weights(again=1))[0].id != told.pk


def test_what_was_answered_is_found_by_asking_again(wren: Character) -> None:
    question = "What opens the cellar?"
    make_memory(wren, f"Ada said: “{question}”", text=question, sequence=1, **ASKED)
    answer = make_memory(wren, "Ben said: “Tidepool, twice.”", sequence=2, **ASKED)
    assert answer.pk in [one.id for one in ask(wren, question)[:2]]


def test_lines_beside_the_best_are_heard_among_ever_so_many(wren: Character) -> None:
    many = [
        NewMemory(wren.pk, "experience", f"The keeper of box {n}.", NOON)
        for n in range(SEEDS + SEEDS_FOR_ONE)
    ]
    store(many)
    line: dict[str, Any] = {"kind": "conversation", "session_key": "a", "occurred_at": NOON}
    make_memory(wren, "Ada said: “Where is the lighthouse keeper?”", sequence=1, **line)
    answer = make_memory(wren, "Ben said: “Ninety.”", sequence=2, **line)
    hits = ask(wren, "Where is the lighthouse keeper?", limit=8)
    assert part(hits, answer, "neighbours") > 0


def test_evidence_does_not_pass_from_one_talk_to_another(wren: Character) -> None:
    line: dict[str, Any] = {"kind": "conversation", "occurred_at": NOON}
    make_memory(wren, "Ada said: “The lighthouse!”", session_key="a", sequence=1, **line)
    near = make_memory(wren, "Ben said: “Ninety.”", session_key="b", sequence=2, **line)
    assert part(ask(wren, "lighthouse", limit=20), near, "neighbours") == 0


def test_what_somebody_said_comes_first_when_they_are_named(wren: Character) -> None:
    ada, ben = make_person("Ada"), make_person("Ben")
    line: dict[str, Any] = {"kind": "conversation", "occurred_at": NOON}
    make_memory(wren, "“The ferry will be late again.”", told_by_person_id=ada.pk, **line)
    his = make_memory(wren, "“Late again, the ferry will be.”", told_by_person_id=ben.pk, **line)
    hits = ask(wren, "what did Ben say of the ferry?")
    assert hits[0].id == his.pk
    assert hits[0].parts["speaker"] > 0 == hits[1].parts["speaker"]


def test_so_does_what_another_character_said_and_what_oneself_did(wren: Character) -> None:
    bram, ben = make_character("Bram"), make_person("Ben")
    line: dict[str, Any] = {"kind": "conversation", "occurred_at": NOON}
    text = "the ferry will be late"
    own = make_memory(wren, f"Wren said: “Alas, {text}.”", **line)
    his = make_memory(wren, f"Bram said: “Oh, {text}.”", told_by_character_id=bram.pk, **line)
    bens = make_memory(wren, f"Ben said: “Well, {text}.”", told_by_person_id=ben.pk, **line)
    thought = make_memory(wren, f"It seems that {text}.", occurred_at=NOON)

    def speakers(question: str) -> set[int]:
        hits = ask(wren, question, asked_by=Asker(person=ben.pk), limit=20)
        assert {own.pk, his.pk, bens.pk, thought.pk} <= {one.id for one in hits}
        return {one.id for one in hits if one.parts["speaker"] > 0}

    assert speakers("What did Bram say of the late ferry?") == {his.pk}
    assert speakers("What did you say of the late ferry?") == {own.pk}


@pytest.mark.parametrize("whose", ["my", "Ada's"])
def test_what_is_about_somebody_comes_first_when_they_are_meant(
    wren: Character, whose: str
) -> None:
    ada, ben = make_person("Ada"), make_person("Ben")
    make_memory(wren, "The cat there is called Tom.", about_person_id=ben.pk, occurred_at=NOON)
    hers = make_memory(
        wren, "There the cat is called Juniper.", about_person_id=ada.pk, occurred_at=NOON
    )
    hits = ask(wren, f"What is {whose} cat called?", asked_by=Asker(person=ada.pk))
    assert hits[0].id == hers.pk
    assert hits[0].parts["about"] > 0 == hits[1].parts["about"]


def test_you_are_the_one_who_is_asked(wren: Character) -> None:
    mara = make_character("Mara")
    make_memory(wren, "The mill was her first home.", about_character_id=mara.pk, occurred_at=NOON)
    own = make_memory(
        wren, "Her first home was the mill.", about_character_id=wren.pk, occurred_at=NOON
    )
    assert ask(wren, "What was your first home?")[0].id == own.pk


@pytest.mark.parametrize(
    ("question", "days_ago"),
    [("What happened at the mill last week?", 9), ("What happened at the mill in June?", 260),
     ("What happened at the mill on 1 February?", 31), ("What happened at the mill yesterday?", 1)],
)  # fmt: skip
def test_a_time_that_is_asked_about_counts(wren: Character, question: str, days_ago: int) -> None:
    for ago in (0, 1, 9, 31, 100, 260):
        make_memory(
            wren, f"The mill stood still for {ago + 3} hours.", occurred_at=NOON - ago * DAY
        )
    (hit, *_) = ask(wren, question)
    assert (NOON - hit.occurred_at).days == days_ago
    assert hit.parts["time"] > 0


def test_asked_when_what_tells_a_time_comes_first(wren: Character) -> None:
    make_memory(wren, "The regatta had a winner.", occurred_at=NOON)
    told = make_memory(wren, "The regatta is next week.", occurred_at=NOON)
    assert part(ask(wren, "When is the regatta?"), told, "telling") > part(
        ask(wren, "What of the regatta"), told, "telling"
    )


def test_a_quoted_phrase_counts_as_it_stands(wren: Character) -> None:
    make_memory(wren, "The tide came, all in, and over the wall.", occurred_at=NOON)
    exact = make_memory(wren, "Over all the wall in came the tide, in and all.", occurred_at=NOON)
    exact_phrase = ask(wren, 'Who sang "the tide, in and all"?')
    assert exact_phrase[0].id == exact.pk
    assert exact_phrase[0].parts["phrase"] > 0 == exact_phrase[1].parts["phrase"]


# --- entities -------------------------------------------------------------------------------------


def entity(name: str, **fields: Any) -> Entity:
    return Entity.objects.create(community=local_community(), name=name, **fields)


def related(subject: Entity, relation: str, to: Entity, evidence: Memory) -> None:
    EntityRelation.objects.create(
        subject=subject, relation=relation, object=to, valid_from=NOON - 30 * DAY, evidence=evidence
    )
    mention(subject, evidence)
    mention(to, evidence)


def mention(who: Entity, memory: Memory) -> None:
    EntityMention.objects.create(entity=who, memory=memory, start=0, end=3)


def test_an_alias_finds_what_the_name_stands_in(wren: Character) -> None:
    tobias = entity("Tobias", kind="person")
    mention(tobias, make_memory(wren, "Everybody calls him Captain.", occurred_at=NOON))
    EntityAlias.objects.create(entity=tobias, alias="Captain")
    sleeps = make_memory(wren, "Tobias has his bed above the tavern.", occurred_at=NOON)
    mention(tobias, sleeps)
    hits = recall(
        wren.pk,
        Audience(community=local_community().pk),
        "Where is the Captain?",
        now=NOON,
        floor=False,
    )
    assert sleeps.pk in [one.id for one in hits[:2]]
    assert part(hits, sleeps, "matched") > 0.7
    assert part(hits, sleeps, "entity") > 0
    bed = make_memory(wren, "The captain of the ferry has his bed aboard.", occurred_at=NOON)
    mention(entity("ferry", kind="thing"), bed)
    assert part(ask(wren, "Where is the Captain?", limit=20), bed, "entity") == 0


def test_she_is_the_woman_who_was_named_last(wren: Character) -> None:
    mara, ines = entity("Mara", kind="person", pronoun="she"), entity("Ines", pronoun="she")
    tobias = entity("Tobias", kind="person", pronoun="he")
    kept = {
        who.name: make_memory(wren, f"{who.name} has a room in the tower.", occurred_at=NOON)
        for who in (ines, tobias, mara)
    }
    for who in (mara, ines, tobias):
        mention(who, kept[who.name])

    def asked(*context: str) -> str:
        return recall(
            wren.pk, Audience(community=local_community().pk), "Where does she live?",
            now=NOON, floor=False, context=context,
        )[0].content  # fmt: skip

    assert asked("Is Ines here?", "Mara just met Tobias.") == kept["Mara"].content
    assert asked("Mara came.", "Ines left.", "Tobias stayed.") == kept["Ines"].content


def test_somebodys_sister_is_found_under_her_own_name(wren: Character) -> None:
    ada, ines = entity("Ada", kind="person"), entity("Ines", kind="person")
    related(ines, "sister of", ada, make_memory(wren, "They are sisters.", occurred_at=NOON))
    mention(ada, make_memory(wren, "Ada sailed to Porto.", occurred_at=NOON))
    wedding = make_memory(wren, "Ines will marry in September.", occurred_at=NOON)
    mention(ines, wedding)
    hits = recall(
        wren.pk, Audience(community=local_community().pk), "Whom does Ada's sister marry?",
        now=NOON, floor=False,
    )  # fmt: skip
    assert hits[0].id == wedding.pk
    assert part(hits, wedding, "matched") > 0.4


# --- what is known of a memory --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "better", "worse"),
    [
        ("recency", {}, {"occurred_at": NOON - 400 * DAY}),
        ("importance", {"importance": 9.0}, {"importance": 2.0}),
        ("provenance", {}, {"provenance": "told"}),
        ("provenance", {}, {"provenance": "derived"}),
        ("provenance", {}, {"confidence": 0.4}),
        ("provenance", {"kind": "conversation"}, {"kind": "gossip"}),
    ],
)
def test_of_two_that_fit_alike_the_better_comes_first(
    wren: Character, name: str, better: dict[str, Any], worse: dict[str, Any]
) -> None:
    low = make_memory(wren, "The bell rang in the fog.", **{"occurred_at": NOON, **worse})
    high = make_memory(wren, "In the fog the bell rang.", **{"occurred_at": NOON, **better})
    hits = ask(wren, "Did the bell ring?")
    assert [one.id for one in hits[:2]] == [high.pk, low.pk]
    assert part(hits, high, name) > part(hits, low, name)


def test_what_has_faded_comes_later(wren: Character) -> None:
    low = make_memory(wren, "The bell rang in the fog.", occurred_at=NOON)
    high = make_memory(wren, "In the fog the bell rang.", occurred_at=NOON)
    Memory.objects.filter(pk=low.pk).update(strength=0.2)
    assert [one.id for one in ask(wren, "Did the bell ring?")[:2]] == [high.pk, low.pk]


def test_what_everybody_keeps_saying_is_damped(wren: Character) -> None:
    low = make_memory(wren, "The salt moon rang the bell.", occurred_at=NOON)
    high = make_memory(wren, "The bell rang by a silver moon.", occurred_at=NOON)
    Contagion.objects.create(
        community=local_community(), kind="phrase", text="salt moon", first_seen_at=NOON,
        last_seen_at=NOON,
    )  # fmt: skip
    hits = recall(
        wren.pk, Audience(community=local_community().pk), "bell moon", now=NOON, floor=False
    )
    assert [one.id for one in hits[:2]] == [high.pk, low.pk]
    assert part(hits, low, "damped") < 1 == part(hits, high, "damped")


def test_the_parts_make_up_the_score(wren: Character) -> None:
    ada = make_person("Ada")
    make_memory(
        wren, "The bell rang at the quay.", kind="conversation", told_by_person_id=ada.pk,
        importance=8.0, confidence=0.7, occurred_at=NOON - 40 * DAY,
    )  # fmt: skip
    found = ask(wren, "When did Ada hear the bell in January?", limit=20)
    assert found
    for one in found:
        p = one.parts
        added = sum(p[name] for name in (
            "text", "vector", "neighbours", "talk", "speaker", "about", "entity", "time", "phrase"
        ))  # fmt: skip
        for name in ("telling", "recency", "importance", "strength", "provenance", "damped"):
            added *= p[name]
        assert added == pytest.approx(one.score, rel=1e-6)
