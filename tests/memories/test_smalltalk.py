"""What asks for nothing, told from what does."""

from __future__ import annotations

import pytest

from benchmarks.distilled import PAIRS, SMALLTALK, UNRELATED
from memories.recall.smalltalk import without_smalltalk

NAMES = frozenset({"ada", "ben", "mara", "tobias"})


@pytest.mark.parametrize("line", SMALLTALK)
def test_smalltalk_asks_for_nothing(line: str) -> None:
    assert without_smalltalk(line, NAMES) == ""


@pytest.mark.parametrize(
    "line", ["Good evening, Ada!", "thanks ada", "hey Mara", "Nice one, Ben!", "Bye Tobias"]
)
def test_courtesy_to_somebody_is_no_question_about_them(line: str) -> None:
    assert without_smalltalk(line, NAMES) == ""


@pytest.mark.parametrize("line", [*(pair.question for pair in PAIRS), *UNRELATED])
def test_a_question_stays_as_it_is(line: str) -> None:
    assert without_smalltalk(line, NAMES) == line


@pytest.mark.parametrize(
    "line",
    ["Tell me about Ada", "Who is Ada?", "Do you know Ada?", "What do you think of Ada?", "Mara",
     "Is she happy?", "Where did you go?", "How was your day?", "What do you do for fun?",
     "What did you do yesterday?", "I adopted a cat.", "When is it?"],
)  # fmt: skip
def test_plain_words_may_ask_for_much(line: str) -> None:
    assert without_smalltalk(line, NAMES) == line


@pytest.mark.parametrize("line", ["That looks delicious!", "It's so peaceful!", "You're talented!"])
def test_a_remark_on_what_was_said_just_now_asks_for_nothing(line: str) -> None:
    assert without_smalltalk(line, NAMES) == ""


@pytest.mark.parametrize("line", ["That looks delicious?", "It's Ada!", "The soup is delicious!"])
def test_a_remark_that_tells_of_something_stays(line: str) -> None:
    assert without_smalltalk(line, NAMES) == line


def test_only_the_sentences_that_ask_remain() -> None:
    assert (
        without_smalltalk("Good evening! Nice to see you. Is the U.S. ferry in? Thanks!")
        == "Is the U.S. ferry in?"
    )


def test_without_a_name_that_is_known_it_may_be_a_question() -> None:
    assert without_smalltalk("Thanks, Melisande!", NAMES) == "Thanks, Melisande!"
    assert without_smalltalk("Thanks, Melisande!", {"melisande"}) == ""


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("Ada, what of the ferry?", "what of the ferry?"),
        ("@Ada: what of the ferry?", "what of the ferry?"),
        ("Ada, Bram, what of the ferry?", "what of the ferry?"),
        ("What of the ferry, Ada?", "What of the ferry?"),
        ("Good evening, Ada! Is the ferry in, Bram?", "Is the ferry in?"),
        ("Ada, Bram and the ferry: who was late?", "Ada, Bram and the ferry: who was late?"),
        ("Who is older, Ada or Bram?", "Who is older, Ada or Bram?"),
        ("Tell me of Ada, Bram.", "Tell me of Ada, Bram."),
        ("Tea, what of it?", "Tea, what of it?"),
        ("Do you know Ada?", "Do you know Ada?"),
    ],
)
def test_whom_it_is_said_to_is_left_out(line: str, asked: str) -> None:
    assert without_smalltalk(line, {"ada", "bram"}) == asked
