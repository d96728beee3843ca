"""The offline voice tells what it has read of the world to who asks after it, and nothing that only
sounds like it."""

from __future__ import annotations

import pytest

from fishbowl.llm.offline.hearing import question_kind
from fishbowl.llm.offline.stock import STOCK
from fishbowl.llm.offline.world import ASKS_WHETHER, told_of_world
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


MILL = (
    "The mill stands on the river Aske. Hanne Voss has run it for nine years with her two sons. "
    "A sack of flour costs forty crowns, and a loaf is three coppers.\n\n"
    "Old Tobias kept the toll bridge. He drowned in the flood of 1871, and his hat was found in "
    "Marl. Bettina is the youngest of the carters.",
    "The night coach goes to Marl. It departs at 22:40 from the yard, and travellers ask when the "
    "coach arrives. A seat inside is nine coppers, outside four. Emil, who is ninety-one, is the "
    "oldest of us all.",
    "The inn was bought from Widow Lang, who left for the coast. The chapel burned down in 1902 "
    "and was not rebuilt. The smithy keeps its own hours. The forge is run by Ines.",
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("who runs the mill?", "Hanne Voss has run it"),
        ("who is in charge of the mill?", "Hanne Voss has run it"),
        ("who owns the forge?", "run by Ines"),
        ("how much is a sack of flour?", "forty crowns"),
        ("what does a loaf cost?", "three coppers"),
        ("what's the price of flour?", "forty crowns"),
        ("what happened to Tobias?", "Tobias drowned in the flood of 1871"),
        ("what became of the chapel?", "burned down in 1902"),
        ("how did Tobias die?", "Tobias drowned"),
        ("when does the coach leave?", "departs at 22:40"),
        ("could you tell me when the coach leaves?", "departs at 22:40"),
        ("is there a chapel?", "The chapel burned down in 1902"),
        ("did the chapel really burn down?", "The chapel burned down in 1902"),
        ("So was there ever a chapel?", "The chapel burned down in 1902"),
        ("what was that hat in Marl?", "Old Tobias kept the toll bridge. He drowned"),
        ("who is the oldest here?", "Emil, who is ninety-one"),
        ("who's the eldest?", "Emil, who is ninety-one"),
        ("who is the youngest carter?", "Bettina"),
    ],
)
def test_a_plain_question_finds_its_answer_in_any_lore(question: str, answer: str) -> None:
    for seed in range(3):
        assert answer in say(bare_brief(person(question), lore=MILL, seed=seed))
    for slug in ("odile", "bram", "pilar"):
        assert answer in say(brief_of(slug, person(question), lore=MILL))


@pytest.mark.parametrize(
    "question",
    ["is it okay if I sit here?", "is that so?", "do you like the mill?", "is the bread good?",
     "does anyone want tea?", "is there a problem?", "are they friends?", "will I like it?",
     "is there anything new?", "does that make sense?", "isn't the mill lovely?",
     "should we go to the mill?"],
)  # fmt: skip
def test_leave_taste_and_those_who_talk_are_no_facts_of_the_world(question: str) -> None:
    assert not ASKS_WHETHER.search(question)


@pytest.mark.parametrize(
    "question",
    ["who runs the smithy?", "who runs the inn?", "how much is a horse?",
     "how much is a bus ticket?", "what happened to Widow Kern?", "what happened to the inn?",
     "when does the coach arrive?",
     "who is the richest here?", "who is the miller's wife?", "when does the mill open?",
     "who built the mill?", "how many people work at the forge?", "is the mill open today?",
     "does the coach run on Sundays?", "do people here go to church?", "was there ever a war here?",
     "are there wolves in the hills?", "will the chapel be built again?", "is it dangerous?",
     "so is the coach ever late?"],
)  # fmt: skip
def test_what_no_lore_tells_is_not_guessed(question: str) -> None:
    assert told_of_world(question, question_kind(question), MILL) == ""
    unknown = {
        one.text.replace("{word}", "{Word}").partition("{Word}")[2].strip(" .?")[:18]
        for act in ("no_telling", "no_telling_of", "know_nothing")
        for one in STOCK[act]
        if "{word}" in one.text.lower()
    }
    plain = {one.text.partition("{name}")[0] for one in STOCK["no_telling"]}
    for seed in range(4):
        said = say(bare_brief(person(question), lore=MILL, seed=seed))
        assert any(part and part in said for part in unknown | plain), said
