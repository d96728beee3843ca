"""What living leaves behind outlives the process that lived it: written by the services of a
running society, and read by one that starts with nothing but the rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import connection

from characters import changes
from characters.feelings import feel
from characters.models import (
    Character,
    CharacterState,
    Goal,
    KnowledgeArea,
    MaterialUse,
    Person,
    PersonPreference,
)
from characters.services import set_mood
from conversations import freshness
from conversations.afterwards.observe import observe
from conversations.community import decisions
from conversations.initiative import activity
from conversations.models import Channel
from conversations.turns.briefing import load_brief
from fishbowl.llm.types import Brief
from memories.models import PersonFact, ScratchpadEntry
from memories.recall import redis_store
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_evidence,
    make_keeper,
    make_memory,
    make_message,
    make_opinion,
    make_person,
    make_project,
    make_proposal,
    make_relationship,
    make_turn,
)

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + dt.timedelta(minutes=30)


@dataclass
class Village:
    """Mara, whom Ada asks something, and Bram, who is there too."""

    mara: Character = field(default_factory=lambda: make_character("Mara"))
    bram: Character = field(default_factory=lambda: make_character("Bram"))
    ada: Person = field(default_factory=lambda: make_person("Ada"))
    room: Channel = field(default_factory=make_channel)

    def __post_init__(self) -> None:
        self.talk = make_conversation(self.room, kind="with_people")
        make_message(self.talk, self.bram, "The ferry is late again, and nobody says why.", at=NOON)
        self.asked = make_message(self.talk, self.ada, "Mara, what of the ferry?", at=NOON)

    def brief(self, at: dt.datetime = LATER) -> Brief:
        """What Mara has before her mind, in a process that has only just begun."""
        for forget in (freshness.read_anew, connection.close):
            forget()
        turn = make_turn(self.talk, self.mara, answers=self.asked, move="reply", trigger="person")
        try:
            with redis_store.left_alone():
                return load_brief(turn, self.room, at)[0]
        finally:
            turn.delete()


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


@pytest.mark.parametrize(
    ("live", "seen"),
    [
        (mood, lambda b: b.mood_valence == -0.7),
        (emotion, lambda b: b.emotions and b.emotions[0][0] == "fear"),
        (doing, lambda b: b.activity),
        (bond, lambda b: ("Bram", "Good Friend") in [(x.name, x.level) for x in b.listeners]),
        (opinion, lambda b: b.views and b.views[0].opposed_by == ("Bram",)),
        (goal, lambda b: "Sail round the rock." in b.goals),
        (change, lambda b: b.identity == "Mara keeps the light."),
        (manner, lambda b: "writes briefly and likes short answers" in b.habits),
        (preference, lambda b: b.voice.verbosity <= 0.2),
        (work, lambda b: [w.title for w in b.works] == ["The Late Ferry"]),
        (memory, lambda b: any("ran aground" in m.text for m in b.memories)),
        (fact, lambda b: "Ada runs the ferry." in b.facts),
        (note, lambda b: any("why they quarrel" in n for n in b.notes)),
        (knowledge, lambda b: b.expertise),
        (rest_after_talk, lambda b: b.energy == 0.2),
        (used_words, lambda b: b.spent.get("greeting/0") == 3),
        (milestone, lambda b: any(x.unlocked for x in b.listeners)),
        (summary, lambda b: "eels" in b.earlier),
        (proposal, lambda b: any("ring the bell" in c.text for c in b.customs)),
    ],
)  # fmt: skip
def test_it_is_before_its_mind_in_the_next_process(
    live: Callable[[Village], None], seen: Callable[[Brief], object]
) -> None:
    village = Village()
    assert not seen(village.brief())
    live(village)
    assert seen(village.brief())
