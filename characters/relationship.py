"""How relationships move: by exchanges, by absence, out of a quarrel and back. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
# How far an exchange carries a bond: plain talk makes nobody a close friend.
CARRIES: dict[Quality, float] = {"excellent": 1.0, "good": 0.92, "average": 0.6}
START = (0.5, 0.4, 0.3)
LEVELS = (
    (0, "Stranger"),
    (20, "Acquaintance"),
    (40, "Friend"),
    (60, "Good Friend"),
    (80, "Close Friend"),
)
SWINGS_FROM, STEADY_TO = 0.35, 0.15
SWINGING, STEADY = 0.7, 1.2
ALIKE = 0.78  # how alike two temperaments are by chance
FOLLOWS = 0.08  # share of the way that the remembered trust goes toward the present one


@dataclass(frozen=True, slots=True)
class Bond:
    """Trust, affection and attunement, each 0.0–1.0."""

    trust: float = START[0]
    affection: float = START[1]
    attunement: float = START[2]

    def parts(self) -> tuple[float, float, float]:
        """The three, in that order."""
        return self.trust, self.affection, self.attunement


def after_exchange(bond: Bond, quality: Quality, weight: float = 1.0) -> Bond:
    """The bond after an exchange. Steps shrink toward the ends, so neither 0 nor 1 is reached."""
    top = CARRIES.get(quality, 1.0)

    def step(value: float, delta: float) -> float:
        room = max(0.0, top - value) if delta > 0 else value
        return max(0.0, min(1.0, value + weight * delta * min(1.0, 2 * room)))

    return Bond(*(step(v, d) for v, d in zip(bond.parts(), STEPS[quality], strict=True)))


def freshness(times: int, *, whole: float) -> float:
    """How much the next exchange of a day counts after so many with the same one: `whole` of them
    count whole, and those after them less and less. A long evening makes nobody close; many
    evenings do."""
    return 1.0 if times < whole else whole / (times + 1)


def steadiness(valences: Sequence[float]) -> float:
    """How much an exchange counts for one whose mood lately was so (−1.0–1.0 each): .7 when it
    swings, 1.2 when it is steady."""
    if len(valences) < 3:
        return 1.0
    spread = max(valences) - min(valences)
    return SWINGING if spread >= SWINGS_FROM else STEADY if spread <= STEADY_TO else 1.0


def as_taken(
    regard: float,
    sentiment: float,
    *,
    agreeableness: float = 0.5,
    neuroticism: float = 0.5,
    affection: float = 0.5,
    valence: float = 0.0,
    interest: float = 0.5,
    likeness: float = ALIKE,
) -> float:
    """How well an exchange went for one, −1.0–1.0, by how the other's line stands to it (`regard`)
    and sounds (`sentiment`). The thin-skinned take a slight harder and the agreeable easier; who is
    liked is heard kindly, and who isn't isn't; a low mood hears worse. Talk of what one cares about
    goes better (`interest`, 0.0–1.0), and so does talk with one's own kind (`likeness`)."""
    value = regard + 0.3 * sentiment
    if value < 0:
        value *= (0.75 + 0.5 * neuroticism) * (1.25 - 0.5 * agreeableness)
    value += 0.3 * (affection - 0.55) + 0.1 * valence + 0.15 * (interest - 0.4)
    value += 0.9 * (likeness - ALIKE)
    return max(-1.0, min(1.0, value))


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """How alike two temperaments are, 0.0–1.0. Likeness attracts: Byrne (1971), 'The Attraction
    Paradigm'."""
    shared = one.keys() & other.keys()
    if not shared:
        return ALIKE
    return 1 - sum(abs(one[name] - other[name]) for name in shared) / len(shared)


def quality_of(tone: float) -> Quality:
    """The quality of an exchange by how it was taken (−1.0–1.0)."""
    if tone >= 0.6:
        return "excellent"
    if tone >= 0.18:
        return "good"
    if tone > -0.15:
        return "average"
    return "poor" if tone > -0.55 else "failed"


def score(bond: Bond) -> float:
    """0–100: how far the bond has grown from strangers' (score 0) toward a perfect one."""
    now = sum(bond.parts())
    return round(max(0.0, min(100.0, 100 * (now - sum(START)) / (3 - sum(START)))), 2)


def level(points: float) -> str:
    """The name of the level that `points` (0–100) lie in."""
    return next(name for floor, name in reversed(LEVELS) if points >= floor)


def rank(name: str) -> int:
    """How high a level stands, 0 for strangers; an unknown name is a stranger's."""
    return next((at for at, (_, known) in enumerate(LEVELS) if known == name), 0)


# --- absence --------------------------------------------------------------------------------------


def after_absence(bond: Bond, days: float, *, per_day: float) -> Bond:
    """The bond after so many days without an exchange: that share of the distance toward what
    strangers feel goes each day. Never past it."""
    left = math.pow(1 - per_day, max(0.0, days))
    return Bond(*(n + (v - n) * left for v, n in zip(bond.parts(), START, strict=True)))


# --- falling out ----------------------------------------------------------------------------------


def remembered(before: float, trust: float) -> float:
    """The trust that one is used to: it follows the present one slowly, so that a fast fall shows
    as the distance between the two."""
    return before + FOLLOWS * (trust - before)


def has_fallen(used_to: float, trust: float, *, by: float) -> bool:
    """Whether trust has fallen fast."""
    return used_to - trust >= by


def is_mended(low: float, before: float, trust: float) -> bool:
    """Whether trust has come back half the way from its lowest to what it was before the fall."""
    return trust >= low + (before - low) / 2 and trust > low
