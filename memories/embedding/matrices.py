"""The vectors of many rows as one matrix.

A statement asks for them by `halfvec_send(embedding)`: as text each would take the database and
this process twenty times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

Matrix = NDArray[np.float32]


def matrix(sent: Sequence[bytes | None]) -> Matrix:
    """The vectors as they were sent, a row each; a row without one is all zeros."""
    read = [None if one is None else HalfVector.from_binary(one).to_numpy() for one in sent]
    length = next((len(row) for row in read if row is not None), 1)
    filled = np.zeros((len(read), length), dtype=np.float32)
    for place, row in enumerate(read):
        if row is not None:
            filled[place] = row
    return filled


def unit(rows: Sequence[Sequence[float] | NDArray[np.floating[Any]]] | Matrix) -> Matrix:
    """A matrix of these vectors, each made one long."""
    matrix = np.asarray(rows, dtype=np.float32)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(lengths, 1e-9), dtype=np.float32)
