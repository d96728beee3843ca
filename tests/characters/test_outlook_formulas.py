"""Opinions, knowledge and manners, as formulas: bounds, inertia, and no change without a cause."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from characters import communication, expertise, opinion
from characters.communication import Learned
from characters.opinion import Argument

unit = st.floats(0, 1)
signed = st.floats(-1, 1)
arguments = st.lists(st.builds(Argument, signed, unit), max_size=40)
traits = st.fixed_dictionaries(dict.fromkeys(("openness", "agreeableness", "neuroticism"), unit))


@given(arguments, signed, traits)
def test_a_stance_stays_in_bounds_and_between_what_was_argued(many, lean, who) -> None:
    stance = opinion.settle(many, lean, opinion.inertia(who))
    sides = [lean, *(one.sentiment for one in many)]
    assert min(sides) - 1e-4 <= stance.sentiment <= max(sides) + 1e-4
    assert 0 <= stance.confidence <= 1


@given(st.lists(st.builds(Argument, signed, unit), max_size=22), signed, traits, signed, unit)
def test_one_argument_more_moves_a_stance_no_farther_than_its_weight(
    many, lean, who, sentiment, weight
) -> None:
    inertia = opinion.inertia(who)
    before = opinion.settle(many, lean, inertia).sentiment
    after = opinion.settle([*many, Argument(sentiment, weight)], lean, inertia).sentiment
    total = inertia + weight + sum(one.weight for one in many)
    assert abs(after - before) <= 2 * weight / total + 2e-4
    if weight > 0 and abs(after - before) > 2e-4:
        assert (after - before > 0) == (sentiment > before)


@given(arguments, signed)
def test_arguments_mirrored_mirror_the_stance(many, lean) -> None:
    one = opinion.settle(many, lean, 2.0)
    other = opinion.settle([Argument(-a.sentiment, a.weight) for a in many], -lean, 2.0)
    assert abs(one.sentiment + other.sentiment) < 1e-3
    assert abs(one.confidence - other.confidence) < 1e-3


def test_without_arguments_one_stays_where_one_leaned() -> None:
    assert opinion.settle([], 0.3, 2.0) == opinion.Stance(0.3, 0.0)


@given(signed, unit, unit, traits)
def test_whom_one_trusts_more_counts_more(sentiment, less, more, who) -> None:
    low, high = sorted((less, more))
    if low < opinion.NEUTRAL_TRUST:
        return
    weak = opinion.taken(sentiment, trust=low, traits=who)
    strong = opinion.taken(sentiment, trust=high, traits=who)
    own = opinion.taken(sentiment, trust=None, traits=who)
    assert weak.weight <= strong.weight <= own.weight
    assert weak.sentiment == strong.sentiment == own.sentiment


def test_a_disagreeable_one_takes_the_opposite_of_whom_it_distrusts() -> None:
    grim, meek = {"agreeableness": 0.1}, {"agreeableness": 1.0}
    assert opinion.taken(0.8, trust=0.05, traits=grim).sentiment == -0.8
    assert opinion.taken(0.8, trust=0.05, traits=meek).weight == 0.0
    assert opinion.taken(0.8, trust=0.05, traits=grim).weight <= opinion.MOST_CONTRARY


@given(unit, st.integers(0, 60), st.integers(0, 30))
def test_interest_grows_with_talk_and_stays_in_bounds(drawn, discussions, own) -> None:
    now = opinion.interest(drawn, discussions, own)
    assert 0 <= now <= 1
    assert opinion.interest(drawn, discussions + 1, own) >= now


@given(signed)
def test_a_stance_has_words_and_its_opposite_others(sentiment) -> None:
    said, opposite = opinion.words(sentiment), opinion.words(-sentiment)
    assert (said == opposite) == (abs(sentiment) < opinion.MEDIUM_LEAN)


@given(unit, st.integers(0, 9), unit, unit)
def test_knowledge_never_shrinks_by_talk_nor_passes_its_end(level, spoken, teacher, trust) -> None:
    after = expertise.grown(level, spoken, teacher, trust)
    assert level <= after + 1e-4 <= 1 + 1e-4
    if not spoken and teacher <= level:
        assert abs(after - level) < 1e-4
    assert after - level <= 0.018 + 0.05 * max(0.0, teacher - level) + 1e-4


@given(unit, st.integers(0, 9), signed)
def test_passion_stays_in_bounds_and_moves_little(passion, spoken, tone) -> None:
    after = expertise.stirred(passion, spoken, tone)
    assert 0 <= after <= 1
    assert abs(after - passion) <= 0.18 + 1e-4


@given(st.lists(st.text(max_size=80), max_size=30))
def test_what_is_learned_of_a_manner_stays_in_bounds(texts) -> None:
    known = Learned()
    for text in texts:
        before = known.confidence
        known = communication.after(known, communication.measured(text))
        assert known.confidence > before
    for value in (known.formality, known.emoji, known.humour, known.detail, known.confidence):
        assert 0 <= value <= 1
    assert known.samples == len(texts)
    assert communication.preferred_length(known) in {"short", "medium", "long"}


def test_manners_are_told_apart() -> None:
    curt, formal = Learned(), Learned()
    for _ in range(12):
        curt = communication.after(curt, communication.measured("yeah lol 😂"))
        formal = communication.after(
            formal,
            communication.measured(
                "Good evening. Could you please explain why the ferry, which left at 9, was late, "
                "since I would have liked to know exactly how it is repaired?"
            ),
        )
    assert communication.preferred_length(curt) == "short"
    assert curt.formality < 0.35 < 0.65 < formal.formality
    assert curt.emoji > 0.5 > formal.emoji
    assert formal.detail > curt.detail


def test_whoever_takes_up_long_lines_likes_them_though_they_write_short_ones() -> None:
    known = Learned(words=4.0, samples=20)
    for _ in range(8):
        known = communication.answered(known, "word " * 40, was_taken_up=True)
        known = communication.answered(known, "no", was_taken_up=False)
    assert communication.preferred_length(known) == "long"
