"""What matters how much, and what a note is worth: for whatever numbers and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memories.formation.findings import Note
from memories.formation.importance import WEIGHTS, Factors, of_line, weigh
from memories.scratchpad import COVERAGE, EVIDENCE, REASONING, quality
from tests.memories.talking import line, lines

units = st.floats(0, 1)
factors = st.builds(Factors, units, units, units, units, units, units)
said = st.lists(st.text(max_size=80), min_size=1, max_size=6)


@given(factors)
def test_importance_lies_between_a_remark_and_ten(found: Factors) -> None:
    assert 1.0 <= weigh(found) <= 10.0


@given(factors, st.sampled_from(sorted(WEIGHTS)), units, units)
def test_more_of_a_factor_is_no_less_and_moves_no_farther_than_its_weight(
    found: Factors, name: str, one: float, other: float
) -> None:
    values = {each: getattr(found, each) for each in WEIGHTS}
    less = weigh(Factors(**values | {name: min(one, other)}))
    more = weigh(Factors(**values | {name: max(one, other)}))
    assert 0 <= more - less <= 9 * WEIGHTS[name] * abs(one - other) + 0.011  # rounded to .01


@given(said, units)
def test_any_line_has_its_importance_and_the_same_again(texts: list[str], novelty: float) -> None:
    talk = lines(*(("Ada" if n % 2 else "Bo", text) for n, text in enumerate(texts)))
    once = of_line(0, talk, novelty=novelty)
    assert 1.0 <= weigh(once) <= 10.0
    assert of_line(0, talk, novelty=novelty) == once


@given(said, st.text(max_size=120), st.sets(st.integers(0, 9), max_size=6), units, units)
def test_a_note_is_worth_between_nothing_and_all(
    texts: list[str], content: str, rests_on: set[int], one: float, other: float
) -> None:
    talk = {n: line("Ada", text, n) for n, text in enumerate(texts)}
    less, more = sorted((one, other))

    def worth(confidence: float) -> float:
        return quality(Note("reasoning", content, tuple(sorted(rests_on)), confidence), talk)

    assert 0.0 <= worth(less) <= worth(more) <= 1.0
    assert worth(more) - worth(less) <= REASONING * (more - less) + 0.0002
    if not rests_on & talk.keys():
        assert worth(more) == pytest.approx(REASONING * more, abs=0.0001)


def test_the_parts_of_a_notes_worth_are_the_designs() -> None:
    assert (EVIDENCE, REASONING, COVERAGE) == (0.4, 0.4, 0.2)
