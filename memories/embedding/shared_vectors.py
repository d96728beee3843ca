"""Vectors that a server made, kept in Redis for all processes, so that no text is sent to it again.

Only for servers: WordLlama makes the vector of a line in about the time that Redis takes to bring
it, and every new one would have to be taken there first (docs/decisions/0008).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from fishbowl.llm.embedding import Embedder
from fishbowl.llm.vectors import Use, Vectors
from memories.recall import cache_counts, redis_store

KEPT_FOR_S = 24 * 3600.0
CACHE = "vectors, Redis"


class SharedEmbedder:
    """Asks Redis first, and the embedder behind it for what Redis doesn't have."""

    def __init__(self, inner: Embedder) -> None:
        self.inner = inner
        self.name, self.provider, self.dimensions = inner.name, inner.provider, inner.dimensions

    def embed(self, texts: Sequence[str], *, use: Use = "document") -> Vectors:
        keys = [self._key(text, use) for text in texts]
        kept = redis_store.get_many(keys) if texts else None
        result = np.empty((len(texts), self.dimensions), dtype=np.float32)
        missing = []
        for row, value in enumerate(kept or [None] * len(texts)):
            if value is not None and len(value) == 2 * self.dimensions:
                result[row] = np.frombuffer(value, dtype="<f2")
            else:
                missing.append(row)
        if kept is not None:
            cache_counts.count(CACHE, len(texts) - len(missing), len(missing))
        if missing:
            result[missing] = self.inner.embed([texts[row] for row in missing], use=use)
            if kept is not None:
                redis_store.set_many(
                    {keys[row]: result[row].astype("<f2").tobytes() for row in missing}, KEPT_FOR_S
                )
        return result

    def close(self) -> None:
        close = getattr(self.inner, "close", None)
        if close is not None:
            close()

    def _key(self, text: str, use: Use) -> str:
        digest = hashlib.blake2b(
            f"{self.name}\0{self.dimensions}\0{use}\0{text}".encode("utf-8", "surrogatepass"),
            digest_size=20,
        )
        return redis_store.full_key("vector", digest.hexdigest())
