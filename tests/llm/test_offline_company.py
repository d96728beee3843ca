"""The offline voice among its own: what it doesn't say twice, nor at the wrong hour, nor to those
who know it, and how it keeps its numbers and its capitals."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from fishbowl.llm.offline import works
from fishbowl.llm.offline.drafting import Desk
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.thinking import Thinking
from fishbowl.llm.offline.viewpoint import turn
from fishbowl.llm.types import Custom, Line, Listener, View, Work
from tests.llm.offlinebriefs import bare_brief, brief_of, card, character, person, say

SLUGS = ("odile", "fenwick", "pilar", "bram", "nneka", "sorrel", "ignatius", "tamsin")
BEDTIME = re.compile(r"\bgood ?night\b|\bbed\b|\basleep\b", re.IGNORECASE)


@pytest.mark.parametrize("slug", SLUGS)
def test_nobody_goes_to_bed_at_noon(slug):
    line = character("The ferry is late again.")
    for seed in range(12):
        text = say(brief_of(slug, line, move="farewell", hour=12, seed=seed))
        assert not BEDTIME.search(text), text


def test_somebody_goes_to_bed_at_night():
    line = character("The ferry is late again.")
    said = [
        say(brief_of(slug, line, move="farewell", hour=23, seed=seed))
        for slug in SLUGS
        for seed in range(12)
    ]
    assert any(BEDTIME.search(text) for text in said)


def test_what_one_thinks_of_a_matter_is_said_once_in_a_talk():
    brief = brief_of("pilar", character("Boats again."), views=(View("boats", 0.0),), move="reply")
    for seed in range(8):
        first = Thinking(Desk(replace(brief, seed=seed))).view()
        assert first is not None
        own = Line(1, "Pilar", first.text, 60.0, is_own=True)
        later = replace(brief, lines=(own, character("Boats, though.", number=2)), seed=seed + 50)
        assert Thinking(Desk(later)).view() is None
        assert Thinking(Desk(later)).view("boats") is not None  # who asks is answered


def test_of_several_nothing_is_said_as_of_one():
    for sentiment in (-0.8, -0.2, 0.0, 0.2, 0.8):
        for seed in range(12):
            brief = brief_of("tamsin", views=(View("boats", sentiment),), seed=seed)
            made = Thinking(Desk(brief)).view()
            assert made is not None
            assert not re.search(r"\bboats (?:is|grows|has|was)\b", made.text, re.IGNORECASE)
    for slug, act in (("sorrel", "echo_told"), ("fenwick", "echo_told"), ("nneka", "echo_told")):
        for seed in range(20):
            desk = Desk(brief_of(slug, character("I lost the spoons."), seed=seed))
            part = desk.stock(act, np="the spoons", the="the spoons", bare="spoons")
            text = part.text if part else ""
            assert not re.search(r"\b(?:is|was) the spoons|spoons, was it|spoons's", text), text


def test_a_sentence_begins_with_a_capital_where_its_speaker_writes_them():
    brief = bare_brief(person("hi"))
    index = Desk(brief).index
    assert dress_stock("honestly? haven't thought about it", brief, index) == (
        "Honestly? Haven't thought about it"
    )
    assert dress_stock("thanks. honestly.", brief, index) == "Thanks. Honestly."
    assert dress_stock("she said 5 p.m. then", brief, index) == "She said 5 p.m. then"


def test_a_work_is_told_once_and_its_quotations_stand_within_one():
    work = Work("w1", "story", "The Drain", "finished", "Pilar", begins="“Listen,” Pilar began.")
    brief = brief_of("pilar", works=(work,))
    told = works.tell(Desk(brief))
    assert told is not None
    assert "““" not in told.text
    assert "‘Listen,’ Pilar began." in told.text
    spent = {told.parts[0].key: 1}
    assert works.tell(Desk(replace(brief, spent=spent))) is None


@pytest.mark.parametrize(
    ("vote", "answer"),
    [
        ("“Keep every Tuesday here for books”? I'm in, Fenwick.", "one more|hold you|hoped you"),
        ("Fenwick, I'd rather not. “Keep every Tuesday here for books” isn't for me.",
         "As you like|tell you of it|A pity"),
    ],
)  # fmt: skip
def test_who_proposed_something_knows_it_again_in_a_vote(vote, answer):
    mine = Custom("p1", "keep every Tuesday here for books", "open", by="Fenwick", side="for")
    for seed in range(6):
        line = character(vote, "Nneka")
        brief = brief_of("fenwick", line, customs=(mine,), seed=seed)
        brief = replace(brief, listeners=(Listener("Nneka", trust=0.6, affection=0.6),))
        assert re.search(answer, say(brief))


def test_those_who_live_here_arent_told_of_their_customs_as_of_news():
    custom = Custom("c1", "The last to leave feeds the stove.", "custom")
    news = re.compile(r"You'll have been told|There is a custom here|You know how it is here")
    told = 0
    for slug in SLUGS:
        for seed in range(30):
            brief = brief_of(slug, move="open", customs=(custom,), seed=seed)
            text = say(replace(brief, listeners=(Listener("Bram"), Listener("Odile"))))
            told += "feeds the stove" in text.lower()
            assert not news.search(text)
    assert told


@pytest.mark.parametrize("slug", SLUGS)
def test_what_stands_in_one_place_is_not_spoken_of_as_if_it_stood_in_another(slug):
    places = card(slug)["improv"]["places"]
    assert set(places) == {"the-lantern", "breakwater"}
    lines = (character("The ferry is late again."), person("Hello!"))
    for room, words in places.items():
        other = next(name for name in places if name != room)
        own = Desk(brief_of(slug, room=room, hour=23))
        pieces = [p for p in own.index.pieces if p.places == {room}]
        assert pieces, words
        assert all(own.usable(p) or p.addresses(own.names) for p in pieces)
        desk = Desk(brief_of(slug, room=other, hour=23))
        assert not any(desk.usable(p) for p in pieces)
        anywhere = Desk(brief_of(slug, room="general", hour=23))
        assert all(anywhere.usable(p) or p.addresses(anywhere.names) for p in pieces)
        of_there = {p.text for p in pieces if "{" not in p.text}
        for line in lines:
            for move in ("reply", "open", "change_topic", "farewell"):
                for seed in range(6):
                    text = say(brief_of(slug, line, room=other, move=move, seed=seed))
                    assert not any(piece in text for piece in of_there), text


def test_what_one_thinks_is_not_said_again_next_door():
    brief = brief_of("pilar", character("Boats again."), views=(View("boats", 0.0),), move="reply")
    for seed in range(8):
        first = Thinking(Desk(replace(brief, seed=seed))).view()
        assert first is not None
        own = Line(0, "Pilar", first.text, 60.0, is_own=True)
        assert Thinking(Desk(replace(brief, elsewhere=(own,), seed=seed + 50))).view() is None
        another = Line(0, "Bram", first.text, 60.0)
        again = Thinking(Desk(replace(brief, elsewhere=(another,), seed=seed))).view()
        assert again is None or again.text != first.text


def test_a_name_in_a_dream_stands_in_its_own_case():
    assert turn("From far off Bram could hear the tree.", "Bram", "I") == (
        "From far off I could hear the tree."
    )
    assert turn("Snow lay on everything but Pilar.", "Pilar", "I") == (
        "Snow lay on everything but me."
    )
