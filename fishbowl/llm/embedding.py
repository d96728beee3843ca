"""Texts as vectors: from WordLlama, in this process and offline, or from a server."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from .vectors import Use, Vectors, blank_direction, normalised, readable

if TYPE_CHECKING:
    from .embedding_server import ServerEmbedder
    from .errors import GatewayError

__all__ = [
    "CachedEmbedder",
    "Embedder",
    "EmbeddingCall",
    "EmbeddingSettings",
    "WordLlamaEmbedder",
    "blank_direction",
    "close_embedders",
    "get_embedder",
    "open_embedder",
    "prefixes_for",
    "whole_words",
]


@dataclass(frozen=True, slots=True)
class EmbeddingCall:
    """One call to an embedding server as it went, for the ledger."""

    model: str
    texts: int
    tokens: int
    estimated: bool
    latency_ms: int
    error: GatewayError | None = None


class Embedder(Protocol):
    """Turns texts into unit vectors of one space, which `name` names."""

    @property
    def name(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str], *, use: Use = "document") -> Vectors:
        """An (n, dimensions) float32 array of the caller's own, in the order of `texts`."""
        ...


@dataclass(frozen=True)
class EmbeddingSettings:
    """Which embedder to use. `provider` 'server' needs the rest."""

    provider: Literal["wordllama", "server"] = "wordllama"
    base_url: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    model: str = "nomic-embed-text"
    dimensions: int = 768
    timeout_s: float = 30.0
    batch_size: int = 64
    document_prefix: str = ""  # see `prefixes_for`
    query_prefix: str = ""
    extra_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cache_size: int = 4096


# What some models were trained to find before a text and before a question, by a part of their
# name, since every server writes the rest of it differently.
PREFIXES = {
    "nomic-embed-text": ("search_document: ", "search_query: "),
    "e5-": ("passage: ", "query: "),
}


def prefixes_for(model: str) -> tuple[str, str]:
    """What stands before a text, and before a question, that `model` embeds."""
    name = model.lower()
    return next((both for part, both in PREFIXES.items() if part in name), ("", ""))


class WordLlamaEmbedder:
    """Average of word-piece vectors that come with the `wordllama` package. Never uses a network.

    The model (32 MB) is loaded once per process, at the first text.
    """

    name = "wordllama-l2-supercat-256"
    provider = "wordllama"
    dimensions = 256

    def embed(self, texts: Sequence[str], *, use: Use = "document") -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        model = _wordllama()
        result = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        cleaned = [readable(text) for text in texts]
        for start in range(0, len(texts), 256):
            # Fast: without where in the text each piece stands.
            encoded = model.tokenizer.encode_batch_fast(
                cleaned[start : start + 256], add_special_tokens=False
            )
            for row, entry in enumerate(encoded, start):
                # A sum has the direction of the mean. The package's own pooling pads all texts to
                # the longest, which takes gigabytes when one is long.
                if entry.ids and cleaned[row].strip():
                    pieces = model.embedding.take(entry.ids, axis=0, mode="clip")
                    result[row] = pieces.sum(axis=0)
        return normalised(result)


_loading = threading.Lock()
_loaded: list[Any] = []


def _wordllama() -> Any:
    if not _loaded:
        with _loading:
            if not _loaded:
                _loaded.append(_load_wordllama())
    return _loaded[0]


def whole_words() -> list[str]:
    """The words of at least three letters that WordLlama's vocabulary holds whole, in lower case:
    among them a word's neighbours are other words, not pieces of some."""
    vocabulary = _wordllama().tokenizer.get_vocab()
    return sorted(
        {
            piece[1:].lower()
            for piece in vocabulary
            if len(piece) > 3 and piece[0] == "▁" and piece[1:].isascii() and piece[1:].isalpha()
        }
    )


def _load_wordllama() -> Any:
    # Its tokeniser's threads do not survive a fork, and Celery forks.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        import wordllama  # a fifth of a second, so not before it is needed
    finally:  # the package configures the root logger on import
        root.handlers[:] = handlers
        root.setLevel(level)
    # Its own look-up misses the tokeniser it ships ('tokenizer' for 'tokenizers') and would
    # download one; with its own directory as the cache it finds both files.
    model = wordllama.WordLlama.load(
        cache_dir=Path(wordllama.__file__).parent, disable_download=True
    )
    model.tokenizer.no_padding()
    return model


