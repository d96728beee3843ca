"""How far a character may change itself without asking. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

A_REFLECTION = 0.02  # the most that a trait moves at once
FROM_ORIGINAL = 0.15  # the most that it stands from where its keeper set it
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a change applies itself, and the report of how it was judged."""

    applies: bool
    report: Mapping[str, Any]


def drifted(current: float, wish: float, original: float) -> float:
    """Where a trait comes to stand that would move by `wish`: within both bounds, and 0.0–1.0."""
    step = max(-A_REFLECTION, min(A_REFLECTION, wish))
    if not step:
        return current
    low, high = max(0.0, original - FROM_ORIGINAL), min(1.0, original + FROM_ORIGINAL)
    reached = max(low, min(high, current + step))
    # Who stands outside, since its keeper moved the bound, comes back no faster than it drifts.
    return round(max(current - A_REFLECTION, min(current + A_REFLECTION, reached)), 4)


def judge(*, is_trait: bool, old: Any, new: Any, original: float | None) -> Verdict:
    """Whether a change is bounded drift, which applies itself; anything else waits."""
    if not is_trait or original is None:
        return Verdict(False, {"bounded": False, "why": "Only traits drift by themselves."})
    step, distance = abs(new - old), abs(new - original)
    report = {
        "step": round(step, 4),
        "most_a_step": A_REFLECTION,
        "from_original": round(distance, 4),
        "most_from_original": FROM_ORIGINAL,
        "original": original,
    }
    if step > A_REFLECTION + TINY:
        return Verdict(False, {**report, "bounded": False, "why": "The step is too large."})
    if distance > FROM_ORIGINAL + TINY and distance > abs(old - original):
        why = "It would stand too far from what its keeper wrote."
        return Verdict(False, {**report, "bounded": False, "why": why})
    return Verdict(True, {**report, "bounded": True})
