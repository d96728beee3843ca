"""Bonds: bounded, earned, and able to fall."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from characters import relationship
from characters.milestones import MILESTONES, reached, unlocked
from characters.models import Persona
from characters.relationship import Bond, after_exchange, level, quality_of, score

unit = st.floats(0, 1)
bonds = st.builds(Bond, unit, unit, unit)
qualities = st.sampled_from(list(relationship.STEPS))
ORDER = ["failed", "poor", "average", "good", "excellent"]
LEVELS = [name for _, name in relationship.LEVELS]


def parts(bond: Bond) -> tuple[float, float, float]:
    return bond.trust, bond.affection, bond.attunement


@given(bonds, qualities, st.floats(0, 50))
def test_it_stays_in_bounds(bond: Bond, quality: str, weight: float) -> None:
    for value in parts(after_exchange(bond, quality, weight)):  # type: ignore[arg-type]
        assert 0 <= value <= 1


@given(bonds, qualities)
def test_it_moves_by_no_more_than_its_step(bond: Bond, quality: str) -> None:
    after = after_exchange(bond, quality)  # type: ignore[arg-type]
    for before, now, step in zip(
        parts(bond),
        parts(after),
        relationship.STEPS[quality],  # type: ignore[index]
        strict=True,
    ):
        assert abs(now - before) <= abs(step) + 1e-9
        assert (now - before) * step >= 0


@given(bonds)
def test_it_grows_the_more_the_better_the_exchange(bond: Bond) -> None:
    outcomes = [parts(after_exchange(bond, quality)) for quality in ORDER]  # type: ignore[arg-type]
    for worse, better in pairwise(outcomes):
        assert all(b >= w - 1e-9 for w, b in zip(worse, better, strict=True))


@given(st.integers(0, 10_000), st.floats(1, 50))
def test_it_counts_less_the_oftener_they_met_that_day(times: int, whole: float) -> None:
    now, then = (relationship.freshness(n, whole=whole) for n in (times, times + 1))
    assert 0 < then <= now <= 1
    assert relationship.freshness(0, whole=whole) == 1


@given(bonds, qualities)
def test_it_does_not_move_without_weight(bond: Bond, quality: str) -> None:
    assert after_exchange(bond, quality, 0.0) == bond  # type: ignore[arg-type]


@given(st.floats(0.001, 0.999), st.sampled_from(["poor", "failed"]))
def test_it_lets_trust_fall(trust: float, quality: str) -> None:
    bond = Bond(trust, 0.5, 0.5)
    assert after_exchange(bond, quality).trust < trust  # type: ignore[arg-type]


@pytest.mark.parametrize(("quality", "limit"), [("excellent", 1.0), ("failed", 0.0)])
def test_it_never_reaches_an_end(quality: str, limit: float) -> None:
    bond = Bond()
    for _ in range(200):
        bond = after_exchange(bond, quality)  # type: ignore[arg-type]
        assert all(0 < value < 1 for value in parts(bond))
    assert bond.trust == pytest.approx(limit, abs=0.05)


def test_it_moves_less_near_an_end() -> None:
    steps = [
        after_exchange(Bond(trust, 0.5, 0.5), "good").trust - trust for trust in (0.4, 0.7, 0.95)
    ]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] > steps[-1]


@given(bonds, bonds)
def test_it_scores_a_closer_bond_no_lower(one: Bond, other: Bond) -> None:
    closer = Bond(*(max(pair) for pair in zip(parts(one), parts(other), strict=True)))
    assert 0 <= score(one) <= 100
    assert score(closer) >= max(score(one), score(other))


def test_it_scores_strangers_zero_and_a_perfect_bond_a_hundred() -> None:
    assert score(Bond()) == 0
    assert score(Bond(1, 1, 1)) == 100
    assert score(Bond(0, 0, 0)) == 0


@given(st.floats(0, 100), st.floats(0, 100))
def test_it_names_no_lower_level_for_more_points(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert LEVELS.index(level(low)) <= LEVELS.index(level(high))


@pytest.mark.parametrize(
    ("points", "name"),
    [
        (0, "Stranger"),
        (19.99, "Stranger"),
        (20, "Acquaintance"),
        (40, "Friend"),
        (60, "Good Friend"),
        (80, "Close Friend"),
        (100, "Close Friend"),
    ],
)
def test_it_names_levels(points: float, name: str) -> None:
    assert level(points) == name


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_it_judges_a_warmer_exchange_no_worse(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert ORDER.index(quality_of(low)) <= ORDER.index(quality_of(high))


@pytest.mark.parametrize(
    ("tone", "quality"),
    [
        (1.0, "excellent"), (0.6, "excellent"), (0.59, "good"), (0.18, "good"),
        (0.17, "average"), (0.0, "average"), (-0.14, "average"), (-0.15, "poor"),
        (-0.54, "poor"), (-0.55, "failed"), (-1.0, "failed"),
    ],
)  # fmt: skip
def test_it_judges_by_how_it_was_taken(tone: float, quality: str) -> None:
    assert quality_of(tone) == quality


# --- how it is taken ------------------------------------------------------------------------------

signed = st.floats(-1, 1)


@given(signed, signed, unit, unit, unit, signed, unit)
def test_it_takes_an_exchange_in_bounds(
    regard: float,
    sentiment: float,
    agreeable: float,
    anxious: float,
    affection: float,
    valence: float,
    interest: float,
) -> None:
    taken = relationship.as_taken(
        regard,
        sentiment,
        agreeableness=agreeable,
        neuroticism=anxious,
        affection=affection,
        valence=valence,
        interest=interest,
    )
    assert -1 <= taken <= 1


@given(signed, signed, signed, unit, unit)
def test_it_takes_kinder_words_no_worse(
    one: float, other: float, sentiment: float, agreeable: float, anxious: float
) -> None:
    low, high = sorted((one, other))
    how = {"agreeableness": agreeable, "neuroticism": anxious}
    assert relationship.as_taken(high, sentiment, **how) >= relationship.as_taken(
        low, sentiment, **how
    )


@given(st.floats(-1, -0.1), unit, unit)
def test_the_thin_skinned_take_a_slight_no_easier(regard: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert relationship.as_taken(regard, 0, neuroticism=high) <= relationship.as_taken(
        regard, 0, neuroticism=low
    )


def taken(regard: float, sentiment: float = 0.0, **how: float) -> float:
    """How an exchange is taken by one who is as most are, but for `how`."""
    return relationship.as_taken(regard, sentiment, **{"affection": 0.55, "interest": 0.4, **how})


@pytest.mark.parametrize("regard", [-0.4, 0.0, 0.4])
def test_one_who_is_as_most_are_takes_it_as_it_was_meant(regard: float) -> None:
    assert taken(regard) == pytest.approx(regard)
    assert taken(regard) < taken(regard, 0.5)


@pytest.mark.parametrize("regard", [-0.4, 0.0, 0.4])
@pytest.mark.parametrize("what", ["affection", "valence", "interest", "likeness"])
def test_liking_a_good_mood_ones_own_matters_and_kind_are_heard_kindly(
    regard: float, what: str
) -> None:
    little, some, much = (taken(regard, **{what: value}) for value in (0.1, 0.5, 0.9))
    assert little < some < much


def test_temper_tells_in_a_slight_alone() -> None:
    assert taken(-0.4, neuroticism=0.9) < taken(-0.4) < taken(-0.4, neuroticism=0.1)
    assert taken(-0.4, agreeableness=0.1) < taken(-0.4) < taken(-0.4, agreeableness=0.9)
    for temper in ({"neuroticism": 0.9}, {"agreeableness": 0.1}):
        assert taken(0.4, **temper) == taken(0.4)


temperaments = st.fixed_dictionaries(dict.fromkeys(Persona.TRAITS, unit))


@given(temperaments, temperaments)
def test_likeness_is_mutual_and_greatest_to_oneself(
    one: dict[str, float], other: dict[str, float]
) -> None:
    assert 0 <= relationship.likeness(one, other) <= 1
    assert relationship.likeness(one, other) == pytest.approx(relationship.likeness(other, one))
    assert relationship.likeness(one, one) == 1


@given(st.lists(signed, max_size=8))
def test_a_swinging_mood_counts_an_exchange_less_and_a_steady_one_more(
    valences: list[float],
) -> None:
    factor = relationship.steadiness(valences)
    assert factor in (0.7, 1.0, 1.2)
    assert relationship.steadiness([0.1] * 5) == 1.2
    assert relationship.steadiness([-0.3, 0.0, 0.3]) == 0.7


@given(bonds, st.floats(0, 10_000), unit)
def test_absence_brings_it_toward_strangers_and_never_past(
    bond: Bond, days: float, per_day: float
) -> None:
    after = relationship.after_absence(bond, days, per_day=per_day)
    for value, now, neutral in zip(parts(bond), parts(after), relationship.START, strict=True):
        low, high = sorted((value, neutral))
        assert low - 1e-9 <= now <= high + 1e-9


def test_what_is_left_of_a_bond_halves_with_the_distance() -> None:
    after = relationship.after_absence(Bond(0.9, 0.8, 0.1), 2, per_day=0.5)
    assert parts(after) == pytest.approx((0.6, 0.5, 0.25))


@given(bonds, unit)
def test_it_does_not_fade_without_absence(bond: Bond, per_day: float) -> None:
    assert parts(relationship.after_absence(bond, 0, per_day=per_day)) == pytest.approx(parts(bond))


@given(unit, unit)
def test_a_steady_trust_is_no_quarrel(used_to: float, trust: float) -> None:
    follows = relationship.remembered(used_to, trust)
    low, high = sorted((used_to, trust))
    assert low - 1e-9 <= follows <= high + 1e-9
    assert not relationship.has_fallen(trust, trust, by=0.01)
    assert relationship.has_fallen(used_to, trust, by=0.06) == (used_to - trust >= 0.06)


def test_one_gets_used_to_another_trust_slowly() -> None:
    used_to = relationship.remembered(0.8, 0.2)
    assert 0.7 < used_to < 0.8
    for _ in range(100):
        used_to = relationship.remembered(used_to, 0.2)
    assert used_to == pytest.approx(0.2, abs=0.01)


@given(unit, unit, unit)
def test_a_quarrel_is_mended_half_the_way_back(one: float, other: float, trust: float) -> None:
    low, before = sorted((one, other))
    mended = relationship.is_mended(low, before, trust)
    assert mended == (trust >= (low + before) / 2 and trust > low) or trust == pytest.approx(
        (low + before) / 2
    )


def test_plain_talk_makes_nobody_a_close_friend() -> None:
    bond = Bond()
    for _ in range(2000):
        bond = after_exchange(bond, "average")
    assert level(score(bond)) == "Acquaintance"


@given(bonds, bonds, st.integers(0, 200), st.sets(st.sampled_from(sorted(MILESTONES))))
def test_what_happens_once_is_reached_once(
    before: Bond, after: Bond, exchanges: int, had: set[str]
) -> None:
    how = {"level_before": level(score(before)), "level_after": level(score(after))}
    found = reached(had, before, after, exchanges=exchanges, **how)
    assert not set(found) & had
    assert len(set(found)) == len(found)
    assert set(found) <= set(MILESTONES)
    assert reached({*had, *found}, before, after, exchanges=exchanges, **how) == ()


def test_milestones_unlock_what_is_said() -> None:
    assert unlocked(["fallen_out"]) == ()
    assert len(unlocked(["friend", "reconciliation"])) == 2
