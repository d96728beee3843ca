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
    Goal,
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
from memories.recall import redis_store
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_evidence,
    make_keeper,
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
