"""What a character thinks of a topic: the weighted average of the arguments it has met. Pure.

Its own words count in full. Others' count by how far they are trusted and how ready the character
is to agree; of somebody it distrusts, a disagreeable one takes the opposite. What it is drawn to
and what it holds to are a leaning from which it has to be argued away: that is its inertia.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WINDOW = 24  # arguments that an opinion rests on, the latest
OWN_WEIGHT = 1.0
OTHERS_WEIGHT = 0.7
NEUTRAL_TRUST = 0.25  # below it an argument counts against what it says
MOST_CONTRARY = 0.3
SURE_FROM = 4.0  # weight of arguments that makes for half of full confidence
MEDIUM_LEAN, STRONG_LEAN = 0.12, 0.4


@dataclass(frozen=True, slots=True)
class Argument:
    """One side taken in a discussion, −1.0–1.0, and how much it counts, 0.0–1.0."""

    sentiment: float
    weight: float


@dataclass(frozen=True, slots=True)
class Stance:
    sentiment: float
    confidence: float


def taken(
    sentiment: float, *, trust: float | None, traits: Mapping[str, float], certainty: float = 1.0
) -> Argument:
    """An argument as a character takes it. `trust` is in whoever makes it, None for its own words;
    `certainty` is how plainly it was said."""
    if trust is None:
        return Argument(_signed(sentiment), _unit(OWN_WEIGHT * certainty))
    agreeable = traits.get("agreeableness", 0.5)
    pull = (trust - NEUTRAL_TRUST) / (1 - NEUTRAL_TRUST)
    if pull < 0:
        return Argument(-_signed(sentiment), _unit(MOST_CONTRARY * -pull * (1 - agreeable) * 2))
    return Argument(
        _signed(sentiment), _unit(OTHERS_WEIGHT * pull * (0.6 + 0.8 * agreeable) * certainty)
    )


def leaning(interest: float, holds_to: bool, traits: Mapping[str, float]) -> float:
    """Where a character stands before anybody argues: fond of what it's drawn to (0.0–1.0) and of
    what it holds to; an anxious one is a little wary of everything else."""
    wary = 0.15 * (traits.get("neuroticism", 0.5) - 0.5) * (1 - interest)
    return _signed(0.4 * interest + (0.3 if holds_to else 0.0) - wary)


def inertia(traits: Mapping[str, float]) -> float:
    """How many full arguments the leaning is worth: the less open, the more."""
    return 2.0 + 2.0 * (1 - traits.get("openness", 0.5))


def settle(arguments: Sequence[Argument], lean: float, weight: float) -> Stance:
    """The stance that these arguments, oldest first, come to. One more of weight w can move it by
    2w / (w + `weight` + what the others weigh) at most."""
    counted = arguments[-WINDOW:]
    total = sum(one.weight for one in counted)
    mean = (lean * weight + sum(one.sentiment * one.weight for one in counted)) / (weight + total)
    apart = sum(one.weight * abs(one.sentiment - mean) for one in counted) / total if total else 0.0
    sure = total / (total + SURE_FROM) * (1 - apart / 2)
    return Stance(round(_signed(mean), 4), round(_unit(sure), 4))


def interest(drawn: float, discussions: int, own: int) -> float:
    """How much a topic occupies a character: by what draws it, how often it came up, and how often
    it spoke up itself."""
    talked = 1 - 0.85 ** (0.5 * discussions + own)
    return round(_unit(0.5 * drawn + (1 - 0.5 * drawn) * 0.8 * talked), 4)


def words(sentiment: float) -> str:
    """A stance, to go between a name and a topic: 'is all for', 'has doubts about'."""
    if sentiment >= STRONG_LEAN:
        return "is all for"
    if sentiment >= MEDIUM_LEAN:
        return "is fond of"
    if sentiment > -MEDIUM_LEAN:
        return "is in two minds about"
    return "has doubts about" if sentiment > -STRONG_LEAN else "is against"


OWN = "It says: "  # how a holder's own words begin, among the reasons that are kept


def reasons(reasoning: str, name: str) -> list[str]:
    """The reasons that are kept with an opinion, one a line, as one tells them of its holder."""
    return [
        f"{name} says: {line.removeprefix(OWN)}" if line.startswith(OWN) else line
        for line in reasoning.splitlines()
    ]


def told(sentiment: float) -> str:
    """The same, said to whoever holds it: 'you are all for', 'you have doubts about'."""
    said = words(sentiment)
    return f"you {said.replace('is ', 'are ', 1).replace('has ', 'have ', 1)}"


def _signed(value: float) -> float:
    return max(-1.0, min(1.0, value))


def _unit(value: float) -> float:
    return max(0.0, min(1.0, value))
