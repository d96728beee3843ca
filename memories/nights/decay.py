"""How a memory fades, and how use brings it back. Pure; `memories.nights.forgetting`
does it to rows.

A memory of importance 5 keeps a share of its strength from one day to the next that depends on its
kind; one that is 2.5 points more important loses half as fast, one less important twice as fast:

    strength · keeps ^ (nights · 2 ^ ((5 - importance) / 2.5))

Nights multiply, so that seven at once weaken exactly as seven one by one.
"""

from __future__ import annotations

import datetime as dt

from memories.rules import MemoryRules

MIDDLE = 5.0  # the importance at which a kind's own rate holds


def keeps(kind: str, rules: MemoryRules) -> float:
    """The share of its strength that a memory of importance 5 keeps from one day to the next.
    What doesn't fade, such as lore, keeps all."""
    return float(getattr(rules, f"keeps_{kind}", 1.0))


def haste(importance: float, rules: MemoryRules) -> float:
    """How many times as fast as one of importance 5 a memory fades."""
    return float(2 ** ((MIDDLE - importance) / rules.importance_halves))


def weakened(
    strength: float, kind: str, importance: float, nights: int, rules: MemoryRules
) -> float:
    """A memory's strength when so many nights have passed."""
    return float(strength * keeps(kind, rules) ** (max(0, nights) * haste(importance, rules)))


def nights_since(last: dt.date, night: dt.date, rules: MemoryRules) -> int:
    """How many nights weaken a memory that was last weakened, or made, on `last`. Missed ones are
    caught up, but a society that was switched off for half a year does not wake without a past."""
    return max(0, min((night - last).days, round(rules.most_nights)))


def used(strength: float, rules: MemoryRules) -> float:
    """A memory's strength when it has been recalled: nearer to whole by a share of what was
    missing."""
    return strength + rules.used_gain * (1.0 - strength)


def nights_to_archive(kind: str, importance: float, rules: MemoryRules) -> int | None:
    """After how many nights a memory that nobody recalls leaves recall; None: never."""
    if keeps(kind, rules) >= 1.0 or rules.archive_below <= 0:
        return None
    nights, strength = 0, 1.0
    while strength >= rules.archive_below:
        nights += 1
        strength = weakened(1.0, kind, importance, nights, rules)
    return nights
