"""How a character's knowledge of a topic grows by talking. Pure.

Speaking of it keeps it in practice and brings a little; listening to somebody who knows more and is
trusted brings more. The nearer to the end, the slower: nobody ever knows all of it.
"""

from __future__ import annotations

BY_SPEAKING, BY_LISTENING = 0.006, 0.05
PASSION_RATE = 0.06
BEGINS_AT = 0.08  # what somebody knows of a topic that was only talked of
KNOWS_MUCH, KNOWS_SOME = 0.65, 0.3
COMES_AFTER = 5  # discussions, in which it spoke up itself, until a topic is one it knows


def grown(level: float, spoken: int, teacher: float, trust: float) -> float:
    """Knowledge (0.0–1.0) after a discussion in which the character spoke up `spoken` times, and
    the best of those it listened to knows it by `teacher` and is trusted by `trust`."""
    step = BY_SPEAKING * min(3, max(0, spoken)) * (1 - level)
    step += BY_LISTENING * max(0.0, teacher - level) * trust
    return round(max(level, min(1.0, level + step)), 4)


def stirred(passion: float, spoken: int, tone: float) -> float:
    """Passion (0.0–1.0) after a discussion: who speaks up gladly gets fonder of it, who hears of it
    and says nothing cools a little."""
    aim = min(1.0, max(0.0, 0.6 + 0.4 * tone)) if spoken else 0.35
    rate = PASSION_RATE * min(3, max(1, spoken)) if spoken else PASSION_RATE / 6
    return round(min(1.0, max(0.0, passion + rate * (aim - passion))), 4)


def words(level: float) -> str:
    """How much somebody knows, in words."""
    if level >= KNOWS_MUCH:
        return "much"
    return "something" if level >= KNOWS_SOME else "a little"
