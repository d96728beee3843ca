"""What was told a while ago, by a guest in a long breath or of the speaker by its author."""

from __future__ import annotations

import pytest

from fishbowl.llm.offline.intents import is_foreign
from fishbowl.llm.offline.portrayed import asked_of, asks_of_another
from tests.llm.offlinebriefs import bare_brief, brief_of, card, character, person, say


def test_what_was_told_in_a_long_breath_comes_back_as_far_as_it_can_be_said() -> None:
    long = (
        "once I fell in a canal in Utrecht and a man with a yellow hat pulled me out by my "
        "collar, then he asked me if I had a light, and I gave him wet matches from my bag"
    )
    lines = (
        person(long),
        character("Go on.", "Mara", 2),
        person("did I tell you about Utrecht?", number=3),
    )
    for seed in range(4):
        said = say(bare_brief(*lines, seed=seed))
        assert "you fell in a canal in Utrecht" in said
        assert "wet matches" not in said


@pytest.mark.parametrize(
    "question",
    ["what was your first job?", "who was your best friend at school?", "what did you do in 1998?",
     "do you remember your mother?"],
)  # fmt: skip
def test_of_its_past_nothing_is_told_that_is_not_written(question: str) -> None:
    improv = card("bram")["improv"]
    of_today = [*improv["doing"], *(x for t in improv["topics"].values() for x in t["claims"])]
    for seed in range(6):
        said = say(brief_of("bram", person(question), seed=seed))
        assert not any(line.rstrip(".!?") in said for line in of_today), said
        assert "Did you tell me" not in said
        assert "you never said" not in said


def test_what_another_is_like_is_asked_without_a_verb_too() -> None:
    assert asks_of_another("Bram nice?")
    asked = asked_of("Bram", "Bram nice?")
    assert asked is not None
    assert asked.kind == "nature"


@pytest.mark.parametrize(
    ("line", "is_so"),
    [("Wie alt ist die Insel?", True), ("como te llamas amigo mio", True),
     ("me and you", False), ("the sei whale is big", False)],
)  # fmt: skip
def test_two_small_words_of_another_language_tell_it(line: str, is_so: bool) -> None:
    assert is_foreign(line) == is_so
