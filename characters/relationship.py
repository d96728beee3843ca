"""How relationships move by the quality of an exchange. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Quality = Literal["excellent", "good", "average", "poor", "failed"]

# trust, affection, attunement (design section 5)
STEPS: dict[Quality, tuple[float, float, float]] = {
    "excellent": (0.045, 0.052, 0.030),
    "good": (0.030, 0.040, 0.020),
    "average": (0.009, 0.008, 0.010),
    "poor": (-0.021, -0.032, -0.010),
    "failed": (-0.045, -0.052, -0.020),
}
START = (0.5, 0.4, 0.3)
LEVELS = (
    (0, "Stranger"),
    (20, "Acquaintance"),
    (40, "Friend"),
    (60, "Good Friend"),
    (80, "Close Friend"),
)


@dataclass(frozen=True, slots=True)
class Bond:
    """Trust, affection and attunement, each 0.0–1.0."""

    trust: float = START[0]
    affection: float = START[1]
    attunement: float = START[2]


def after_exchange(bond: Bond, quality: Quality, weight: float = 1.0) -> Bond:
    """The bond after an exchange. Steps shrink toward the ends, so neither 0 nor 1 is reached."""

    def step(value: float, delta: float) -> float:
        room = (1 - value) if delta > 0 else value
        return max(0.0, min(1.0, value + weight * delta * min(1.0, 2 * room)))

    trust, affection, attunement = STEPS[quality]
    return Bond(
        step(bond.trust, trust), step(bond.affection, affection), step(bond.attunement, attunement)
    )


def score(bond: Bond) -> float:
    """0–100: how far the bond has grown from strangers' (score 0) toward a perfect one."""
    now = bond.trust + bond.affection + bond.attunement
    return round(max(0.0, min(100.0, 100 * (now - sum(START)) / (3 - sum(START)))), 2)


def level(points: float) -> str:
    """The name of the level that `points` (0–100) lie in."""
    return next(name for floor, name in reversed(LEVELS) if points >= floor)


def quality_of(sentiment: float) -> Quality:
    """The quality of an exchange by its tone (−1.0–1.0)."""
    if sentiment >= 0.6:
        return "excellent"
    if sentiment >= 0.2:
        return "good"
    if sentiment > -0.25:
        return "average"
    return "poor" if sentiment > -0.6 else "failed"
