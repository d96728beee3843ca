"""Whom of their own guests ask after, and that nobody else's is told of in their stead."""

from __future__ import annotations

import pytest

from fishbowl.llm.offline.relatives import is_same, names_another, own_asked_after, own_in
from fishbowl.llm.offline.stock import STOCK
from tests.llm.offlinebriefs import bare_brief, brief_of, person, say


@pytest.mark.parametrize(
    ("asked", "whom"),
    [
        ("what does my brother do?", ("brother",)),
        ("and what's my husband's job?", ("husband",)),
        ("how old is my step-daughter?", ("daughter",)),
        ("What is the name of my mother-in-law?", ("mother-in-law",)),
        ("what does my wife's sister teach?", ("wife", "sister")),
        ("which city does my old friend live in?", ("friend",)),
        ("is my uncle about?", ("uncle",)),
        ("do you remember my brother?", ("brother",)),
        ("what should I give my mum?", ()),
        ("why does my wife hate me?", ()),
        ("can my brother come along?", ()),
        ("what does your brother do?", ()),
        ("what is my name?", ()),
    ],
)
def test_whom_of_theirs_a_question_is_of(asked: str, whom: tuple[str, ...]) -> None:
    assert own_asked_after(asked) == whom


def test_one_goes_by_several_words() -> None:
    assert is_same(("mum",), ("mother",))
    assert is_same(("kid",), ("daughter",))
    assert is_same(("parent",), ("dad",))
    assert not is_same(("son",), ("daughter",))
    assert not is_same(("wife",), ("wife", "brother"))
    assert own_in("my brother's birthday and my wife's brothers") == [
        ("brother",), ("wife", "brother"),
    ]  # fmt: skip
    assert names_another("where does my father live?", "my mother lives in Leeds")
    assert not names_another("where does my father live?", "my dad lives in Leeds")
    assert not names_another("where do I live?", "my dad lives in Leeds")


@pytest.mark.parametrize("slug", ["odile", "pilar", "bram", "sorrel"])
@pytest.mark.parametrize(
    ("asked", "whom"),
    [
        ("what does my brother do?", "brother"),
        ("where does my father live?", "father"),
        ("when did my grandmother come here?", "grandmother"),
    ],
)
def test_nobody_elses_relative_is_told_of(slug: str, asked: str, whom: str) -> None:
    heads = [one.text.lower().partition("{word}")[0] for one in STOCK["no_such_one"]]
    for seed in range(6):
        for brief in (
            brief_of(slug, person(asked), seed=seed),
            bare_brief(person(asked), seed=seed),
        ):
            said = say(brief).lower()
            assert f"{whom} of yours" in said
            assert said.startswith(tuple(heads))
