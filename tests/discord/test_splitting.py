"""Long texts become messages that Discord takes, without anything in them being broken."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.discord.splitting import LIMIT, split

WORDS = st.text("abcdefgh", min_size=1, max_size=14)
FAMILY = "👨‍👩‍👧‍👦"
CLUSTERS = st.sampled_from(
    [FAMILY, "🏳️‍🌈", "🇫🇷", "👍🏽", "é", "e\u0301", "ü", "字", "a", "한", "नि"]
)
WHOLES = st.one_of(
    st.integers(10**16, 10**19).map(lambda n: f"<@{n}>"),
    st.integers(10**16, 10**19).map(lambda n: f"<:kettle:{n}>"),
    st.integers(10**16, 10**19).map(lambda n: f"<t:{n % 10**10}:R>"),
    WORDS.map(lambda w: f"https://a.example/{w}?q=({w})"),
    st.tuples(WORDS, WORDS).map(lambda w: f"[{w[0]} of {w[1]}](https://a.example/{w[1]})"),
)
MARKS = st.sampled_from(["**", "*", "__", "~~", "||", "`"])


@st.composite
def marked_up(draw: st.DrawFn) -> str:
    """Sentences and paragraphs, some of them bold or in code, with links and mentions, and blocks
    of code."""
    pieces = []
    for _ in range(draw(st.integers(1, 25))):
        kind = draw(st.integers(0, 5))
        words = " ".join(draw(st.lists(WORDS, min_size=1, max_size=30)))
        if kind == 0:
            mark = draw(MARKS)
            pieces.append(f"{mark}{words}{mark}")
        elif kind == 1:
            pieces.append(draw(WHOLES))
        elif kind == 2:
            lines = draw(st.lists(WORDS.map(lambda w: f"    {w} = {w}"), min_size=1, max_size=20))
            language = draw(st.sampled_from(["", "python", "c++"]))
            pieces.append(f"\n```{language}\n" + "\n".join(lines) + "\n```\n")
        else:
            pieces.append(words + draw(st.sampled_from([".", "!", "?\n", "\n\n", ",", ""])))
    return " ".join(pieces)


def unmarked(text: str) -> str:
    """The letters alone: what is left when fences, marks and blanks are taken off."""
    text = re.sub(r"```(?:python|c\+\+)?\n?", "", text)
    return re.sub(r"[\s*_~|`]", "", text)


def test_it_leaves_alone_what_fits() -> None:
    assert split("Tea?") == ["Tea?"]
    assert split("x" * LIMIT) == ["x" * LIMIT]
    assert split("  ") == []


def test_it_counts_as_discord_does() -> None:
    assert split("🫖" * LIMIT) == ["🫖" * LIMIT]
    assert [len(part) for part in split("🫖" * (LIMIT + 1))] == [LIMIT, 1]


@given(st.lists(WORDS, min_size=1, max_size=400), st.integers(40, 300))
def test_it_breaks_no_word(words: list[str], limit: int) -> None:
    parts = split(" ".join(words), limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert " ".join(parts).split() == words


@given(st.lists(CLUSTERS, min_size=1, max_size=300), st.integers(20, 80))
def test_it_breaks_no_emoji_nor_any_other_letter(clusters: list[str], limit: int) -> None:
    text = "".join(clusters)
    parts = split(text, limit)
    assert all(len(part) <= limit for part in parts)
    assert [c for part in parts for c in regex.findall(r"\X", part)] == regex.findall(r"\X", text)


@given(st.lists(st.one_of(WORDS, WHOLES), min_size=1, max_size=60))
def test_it_breaks_no_link_and_no_mention(pieces: list[str]) -> None:
    parts = split(" ".join(pieces), 150)
    assert all(len(part) <= 150 for part in parts)
    assert " ".join(parts) == " ".join(pieces)


@settings(max_examples=150, deadline=None)
@given(marked_up(), st.integers(120, 400))
def test_it_keeps_every_word_and_leaves_no_mark_open(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert unmarked("\n".join(parts)) == unmarked(text)
    for part in parts:
        assert part.count("```") % 2 == 0
        outside = re.sub(r"```.*?```", "", part, flags=re.DOTALL)
        outside = re.sub(r"`[^`]*`|https?://\S+", "", outside)
        for mark in ("**", "__", "~~", "||"):
            assert outside.count(mark) % 2 == 0, (mark, part)


@given(st.text(max_size=900), st.integers(60, 200), st.integers(30, 60))
def test_it_takes_any_text(text: str, limit: int, first: int) -> None:
    parts = split(text, limit, first)
    assert all(0 < len(part) <= limit for part in parts)
    assert len(parts[0]) <= first if parts else not text.strip()


def test_it_cuts_between_paragraphs_then_sentences() -> None:
    paragraphs = "\n\n".join("One thing. " * 20 for _ in range(4))
    parts = split(paragraphs, 500)
    assert [part.count("\n\n") for part in parts] == [1, 1]
    assert all(part.endswith("thing.") for part in split("One thing or another thing. " * 50, 300))


def test_it_reopens_a_block_of_code_with_its_language() -> None:
    lines = [f"    value_{n} = {n}" for n in range(600)]
    text = "Look:\n\n```python\n" + "\n".join(lines) + "\n```\nThat is **all** of it."
    assert len(text) > 10_000
    parts = split(text)
    assert all(len(part) <= LIMIT for part in parts)
    assert all("```python\n" in part for part in parts)
    assert all(part.endswith("\n```") for part in parts[:-1])
    assert parts[-1].endswith("```\nThat is **all** of it.")
    code = "\n".join(
        re.search(r"```python\n(.*?)\n```", part, re.DOTALL)[1]
        for part in parts  # type: ignore[index]
    )
    assert code.split("\n") == lines


def test_it_closes_and_reopens_what_is_bold() -> None:
    parts = split("**" + "word " * 60 + "end**", 120)
    assert len(parts) > 2
    assert all(part.startswith("**word") and part.endswith("**") for part in parts)


@pytest.mark.parametrize("mark", ["> ", ">>> ", "-# "])
def test_it_goes_on_with_a_quote(mark: str) -> None:
    parts = split(mark + "word " * 60, 100)
    assert len(parts) > 2
    assert all(part.startswith(mark) for part in parts)


def test_it_cuts_scripts_without_blanks_after_a_sentence() -> None:
    parts = split("吾輩は猫である。" * 60, 100)
    assert all(part.endswith("。") for part in parts)


def test_it_takes_marks_without_a_partner_for_text() -> None:
    text = "2 * 3 ** and ``` is no fence, nor is _ this " + "word " * 100
    assert " ".join(split(text, 100)).split() == text.split()
