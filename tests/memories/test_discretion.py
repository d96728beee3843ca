from __future__ import annotations

import pytest

from memories.formation.discretion import STRICTNESS, of_lines, of_text, off_record, strictest
from memories.models import Visibility
from tests.memories.talking import line, lines


def test_every_level_has_its_place():
    assert set(STRICTNESS) == set(Visibility)
    assert strictest("public", "intimate", "basic") == "intimate"
    assert strictest("full", "private") == "private"


@pytest.mark.parametrize(
    "said",
    [
        "Between you and me, the soup is thin.",
        "don’t tell anyone about the boat",
        "Keep it to yourself.",
        "It's a secret.",
        "I've never told anyone.",
        "Nobody else knows.",
    ],
)
def test_what_is_confided_is_for_the_closest(said):
    assert of_text(said) == "full"


@pytest.mark.parametrize(
    "said",
    [
        "My mother died last spring.",
        "I was diagnosed with diabetes.",
        "I can't pay the rent.",
        "I'm in love with her.",
        "I'm so ashamed.",
    ],
)
def test_the_sore_is_for_friends(said):
    assert of_text(said) == "intimate"


@pytest.mark.parametrize(
    "said",
    [
        "The ferry leaves at nine.",
        "I lost my keys again.",
        "The choir sings the secret garden on Sunday.",
        "Tell anyone you like: the bread is good.",
        "I love bread.",
        "The hospital ship came in.",
    ],
)
def test_the_rest_may_be_repeated(said):
    assert of_text(said) == "public"


def test_a_plea_that_says_nothing_itself_covers_the_line_before_it():
    said = lines(("Ada", "I smoke on the roof."), ("Ada", "Please don't tell anyone."))
    assert of_lines(said) == {1: "full", 2: "full"}


def test_a_confidence_that_says_itself_covers_itself_alone():
    said = lines(
        ("Ada", "The bread has risen."), ("Ada", "Between us, I smoke on the chapel roof daily.")
    )
    assert of_lines(said) == {1: "public", 2: "full"}


def test_what_says_again_what_was_said_off_the_record_is_off_it_too():
    said = [
        line("Ada", "I keep bees on the chapel roof.", 1, is_off_record=True),
        line("Ben", "Bees, on the chapel roof?", 2),
        line("Ben", "The chapel is cold.", 3),
    ]
    assert off_record(said) == {1, 2}
