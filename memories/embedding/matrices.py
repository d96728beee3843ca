"""The vectors of many rows as one matrix.

A statement asks for them by `halfvec_send(embedding)`: as text each would take the database and
this process twenty times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
HEAD = 4  # bytes before a vector's numbers as it is sent: how many there are


def matrix(sent: Sequence[bytes | None]) -> Matrix:
    """The vectors as they were sent, a row each; a row without one is all zeros."""
    there = [place for place, one in enumerate(sent) if one is not None]
    if not there:
        return np.zeros((len(sent), 1), dtype=np.float32)
    numbers = b"".join(one[HEAD:] for one in sent if one is not None)
    read = np.frombuffer(numbers, dtype=">f2").reshape(len(there), -1)
    filled = np.zeros((len(sent), read.shape[1]), dtype=np.float32)
    filled[there] = read
    return filled


def unit(rows: Sequence[Sequence[float] | NDArray[np.floating[Any]]] | Matrix) -> Matrix:
    """A matrix of these vectors, each made one long."""
    matrix = np.asarray(rows, dtype=np.float32)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(lengths, 1e-9), dtype=np.float32)
