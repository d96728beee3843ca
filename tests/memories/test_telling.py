from __future__ import annotations

import pytest

from memories.formation.telling import Teller, dated, plain, retell
from tests.builders import NOON


def told(text: str, pronoun: str = "") -> str | None:
    return retell(plain(text).rstrip("."), Teller("Ada", pronoun), NOON)


@pytest.mark.parametrize(
    ("said", "as_told"),
    [
        ("I'm moving to Porto in June", "Ada is moving to Porto in June."),
        ("well, I live in Oslo and work in a bank", "Ada lives in Oslo and works in a bank."),
        ("I've been to Japan twice", "Ada has been to Japan twice."),
        ("I don't eat meat", "Ada doesn't eat meat."),
        ("I carry my own tools", "Ada carries their own tools."),
        ("i really love old maps", "Ada really loves old maps."),
        ("im learning to knit", "Ada is learning to knit."),
        ("I make bread", "Ada makes bread."),
        ("I do like maps", "Ada does like maps."),
        ("My dog is called Rex", "Ada's dog is called Rex."),
        ("I can't swim", "Ada can't swim."),
        ("I'd love to visit Japan", "Ada would love to visit Japan."),
        ("I mend nets and sell them", "Ada mends nets and sells them."),
        ("I love wood and paint", "Ada loves wood and paint."),
    ],
)
def test_it_tells_of_the_speaker_in_the_third_person(said, as_told):
    assert told(said) == as_told


def test_a_known_pronoun_is_used_from_the_second_mention():
    assert told("I used to play when I was young", "she") == (
        "Ada used to play when she was young."
    )
    assert told("I used to play when I was young") == "Ada used to play when they were young."
    assert told("I hurt myself", "he") == "Ada hurt himself."


def test_the_name_stands_where_another_is_she():
    assert told("My sister Ana lives far away and I miss her") == (
        "Ada's sister Ana lives far away and Ada misses her."
    )


@pytest.mark.parametrize(
    "said", ["I love your bread", "We live in Paris", "It rains", "You make me laugh"]
)
def test_what_is_said_to_somebody_or_of_others_is_not_told(said):
    assert told(said) is None


@pytest.mark.parametrize(
    ("said", "as_dated"),
    [
        ("tomorrow", "on 5 March 2026"),
        ("yesterday", "on 3 March 2026"),
        ("this morning", "on the morning of 4 March 2026"),
        ("last night", "on the night of 3 March 2026"),
        ("next month", "in April 2026"),
        ("last year", "in 2025"),
        ("next week", "in the week of 9 March 2026"),
        ("two years ago", "in 2024"),
        ("three days ago", "on 1 March 2026"),
        ("two weeks ago", "around 18 February 2026"),
        ("four months ago", "in November 2025"),
        ("in ten months", "in January 2027"),
        ("next Friday", "on Friday 6 March 2026"),
        ("last Friday", "on Friday 27 February 2026"),
        ("half a year ago", "in September 2025"),
        ("a year and a half ago", "in September 2024"),
        ("a fortnight ago", "around 18 February 2026"),
        ("two and a half weeks ago", "around 14 February 2026"),
        ("in a fortnight", "around 18 March 2026"),
        ("in half a year", "in September 2026"),
        ("two hours ago", "two hours ago"),
        ("the week before last", "in the week of 16 February 2026"),
        ("the month after next", "in May 2026"),
        ("last Christmas", "at Christmas 2025"),
        ("over New Year", "over New Year 2026"),
        ("at Easter", "at Easter 2026"),
        ("at Christmas 2019", "at Christmas 2019"),
    ],
)
def test_time_words_become_dates(said, as_dated):
    assert dated(said, NOON) == as_dated


def test_a_weekday_is_the_past_one_where_the_sentence_is():
    assert dated("saw a heron on Monday", NOON) == "saw a heron on Monday 2 March 2026"
    assert dated("starts on Monday", NOON) == "starts on Monday 9 March 2026"
    assert dated("had a baby on Monday", NOON) == "had a baby on Monday 2 March 2026"
    assert dated("were all ill on Monday", NOON) == "were all ill on Monday 2 March 2026"
    assert dated("had better come on Monday", NOON) == "had better come on Monday 9 March 2026"


def test_a_feast_is_the_past_one_where_the_sentence_is():
    assert dated("got engaged at Easter", NOON) == "got engaged at Easter 2025"
    assert dated("met over New Year", NOON) == "met over New Year 2025"


def test_once_in_eight_years_is_no_date():
    assert "2034" not in dated("made a dinner once in eight years", NOON)
