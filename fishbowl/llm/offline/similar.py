"""Makes a similarity for the voice out of anything that embeds texts; numpy is all it needs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Embed = Callable[[list[str]], Any]  # texts → an array of one row a text


class CachedSimilarity:
    """Cosine between a text and others. The material's texts come every turn, so the latest used
    are kept. Threads may share it."""

    def __init__(self, embed: Embed, most: int = 20_000) -> None:
        self._embed = embed
        self._most = most
        self._known: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, text: str, others: Sequence[str]) -> list[float]:
        if not others:
            return []
        wanted = list(dict.fromkeys((text, *others)))
        with self._lock:
            rows = {t: self._known[t] for t in wanted if t in self._known}
        missing = [t for t in wanted if t not in rows]
        if missing:
            found = np.asarray(self._embed(missing), dtype=np.float32)
            lengths = np.linalg.norm(found, axis=1, keepdims=True)
            rows |= dict(zip(missing, found / np.maximum(lengths, 1e-9), strict=True))
        with self._lock:
            for one in wanted:
                self._known[one] = rows[one]
                self._known.move_to_end(one)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return [float(x) for x in np.stack([rows[t] for t in others]) @ rows[text]]
