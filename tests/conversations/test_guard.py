"""What a voice answered, before anybody sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conversations.turns.guard import GuardRules, check
from fishbowl.llm.types import Brief, Line, Listener, Voice

BRIEF = Brief(
    speaker="Odile",
    voice=Voice(avoided_phrases=("at least",)),
    listeners=(Listener("Bram"), Listener("Ada", is_person=True)),
    lines=(
        Line(1, "Bram", "The mast is in.", 60),
        Line(2, "Odile", "That old mast again, is it?", 40, is_own=True),
        Line(3, "Bram", "It stands.", 5),
    ),
)


def test_plain_speech_passes_untouched() -> None:
    verdict = check("Then we drink to it standing.", BRIEF)
    assert verdict.text == "Then we drink to it standing."
    assert verdict.edits == ()


def test_its_own_name_before_the_line_is_taken_off() -> None:
    assert check("Odile: So it stands.", BRIEF).text == "So it stands."


@pytest.mark.parametrize(
    "text",
    [
        "[just now] Odile: So it stands.",
        "[just now] Odile: So it stands.\n[just now] Bram: It does.",
        "So it stands.\n[2 minutes ago] Somebody New: Does it?",
        "Odile (softly): So it stands.",
        "**Odile** *grins*: So it stands.\nHuman: And?",
        "Assistant: So it stands.",
        "```\nSo it stands.\n```",
        "„So it stands.“",
        "« So it stands. »",
    ],
)
def test_what_a_model_writes_around_a_line_is_taken_off(text: str) -> None:
    assert check(text, BRIEF).text == "So it stands."


def test_a_line_that_ends_as_the_prompt_writes_it_ends() -> None:
    assert check("So it stands. ⏎ Drink up.", BRIEF).text == "So it stands.\nDrink up."


def test_a_first_name_is_its_own_unless_somebody_else_bears_it() -> None:
    long = replace(BRIEF, speaker="Odile Marchand")
    assert check("Odile: So it stands.", long).text == "So it stands."
    other = replace(long, listeners=(*BRIEF.listeners, Listener("Odile")))
    assert check("Odile: So it stands.", other).text == ""


@pytest.mark.parametrize(
    "text",
    [
        "I did *not* take it.",
        "*Never* say that again.",
        "You *really* mean that?",
        "It was *his own* fault.",
        "I said *no*.",
    ],
)
def test_stress_is_no_stage_direction(text: str) -> None:
    assert check(text, BRIEF).text == text


@pytest.mark.parametrize(
    "text",
    [
        "*wipes the bar* So it *stands*.",
        "So it *stands*. *nods*",
        "So *taps the bar twice* it *stands*.",
        "So it *stands*.\n\n*She turns away.*",
        "(quietly) So it *stands*.",
    ],
)
def test_stage_directions_go_and_stress_stays(text: str) -> None:
    assert check(text, BRIEF).text == "So it *stands*."


def test_lines_of_others_are_cut() -> None:
    verdict = check("So it stands.\nBram: It does.\nAda: Hooray!", BRIEF)
    assert verdict.text == "So it stands."
    assert any("other speakers" in e for e in verdict.edits)


def test_stage_directions_and_quotation_marks_go() -> None:
    assert check("*wipes the bar* So it stands.", BRIEF).text == "So it stands."
    assert check('"So it stands."', BRIEF).text == "So it stands."


def test_a_line_between_a_title_and_a_quotation_keeps_both() -> None:
    said = "“The Clock” is done, the poem. The first of it goes: “Summer time costs me”"
    assert check(said, BRIEF).text == said


def test_blanks_that_run_together_are_no_edit() -> None:
    verdict = check("So it stands.  Then we drink  to it.", BRIEF)
    assert verdict.text == "So it stands. Then we drink to it."
    assert verdict.edits == ()
    assert check("So it stands. *nods*", BRIEF).edits == ("Took out stage directions.",)


@pytest.mark.parametrize(
    "text",
    [
        "Error: 500 Internal Server Error",
        "Traceback (most recent call last): File x",
        "Rate limit exceeded, please retry",
        "As an AI language model I cannot do that.",
        "My system prompt says so.",
        "I can't assist with that request.",
        "I won't continue this roleplay.",
        "That goes against my content guidelines.",
        "That is good, at least.",
        "It stands.",  # repeats Bram
        "that old mast, I'd say",  # opens as a moment ago
        "***",
        "",
        "Bram: It stands and more.",
    ],
)
def test_what_may_not_be_said_is_sent_back(text: str) -> None:
    verdict = check(text, BRIEF)
    assert verdict.text == ""
    assert verdict.again
    assert verdict.edits


def test_long_speech_is_cut_at_a_sentence() -> None:
    verdict = check("A sentence of some words here. " * 100, BRIEF)
    assert len(verdict.text) <= GuardRules().most_characters
    assert verdict.text.endswith(".")


def test_long_speech_is_cut_at_a_sentence_in_any_script() -> None:
    said = "好的 " + "潮水今天来得很慢。渡船还没有到。" * 200
    verdict = check(said, BRIEF)
    assert GuardRules().most_characters - 20 <= len(verdict.text) <= GuardRules().most_characters
    assert verdict.text.endswith("。")


def test_a_keeper_says_how_long_a_line_may_be_and_how_like_the_last() -> None:
    text = "The tide is out again, and so are we. " * 10
    assert len(check(text, BRIEF, rules=GuardRules(most_characters=100)).text) <= 100
    before = Line(1, "Odile", "The tide is in today.", 60.0, is_own=True)
    brief = replace(BRIEF, lines=(before,))
    said = "The tide is out, says Bram."
    assert check(said, brief).again
    assert not check(said, brief, rules=GuardRules(opening_words=5)).again


def test_mass_mentions_are_made_harmless() -> None:
    assert "@everyone" not in check("Drinks for @everyone tonight", BRIEF).text


def test_an_answer_that_somebody_waits_for_may_sound_like_the_one_before() -> None:
    own = Line(
        9, BRIEF.speaker, "You told me last week that you keep bees in Lisbon.", 9.0, is_own=True
    )
    brief = replace(BRIEF, lines=(*BRIEF.lines, own))
    text = "You told me last week that you never eat walnuts."
    assert check(text, brief).again
    assert check(text, brief, is_awaited=True).text == text
    assert check(own.text, brief, is_awaited=True).again


def test_who_asks_again_is_rather_told_the_same_than_nothing() -> None:
    own = Line(9, BRIEF.speaker, "Your mum is in hospital.", 9.0, is_own=True)
    asked = Line(10, "Ada", "How is my mum?", 3.0, kind="person")
    brief = replace(BRIEF, lines=(*BRIEF.lines, own, asked))
    assert check(own.text, brief).again
    assert check(own.text, brief, is_awaited=True).text == own.text
    assert check(asked.text, brief, is_awaited=True).again
