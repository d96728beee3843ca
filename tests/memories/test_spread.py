"""What spreads is told from what everybody says anyway."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest

from memories.nights.spread import Bounds, Spoken, chance_of, judge, phrases, rarity

START = dt.datetime(2026, 3, 1, 8, 0, tzinfo=dt.UTC)
BOUNDS = Bounds(others=3, within=dt.timedelta(days=7), chance=0.0005)
ADA, BEA, CAL, DAN, EVE = range(1, 6)
BEFORE = 400  # lines of small talk
# Small talk of its own: no two lines share three words with two of meaning.
NOUNS = ("kettle", "gull", "rope", "lamp", "stove", "hull", "letter", "bread", "clock", "net")
VERBS = ("mended", "lost", "painted", "sold", "carried", "dropped", "counted", "washed")
ADVERBS = ("yesterday", "slowly", "badly", "twice", "outside", "alone", "gladly")


def small_talk(number: int, seed: int = 1) -> list[tuple[int, str]]:
    rng = random.Random(seed)
    return [
        (
            rng.randint(ADA, EVE),
            f"The {rng.choice(NOUNS)} was {rng.choice(VERBS)} {rng.choice(ADVERBS)}.",
        )
        for _ in range(number)
    ]


def said(*lines: tuple[int, str], every: dt.timedelta = dt.timedelta(minutes=20)) -> list[Spoken]:
    """Lines after one another, five to a conversation."""
    return [
        Spoken(who, text, START + n * every, f"talk {n // 5}")
        for n, (who, text) in enumerate(lines)
    ]


def spreading(
    phrase: str = "a button full of moonlight", speakers: tuple[int, ...] = (ADA, BEA, CAL, DAN)
) -> list[tuple[int, str]]:
    """Small talk, and then the phrase, said by one after the other with more small talk between."""
    lines = small_talk(BEFORE)
    for n, who in enumerate(speakers):
        lines += [(who, f"So: {phrase}, you know."), *small_talk(5, seed=n + 2)]
    return lines


def test_it_finds_what_one_began_and_three_took_over():
    (found,) = phrases(said(*spreading()), BOUNDS)
    assert "button" in found.text and "moonlight" in found.text
    assert (found.origin, found.carriers, found.uses) == (ADA, (BEA, CAL, DAN), 4)
    assert found.first == START + BEFORE * dt.timedelta(minutes=20)
    assert found.chance < BOUNDS.chance


def test_all_that_are_parts_of_one_phrase_are_one():
    long = "a small brass button full of cold white moonlight"
    assert len(phrases(said(*spreading(long)), BOUNDS)) == 1


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(spreading(speakers=(ADA, BEA, CAL)), id="too few took it over"),
        pytest.param(spreading(speakers=(ADA, ADA, ADA, ADA, ADA)), id="one says it again"),
        pytest.param(spreading(phrase="it over there with you"), id="it says nothing"),
        pytest.param(spreading()[BEFORE - 40 :], id="too little was said before"),
        pytest.param(
            [*small_talk(BEFORE), *((who, "A button full of moonlight.") for who in (1, 2, 3, 4))],
            id="in one conversation",
        ),
        pytest.param(
            [
                line
                for n, one in enumerate(small_talk(120, seed=5))
                for line in ([one, (n % 5 + 1, "Full of cold moonlight.")] if n % 6 == 0 else [one])
            ],
            id="everybody said it from the beginning",
        ),
        pytest.param(small_talk(400), id="small talk"),
    ],
)
def test_it_leaves_alone(lines: list[tuple[int, str]]):
    assert phrases(said(*lines), BOUNDS) == []


def test_what_takes_a_month_to_go_round_does_not_spread():
    assert phrases(said(*spreading(), every=dt.timedelta(hours=12)), BOUNDS) == []


def test_names_are_no_words_of_a_phrase():
    lines = said(*spreading(phrase="what Odile and Tamsin said"))
    assert phrases(lines, BOUNDS)
    assert phrases(lines, BOUNDS, names={"odile", "tamsin"}) == []


def test_a_speakers_own_signature_counts_with_the_others_alone():
    lines = said(*spreading(speakers=(BEA, CAL, DAN, ADA)))
    own = {ADA: ["A button, full of moonlight!"]}
    (found,) = phrases(lines, BOUNDS, signatures=own)
    assert (found.origin, set(found.carriers), found.uses) == (ADA, {BEA, CAL, DAN}, 3)
    alone = said(*spreading(speakers=(ADA, BEA, ADA, CAL, ADA)))
    assert phrases(alone, BOUNDS, signatures=own) == []


def test_common_words_together_are_no_rare_phrase():
    common = {"kettle": 60, "bread": 50}
    assert rarity(("kettle", "of", "bread"), common, 100, {"of"}) < 2
    assert rarity(("kettle", "of", "moonlight"), common, 100, {"of"}) > 4


def test_chance_falls_with_speakers_and_rises_with_use_before():
    since = said(*small_talk(40))
    by_speakers = [chance_of(1, 100, since, speakers) for speakers in (2, 3, 4, 5)]
    assert by_speakers == sorted(by_speakers, reverse=True)
    by_use = [chance_of(uses, 100, since, 4) for uses in (0, 5, 20, 60)]
    assert by_use == sorted(by_use)
    assert all(0.0 <= chance <= 1.0 for chance in (*by_speakers, *by_use))


def test_it_is_judged_from_where_it_broke_out():
    """One early use, long ago, is not the beginning of what spreads now."""
    lines = [
        *small_talk(BEFORE),
        *((n, "A button full of moonlight.") for n in (ADA, BEA, CAL, DAN)),
    ]
    lines[10] = (EVE, "A button full of moonlight.")
    spoken = said(*lines)
    spoken[-1] = replace(spoken[-1], talk="another")
    where = [at for at, line in enumerate(spoken) if "moonlight" in line.text]
    found = judge("moonlight", where, spoken, BOUNDS)
    assert found is not None
    assert (found.origin, found.uses) == (ADA, 4)
