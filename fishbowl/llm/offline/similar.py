"""Makes a similarity for the voice out of anything that embeds texts; numpy is all it needs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Embed = Callable[[list[str]], Any]  # texts → an array of one row a text


class CachedSimilarity:
    """Cosine between a text and others. The material's texts come every turn, so they're kept."""

    def __init__(self, embed: Embed, most: int = 20_000) -> None:
        self._embed = embed
        self._most = most
        self._known: OrderedDict[str, Any] = OrderedDict()

    def __call__(self, text: str, others: Sequence[str]) -> list[float]:
        missing = list(dict.fromkeys(t for t in (text, *others) if t not in self._known))
        if missing:
            rows = np.asarray(self._embed(missing), dtype=np.float32)
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
            for one, row in zip(missing, rows / np.maximum(lengths, 1e-9), strict=True):
                self._known[one] = row
        if not others:
            return []
        found = np.stack([self._known[t] for t in others]) @ self._known[text]
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return [float(x) for x in found]
