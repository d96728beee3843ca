"""How a person talks and likes to be talked to, read from what they write. Pure.

A running mean whose step never falls below a twentieth, so that whoever changes is noticed; how
sure it is grows with the messages that were read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

LEAST_STEP = 0.05
HALF_SURE = 10  # messages after which it is half sure
SHORT_UP_TO, LONG_FROM = 8, 28  # words of a message, of a line
ENOUGH_TAKEN_UP = 4  # lines of a length, before their echo says anything
USED_FROM = 0.35  # confidence from which characters go by it

_EMOJI = re.compile(r"[\U0001F300-\U0001FAFF\u2600-\u27BF\u2764]|(?<!\w)[:;]-?[)D(P]")
_LAUGH = re.compile(
    r"\b(?:ha(?:ha)+|hehe\w*|lol|lmao|rofl|joking|kidding|funny|hilarious)\b|[😂🤣😄😆]",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"\b(?:gonna|wanna|gotta|kinda|dunno|yeah|yep|nah|hey|u|ur|idk|btw|omg|cuz|thx|ok|lol|cool|"
    r"stuff|guys)\b|\w'(?:s|re|m|ll|ve|d|t)\b|!{2,}|\?{2,}",
    re.IGNORECASE,
)
_FORMAL = re.compile(
    r"\b(?:please|kindly|would you|could you|may i|regards|sincerely|furthermore|however|"
    r"therefore|indeed|perhaps|shall|i would|i am|do not|cannot|thank you|good (?:morning|"
    r"afternoon|evening))\b",
    re.IGNORECASE,
)
_DETAIL = re.compile(
    r"\d|\b(?:because|since|which|whose|although|exactly|specifically|for example|details?|"
    r"how (?:do|does|did|exactly)|why|explain)\b|[:;(]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One message, measured: its words, and 0.0–1.0 each."""

    words: int
    formality: float
    emoji: float
    humour: float
    detail: float


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of how somebody talks. `signals` counts lines of each length that were said to
    them, and how many they took up: {"short": [5, 3]}."""

    words: float = 14.0
    formality: float = 0.5
    emoji: float = 0.2
    humour: float = 0.3
    detail: float = 0.4
    samples: int = 0
    signals: Mapping[str, Any] = field(default_factory=dict)

    @property
    def confidence(self) -> float:
        return round(self.samples / (self.samples + HALF_SURE), 4)


def measured(text: str) -> Sample:
    """A message as a sample of how its writer talks."""
    plain = text.replace("’", "'")
    count = len(re.findall(r"\w+(?:'\w+)?", plain))
    loose, formal = len(_LOOSE.findall(plain)), len(_FORMAL.findall(plain))
    formality = 0.5 + 0.18 * formal - 0.14 * loose
    letters = [c for c in plain if c.isalpha()]
    if letters and letters[0].islower():
        formality -= 0.15
    if count > 3 and plain.rstrip()[-1:] in ".?!":
        formality += 0.08
    return Sample(
        words=count,
        formality=_unit(formality),
        emoji=_unit(0.6 * len(_EMOJI.findall(plain))),
        humour=_unit(0.7 * len(_LAUGH.findall(plain))),
        detail=_unit(0.2 * len(_DETAIL.findall(plain)) + count / 80),
    )


def after(known: Learned, sample: Sample) -> Learned:
    """What is known after one more message."""
    step = max(LEAST_STEP, 1 / (known.samples + 1))

    def toward(value: float, seen: float) -> float:
        return round(value + step * (seen - value), 4)

    return replace(
        known,
        words=toward(known.words, float(min(sample.words, 200))),
        formality=toward(known.formality, sample.formality),
        emoji=toward(known.emoji, sample.emoji),
        humour=toward(known.humour, sample.humour),
        detail=toward(known.detail, sample.detail),
        samples=known.samples + 1,
    )


def length_of(words: float) -> str:
    """What one calls a line of so many words."""
    if words <= SHORT_UP_TO:
        return "short"
    return "long" if words >= LONG_FROM else "medium"


def answered(known: Learned, line: str, *, was_taken_up: bool) -> Learned:
    """What is known after somebody answered a line, or let it lie."""
    key = length_of(len(line.split()))
    said, taken = known.signals.get(key, [0, 0])
    return replace(known, signals={**known.signals, key: [said + 1, taken + int(was_taken_up)]})


def preferred_length(known: Learned) -> str:
    """The length of line that somebody takes up most, where enough were tried; else their own."""
    tried = {
        key: (taken + 1) / (said + 2)
        for key in ("short", "medium", "long")
        for said, taken in [known.signals.get(key, [0, 0])]
        if said >= ENOUGH_TAKEN_UP
    }
    own = length_of(known.words)
    if len(tried) < 2:
        return own
    return max(sorted(tried), key=lambda key: tried[key] + (0.05 if key == own else 0.0))


def is_taken_up(answer: str, tone: float) -> bool:
    """Whether an answer shows that its writer cared for what was said: it says something, or asks,
    and isn't bitter."""
    return tone > -0.4 and (len(answer.split()) >= 4 or "?" in answer)


def _unit(value: float) -> float:
    return round(max(0.0, min(1.0, value)), 4)
