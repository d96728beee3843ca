"""How far a person leans on characters, and how readily a character says yes: from figures and
words. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass

from conversations.care.care_rules import CareRules

LATE_UNTIL = 5  # o'clock
AGREED = re.compile(
    r"^\W*(?:oh |well |ah |ha |haha )?(?:yes|yeah|yep|yup|exactly|absolutely|totally|definitely|"
    r"indeed|agreed|true|so true|of course|quite right|right|certainly|precisely|same here|same|"
    r"couldn'?t agree more|no doubt|amen|good point|well said)\b|"
    r"\b(?:i (?:quite |fully |totally |completely )?agree|you(?:'re| are) (?:\w+ )?right|"
    r"i (?:think|feel) so too|my thoughts exactly|couldn'?t agree more)\b",
    re.IGNORECASE,
)
DIFFERED = re.compile(
    r"\b(?:but|though|however|although|disagree|differ\w*|not so sure|not sure|don'?t think|"
    r"doubt|except|otherwise|differently|opposite|on the other hand|wouldn'?t say|unless|"
    r"(?:not )?with you (?:on|there))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Day:
    """What a person wrote in one day, counted."""

    messages: int = 0
    hours: int = 0
    late: int = 0
    streak: int = 0
    clinging: int = 0


def counted(said: Collection[tuple[dt.datetime, bool]], streak: int, *, knows_clock: bool) -> Day:
    """A day of a person's messages, each with its time by their clock and whether it clings.
    Whose clock isn't known has no late nights."""
    return Day(
        messages=len(said),
        hours=len({at.hour for at, _ in said}),
        late=sum(at.hour < LATE_UNTIL for at, _ in said) if knows_clock else 0,
        streak=streak,
        clinging=sum(clings for _, clings in said),
    )


def score(day: Day, rules: CareRules) -> float:
    """How much of a life one day here was, 0.0–1.0. Each figure counts from its least to its
    most, and more of any never makes it less."""
    return round(
        0.3 * _between(day.messages, rules.messages_from, rules.messages_to)
        + 0.25 * _between(day.hours, rules.hours_from, rules.hours_to)
        + 0.15 * _between(day.late, 0, rules.late_to)
        + 0.15 * _between(day.streak, rules.streak_from, rules.streak_to)
        + 0.15 * _between(day.clinging, 0, rules.clinging_to),
        4,
    )


def _between(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / max(high - low, 1e-9)))


def level(before: float, today: float, days: int, rules: CareRules) -> float:
    """How far somebody leans by now: the level before moves towards the score of the day by a
    share of the way, after having fallen as far for each day since on which they stayed away."""
    rested = before * (1 - rules.inertia) ** max(0, days - 1)
    return round(rested + (today - rested) * rules.inertia, 4)


def agrees(answer: str) -> bool:
    """Whether an answer says yes, and nothing that differs."""
    plain = answer.replace("’", "'")
    return bool(AGREED.search(plain)) and not DIFFERED.search(plain)


def is_too_agreeable(answers: int, agreed: int, rules: CareRules) -> bool:
    """Whether one has said yes to nearly all that somebody stated, often enough to tell."""
    return answers >= rules.agreement_answers and agreed >= rules.agreement_high * answers
