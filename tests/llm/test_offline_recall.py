"""The offline voice says what comes to mind, with who said it and when, or that nothing does."""

from __future__ import annotations

import pytest

from fishbowl.llm.offline.intents import intent_of
from fishbowl.llm.offline.viewpoint import said_back
from fishbowl.llm.offline.voice import speak
from fishbowl.llm.types import Brief, Line, Listener, Recollection

LINE = Recollection(
    "Ada said: “I moved to Porto in May.”",
    said_by="Ada",
    words="I moved to Porto in May.",
    when="last Tuesday",
)
FACT = Recollection("Ada is allergic to walnuts.", said_by="Ada", when="in June")
HEARSAY = Recollection("Bo is afraid of dogs.", said_by="Bo")


def answer(question: str, *memories: Recollection, seed: int = 1, asks: str = "Ada") -> str:
    brief = Brief(
        speaker="Mara",
        lines=(Line(1, asks, question, 3.0, "person"),),
        addressee=asks,
        is_addressed=True,
        listeners=(Listener(asks, is_person=True),),
        memories=memories,
        seed=seed,
    )
    return speak(brief)[0]


@pytest.mark.parametrize("seed", range(8))
def test_a_line_is_said_back_to_who_said_it(seed):
    assert "you moved to Porto in May" in answer("Where did I move to?", LINE, seed=seed)


@pytest.mark.parametrize("seed", range(8))
def test_a_line_of_another_is_quoted_with_its_name(seed):
    said = answer("What did Ada tell you?", LINE, seed=seed, asks="Theo")
    assert "Ada" in said
    assert "I moved to Porto in May" in said


@pytest.mark.parametrize("seed", range(8))
def test_what_was_told_goes_with_its_teller(seed):
    assert "you are allergic to walnuts" in answer("What am I allergic to?", FACT, seed=seed)
    said = answer("Do you remember what Bo fears?", HEARSAY, seed=seed)
    assert said.count("Bo") >= 2
    assert "afraid of dogs" in said


@pytest.mark.parametrize(
    "question",
    [
        "Do you remember where I moved?",
        "what's my dog called?",
        "What did I tell you about Porto?",
        "Do you remember Zed?",
    ],
)
def test_nothing_is_made_up_where_nothing_is_remembered(question):
    for seed in range(12):
        said = answer(question, seed=seed).lower()
        assert any(
            owned in said
            for owned in ("remember", "memory", "nothing comes", "it's gone", "told me", "miss it")
        ), said


def test_a_question_on_the_past_is_told_from_others():
    assert intent_of("What is my sister's name?").kind == "recall"
    assert intent_of("did I tell you about the boat?").kind == "recall"
    assert intent_of("do you know my brother?").kind == "know"
    assert intent_of("who are you?").kind == "who_are_you"


def test_words_in_the_second_person_are_not_said_back():
    assert said_back("I'm sure I lost my key") == "you're sure you lost your key"
    assert said_back("I told you so") is None
