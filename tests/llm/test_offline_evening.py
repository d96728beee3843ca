"""An evening of many as somebody who watches it hears it: whose words are whose, and what was said
already."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from fishbowl.llm.offline import manner
from fishbowl.llm.offline.drafting import Desk
from fishbowl.llm.offline.phrases import noun_phrases
from fishbowl.llm.offline.proposing import proposed
from fishbowl.llm.offline.viewpoint import as_own
from fishbowl.llm.types import Custom, Line, Listener, Recollection
from tests.llm.offlinebriefs import answer, brief_of, character, say

SLUGS = ("odile", "fenwick", "pilar", "bram", "nneka", "sorrel", "ignatius", "tamsin")
FRIENDS = (Listener("Bram", trust=0.9, affection=0.9), Listener("Odile", trust=0.9))
STILL = (
    r"keep it up|hold to it still|things stay|always do|nobody's bent|small habits|usage among|"
    r"steadies me|love about this|begin with this|before me|first winter|on the first day"
)


@pytest.mark.parametrize("act", ["kind", "jab", "agree", "confide", "insight_lead", "join"])
def test_what_anybody_just_said_of_the_common_stock_is_left_for_a_while(act):
    brief = brief_of("nneka", character("The roof is on."), listeners=FRIENDS)

    def chosen(said: dict[str, float]) -> set[str]:
        desks = [Desk(replace(brief, seed=seed, said_ago=said)) for seed in range(16)]
        return {part.key for desk in desks if (part := desk.stock(act))}

    usual = chosen({})
    assert len(usual) > 1
    said = dict.fromkeys(sorted(usual)[::2], 0.2)
    assert not chosen(said) & said.keys()
    assert chosen(dict.fromkeys(usual, 60.0)) & usual


def tellings(**changes: object) -> list[str]:
    """What of a custom eight characters say as they begin to talk, by twenty seeds each."""
    texts = []
    for slug in SLUGS:
        for seed in range(20):
            brief = brief_of(slug, move="open", listeners=FRIENDS, seed=seed, **changes)
            texts.append(say(brief))
    return texts


def test_a_custom_that_one_has_just_told_another_does_not_tell_again():
    custom = Custom("custom/1", "The last to leave feeds the stove.", "custom")
    told = [x for x in tellings(customs=(custom,)) if "feeds the stove" in x.lower()]
    assert told
    leads = {x.lower().split("the last to leave")[0] for x in told}
    assert len(leads) > 4
    lately = tellings(customs=(custom,), said_ago={"custom/1/told": 3.0})
    assert not [x for x in lately if "feeds the stove" in x.lower()]
    later = tellings(customs=(custom,), said_ago={"custom/1/told": 60.0})
    assert [x for x in later if "feeds the stove" in x.lower()]


def test_what_was_agreed_this_week_is_no_custom_of_old():
    kept = Custom("proposal/1", "read aloud on Tuesdays", "kept", by="Fenwick", side="for")
    held = Custom("custom/9", "Read aloud on Tuesdays.", "custom", is_new=True)
    told = [x for x in tellings(customs=(kept, held)) if "read aloud" in x.lower()]
    assert told
    assert not [x for x in told if re.search(STILL, x, re.IGNORECASE)]


def test_here_is_where_it_was_proposed():
    here = Custom("proposal/1", "meet here every Friday", "kept", side="for", where="the-lantern")
    told = [x for x in tellings(customs=(here,), room="breakwater") if "every friday" in x.lower()]
    assert told
    assert all("meet at the lantern every friday" in x.lower() for x in told)
    told = [x for x in tellings(customs=(here,), room="the-lantern") if "every friday" in x.lower()]
    assert told
    assert all("meet here every friday" in x.lower() for x in told)


def test_what_is_quoted_stays_as_it_was_said():
    brief = brief_of("fenwick", character("Come by tomorrow. I'll keep you a chair.", "Odile"))
    quoted = [
        Desk(replace(brief, seed=n)).stock("quote", q="I'll keep you a chair") for n in range(20)
    ]
    assert all("I'll keep you a chair" in part.text for part in quoted if part)
    said = manner.dress_stock("“I don't.” I don't believe it.", brief, Desk(brief).index)
    assert said == "“I don't.” I do not believe it."


def test_only_who_leaves_capitals_out_speaks_as_one_types():
    typed = {slug for slug in SLUGS if "c" in Desk(brief_of(slug)).tags}
    assert typed == {"sorrel"}
    glad = (("joy", 0.9),)
    for slug in ("bram", "pilar"):
        for seed in range(60):
            brief = brief_of(slug, character("A good day."), emotions=glad, move="join", seed=seed)
            assert not re.search(r"\b(?:rn|tbh|kinda)\b|hot take|^Ok ", say(brief))


@pytest.mark.parametrize(
    ("slug", "what"), [("odile", "This ceiling"), ("fenwick", "in this bar"), ("odile", "in here")]
)
def test_what_is_pointed_at_is_spoken_of_where_it_is(slug, what):
    inside, outside = (
        Desk(brief_of(slug, room=room, hour=22)) for room in ("the-lantern", "breakwater")
    )
    pieces = [p for p in inside.index.pieces if what in p.text]
    assert pieces
    assert all(inside.usable(p) and not outside.usable(p) for p in pieces)
    told = [p for p in inside.index.by_act["stories"] if "the stove" in p.text]
    assert all(outside.usable(p) for p in told)  # told of, and not pointed at


def test_ones_own_story_from_next_door_is_not_told_again():
    story = "I fell asleep in the third row at my own play, on the Friday, and nobody woke me."
    line = character("Which play was it that you slept through?", "Odile")
    memory = Recollection("Ignatius fell asleep in the third row at Ignatius's own play.")
    elsewhere = (Line(0, "Ignatius", story, 180.0, is_own=True),)
    brief = brief_of("ignatius", line, memories=(memory,), listeners=FRIENDS)
    said = [say(replace(brief, seed=seed)) for seed in range(60)]
    assert any("third row at my own play" in text for text in said)
    again = [say(replace(brief, seed=seed, elsewhere=elsewhere)) for seed in range(60)]
    assert not any("third row at my own play" in text for text in again)


def test_a_confidence_comes_out_once():
    secret = Recollection("Nneka kept the letter for nine years in the fuse box.")
    line = character("The wind has gone round.", "Odile")
    brief = brief_of("nneka", line, listeners=FRIENDS, to_tell=secret)
    found = [answer(replace(brief, seed=seed)) for seed in range(20)]
    told = [one for one in found if "fuse box" in one.text]
    assert told
    spent = {key: 1 for key in told[0].spent if key.startswith("memory/")}
    assert spent and not any(word in key for key in spent for word in ("nneka", "letter", "fuse"))
    again = [say(replace(brief, seed=seed, spent=spent)) for seed in range(20)]
    assert not any("fuse box" in text for text in again)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The wrong screw fits beautifully, once.", "the wrong screw"),
        ("Held the tag upside down.", "the tag"),
        ("They want the five-year report, and all of it.", ""),
    ],
)
def test_a_thing_is_named_whole_or_not_at_all(text, named):
    assert [p.definite for p in noun_phrases(text)][:1] == ([named] if named else [])


def test_no_frame_makes_several_things_one():
    line = character("It pays the broken biscuits and a bit of flour, I told them.", "Sorrel")
    for slug in SLUGS:
        for seed in range(25):
            assert not re.search(
                r"biscuits (?:gets|is|was|has)\b", say(brief_of(slug, line, seed=seed))
            )


def test_a_page_of_the_diary_is_told_as_ones_own():
    page = (
        "Bram wrote about Tamsin in the diary, and about the talk of boats. "
        "The best of the day for Bram was what Tamsin said: “Who chose that blue?”"
    )
    assert as_own(page, "Bram", 2) == (
        "I wrote about Tamsin in the diary, and about the talk of boats. "
        "The best of the day for me was what Tamsin said: “Who chose that blue?”"
    )
    assert manner.plural("broken biscuits")


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Tamsin sold Ignatius the tide by weight.", "Tamsin sold me the tide by weight."),
        ("Tamsin handed Ignatius a lamp.", "Tamsin handed me a lamp."),
        ("It was wet, and nobody but Ignatius seemed to mind.",
         "It was wet, and nobody but me seemed to mind."),
        ("All left but Ignatius had stayed.", "All left but I had stayed."),
    ],
)  # fmt: skip
def test_in_a_dream_one_is_done_to_as_me(text, own):
    assert as_own(text, "Ignatius", 1) == own


def test_a_formal_one_cannot_and_will_not():
    desk = Desk(brief_of("fenwick"))
    said = manner.dress_stock("Can't argue. Won't try, can't see why.", desk.brief, desk.index)
    assert said == "Cannot argue. Will not try, cannot see why."
    said = manner.dress_stock("It's been on my mind, and it's late.", desk.brief, desk.index)
    assert said == "It has been on my mind, and it is late."


def test_having_it_out_is_no_plan_for_everybody():
    assert proposed("Let's have it out once and for all, is a scone a cake?") is None
    assert proposed("Let's have a supper on the pier every Friday.") is not None


def test_what_somebody_let_be_seen_is_told_with_their_words():
    insight = Recollection(
        "Odile let something be seen while the talk of rumours went on: “My mother kept a letter "
        "for nine years.” It wasn't the only thing: “I told him off.”"
    )
    line = character("The wind has gone round.", "Odile")
    texts = [
        say(brief_of("nneka", line, listeners=FRIENDS, insight=insight, seed=n)) for n in range(9)
    ]
    assert any(
        "You let something be seen while the talk of rumours went on: “My mother kept a letter for "
        "nine years.”" in text
        for text in texts
    )
