"""The offline voice tells what it has read of the world to who asks after it, and nothing that only
sounds like it."""

from __future__ import annotations

import pytest

from fishbowl.llm.offline.hearing import question_kind
from fishbowl.llm.offline.world import told_of_world
from tests.llm.offlinebriefs import bare_brief, person, say

LORE = (
    "One ferry serves the island. She leaves in the morning at 08:15. Mara paints her each spring. "
    "The ice house stands at the head of the slip, empty since 1963. A company from the mainland "
    "wants to buy the ice house. There are four children in the school.",
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When does the ferry leave?", "She leaves in the morning at 08:15."),
        ("Where is the ice house?", "at the head of the slip"),
        ("who wants to buy the ice house?", "A company from the mainland"),
        ("How many children are in the school?", "four children"),
    ],
)
def test_who_asks_after_the_world_is_told_what_was_read_of_it(question: str, answer: str) -> None:
    assert answer in told_of_world(question, question_kind(question), LORE)
    for seed in range(4):
        assert answer.rstrip(".") in say(bare_brief(person(question), lore=LORE, seed=seed))


@pytest.mark.parametrize(
    "question",
    ["How many people live here?", "What is the capital of France?", "what's for dinner",
     "When is your birthday?", "Who paints the church?"],
)  # fmt: skip
def test_what_was_not_read_is_not_made_of_something_else(question: str) -> None:
    assert told_of_world(question, question_kind(question), LORE) == ""


def test_what_was_read_of_the_speaker_is_said_in_its_own_person() -> None:
    said = say(bare_brief(person("who paints the ferry?"), lore=(LORE[0].split(". ")[2] + ".",)))
    assert "Mara" not in said
