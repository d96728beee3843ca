"""What a speaker has said lately itself it says again last, however often it has said all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from fishbowl.llm.offline.drafting import Desk
from fishbowl.llm.offline.stock import STOCK
from fishbowl.llm.types import Brief
from tests.llm.offlinebriefs import answer, brief_of, character, person

HEARD = character("The sea was loud in the night, and the gulls were not.", "Odile")


def used(brief: Brief, hours: Mapping[str, float]) -> Brief:
    """The brief of one who has used these pieces, each five times and the last time so long ago."""
    return replace(brief, spent=dict.fromkeys(hours, 5), own_ago=hours)


@pytest.mark.parametrize("slug", ["bram", "odile", "sorrel"])
@pytest.mark.parametrize("act", ["farewell", "greet", "curious", "backchannel"])
def test_of_what_was_all_said_that_of_long_ago_is_said_again(slug: str, act: str) -> None:
    material = brief_of(slug).material
    authored = [f"{act}/{n}" for n in range(len(material.get(act, ())))]
    own = [f"own/{act}/{n}" for n in range(len(material["stock"].get(act, ())))]
    keys = [*authored, *own, *(one.key for one in STOCK.get(act, ()))]
    brief = brief_of(slug, HEARD, hour=22)
    for seed in range(6):
        for old in (*authored[:6:2], *own[:6:2]):
            hours = dict.fromkeys(keys, 24.0) | {old: 2000.0}
            desk = Desk(used(replace(brief, seed=seed), hours))
            part = desk.authored(act) if old in authored else desk.stock(act, name="Ada")
            assert part is not None
            assert part.key == old


def test_a_question_of_yesterday_is_not_asked_again() -> None:
    brief = brief_of("pilar", move="open")
    for seed in range(20):
        first = answer(replace(brief, seed=seed)).spent
        hours = dict.fromkeys(first, 20.0)
        assert not set(first) & set(answer(used(replace(brief, seed=seed), hours)).spent)


def test_what_was_said_long_ago_is_as_fresh_as_what_never_was() -> None:
    brief = brief_of("pilar", person("Hello!"))
    now, day, year = (
        Desk(replace(brief, own_ago={"greet/0": hours})).own_lately("greet/0")
        for hours in (0.0, 24.0, 8760.0)
    )
    assert now == 1.0 > day > 0.5
    assert year < 1e-9
    assert Desk(brief).own_lately("greet/0") == 0.0
    assert Desk(replace(brief, own_ago={"greet/0": -3.0})).own_lately("greet/0") == 1.0


def test_words_for_who_is_in_danger_are_never_held_back() -> None:
    line = person("I want to kill myself")
    keys = [one.key for act in ("crisis", "crisis_help") for one in STOCK[act]]
    brief = brief_of("odile", line)
    assert answer(used(brief, dict.fromkeys(keys, 0.1))).text == answer(brief).text
