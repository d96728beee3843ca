"""The offline voice's small grammar: phrases, viewpoints, sentences."""

from __future__ import annotations

import pytest

from fishbowl.llm.offline.hearing import question_kind
from fishbowl.llm.offline.phrases import noun_phrases, quotable
from fishbowl.llm.offline.text import (
    called_in,
    clean,
    safe,
    sentences,
    stem,
    tidy,
    without_call,
)
from fishbowl.llm.offline.viewpoint import as_own, turn
from fishbowl.llm.questions import is_question


@pytest.mark.parametrize(
    ("line", "phrase"),
    [
        ("I lost my favourite chisel in the harbour.", "your favourite chisel"),
        ("It was a wrong screw, and I knew.", "a wrong screw"),
        ("He owed me nine crowns.", "nine crowns"),
        ("I build model trains in my cellar.", "model trains"),
        ("Somebody took the cellar key from the hook.", "the cellar key"),
    ],
)
def test_it_finds_a_phrase_to_pick_up(line, phrase):
    assert phrase in [p.text for p in noun_phrases(line)]


@pytest.mark.parametrize(
    "line",
    [
        "The tide turned at six.",
        "The crane my father drove had a name.",
        "The old are wise.",
        "That is what the others said.",
        "I saw the quickly.",
        "the the the the",
        "",
    ],
)
def test_a_phrase_never_ends_in_a_verb_or_an_adjective(line):
    for found in noun_phrases(line):
        last = found.text.split()[-1].lower()
        assert last not in {"turned", "drove", "said", "old", "wise", "others", "quickly", "the"}


def test_your_is_left_alone_when_nobody_knows_whose_it_is():
    assert noun_phrases("I like your hat.", about_hearer=False) == []
    assert [p.text for p in noun_phrases("I like your hat.")] == ["my hat"]


def test_quotes_are_whole_clauses():
    found = quotable("Nobody asked the gulls, and I told him so at the time we met.")
    assert found == ["Nobody asked the gulls"]


@pytest.mark.parametrize(
    ("sentence", "turned"),
    [
        ("Mara left home at sixteen.", "I left home at sixteen."),
        ("Mara is tired, and she has a cold.", "I am tired, and I have a cold."),
        ("Bo told Mara that the keel is cracked.", "Bo told me that the keel is cracked."),
        ("Mara keeps her brushes in gin.", "I keep my brushes in gin."),
        ("Mara mends nets and sells them.", "I mend nets and sell them."),
        ("Nobody believed her when Mara rang.", "Nobody believed me when I rang."),
        ("The sea was flat.", "The sea was flat."),
    ],
)
def test_a_sentence_is_turned_to_the_first_person(sentence, turned):
    assert turn(sentence, "Mara", "I") == turned


@pytest.mark.parametrize(
    "sentence",
    ["Mara met her sister, and she cried.", "Mara and Ida quarrelled, and she left.", "She left."],
)
def test_a_guess_is_not_made(sentence):
    assert turn(sentence, "Mara", "I") is None


@pytest.mark.parametrize(
    ("sentence", "turned"),
    [
        ("Ines is leaving their job in spring.", "You are leaving your job in spring."),
        ("Ines loves their garden.", "You love your garden."),
        ("Ines keeps bees in their hives.", "You keep bees in their hives."),  # the bees', maybe
    ],
)
def test_they_are_the_one_who_is_spoken_of_where_there_is_nobody_else(sentence, turned):
    assert turn(sentence, "Ines", "you") == turned


def test_a_persona_in_the_second_person_becomes_ones_own():
    assert as_own("You are Mara. Your boat leaks.", "Mara") == "I am Mara. My boat leaks."


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who taught you that?", "who"),
        ("And then?", "next"),
        ("How long did it take?", "how_long"),
        ("How many were there?", "how_many"),
        ("Do you still have it?", "still"),
        ("Tea or strong black coffee?", "choice"),
        ("Would you do it again?", "yes_do"),
        ("Is it far?", "yes_no"),
        ("What?", "echo"),
        ("The cellar key?", "echo"),
        ("What do you make of it?", "opinion"),
    ],
)
def test_questions_are_told_apart(question, kind):
    assert question_kind(question) == kind


def test_text_is_cleaned_and_tidied():
    assert clean("**Hi** <@123> see http://x.y/z\x00 `now`") == "Hi see now"
    assert clean(None) == ""
    assert len(clean("x" * 10_000)) <= 1200
    assert tidy("Well ,, yes ?.  No ..") == "Well, yes? No."
    assert safe("hi @everyone\x07") == "hi everyone"
    assert sentences("Mrs. Sunde came. So did I!") == ["Mrs. Sunde came.", "So did I!"]
    assert stem("tides") == stem("tide")
    assert stem("stories") == stem("story")


@pytest.mark.parametrize(
    ("speaker", "text", "own"),
    [
        (
            "Pilar",
            "Pilar wrote down on Monday that Nneka's “Yes. They flash for you.” left a light.",
            "I wrote down on Monday that Nneka's “Yes. They flash for you.” left a light.",
        ),
        (
            "Odile",
            "Odile said: “I like that you told me, Tom.”",
            "I said: “I like that you told me, Tom.”",
        ),
    ],
)
def test_what_is_quoted_stays_as_it_was_said(speaker, text, own):
    assert as_own(text, speaker, 1) == own


def test_a_quotation_ends_no_sentence_but_the_one_it_ends_with():
    text = "She said “No. Never.” twice. He had it: “Steam.” “Listen,” she began."
    assert sentences(text) == [
        "She said “No. Never.” twice.",
        "He had it: “Steam.”",
        "“Listen,” she began.",
    ]


@pytest.mark.parametrize(
    "line",
    ["do you have any pets", "whats your favourite colour", "why", "and then?", "is it cold",
     "how about you", "so what happened then", "Odile whats that", "Is it? Go on"],
)  # fmt: skip
def test_it_hears_a_question_without_its_mark(line):
    assert is_question(line)


@pytest.mark.parametrize(
    "line",
    ["what a day", "I know what you did", "do it", "have a nice day", "When I was young I sailed",
     "no", "how nice", "Where there's smoke there's fire", ""],
)  # fmt: skip
def test_what_only_begins_like_a_question_is_none(line):
    assert not is_question(line)


@pytest.mark.parametrize("name", ["samwise_g", "_jo_", "Mary Ann", "x_X_x"])
def test_a_name_is_said_as_it_is_written(name: str) -> None:
    fact = f"{name} works as a nurse, and {name}'s cat is called Bo."
    assert turn(fact, name, "you") == "You work as a nurse, and your cat is called Bo."
    assert turn("Ada works as a nurse.", name, "you") == "Ada works as a nurse."
    if "_" not in (name[0], name[-1]):
        assert clean(f"_Hello_ to {name}!") == f"Hello to {name}!"


@pytest.mark.parametrize(
    ("line", "called"),
    [
        ("Bram, is it oak?", "bram"),
        ("Bram, the boat, is it ready?", "bram"),
        ("Is it oak, Bram?", "bram"),
        ("Bram, then fifteen, asked what the two columns meant.", ""),
        ("Bram, who was late, left.", ""),
        ("It rained. Bram, my cousin, drowned.", ""),
    ],
)
def test_who_is_told_of_is_not_called(line: str, called: str) -> None:
    assert called_in(line, ["bram"]) == called
    if not called:
        assert without_call(line, "bram") == line
