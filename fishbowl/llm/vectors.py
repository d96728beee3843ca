"""Unit vectors of texts, and which part of a text they are made from.

Every vector has unit length, also that of a blank text. A zero vector would be more honest, but its
cosine distance in PostgreSQL is NaN, which sorts above every number there and so would pass every
floor. A blank text instead gets one fixed direction, drawn at random and therefore nearly at right
angles to every real text (|cosine| about .06 in 256 dimensions).
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Use = Literal["document", "query"]

BLANK = 1e-12  # what is no longer than this points nowhere
LONGEST_TEXT = 20_000  # characters; the rest of a text does not enter its vector


@cache
def blank_direction(dimensions: int) -> Vectors:
    """The unit vector of a blank text. It must never change: it is stored."""
    drawn = np.random.Generator(np.random.PCG64(20_240_229)).standard_normal(dimensions)
    vector: Vectors = (drawn / np.linalg.norm(drawn)).astype(np.float32)
    vector.flags.writeable = False
    return vector


def normalised(vectors: Vectors) -> Vectors:
    """`vectors` at unit length; a row without length becomes that of a blank text."""
    lengths = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
    if lengths.min(initial=1) > BLANK:
        result: Vectors = vectors / lengths
        return result
    result = (vectors / np.where(lengths > BLANK, lengths, 1)).astype(np.float32)
    result[lengths[:, 0] <= BLANK] = blank_direction(vectors.shape[1])
    return result


def readable(text: str) -> str:
    """What of `text` is embedded: no lone surrogates, which tokenisers refuse, and not too much."""
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
