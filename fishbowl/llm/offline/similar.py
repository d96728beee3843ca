"""Makes a similarity for the voice out of anything that embeds texts; numpy is all it needs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Embed = Callable[[list[str]], Any]  # texts → an array of one row a text
MOST_GATHERED = 64  # of the texts of whole materials


class CachedSimilarity:
    """Cosine between a text and others. The material's texts come every turn, so what was used is
    kept, as rows of one matrix, until there are too many. Threads may share it."""

    def __init__(self, embed: Embed, most: int = 20_000) -> None:
        self._embed = embed
        self._most = most
        self._rows: dict[str, int] = {}
        self._vectors: Any = np.empty((0, 0), dtype=np.float32)
        self._lock = threading.Lock()
        self._gathered: dict[tuple[str, ...], Any] = {}

    def __call__(self, text: str, others: Sequence[str]) -> list[float]:
        """The cosine of `text` and each of `others`. Those of a tuple are kept as they are: it is
        taken to come again."""
        if not others:
            return []
        if isinstance(others, tuple) and len(others) > 1:
            with self._lock:
                gathered, row = self._gathered.get(others), self._rows.get(text)
                vector = None if row is None else self._vectors[row].copy()
            if gathered is not None:
                if vector is None:
                    (vector,) = found = self._unit([text])
                    with self._lock:
                        self._keep([text], found)
                return (gathered @ vector).tolist()  # type: ignore[no-any-return]
        wanted = dict.fromkeys((text, *others))
        with self._lock:
            known = self._rows.keys() & wanted
        missing = [t for t in wanted if t not in known]
        found = self._unit(missing) if missing else None
        with self._lock:
            if found is not None:
                self._keep(missing, found)
            if not self._rows.keys() >= wanted.keys():  # others made room in the meantime
                self._rows, missing = {}, list(wanted)
                self._keep(missing, self._unit(missing))
            matrix = self._vectors[[self._rows[t] for t in others]]
            if isinstance(others, tuple):
                if len(self._gathered) >= MOST_GATHERED:
                    self._gathered.clear()
                self._gathered[others] = matrix
            return (matrix @ self._vectors[self._rows[text]]).tolist()  # type: ignore[no-any-return]

    def _unit(self, texts: list[str]) -> Any:
        vectors = np.asarray(self._embed(texts), dtype=np.float32)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def _keep(self, texts: list[str], vectors: Any) -> None:
        if len(self._rows) + len(texts) > self._most:
            self._rows = {}
        end = len(self._rows) + len(texts)
        if end > len(self._vectors) or vectors.shape[1] != self._vectors.shape[1]:
            grown = np.empty((max(512, 2 * end), vectors.shape[1]), dtype=np.float32)
            kept = self._vectors[: len(self._rows)]
            if kept.shape[1] == grown.shape[1]:
                grown[: len(kept)] = kept
            self._vectors = grown
        for text, vector in zip(texts, vectors, strict=True):
            row = self._rows.setdefault(text, len(self._rows))
            self._vectors[row] = vector
