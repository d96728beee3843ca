"""How much something that was said matters, from six factors (design section 6). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fishbowl.llm.offline import lexicon as lx
from fishbowl.llm.offline.text import words
from memories.formation.echo import content_words
from memories.formation.stretch import Heard

WEIGHTS = {
    "emotion": 0.25,
    "personal": 0.20,
    "uniqueness": 0.15,
    "time": 0.15,
    "interaction": 0.15,
    "pattern": 0.10,
}
_DATED = re.compile(
    r"\b(?:tomorrow|yesterday|tonight|today|(?:next|last|this) (?:week|month|year|weekend|\w+day)|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|"
    r"september|october|november|december|\d{1,2}(?::\d\d|st|nd|rd|th| ?[ap]m)|(?:19|20)\d\d|"
    r"\w+ (?:days?|weeks?|months?|years?) ago|birthday|deadline|anniversary)\b",
    re.IGNORECASE,
)
_FIRST = lx.word_set("i i'm i've i'll i'd my mine me myself")


@dataclass(frozen=True, slots=True)
class Factors:
    """Each 0.0–1.0: how it moves, how much it tells of somebody, how new it is, whether it has its
    time, how it stands in the exchange, and whether the talk keeps coming back to it."""

    emotion: float = 0.0
    personal: float = 0.0
    uniqueness: float = 0.5
    time: float = 0.0
    interaction: float = 0.0
    pattern: float = 0.0


def weigh(factors: Factors) -> float:
    """1 (a remark) to 10."""
    whole = sum(
        weight * min(1.0, max(0.0, float(getattr(factors, name))))
        for name, weight in WEIGHTS.items()
    )
    return round(1.0 + 9.0 * whole, 2)


def of_line(
    at: int, lines: Sequence[Heard], *, novelty: float = 0.5, tells_of_self: bool = False
) -> Factors:
    """The factors of the line at `at`. `novelty` is how unlike it is to all that is remembered;
    `tells_of_self` whether something about its speaker was found in it."""
    line = lines[at]
    found, about = set(words(line.text)), content_words(line.text)
    moved = abs(line.tone) + (0.4 if found & lx.GRAVE else 0.2 if found & lx.SAD else 0.0)
    return Factors(
        emotion=moved + (0.1 if "!" in line.text else 0.0),
        personal=1.0
        if tells_of_self
        else 0.4
        if found & _FIRST
        else 0.1
        if "you" in found
        else 0.0,
        uniqueness=novelty,
        time=1.0 if _DATED.search(line.text) else 0.0,
        interaction=_interaction(at, lines, about),
        pattern=_pattern(line, lines, about),
    )


def _interaction(at: int, lines: Sequence[Heard], about: frozenset[str]) -> float:
    line = lines[at]
    names = {x.speaker.lower() for x in lines if x.speaker != line.speaker}
    later = [x for x in lines[at + 1 : at + 4] if x.speaker != line.speaker]
    answered = any(about & content_words(x.text) for x in later)
    asks = line.text.rstrip().endswith("?")
    calls = any(name in line.text.lower() for name in names if name)
    return 0.5 * answered + 0.25 * asks + 0.25 * calls


def _pattern(line: Heard, lines: Sequence[Heard], about: frozenset[str]) -> float:
    others = [content_words(x.text) for x in lines if x.number != line.number]
    if not about or not others:
        return 0.0
    recurring = sum(any(word in other for other in others) for word in about)
    return min(1.0, recurring / 3)
