"""The offline voice tells what it has read of the world to who asks after it, and nothing that only
sounds like it."""

from __future__ import annotations

import pytest

from fishbowl.llm.offline.hearing import question_kind
from fishbowl.llm.offline.world import told_of_world
from tests.llm.offlinebriefs import bare_brief, brief_of, person, say

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
     "When is your birthday?", "Who paints the church?", "How many people are in the ice house?"],
)  # fmt: skip
def test_what_was_not_read_is_not_made_of_something_else(question: str) -> None:
    assert told_of_world(question, question_kind(question), LORE) == ""


def test_what_was_read_of_the_speaker_is_said_in_its_own_person() -> None:
    said = say(bare_brief(person("who paints the ferry?"), lore=(LORE[0].split(". ")[2] + ".",)))
    assert "Mara" not in said


@pytest.mark.parametrize(
    "question",
    ["What should I see first?", "what is there to do here?", "Where should I start?",
     "Is there anything worth seeing around here?", "Mara, can you show me around?"],
)  # fmt: skip
def test_who_asks_what_to_see_is_shown_what_is_near_the_speakers_heart(question: str) -> None:
    for seed in range(4):
        said = say(bare_brief(person(question), seed=seed))
        assert "paint" in said or "old maps" in said
    assert "limpets" in say(brief_of("pilar", person(question)))


def test_where_something_is_to_be_had_asks_for_no_leave() -> None:
    for seed in range(6):
        said = say(bare_brief(person("Where can I get breakfast?"), seed=seed))
        assert not said.startswith(("Do, ", "Please do", "By all means", "Of course"))
        assert "anybody else" not in said


def test_what_all_are_asked_for_their_opinion_of_is_told_by_who_answers() -> None:
    for seed in range(4):
        said = say(brief_of("bram", person("What do you all think of the ice house?"), seed=seed))
        plain = say(brief_of("bram", person("What do you think of the ice house?"), seed=seed))
        assert said == plain
