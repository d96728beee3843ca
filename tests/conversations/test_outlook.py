"""What characters think, know and share is before their mind, and heard in what they say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from characters.models import CommunicationStyle, KnowledgeArea, PersonPreference
from conversations.turns import outlook
from conversations.turns.adapting import adapted
from conversations.turns.briefing import load_brief
from conversations.turns.prompts import build
from fishbowl.llm.offline.voice import speak
from fishbowl.llm.types import Brief, Line, Listener, View, Voice
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_evidence,
    make_message,
    make_opinion,
    make_person,
    make_relationship,
    make_turn,
)

HABITS = {"length": "short", "formality": 0.1, "emoji": 0.8, "humour": 0.7, "detail": 0.2,
          "weight": 0.5}  # fmt: skip


@pytest.mark.django_db
def test_what_is_talked_of_brings_opinion_knowledge_and_manners_to_mind() -> None:
    bram, odile, ada = make_character("Bram"), make_character("Odile"), make_person("Ada")
    room = make_channel()
    talk = make_conversation(room)
    held = make_opinion(bram, "the ice house", sentiment=0.6,
                        reasoning="It says: “She held fish.”\nBut Odile: “It leaks.”")  # fmt: skip
    make_evidence(held, odile, "It leaks.", sentiment=-0.7)
    make_opinion(bram, "the tides")
    make_opinion(bram, "boats", formed_at=None, discussion_count=1)
    KnowledgeArea.objects.create(character=bram, topic="ice and houses", expertise_level=0.9)
    entry = {"text": "velvet lighthouse", "kind": "joke", "count": 3}
    make_relationship(bram, ada, shared_references=[entry, {"text": "once", "count": 1}])
    CommunicationStyle.objects.create(
        person=ada, preferred_length="short", preferred_formality=0.1, confidence=0.8,
        samples_collected=40, emoji_affinity=0.9,
    )  # fmt: skip
    PersonPreference.objects.create(person=ada, key="emoji", value="none")
    asked = make_message(talk, ada, "So what about the ice house?")
    turn = make_turn(talk, bram, answers=asked)
    brief, _ = load_brief(turn, room, timezone.now())
    (view,) = brief.views
    assert (view.topic, view.sentiment, view.said) == ("the ice house", 0.6, "She held fish.")
    assert (view.heard, view.opposed_by) == (("But Odile: “It leaks.”",), ("Odile",))
    assert brief.expertise == (("ice and houses", 0.9),)
    assert brief.shared == (("Ada", "velvet lighthouse"),)
    assert brief.habits == ("writes briefly and likes short answers", "talks casually")
    assert brief.voice.verbosity < 0.5 > brief.voice.formality
    assert brief.voice.emoji_use == 0.0  # what was asked for beats what was learned
    system, mind, _ = (message.content for message in build(brief).messages)
    assert "the ice house: you are all for it; you said “She held fish.”" in mind
    assert "Odile can't see it your way" in mind
    assert "You know much about ice and houses." in mind
    assert "“velvet lighthouse” (Ada)" in mind
    assert "Ada writes briefly and likes short answers" in system


@pytest.mark.django_db
def test_one_who_writes_otherwise_with_somebody_is_met_so_by_that_one() -> None:
    bram, odile, ada = make_character("Bram"), make_character("Odile"), make_person("Ada")
    room = make_channel()
    talk = make_conversation(room)
    for character, length, confidence in (
        (None, "short", 0.9), (bram, "long", 0.9), (odile, "long", 0.1),
    ):  # fmt: skip
        CommunicationStyle.objects.create(
            person=ada, character=character, preferred_length=length, confidence=confidence,
        )  # fmt: skip
    asked = make_message(talk, ada, "So what about it?")
    voices = {}
    for speaker in (bram, odile):
        turn = make_turn(talk, speaker, answers=asked)
        brief, _ = load_brief(turn, room, timezone.now())
        voices[speaker.name] = (brief.habits[0], brief.voice.verbosity)
        turn.delete()
    assert voices["Bram"][0] == "likes an answer at some length"
    assert voices["Odile"][0] == "writes briefly and likes short answers"  # too little known yet
    assert voices["Bram"][1] > voices["Odile"][1]


def test_what_was_learned_of_a_manner_bends_but_does_not_break() -> None:
    own = Voice(verbosity=0.9, formality=0.8, emoji_use=0.0, humour=0.3)
    bent = adapted(own, {}, HABITS)
    assert 0.2 < bent.verbosity < 0.9
    assert 0.1 < bent.formality < 0.8
    assert (bent.emoji_use, bent.humour) == (0.4, 0.5)
    assert adapted(own, {"length": "long"}, HABITS).verbosity == 0.9
    assert adapted(own, {}, None) == own


def test_who_has_asked_is_not_told_what_was_learned() -> None:
    assert "uses emoji" in outlook.habit_words(HABITS, {})
    assert "uses emoji" not in outlook.habit_words(HABITS, {"emoji": "none"})
    assert outlook.habit_words(None, {}) == ()


def test_a_talk_has_words_for_what_it_was_like() -> None:
    patterns = {"character:1": {"share": 1.0}}
    assert outlook.talk_words("debate", {"latest": -0.4}, patterns, 12) == "a debate, sour of late"
    assert outlook.talk_words("chat", {"latest": 0.0}, patterns, 12) == ""
    assert outlook.talk_words("debate", {}, {}, 0) == ""


def heard(view: View | None, text: str, *, kind: str = "person", **more: object) -> set[str]:
    """The keys of what Bram says over many seeds."""
    brief = Brief(
        speaker="Bram",
        listeners=(Listener("Ada", is_person=kind == "person"),),
        views=(view,) if view else (),
        lines=(Line(1, "Ada", text, 5.0, kind),),  # type: ignore[arg-type]
        addressee="Ada",
        is_addressed=True,
    )
    brief = replace(brief, **more)  # type: ignore[arg-type]
    return {key for seed in range(90) for key in speak(replace(brief, seed=seed))[1]}


def acts(keys: set[str]) -> set[str]:
    return {key.split("/")[1] for key in keys if key.startswith("stock/")}


def test_a_stance_is_heard_as_such_and_as_it_leans() -> None:
    asked = "Bram, what do you think of the ice house?"
    for sentiment, act in ((0.7, "view_for"), (0.2, "view_fond"), (0.0, "view_torn"),
                           (-0.2, "view_doubt"), (-0.7, "view_against")):  # fmt: skip
        said = acts(heard(View("the ice house", sentiment, opposed_by=("Odile",)), asked))
        assert {act, "view_opposed"} <= said
        assert len({one for one in said if one.startswith("view_")}) == 2
    assert "think_unknown" in acts(heard(None, asked))


def test_what_two_share_and_what_one_knows_is_heard() -> None:
    said = "The gutters of the ice house are done for, they won't last another winter."
    more = {"shared": (("Ada", "velvet lighthouse"),), "expertise": (("ice", 0.9),)}
    found = acts(heard(None, said, kind="character", **more))
    assert {"shared", "expert"} <= found
    assert not {"shared", "expert", "novice"} & acts(heard(None, said, kind="character"))
    told = more | {"spent": {"stock/expert/ice": 1}}  # everybody has heard that it knows
    assert "expert" not in acts(heard(None, said, kind="character", **told))