class CachedEmbedder:
    """Remembers the vectors of the texts last used. May be dropped at any time. `on_look` hears of
    every look: how many texts were remembered, and how many were not."""

    def __init__(
        self, inner: Embedder, size: int = 4096, on_look: Callable[[int, int], None] | None = None
    ) -> None:
        self.inner = inner
        self.size = size
        self.on_look = on_look
        self.hits = 0
        self.misses = 0
        self._kept: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def provider(self) -> str:
        return self.inner.provider

    @property
    def dimensions(self) -> int:
        return self.inner.dimensions

    def embed(self, texts: Sequence[str], *, use: Use = "document") -> Vectors:
        keys = [_key(text, use) for text in texts]
        found: dict[bytes, Vectors] = {}
        missing: dict[bytes, str] = {}
        hits = 0
        with self._lock:
            for key, text in zip(keys, texts, strict=True):
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[key] = self._kept[key]
                    hits += 1
                else:
                    missing[key] = text
            self.hits += hits
            self.misses += len(texts) - hits
        if self.on_look is not None:
            self.on_look(hits, len(texts) - hits)
        if missing:
            vectors = self.inner.embed(list(missing.values()), use=use)
            # Copies, because a view would keep its whole batch alive.
            fresh = {key: vectors[row].copy() for row, key in enumerate(missing)}
            found |= fresh
            with self._lock:
                self._kept.update(fresh)
                while len(self._kept) > self.size:
                    self._kept.popitem(last=False)
        result = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, key in enumerate(keys):
            result[row] = found[key]
        return result

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def close(self) -> None:
        close = getattr(self.inner, "close", None)
        if close is not None:
            close()

    def __len__(self) -> int:
        return len(self._kept)


def _key(text: str, use: Use) -> bytes:
    said = f"{use}\0{text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(said, digest_size=32).digest()


_embedders: dict[EmbeddingSettings, CachedEmbedder] = {}
_embedders_lock = threading.Lock()


def get_embedder(
    settings: EmbeddingSettings | None = None,
    on_call: Callable[[EmbeddingCall], None] | None = None,
    *,
    behind: Callable[[Embedder], Embedder] | None = None,
    on_look: Callable[[int, int], None] | None = None,
) -> CachedEmbedder:
    """This process's embedder for `settings`, made at the first call. `on_call` hears of every
    call to a server; WordLlama makes none. `behind` may put another cache behind this process's."""
    settings = settings or EmbeddingSettings()
    with _embedders_lock:
        if settings not in _embedders:
            inner = open_embedder(settings, on_call)
            _embedders[settings] = CachedEmbedder(
                behind(inner) if behind else inner, settings.cache_size, on_look
            )
        return _embedders[settings]


def open_embedder(
    settings: EmbeddingSettings, on_call: Callable[[EmbeddingCall], None] | None = None
) -> WordLlamaEmbedder | ServerEmbedder:
    """An embedder of the caller's own, that remembers nothing."""
    if settings.provider == "wordllama":
        return WordLlamaEmbedder()
    from .embedding_server import ServerEmbedder  # its client takes a second to import

    return ServerEmbedder(
        settings.base_url,
        settings.api_key,
        settings.model,
        settings.dimensions,
        timeout_s=settings.timeout_s,
        batch_size=settings.batch_size,
        document_prefix=settings.document_prefix,
        query_prefix=settings.query_prefix,
        extra_headers=dict(settings.extra_headers),
        on_call=on_call,
    )


def close_embedders() -> None:
    """Close every embedder of this process: at shutdown, and after each test."""
    with _embedders_lock:
        embedders = list(_embedders.values())
        _embedders.clear()
    for embedder in embedders:
        embedder.close()


def _after_fork() -> None:
    """A forked worker shares no connection with its parent, nor a lock that it held."""
    global _embedders_lock, _loading
    _embedders_lock, _loading = threading.Lock(), threading.Lock()
    _embedders.clear()


os.register_at_fork(after_in_child=_after_fork)
