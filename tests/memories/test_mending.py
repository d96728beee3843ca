"""Corrections: in a sentence, in a word, and what is none."""

from __future__ import annotations

import pytest

from fishbowl.llm.offline.kinds import as_said
from fishbowl.llm.offline.mending import correction_in, instead_of, is_put_right, put_right
from fishbowl.llm.questions import is_question
from memories.formation.contradictions import contradict

TOLD = ("I'm a nurse", "my sister lives in Leeds", "my exam is on Monday", "I have two cats")


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("no, I said Tuesday", "my exam is on Tuesday"),
        ("sorry, Tuesday", "my exam is on Tuesday"),
        ("wait, I mean the 5th of May", "my exam is on 5th of May"),
        ("it's Milan, not Leeds", "my sister lives in Milan"),
        ("not Leeds, Milan", "my sister lives in Milan"),
        ("not a nurse, a doctor", "I'm a doctor"),
        ("not a nurse but an engineer", "I'm an engineer"),
        ("three, not two", "I have three cats"),
    ],
)
def test_a_correction_in_a_word_is_the_sentence_that_it_puts_right(said: str, right: str) -> None:
    correction = correction_in(said)
    assert correction is not None
    found = put_right(correction, TOLD)
    assert found is not None
    assert found.text == right


def test_who_says_a_name_without_having_been_told_one_corrects_nobody() -> None:
    correction = correction_in("no, it's Milan")
    assert correction is not None
    assert put_right(correction, TOLD) is None
    assert put_right(correction, TOLD, "You said your sister lives in Leeds.") is not None


@pytest.mark.parametrize(
    "said",
    ["no, thanks", "no", "it's Tuesday", "I said hello", "You're not listening to me.",
     "not today, thanks", "is it Milan, not Leeds?", "that's not right", "I said so",
     "actually my sister lives in Milan"],
)  # fmt: skip
def test_what_is_no_correction_in_a_word(said: str) -> None:
    assert correction_in(said) is None


def test_a_sentence_that_corrects() -> None:
    assert instead_of("actually I live in Milan") == ""
    assert instead_of("I'm not a nurse, I'm a doctor") == "nurse"
    assert instead_of("I live in Milan") is None
    exam = "Ada's exam is on {}."
    tuesday, monday = exam.format("Tuesday 31 March 2026"), exam.format("Monday 30 March 2026")
    assert is_put_right(tuesday, monday, "Monday")
    assert is_put_right(tuesday, monday, "")
    assert is_put_right("Ada is a doctor.", "Ada is a nurse.", "nurse")
    assert not is_put_right("Ada is a doctor.", "Ada is a vegan.", "nurse")
    assert not is_put_right("Ada likes tea.", "Ada likes coffee.", "")


@pytest.mark.parametrize(
    ("one", "other", "is_so"),
    [
        ("Ada's sister lives in Milan.", "Ada's sister lives in Leeds.", True),
        ("Ada's sister lives in Milan.", "Ada lives in Leeds.", False),
        ("Ada's sister Ines lives in Milan.", "Ada's sister Ana lives in Leeds.", False),
        ("Ada's sister Ines lives in Milan.", "Ada's sister lives in Leeds.", True),
        ("Ada's sister is better now.", "Ada's sister is ill.", True),
        ("Ada's sister is not ill.", "Ada's brother is ill.", False),
        ("Ada's dog is called Max.", "Ada has a dog called Rufus.", True),
        ("Ada has a dog called Max.", "Ada has a dog called Rufus.", False),
        ("Ada's exam is on Tuesday 31 March 2026.", "Ada's exam is on Monday 30 March 2026.", True),
        ("Ada's exam is in March 2026.", "Ada's exam is on Monday 30 March 2026.", False),
        ("Ada is a doctor, not a nurse.", "Ada is a nurse.", True),
    ],
)
def test_of_what_is_theirs_there_is_one_as_well(one: str, other: str, is_so: bool) -> None:
    assert contradict(one, other, "Ada") is is_so


def test_a_denial_is_said_in_the_first_person() -> None:
    assert as_said("Ada doesn't drink alcohol.") == "I don't drink alcohol."


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("你好吗？", True), ("你好吗", True), ("元気ですか", True), ("cómo estás", True),
        ("wo wohnst du", True), ("quanti anni hai", True), ("comment tu t'appelles", True),
        ("где ты живёшь", True), ("كيف حالك؟", True), ("the dove is white", False),
        ("where I live is nice", False), ("Come here", False), ("我住在柏林", False),
        ("ich wohne in Graz", False),
    ],
)  # fmt: skip
def test_a_question_is_one_in_other_languages(said: str, asks: bool) -> None:
    assert is_question(said) is asks
