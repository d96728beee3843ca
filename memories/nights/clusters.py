"""Which memories lie close together in meaning. Pure: vectors in, groups of their places out.

Vectors are rows of a matrix, of length one; likeness is their cosine. Blocks of rows are compared
at a time, so that an owner of 20,000 memories takes megabytes, not gigabytes.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from memories.embedding.matrices import Matrix

BLOCK = 1024


def near_pairs(
    vectors: Matrix, threshold: float, fresh: Collection[int] | None = None
) -> list[tuple[int, int, float]]:
    """Pairs of places (the earlier first) that are alike by the threshold, the most alike first.
    With `fresh`, only pairs of which one at least is of those."""
    chosen = np.arange(len(vectors)) if fresh is None else np.asarray(sorted(fresh), dtype=int)
    is_fresh = np.zeros(len(vectors), dtype=bool)
    is_fresh[chosen] = True
    found = []
    for start in range(0, len(chosen), BLOCK):
        block = chosen[start : start + BLOCK]
        likeness = vectors[block] @ vectors.T
        for at, other in np.argwhere(likeness >= threshold):
            one = int(block[at])
            # A pair of two fresh ones is met from both sides: count it from the earlier.
            if one != other and (one < other or not is_fresh[other]):
                found.append(
                    (min(one, int(other)), max(one, int(other)), float(likeness[at, other]))
                )
    return sorted(found, key=lambda pair: (-pair[2], pair[0], pair[1]))


def stars(vectors: Matrix, threshold: float, *, least: int, most: int) -> list[list[int]]:
    """Disjoint groups of `least` to `most` places, each of them alike to its centre, which stands
    first, by the threshold. A chain of small steps is no group. The densest come first."""
    neighbours = _neighbours(vectors, threshold)
    free = np.ones(len(vectors), dtype=bool)
    groups = []
    for centre in sorted(range(len(vectors)), key=lambda at: (-len(neighbours[at]), at)):
        if not free[centre] or len(neighbours[centre]) < least:
            continue
        around = [at for at in neighbours[centre] if free[at] and at != centre]
        if len(around) + 1 < least:
            continue
        likeness = vectors[around] @ vectors[centre]
        nearest = sorted(range(len(around)), key=lambda n: (-float(likeness[n]), around[n]))
        group = [centre, *(around[n] for n in nearest[: most - 1])]
        free[group] = False
        groups.append(group)
    return groups


def _neighbours(vectors: Matrix, threshold: float) -> list[list[int]]:
    """For each place, those that are alike to it, itself included."""
    found: list[list[int]] = []
    for start in range(0, len(vectors), BLOCK):
        alike = vectors[start : start + BLOCK] @ vectors.T >= threshold
        found += [np.flatnonzero(row).tolist() for row in alike]
    return found
