"""What patterns find, whatever is done to hide it, and what they leave alone."""

from __future__ import annotations

import time

import pytest

from conversations.moderation.matching import Matcher, Pattern, PatternRefused, check


def found(kind: str, pattern: str, text: str) -> str | None:
    """The part that was found."""
    hits = Matcher([Pattern(1, kind, pattern)]).find(text)
    return hits[0].part if hits else None


@pytest.mark.parametrize(
    "text",
    [
        "Herring!",
        "a HERRING.",
        "hérrïng",
        "h\u200ber\u200dring",
        "ｈｅｒｒｉｎｇ",
        "hеrring",
        "h3rr1ng",
        "herrrrriiing",
        "h e r r i n g",
        "h.e.r.r.i.n.g",
        "so,herring,yes",
        "𝐡𝐞𝐫𝐫𝐢𝐧𝐠",
    ],
)
def test_a_word_is_found_however_it_is_written(text: str) -> None:
    assert found("word", "herring", text) is not None
    assert found("word", "Hérring", text) is not None


@pytest.mark.parametrize("text", ["herrings", "sherring", "her ring", "", "the here ring", "heron"])
def test_a_word_is_no_part_of_another(text: str) -> None:
    assert found("word", "herring", text) is None


def test_a_star_stands_for_the_rest_of_a_word() -> None:
    assert found("word", "herr*", "two Hérrings") == "herr"
    assert found("word", "*ring", "a sHerring") == "ring"
    assert found("word", "*erri*", "sherrington") == "erri"
    assert found("word", "herr*", "a sherring") is None
    assert found("word", "*ring", "rings") is None


def test_phrases_and_other_scripts() -> None:
    assert found("phrase", "red herring", "Such a RED,  hérring!") == "red herring"
    assert found("phrase", "red herring", "red old herring") is None
    assert found("phrase", "don't you", "Dont you, don’t") == "dont you"
    assert found("word", "селёдка", "Это СЕЛЕДКА.") is not None
    assert found("word", "にしん", "これはにしんです") is not None


def test_a_regex_sees_what_is_seen() -> None:
    assert found("regex", r"her+ing\d", "HER\u200bRRING7 there") == "HERRRING7"
    assert found("regex", r"^no", "oh no") is None


@pytest.mark.parametrize(
    ("kind", "pattern", "says"),
    [
        ("word", "two words", "phrase"),
        ("word", "...", "letter"),
        ("word", "a*", "three letters"),
        ("word", "he*ing", "within"),
        ("word", "x" * 61, "at most 60"),
        ("phrase", "red her*", "no \\*"),
        ("regex", "(a", "missing \\)"),
        ("regex", r"(a)\1", "backreferences"),
        ("regex", "a*", "every message"),
        ("regex", ".", "every message"),
        ("regex", "x" * 501, "at most 500"),
        ("regex", "((a{1,100}){1,100}){1,100}", "can't be used"),
        ("glob", "x", "not 'glob'"),
    ],
)
def test_what_can_not_be_looked_for_is_refused_with_a_remedy(
    kind: str, pattern: str, says: str
) -> None:
    with pytest.raises(PatternRefused, match=says):
        check(kind, pattern)
    assert Matcher([Pattern(7, kind, pattern)]).unusable == [7]


def test_no_pattern_holds_up_the_talk_and_thousands_cost_little() -> None:
    words = [Pattern(n, "word", f"word{chr(97 + n % 26)}{n}") for n in range(3000)]
    stems = [Pattern(4000 + n, "word", f"stem{n}*") for n in range(300)]
    nasty = [Pattern(5000, "regex", r"(a+)+$"), Pattern(5001, "regex", r"(?:a|a)*b")]
    matcher = Matcher([*words, *stems, *nasty])
    usual = "I went to the harbour at noon, and nobody had seen the boats since Tuesday. Did you?"
    took = min(_took(matcher, usual) for _ in range(20))
    assert took < 0.0002, f"{took * 1000:.3f} ms"
    assert _took(matcher, "a" * 4000 + "!") < 0.05


def _took(matcher: Matcher, text: str) -> float:
    began = time.perf_counter()
    matcher.find(text)
    return time.perf_counter() - began
