"""Eleven emotions: where each rests, how what is felt moves it, how it returns and is said. Pure.

An emotion is a level, 0.0–1.0. It moves by an exponential average toward what is felt, so that one
line moves it a little and only many of them much, and returns to the character's own baseline.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

EMOTIONS = (
    "anger", "anticipation", "disgust", "fear", "joy", "love", "optimism", "pessimism", "sadness",
    "surprise", "trust",
)  # fmt: skip
RATE = 0.20  # of an emotion felt with full intensity and certainty
RETURN_PER_HOUR = 0.10
EMPATHY = 0.05
NOTICED_FROM = 0.10  # above its rest, an emotion is said

# Where an emotion rests for the middling, and what each of the Big Five, centred on zero, adds.
# Signs and order of magnitude follow Watson & Clark (1992), 'On Traits and Temperament' (fear,
# sadness and anger with neuroticism, anger against agreeableness, joy with extraversion); Shiota,
# Keltner & John (2006), 'Positive Emotion Dispositions Differentially Associated with Big Five
# Personality' (love and trust with agreeableness, anticipation with openness and extraversion);
# and Sharpe, Martin & Roth (2011), 'Optimism and the Big Five Factors of Personality'.
_RESTS: dict[str, tuple[float, dict[str, float]]] = {
    "anger": (0.12, {"neuroticism": 0.08, "agreeableness": -0.08}),
    "anticipation": (0.22, {"openness": 0.08, "extraversion": 0.06}),
    "disgust": (0.08, {"neuroticism": 0.04, "openness": -0.05}),
    "fear": (0.12, {"neuroticism": 0.10, "extraversion": -0.03}),
    "joy": (0.28, {"extraversion": 0.12, "neuroticism": -0.06}),
    "love": (0.24, {"agreeableness": 0.12, "extraversion": 0.05}),
    "optimism": (
        0.26,
        {
            "extraversion": 0.08,
            "neuroticism": -0.12,
            "conscientiousness": 0.04,
            "agreeableness": 0.04,
        },
    ),
    "pessimism": (0.14, {"neuroticism": 0.10, "extraversion": -0.05}),
    "sadness": (0.14, {"neuroticism": 0.10, "extraversion": -0.05}),
    "surprise": (0.12, {"openness": 0.06}),
    "trust": (0.28, {"agreeableness": 0.12, "neuroticism": -0.06}),
}

# What each does to a mood when it is felt: toward which valence and arousal (−1.0–1.0). After
# Russell & Mehrabian (1977), 'Evidence for a Three-Factor Theory of Emotions', rounded.
SWAY: dict[str, tuple[float, float]] = {
    "anger": (-0.5, 0.6),
    "anticipation": (0.2, 0.3),
    "disgust": (-0.6, 0.2),
    "fear": (-0.6, 0.6),
    "joy": (0.8, 0.4),
    "love": (0.8, 0.0),
    "optimism": (0.5, 0.2),
    "pessimism": (-0.4, -0.3),
    "sadness": (-0.6, -0.4),
    "surprise": (0.1, 0.6),
    "trust": (0.4, -0.3),
}

OPPOSITES = {
    "joy": "sadness",
    "sadness": "joy",
    "anger": "trust",
    "trust": "disgust",
    "disgust": "love",
    "love": "anger",
    "fear": "optimism",
    "optimism": "pessimism",
    "pessimism": "optimism",
    "anticipation": "surprise",
    "surprise": "anticipation",
}

# What another's emotion, put to oneself, stirs in whom it is put to, and how strongly.
STIRS: dict[str, tuple[tuple[str, float], ...]] = {
    "anger": (("anger", 0.8), ("fear", 0.3)),
    "anticipation": (("anticipation", 0.8),),
    "disgust": (("disgust", 0.4), ("anger", 0.3)),
    "fear": (("fear", 0.7), ("love", 0.4)),
    "joy": (("joy", 0.9),),
    "love": (("love", 0.9), ("trust", 0.5)),
    "optimism": (("optimism", 0.9),),
    "pessimism": (("pessimism", 0.7),),
    "sadness": (("sadness", 0.8), ("love", 0.4)),
    "surprise": (("surprise", 0.8),),
    "trust": (("trust", 0.9),),
}

WORDS = {
    "anger": "angry",
    "anticipation": "expectant",
    "disgust": "put off",
    "fear": "uneasy",
    "joy": "glad",
    "love": "tender",
    "optimism": "hopeful",
    "pessimism": "gloomy",
    "sadness": "sad",
    "surprise": "taken aback",
    "trust": "trusting",
}


def baselines(traits: Mapping[str, float]) -> dict[str, float]:
    """Where each emotion rests, 0.0–1.0, by the Big Five."""
    found = {}
    for name, (rest, loadings) in _RESTS.items():
        value = rest + sum(
            weight * (2 * traits.get(trait, 0.5) - 1) for trait, weight in loadings.items()
        )
        found[name] = round(max(0.0, min(1.0, value)), 4)
    return found


def felt(
    level: float, intensity: float, confidence: float = 1.0, *, rate: float = RATE, share: float = 1
) -> float:
    """The level after an emotion was felt: α of the way to its intensity, where α is intensity ×
    confidence × `rate`, of which `share` counts."""
    alpha = min(1.0, max(0.0, intensity * confidence * rate * share))
    return max(0.0, min(1.0, level + alpha * (min(1.0, intensity) - level)))


def eased(level: float, intensity: float, *, rate: float = RATE, share: float = 1) -> float:
    """The level after its opposite was felt: half of what that moved, toward nothing."""
    return max(0.0, min(1.0, level * (1 - min(1.0, max(0.0, intensity * rate * share / 2)))))


def caught(level: float, intensity: float, *, empathy: float = EMPATHY) -> float:
    """The level of one who sees another feel it: that share of the intensity, less the fuller it
    is already."""
    return max(0.0, min(1.0, level + empathy * max(0.0, intensity) * (1 - level)))


def return_to(
    level: float, rest: float, hours: float, *, per_hour: float = RETURN_PER_HOUR
) -> float:
    """Return toward the baseline by that share of the distance an hour."""
    return rest + (level - rest) * math.pow(1 - per_hour, max(0.0, hours))


def moved(
    levels: Mapping[str, float],
    stirred: Mapping[str, float],
    seen: Mapping[str, float],
    *,
    confidence: float = 1.0,
    rate: float = RATE,
    empathy: float = EMPATHY,
    share: float = 1.0,
) -> dict[str, float]:
    """The levels that change when some emotions are `stirred` in a character and others are `seen`
    in who speaks, each by its intensity. What isn't touched isn't in it."""
    now: dict[str, float] = {}
    for name, intensity in stirred.items():
        now[name] = felt(now.get(name, levels[name]), intensity, confidence, rate=rate, share=share)
        other = OPPOSITES[name]
        if other not in stirred:
            now[other] = eased(now.get(other, levels[other]), intensity, rate=rate, share=share)
    for name, intensity in seen.items():
        now[name] = caught(now.get(name, levels[name]), intensity, empathy=empathy * share)
    return {name: value for name, value in now.items() if value != levels[name]}


def stirred_by(shown: Mapping[str, float]) -> dict[str, float]:
    """What emotions that somebody shows stir in whom they speak to, by intensity."""
    found: dict[str, float] = {}
    for name, intensity in shown.items():
        for stirred, part in STIRS[name]:
            found[stirred] = max(found.get(stirred, 0.0), intensity * part)
    return found


def sway(shown: Mapping[str, float]) -> tuple[float, float]:
    """Toward which valence and arousal emotions pull, by their intensities."""
    return (
        sum(SWAY[name][0] * intensity for name, intensity in shown.items()),
        sum(SWAY[name][1] * intensity for name, intensity in shown.items()),
    )


def above_rest(
    levels: Mapping[str, float], rests: Mapping[str, float], *, least: float = NOTICED_FROM
) -> tuple[tuple[str, float], ...]:
    """The emotions that stand out over the character's own rest, and by how much, most first."""
    over = ((name, round(value - rests.get(name, 0.0), 4)) for name, value in levels.items())
    return tuple(
        sorted((one for one in over if one[1] >= least), key=lambda one: (-one[1], one[0]))
    )


def in_words(standing_out: tuple[tuple[str, float], ...], most: int = 2) -> str:
    """What is felt, as a person would say it: 'very sad and a little angry'; empty for nothing."""
    said = []
    for name, over in standing_out[:most]:
        how = "very " if over >= 0.4 else "" if over >= 0.2 else "a little "
        said.append(how + WORDS[name])
    return " and ".join(said)
