"""What a question is understood to ask."""

from __future__ import annotations

import datetime as dt

import pytest

from memories.recall.question import name_candidates, understand
from tests.builders import NOON


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where is Ada?", "ada"),
        ("where is ada's cat", "ada"),
        ("Did you see Old Salt Pete?", "old salt pete"),
        ("Jean-Luc came", "jean-luc"),
        ("Is it the Joneses’ dog?", "joneses"),
    ],
)
def test_words_that_may_be_names_are_found(text: str, expected: str) -> None:
    assert expected in name_candidates(text)


def test_words_in_small_letters_make_no_name_of_several() -> None:
    assert "see old" not in name_candidates("did you see old salt")


def test_a_letter_in_two_parts_is_one() -> None:
    asked = understand("Where is Zoe\u0308's caf\u00e9?", now=NOON)
    assert asked.text == "Where is Zo\u00eb's caf\u00e9?"
    assert "zo\u00eb" in asked.candidates


def test_names_can_be_taken_out() -> None:
    asked = understand("What did Ada's brother tell Ada?", now=NOON)
    assert asked.without(["ada"]) == "What did brother tell ?"
    assert understand("Ada?", now=NOON).without(["ada"]) == "Ada?"


def test_a_name_inside_a_word_stays() -> None:
    assert understand("Is Adam here?", now=NOON).without(["ada"]) == "Is Adam here?"


@pytest.mark.parametrize(
    ("text", "pronouns"),
    [("Where is she?", {"she"}), ("Is it his or hers?", {"he", "she"}), ("their boat", {"they"}),
     ("Where is the ship?", set())],
)  # fmt: skip
def test_pronouns_are_noticed(text: str, pronouns: set[str]) -> None:
    assert understand(text, now=NOON).pronouns == pronouns


def test_whom_they_may_mean_is_looked_up_in_the_lines_before_the_latest_first() -> None:
    asked = understand("Where is she?", now=NOON, context=["Mara came.", "Then came Ines."])
    assert asked.earlier.index("ines") < asked.earlier.index("mara")
    assert understand("Where is it?", now=NOON, context=["Mara came."]).earlier == ()


def test_a_time_is_no_word_to_look_for() -> None:
    asked = understand("Who came in June?", now=NOON)
    assert asked.window is not None
    assert asked.window.since.date() == dt.date(2025, 6, 1)
    assert "June" not in asked.sought
    assert "June" in asked.text


@pytest.mark.parametrize(
    ("text", "asks"),
    [("When did it rain?", True), ("Well, when was it?", True), ("How long did it rain?", True),
     ("Which year was it?", True), ("I smile when it rains.", False), ("Did it rain?", False)],
)  # fmt: skip
def test_it_is_known_whether_a_time_is_asked_for(text: str, asks: bool) -> None:
    assert understand(text, now=NOON).asks_when is asks


def test_quoted_phrases_are_kept() -> None:
    assert understand('Who said "mind the gap" or “low tide”?', now=NOON).phrases == (
        "mind the gap",
        "low tide",
    )


@pytest.mark.parametrize(
    ("text", "of_asker", "of_asked"),
    [("What is my cat called?", True, False), ("Do you like rain?", False, True),
     ("Did I tell you?", True, True), ("I like you.", False, False), ("Is it in?", False, False)],
)  # fmt: skip
def test_i_and_you_count_where_something_is_asked(
    text: str, of_asker: bool, of_asked: bool
) -> None:
    asked = understand(text, now=NOON)
    assert (asked.of_asker, asked.of_asked) == (of_asker, of_asked)


def test_smalltalk_is_left_out_unless_it_is_all() -> None:
    mixed = understand("Good evening! Is the ferry in?", now=NOON)
    assert (mixed.text, mixed.is_idle) == ("Is the ferry in?", False)
    idle = understand("Good evening, Ada!", now=NOON, names={"ada"})
    assert (idle.text, idle.is_idle) == ("Good evening, Ada!", True)


def test_no_text_is_too_long_or_too_odd() -> None:
    assert len(understand("word " * 5000, now=NOON).text) <= 2000
    assert understand("a\0b", now=NOON).text == "a b"
    assert understand("", now=NOON).is_idle
