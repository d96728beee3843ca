"""Lines found in texts as one by one they would be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memories.quotations import Quotations

WORD = st.text("abé小\n ", min_size=1, max_size=4)
TEXT = st.lists(WORD, max_size=12).map(" ".join)


@given(st.lists(TEXT.filter(bool), max_size=6), TEXT)
def test_it_finds_what_looking_for_each_finds(said: list[str], text: str) -> None:
    assert Quotations(said).are_in(text) == any(one in text for one in said)


@given(st.lists(TEXT.filter(bool), min_size=1, max_size=6), TEXT, TEXT)
def test_it_finds_what_stands_in_the_middle(said: list[str], before: str, after: str) -> None:
    assert Quotations(said).are_in(f"{before}{said[-1]}{after}")


@pytest.mark.parametrize(
    ("said", "text", "is_there"),
    [
        ("the tide is high tonight", "She said: the tide is high tonight, and left.", True),
        ("he tide is high tonigh", "the tide is high tonight", True),  # parts of words at its ends
        ("the tide is high tonight", "the tide is high, tonight", False),
        ("good morning!", "A good morning! to you", True),
        ("今天天气很好我们出去走走", "她说今天天气很好我们出去走走吧", True),
        ("ok", "look", True),
    ],
)
def test_it_finds_whole_lines(said: str, text: str, is_there: bool) -> None:
    assert Quotations([said, "something else was said"]).are_in(text) is is_there
