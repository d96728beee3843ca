"""How far characters change themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from characters.drift import A_REFLECTION, FROM_ORIGINAL, drifted, judge

unit = st.floats(0, 1)
wish = st.floats(-1, 1)


@given(unit, unit, wish)
def test_a_trait_moves_little_at_once_and_stays_a_trait(
    current: float, original: float, wished: float
) -> None:
    reached = drifted(current, wished, original)
    assert abs(reached - current) <= A_REFLECTION + 1e-4
    assert 0 <= reached <= 1


@given(unit, st.lists(wish, max_size=60))
def test_however_often_it_drifts_it_stays_near_its_original(
    original: float, wishes: list[float]
) -> None:
    current = original
    for wished in wishes:
        current = drifted(current, wished, original)
        assert abs(current - original) <= FROM_ORIGINAL + 1e-4


@given(unit, unit)
def test_nothing_drifts_without_a_cause(current: float, original: float) -> None:
    assert drifted(current, 0.0, original) == current


@given(unit, wish)
def test_what_drift_reaches_is_judged_bounded(original: float, wished: float) -> None:
    reached = drifted(round(original, 4), wished, round(original, 4))
    verdict = judge(is_trait=True, old=round(original, 4), new=reached, original=original)
    assert verdict.applies


@given(unit, st.floats(0.0301, 1))
def test_a_larger_step_waits(original: float, step: float) -> None:
    assert not judge(is_trait=True, old=original, new=original + step, original=original).applies
    assert not judge(is_trait=False, old="a", new="b", original=None).applies
