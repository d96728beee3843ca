"""What living leaves behind outlives the process that lived it: written by the services of a
running society, and read by one that starts with nothing but the rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db.models import Model

from characters import changes
from characters.feelings import feel
from characters.models import (
    CharacterState,
    CharacterVersion,
    CommunicationStyle,
    Community,
    CreativeProject,
    EmotionLevel,
    Goal,
    KnowledgeArea,
    MaterialUse,
    Opinion,
    OpinionEvidence,
    Persona,
    PersonPreference,
    ProjectMember,
    Relationship,
    SelfModification,
)
from characters.services import set_mood
from conversations.afterwards.observe import observe
from conversations.community import decisions
from conversations.initiative import activity
from conversations.models import Conversation, Proposal
from fishbowl.llm.types import Brief
from memories.models import Memory, PersonFact, ScratchpadEntry
from tests.builders import (
    NOON,
    make_conversation,
    make_evidence,
    make_keeper,
    make_memory,
    make_message,
    make_opinion,
    make_project,
    make_proposal,
    make_relationship,
)
from tests.conversations.village import LATER, Village, standing

pytestmark = pytest.mark.django_db(transaction=True)


def mood(v: Village) -> None:
    set_mood(v.mara.pk, -0.7, 0.1, is_locked=True, by="a keeper", now=NOON)


def emotion(v: Village) -> None:
    feel(v.mara.pk, {"fear": 1.0}, LATER)
    feel(v.mara.pk, {"fear": 1.0}, LATER)


def doing(v: Village) -> None:
    activity.tend(LATER)


def bond(v: Village) -> None:
    make_relationship(v.mara, v.bram, level="Good Friend", trust=0.9, score=70.0)


def opinion(v: Village) -> None:
    held = make_opinion(v.mara, "ferry", sentiment=0.6, reasoning="It says: “She floats.”")
    make_evidence(held, v.bram, "It leaks.", sentiment=-0.7)


def goal(v: Village) -> None:
    Goal.objects.create(character=v.mara, goal_id="sail", description="Sail round the rock.")


def change(v: Village) -> None:
    wish = changes.propose(v.mara.pk, "persona.identity", "Mara keeps the light.", "It is so.")
    changes.approve(wish, by=make_keeper())


def manner(v: Village) -> None:
    for n in range(12):
        make_message(v.talk, v.mara, f"And what of boat number {n}, then?", at=NOON)
        make_message(v.talk, v.ada, "lol yeah its fine", at=NOON)
    observe(v.talk.pk, LATER)


def preference(v: Village) -> None:
    PersonPreference.objects.create(person=v.ada, key="length", value="short")


def work(v: Village) -> None:
    make_project(v.mara, title="The Late Ferry", community=v.room.community)


def proposal(v: Village) -> None:
    row = make_proposal(v.asked, content="ring the bell at noon", kind="tradition")
    decisions.overrule(row.pk, NOON, is_kept=True)


def memory(v: Village) -> None:
    make_memory(v.mara, "The ferry ran aground.", visibility="public", occurred_at=NOON)


def fact(v: Village) -> None:
    PersonFact.objects.create(
        character=v.mara, person=v.ada, fact_content="Ada runs the ferry.",
        confidence=0.9, learned_at=NOON, visibility="public",
    )  # fmt: skip


def note(v: Village) -> None:
    ScratchpadEntry.objects.create(
        conversation=v.talk, character=v.mara, part="reasoning", quality=0.9,
        content="The ferry is why they quarrel.", created_at=NOON,
        expires_at=LATER + dt.timedelta(days=1), is_public=True,
    )  # fmt: skip


def knowledge(v: Village) -> None:
    KnowledgeArea.objects.create(character=v.mara, topic="ferry", expertise_level=0.9, passion=0.9)


def rest_after_talk(v: Village) -> None:
    CharacterState.objects.filter(character=v.mara).update(energy=0.2)


def used_words(v: Village) -> None:
    MaterialUse.objects.create(character=v.mara, key="greeting/0", used_count=3, last_used_at=NOON)


def milestone(v: Village) -> None:
    make_relationship(v.mara, v.bram, level="Good Friend", milestones=["good_friend"])


def summary(v: Village) -> None:
    make_conversation(v.room, status="closed", closed_at=NOON, summary="They spoke of eels.")


SEEN: list[tuple[Callable[[Village], None], Callable[[Brief], object], tuple[type[Model], ...]]] = [
    (mood, lambda b: b.mood_valence == -0.7, (CharacterState,)),
    (emotion, lambda b: b.emotions and b.emotions[0][0] == "fear", (EmotionLevel,)),
    (doing, lambda b: b.activity, (CharacterState,)),
    (
        bond,
        lambda b: ("Bram", "Good Friend") in [(x.name, x.level) for x in b.listeners],
        (Relationship,),
    ),
    (
        opinion,
        lambda b: b.views and b.views[0].opposed_by == ("Bram",),
        (Opinion, OpinionEvidence),
    ),
    (goal, lambda b: "Sail round the rock." in b.goals, (Goal,)),
    (
        change,
        lambda b: b.identity == "Mara keeps the light.",
        (Persona, SelfModification, CharacterVersion),
    ),
    (manner, lambda b: "writes briefly and likes short answers" in b.habits, (CommunicationStyle,)),
    (preference, lambda b: b.voice.verbosity <= 0.2, (PersonPreference,)),
    (
        work,
        lambda b: [w.title for w in b.works] == ["The Late Ferry"],
        (CreativeProject, ProjectMember),
    ),
    (memory, lambda b: any("ran aground" in m.text for m in b.memories), (Memory,)),
    (fact, lambda b: "Ada runs the ferry." in b.facts, (PersonFact,)),
    (note, lambda b: any("why they quarrel" in n for n in b.notes), (ScratchpadEntry,)),
    (knowledge, lambda b: b.expertise, (KnowledgeArea,)),
    (rest_after_talk, lambda b: b.energy == 0.2, (CharacterState,)),
    (used_words, lambda b: b.spent.get("greeting/0") == 3, (MaterialUse,)),
    (milestone, lambda b: any(x.unlocked for x in b.listeners), (Relationship,)),
    (summary, lambda b: "eels" in b.earlier, (Conversation,)),
    (
        proposal,
        lambda b: any("ring the bell" in c.text for c in b.customs),
        (Proposal, Community),
    ),
]


@pytest.mark.parametrize(("live", "seen", "tables"), SEEN)
def test_it_is_before_its_mind_in_the_next_process(
    live: Callable[[Village], None],
    seen: Callable[[Brief], object],
    tables: tuple[type[Model], ...],
) -> None:
    village = Village()
    assert not seen(village.brief())
    before = standing(tables)
    live(village)
    assert before.items().isdisjoint(standing(tables).items())
    assert seen(village.brief())
