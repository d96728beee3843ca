"""How a community fares, in figures: formulas alone. Pure; docs/community.md says where each is
from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import pairwise


def gini(counts: Sequence[int]) -> float:
    """How unevenly something is spread: 0.0 all alike, towards 1.0 one has it all (Gini 1912). Who
    was there and said nothing counts with nought."""
    total, ordered = sum(counts), sorted(counts)
    if not total:
        return 0.0
    weighted = sum(rank * count for rank, count in enumerate(ordered, 1))
    n = len(ordered)
    return _unit(2 * weighted / (n * total) - (n + 1) / n)


def pairs(talks: Sequence[Sequence[Hashable]]) -> Counter[frozenset[Hashable]]:
    """How often each two answered one another; each talk is who spoke, line by line."""
    return Counter(
        frozenset((one, other)) for talk in talks for one, other in pairwise(talk) if one != other
    )


def pair_diversity(met: Mapping[frozenset[Hashable], int], there: int) -> float:
    """How evenly answers are spread over all pairs that `there` people could make: Pielou's J
    (1966), Shannon's entropy by the greatest it could be."""
    possible = there * (there - 1) // 2
    total = sum(met.values())
    if not total or possible < 1:
        return 0.0
    if possible == 1:
        return 1.0
    shares = [number / total for number in met.values() if number]
    return _unit(-sum(p * math.log(p) for p in shares) / math.log(possible))


def mean_tone(tones: Sequence[float]) -> float:
    """The mean tone of lines; one without any counts a quarter, as in `analysis.sentiment`."""
    weights = [1.0 if tone else 0.25 for tone in tones]
    total = sum(weights)
    mean = sum(w * t for w, t in zip(weights, tones, strict=True)) / total if total else 0.0
    return round(max(-1.0, min(1.0, mean)), 4)


def novelty(today: Mapping[str, int], before: Mapping[str, int]) -> float | None:
    """How far the words of a day are from those before: the Jensen–Shannon divergence in bits (Lin
    1991), 0.0 where they are used alike, 1.0 where none is the same. None with nothing before."""
    if not sum(today.values()) or not sum(before.values()):
        return None
    now, then = _shares(today), _shares(before)
    found = 0.0
    for word in now.keys() | then.keys():
        p, q = now.get(word, 0.0), then.get(word, 0.0)
        middle = (p + q) / 2
        found += sum(x / 2 * math.log2(x / middle) for x in (p, q) if x)
    return _unit(found)


def speaking(spoken: Sequence[Hashable], there: Collection[Hashable]) -> list[int]:
    """How much each of those there said, the silent too."""
    counts = Counter(spoken)
    return [counts[one] for one in {*there, *counts}]


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {word: number / total for word, number in counts.items() if number}


def _unit(value: float) -> float:
    return round(max(0.0, min(1.0, value)), 4)
