"""What guests ask and tell in passing: for somebody who isn't here, after a name that was dropped,
what is planned, and names that are words for moods."""

from __future__ import annotations

import re

import pytest

from fishbowl.llm.offline.stock import STOCK
from fishbowl.llm.types import Line, Recollection
from tests.llm.offlinebriefs import brief_of, person, say

SLUGS = ("odile", "fenwick", "pilar", "bram", "nneka", "sorrel", "ignatius", "tamsin")
SEEDS = range(8)


def of_stock(text: str, act: str, **slots: str) -> bool:
    """Whether a text is one of an act's fragments, in whatever casing and register."""

    def plain(said: str) -> str:
        said = said.lower().replace("shall", "will")
        for short, long in (("n't", "not"), ("'ve", "have"), ("'ll", "will"), ("'s", "is")):
            said = said.replace(short, f" {long}")
        return " ".join(re.findall(r"\w+", said))

    filled = {"name": "Ada", **slots, **{key.capitalize(): value for key, value in slots.items()}}
    return any(plain(f.text.format_map(filled)) in plain(text) for f in STOCK[act])


def own(text: str, speaker: str, number: int = 1) -> Line:
    return Line(number, speaker, text, 20.0, is_own=True)


@pytest.mark.parametrize("slug", ["nneka", "bram", "sorrel", "fenwick"])
@pytest.mark.parametrize(
    "asked", ["Odile, why do you count the chairs?", "Odile, I had a long day at work"]
)
def test_what_is_said_to_somebody_who_is_away_is_not_answered_for_them(slug, asked):
    for seed in SEEDS:
        text = say(brief_of(slug, person(asked), is_addressed=False, seed=seed))
        assert re.search(r"\bOdile\b", text, re.IGNORECASE), text
        assert of_stock(text, "stand_in", other="Odile"), text


def test_who_is_asked_answers_though_another_is_named_too():
    for seed in SEEDS:
        line = person("Bram, do you know when Odile is back?")
        text = say(brief_of("bram", line, is_addressed=True, seed=seed))
        assert not of_stock(text, "stand_in", other="Odile")


def test_somebody_of_ones_own_life_is_known_by_name():
    for seed in SEEDS:
        text = say(brief_of("odile", person("Odile, who is Per?"), seed=seed))
        assert "Per" in text
        assert not of_stock(text, "know_nothing", word="Per"), text
        text = say(brief_of("nneka", person("Nneka, who is Roger?"), seed=seed))
        assert "Roger" in text
        assert not of_stock(text, "know_nothing", word="Roger"), text


def test_who_that_is_is_whom_one_has_just_named():
    said = own("I burned the goose, and Per carved it with a straight face.", "Odile")
    for seed in SEEDS:
        text = say(brief_of("odile", said, person("who is that?", number=2), seed=seed))
        assert "Per" in text, text


def test_of_whom_another_spoke_that_other_is_to_be_asked():
    said = Line(1, "Nneka", "The mast light's slow, so Roger is sitting on the sensor.", 20.0)
    for seed in SEEDS:
        text = say(brief_of("sorrel", said, person("Who is Roger?", number=2), seed=seed))
        assert "nneka" in text.lower(), text


@pytest.mark.parametrize("slug", SLUGS)
def test_asked_for_its_family_it_tells_of_it(slug):
    for asked in ("do you have family?", "and you? do you have any brothers or sisters?"):
        text = say(brief_of(slug, person(asked), seed=3))
        assert re.search(
            r"mother|father|mum|papa|dad|sister|brother|husband|wife|widow|parents|daughter|son\b"
            r"|aunt|uncle|grand|Per\b",
            text,
            re.IGNORECASE,
        ), text


@pytest.mark.parametrize("slug", SLUGS)
def test_asked_for_its_day_it_tells_of_what_it_is_at(slug):
    for seed in SEEDS:
        text = say(brief_of(slug, person("what did you do today?"), seed=seed))
        assert not of_stock(text, "of_myself"), text
        assert not text.rstrip().endswith("?"), text


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    "told",
    [
        "I'm going to Oslo on Tuesday for a job interview",
        "I have an exam next week",
        "Next week I start at a new school",
    ],
)
def test_a_plan_is_wished_well(slug, told):
    for seed in SEEDS:
        assert of_stock(say(brief_of(slug, person(told), seed=seed)), "plan_heard")


@pytest.mark.parametrize("slug", SLUGS)
def test_what_somebody_tells_of_their_life_is_neither_agreed_nor_objected_to(slug):
    material = brief_of(slug).material
    judged = [*material["agree"], *material["disagree"]]
    judged += [f.text for act in ("agree", "disagree") for f in STOCK.get(act, ())]
    line = person("My father was a carpenter, he built boats too")
    for seed in range(20):
        text = say(brief_of(slug, line, seed=seed))
        assert not any(one.rstrip(".").lower() in text.lower() for one in judged), text


@pytest.mark.parametrize("asked", ["really?", "seriously?", "are you sure?"])
def test_who_doubts_is_not_told_another_story(asked):
    said = own("That plank's eighty years old and straighter than any of us.", "Bram")
    for seed in SEEDS:
        text = say(brief_of("bram", said, person(asked, number=2), seed=seed))
        assert len(text.split()) <= 12, text


