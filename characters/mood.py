"""Moods: how they move, return and are named. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping

MAX_STEP = 0.2
RETURN_PER_HOUR = 0.05
CUT_OFF = 0.3
NOTICEABLE = 0.05
TREADMILL = 0.5  # over its rest, a mood isn't lifted any more


def baseline(traits: Mapping[str, float]) -> tuple[float, float]:
    """Where a mood rests: valence and arousal, −1.0–1.0, from the Big Five.

    Source: Mehrabian (1996), 'Analysis of the Big-Five Personality Factors in Terms of the PAD
    Temperament Model', pleasure and arousal, with traits centred on zero.
    """
    e, a, s, o = (
        2 * traits.get("extraversion", 0.5) - 1,
        2 * traits.get("agreeableness", 0.5) - 1,
        1 - 2 * traits.get("neuroticism", 0.5),
        2 * traits.get("openness", 0.5) - 1,
    )
    valence = 0.21 * e + 0.59 * a + 0.19 * s
    arousal = 0.15 * o + 0.30 * a - 0.57 * s
    return max(-1.0, min(1.0, valence)), max(-1.0, min(1.0, arousal * 0.7))


def move(current: float, delta: float) -> tuple[float, float]:
    """Move one axis by at most .2 within −1.0–1.0, the less the farther out it is already. Returns
    the new value and the real step."""
    step = max(-MAX_STEP, min(MAX_STEP, delta))
    if step * current > 0:
        step *= 1 - abs(current)
    new = max(-1.0, min(1.0, current + step))
    return new, new - current


def worn_off(valence: float, rest: float) -> float:
    """How much gladness still lifts a mood that stands at `valence`, 0.0–1.0: whole at its rest or
    under it, and none of it so far above. The hedonic treadmill: Brickman & Campbell (1971)."""
    return max(0.0, min(1.0, 1.0 - (valence - rest) / TREADMILL))


def return_to(
    current: float, rest: float, hours: float, *, per_hour: float = RETURN_PER_HOUR
) -> float:
    """Return toward the resting value by that share of the distance an hour."""
    return rest + (current - rest) * math.pow(1 - per_hour, max(0.0, hours))


def is_noticeable(*deltas: float) -> bool:
    """Whether a move is large enough to be written down by itself."""
    return any(abs(delta) >= NOTICEABLE for delta in deltas)


LABELS = {
    (1, 1): "elated",
    (1, 0): "content",
    (1, -1): "serene",
    (0, 1): "restless",
    (0, 0): "even",
    (0, -1): "drowsy",
    (-1, 1): "upset",
    (-1, 0): "low",
    (-1, -1): "weary",
}


def label(valence: float, arousal: float) -> str:
    """A word for a mood, by cut-offs at ±.3."""
    return LABELS[(_side(valence), _side(arousal))]


def _side(value: float) -> int:
    return 0 if abs(value) < CUT_OFF else (1 if value > 0 else -1)
