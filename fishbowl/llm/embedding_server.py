"""Vectors from any OpenAI-compatible `/v1/embeddings`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from . import wire
from .embedding import EmbeddingCall
from .endpoint import normal_base_url
from .errors import GatewayError, MalformedReplyError, Redactor, WrongDimensionsError
from .reply import estimate_tokens
from .vectors import Use, Vectors, normalised, readable

LARGE = 1e9  # squares of much larger numbers have no room in 32 bits


class ServerEmbedder:
    """Any OpenAI-compatible `/v1/embeddings`: Ollama, LM Studio, vLLM, llama.cpp, OpenAI.

    One attempt a batch; errors are those of `errors.py`, and `retry.call_with_retries` retries.
    Blank texts are not sent, since some servers refuse them.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        dimensions: int,
        *,
        provider: str = "server",
        timeout_s: float = 30.0,
        connect_timeout_s: float = 5.0,
        batch_size: int = 64,
        document_prefix: str = "",
        query_prefix: str = "",
        extra_headers: Mapping[str, str] | None = None,
        on_call: Callable[[EmbeddingCall], None] | None = None,
    ) -> None:
        self.name = model
        self.provider = provider
        self.dimensions = dimensions
        self.timeout_s = timeout_s
        self.batch_size = max(1, batch_size)
        self.on_call = on_call
        self._prefixes = {"document": document_prefix, "query": query_prefix}
        headers = dict(extra_headers or {})
        self._redact = Redactor([api_key.strip(), *headers.values()])
        self._client = wire.open_client(
            normal_base_url(base_url),
            api_key.strip(),
            connect_timeout_s=connect_timeout_s,
            read_timeout_s=timeout_s,
            headers=headers,
            query={},
        )

    def close(self) -> None:
        self._client.close()

    def embed(self, texts: Sequence[str], *, use: Use = "document") -> Vectors:
        result = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        prefix = self._prefixes[use]
        cleaned = [readable(text) for text in texts]
        rows = [row for row, text in enumerate(cleaned) if text.strip()]
        for start in range(0, len(rows), self.batch_size):
            batch = rows[start : start + self.batch_size]
            result[batch] = self._batch([prefix + cleaned[row] for row in batch])
        return normalised(result)

    def probe(self) -> int:
        """How long the server's vectors really are."""
        return int(self._batch(["fish"], check=False).shape[1])

    def _batch(self, texts: list[str], *, check: bool = True) -> Vectors:
        started = time.monotonic()
        tokens, failure = 0, None
        try:
            with wire.bounded(self.timeout_s) as bounds:
                try:
                    payload = self._ask(texts)
                    tokens = _tokens(payload)
                    return self._vectors(payload, len(texts), check=check)
                except GatewayError as error:
                    failure = error
                except wire.FAILURES as error:
                    failure = wire.from_exception(
                        error,
                        server=self.provider,
                        redact=self._redact,
                        has_begun=bounds.has_begun,
                    )
            # Raised out here, so that it does not carry the client's own error and with it the key.
            failure.server, failure.__context__ = self.provider, None
            raise failure
        finally:
            if self.on_call is not None:
                guess = sum(estimate_tokens(text) for text in texts)
                latency_ms = round((time.monotonic() - started) * 1000)
                self.on_call(
                    EmbeddingCall(
                        self.name, len(texts), tokens or guess, not tokens, latency_ms, failure
                    )
                )

    def _ask(self, texts: list[str]) -> Mapping[str, Any]:
        create = self._client.embeddings.with_raw_response.create
        raw = create(model=self.name, input=texts, encoding_format="float")
        payload = raw.http_response.json()
        if not isinstance(payload, Mapping):
            raise MalformedReplyError("not a JSON object")
        if payload.get("error"):
            raise wire.from_status(500, payload, {}, server=self.provider, redact=self._redact)
        return payload

    def _vectors(self, payload: Mapping[str, Any], count: int, *, check: bool) -> Vectors:
        data = payload.get("data")
        if not isinstance(data, list) or len(data) != count:
            got = len(data) if isinstance(data, list) else 0
            raise MalformedReplyError(f"{got} vectors for {count} texts")
        if not all(isinstance(entry, Mapping) for entry in data):
            raise MalformedReplyError("a vector that is no object")
        places = [entry.get("index") for entry in data]
        if all(place is None for place in places):
            places = list(range(count))
        if sorted(place for place in places if isinstance(place, int)) != list(range(count)):
            raise MalformedReplyError("the vectors' indexes do not match the texts")
        by_place = dict(zip(places, data, strict=True))
        ordered = [by_place[place].get("embedding") for place in range(count)]
        try:
            vectors = np.asarray(ordered, dtype=np.float32)
        except (TypeError, ValueError):
            raise MalformedReplyError("vectors that are no lists of numbers") from None
        if vectors.ndim != 2 or not vectors.size or not np.isfinite(vectors).all():
            raise MalformedReplyError("vectors that are no lists of numbers")
        if check and vectors.shape[1] != self.dimensions:
            raise WrongDimensionsError(f"{vectors.shape[1]} instead of {self.dimensions}")
        peaks = np.abs(vectors).max(axis=1, keepdims=True)
        np.divide(vectors, peaks, out=vectors, where=peaks > LARGE)
        return vectors


def _tokens(payload: Mapping[str, Any]) -> int:
    usage = payload.get("usage")
    count = usage.get("prompt_tokens") if isinstance(usage, Mapping) else 0
    return count if isinstance(count, int) and count > 0 else 0