@pytest.mark.parametrize("slug", SLUGS)
def test_a_name_is_no_mood(slug):
    for name, told in (("Sad", "Hi, I'm Sad"), ("Miss", "I'm Miss by the way")):
        line = person(told, speaker=name)
        for seed in SEEDS:
            text = say(brief_of(slug, line, seed=seed))
            comfort = brief_of(slug).material["comfort"]
            assert not any(one.rstrip(".") in text for one in comfort), text
    told = person("I'm so sad today", speaker="Sad")
    sad = [say(brief_of(slug, told, seed=seed)) for seed in SEEDS]
    comfort = [one.rstrip(".") for one in brief_of(slug).material["comfort"]]
    assert any(one in text for text in sad for one in comfort)


def test_what_somebody_told_is_said_back_in_whole_sentences():
    told = person("My sister Lena is getting married next week and I'm the maid of honour")
    asked = person("What did I tell you about my sister?", number=2)
    for slug in SLUGS:
        for seed in SEEDS:
            text = say(brief_of(slug, told, asked, seed=seed))
            assert not re.search(r"honour You", text), text


@pytest.mark.parametrize("slug", SLUGS)
def test_who_was_welcomed_is_not_welcomed_again(slug):
    welcome = own("Come in, Ada, we were about to start on you.", slug.title())
    for seed in SEEDS:
        text = say(brief_of(slug, welcome, person("Hello!", number=2), seed=seed))
        assert of_stock(text, "ask_about_person"), text


def test_what_became_of_whom_one_has_named_is_told_of_that_one():
    said = own("I'm the widow of Per, who ran the pilot boat.", "Odile")
    for asked in ("what happened to him?", "what happened to Per?"):
        for seed in SEEDS:
            text = say(brief_of("odile", said, person(asked, number=2), seed=seed))
            assert "Per" in text, text
            assert "widow" not in text, text


@pytest.mark.parametrize("slug", SLUGS)
def test_what_one_does_oneself_asks_for_nothing(slug):
    for seed in SEEDS:
        text = say(brief_of(slug, person("I play the cello, by the way"), seed=seed))
        assert not of_stock(text, "cant_do"), text
    text = say(brief_of(slug, person("Can you play a song for me?")))
    assert of_stock(text, "cant_do"), text


def test_a_name_alone_brings_no_memory_to_mind():
    memory = Recollection(
        "Bram said: “Dagny would've known.”", said_by="Bram", words="Dagny would've known."
    )
    for seed in SEEDS:
        line = person("Bram, what would you do?")
        assert of_stock(say(brief_of("bram", line, memories=(memory,), seed=seed)), "advice")
        line = person("Bram, do you ever?")
        text = say(brief_of("bram", line, memories=(memory,), seed=seed))
        assert "Dagny would've known" not in text, text


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_told_with_a_name_before_it_is_heard_out(slug):
    name = brief_of(slug).speaker
    for seed in SEEDS:
        text = say(
            brief_of(slug, person(f"{name}, my son Timo starts school on Monday"), seed=seed)
        )
        assert of_stock(text, "plan_heard"), text
        text = say(brief_of(slug, person(f"{name}, what was your day like?"), seed=seed))
        assert not text.rstrip().endswith("?"), text


def test_what_became_of_her_is_of_whom_one_named_at_the_beginning_of_a_sentence():
    said = own("They wanted me in an office. Dagny said she'd seen the lad sit.", "Bram")
    for seed in SEEDS:
        text = say(brief_of("bram", said, person("what happened to her?", number=2), seed=seed))
        assert "Dagny" in text, text


def test_what_one_said_to_another_guest_is_not_said_of_this_one():
    words = "You told me your sister Lena is getting married."
    memory = Recollection(f"Odile said: “{words}”", said_by="Odile", words=words)
    for seed in SEEDS:
        asked = person("Odile, do you remember what is on Monday?")
        text = say(brief_of("odile", asked, memories=(memory,), seed=seed))
        assert "Lena" not in text, text


def test_asked_of_itself_it_does_not_say_back_what_its_guest_told():
    memory = Recollection("Ada plays the cello.", said_by="Ada", words="I play the cello.")
    for seed in SEEDS:
        asked = person("Bram, do you play anything?")
        text = say(brief_of("bram", asked, memories=(memory,), seed=seed))
        assert "cello" not in text, text


@pytest.mark.parametrize("slug", ["bram", "nneka", "sorrel"])
@pytest.mark.parametrize(
    "asked",
    [
        "do you have a boyfriend?",
        "are you in love?",
        "are you gay?",
        "did you go to university?",
        "have you ever been arrested?",
        "do you have a driving licence?",
        "do you earn a lot?",
        "which instrument do you play?",
        "how many brothers do you have?",
    ],
)
def test_of_its_own_life_it_makes_nothing_up(slug, asked):
    """From the card or the author's lines, or said not to be written: no yes out of the air."""
    airy = ("yes", "no", "yes_do", "no_do", "how_many", "choice")
    for seed in SEEDS[:3]:
        text = say(brief_of(slug, person(asked), seed=seed))
        is_airy = any(of_stock(text, act) for act in airy)
        assert of_stock(text, "not_written") or not is_airy, text


def test_the_widow_is_a_widow():
    for asked in ("do you have a husband?", "are you married?", "do you have a boyfriend?"):
        assert "the widow of Per" in say(brief_of("odile", person(asked), seed=2))


@pytest.mark.parametrize("asked", ["why did you do that?", "are you tired?", "do you think so?"])
def test_what_is_no_fact_of_a_life_is_no_matter_for_the_author(asked):
    for seed in SEEDS:
        text = say(brief_of("nneka", own("I sat up.", "Nneka"), person(asked, number=2), seed=seed))
        assert not of_stock(text, "not_written"), text
