"""What people type, made safe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.feelings.tone import sentiment
from conversations.floor.addressing import addressed_names, is_addressed
from conversations.text import (
    MAX_PERSON_MESSAGE,
    Refused,
    clean_message,
    clean_name,
    safe_mentions,
)


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\n", "\u200b\u200b", "\u202e", "\x00\x07", "\ufeff"]
)
def test_a_message_with_nothing_to_see_is_refused(text: str) -> None:
    with pytest.raises(Refused) as error:
        clean_message(text)
    assert error.value.field == "text"


@pytest.mark.parametrize("text", [None, 7, ["a"], {"text": "a"}, b"bytes"])
def test_a_message_that_is_no_text_is_refused(text: object) -> None:
    with pytest.raises(Refused, match="must be text"):
        clean_message(text)


@pytest.mark.parametrize("length", [MAX_PERSON_MESSAGE + 1, 100_000])
def test_a_message_too_long_says_how_long_it_may_be(length: int) -> None:
    with pytest.raises(Refused, match=r"at most 2,000"):
        clean_message("a" * length)


def test_direction_marks_and_controls_are_dropped_and_scripts_are_kept_as_text() -> None:
    assert clean_message("a\u202eb\u0007c\r\nd") == "abc\nd"
    assert clean_message("<script>alert(1)</script>") == "<script>alert(1)</script>"
    assert clean_message("👩\u200d🚀 سلام") == "👩\u200d🚀 سلام"


@given(st.text(max_size=300))
def test_whatever_is_stored_can_be_stored(text: str) -> None:
    try:
        cleaned = clean_message(text)
    except Refused:
        return
    assert "\x00" not in cleaned
    assert cleaned.strip() == cleaned
    cleaned.encode("utf-8")


@pytest.mark.parametrize(
    "name",
    ["", "  ", "\u200b", "x" * 33, "everyone", "System", "<b>x</b>", "@here", "123", "a\nb:c"],
)
def test_names_that_would_mislead_are_refused(name: str) -> None:
    with pytest.raises(Refused) as error:
        clean_name(name)
    assert error.value.field == "name"


@pytest.mark.parametrize("name", ["Ada", "José  María", "O'Neill", "李雷", "Anne-Marie 2"])
def test_ordinary_names_are_taken(name: str) -> None:
    assert clean_name(name) == " ".join(name.split())


def test_mass_mentions_ring_no_bell() -> None:
    assert "@everyone" not in safe_mentions("hey @everyone and @HERE")
    assert "<@&12>" not in safe_mentions("<@&12>")


@pytest.mark.parametrize(
    "text",
    [
        "Odile, what do you think?",
        "hey odile what's up",
        "what do you think, Odile?",
        "@Odile look",
        "Good question. Odile?",
        "thanks Odile",
        "How are you Odile?",
        "Odile you talk too much",
        "Bram, Odile and Pilar: tea or coffee?",
        "Hey Bram and Odile, who won?",
        "Who won, Bram or Odile?",
        "odile whats your favourite colour",
        "Odile do you have a dog",
        "Do you like it out here Odile?",
    ],
)
def test_a_name_at_a_clause_boundary_addresses(text: str) -> None:
    assert is_addressed(text, "Odile")


@pytest.mark.parametrize(
    "text",
    [
        "I saw Odile yesterday at the pier.",
        "Odile's bar is closed",
        "Odilette, hi",
        "the Odile thing",
        "Bram, what do you think of Odile?",
        "Do you know Odile?",
        "Have you ever been out with Odile?",
        "Odile who used to live here",
        "Odile did it",
        "Bram and Odile went out, I hear.",
        "Odile when she sings is another woman",
    ],
)
def test_talk_about_somebody_does_not_address_them(text: str) -> None:
    assert not is_addressed(text, "Odile")


def test_several_are_addressed_in_the_order_they_are_named() -> None:
    assert addressed_names("Bram, Odile, come here", ["Odile", "Bram", "Pilar"]) == [
        "Bram",
        "Odile",
    ]


def test_tone_follows_the_words_and_their_negation() -> None:
    assert sentiment("I love this wonderful day") > 0.4
    assert sentiment("I hate this terrible day") < -0.4
    assert sentiment("not good at all") < 0 < sentiment("good")
    assert sentiment("The ferry leaves at nine.") == 0
    assert sentiment("Hi, I'm Sad, and this is Grace") == 0  # names are no moods
    assert sentiment("hi, i'm sad") < 0 < sentiment("SO HAPPY")


@pytest.mark.parametrize(
    "text",
    ["Grace left on Monday.", "Hope is my sister", "Grace, are you there?", "Hope's boat is red",
     "We met at noon. Grace and I rowed.", "Patience has a copper nail", "Hope’s boat is red"],
)  # fmt: skip
def test_a_name_that_begins_a_sentence_is_no_mood(text: str) -> None:
    assert sentiment(text) == 0


@pytest.mark.parametrize(
    "text", ["Hope you are well", "Love this place", "Thanks, you may come in", "Welcome, come in",
             "Happy to see you", "Trust me", "Love is all we have"],
)  # fmt: skip
def test_a_capital_alone_makes_no_name(text: str) -> None:
    assert sentiment(text) > 0
