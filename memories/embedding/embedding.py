"""The embedding space in force: which model's it is, and vectors in it.

The row that is marked active says whose vectors are searched; the settings say only how to reach a
server. So a change of settings changes no space: `manage.py reembed` does, and every process
follows within a second. A vector knows its space, so that none is ever stored, or compared, as
another model's.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar, cast

import numpy as np
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from pgvector import HalfVector

from audit.models import LLMCall
from fishbowl.breaker import CircuitBreaker
from fishbowl.llm.embedding import (
    CachedEmbedder,
    Embedder,
    EmbeddingCall,
    EmbeddingSettings,
    WordLlamaEmbedder,
    get_embedder,
    prefixes_for,
)
from fishbowl.llm.errors import GatewayError
from fishbowl.llm.vectors import Use
from fishbowl.statements import Sent
from memories.embedding.shared_vectors import SharedEmbedder
from memories.models import EmbeddingModel
from memories.recall.cache_counts import count

T = TypeVar("T")

log = logging.getLogger(__name__)

FRESH_FOR_S = 1.0
# A server that hangs takes half a minute to fail: neither talk nor memory must wait so long for
# every line.
_breaker = CircuitBreaker(rest_s=60.0)
_known: tuple[float, Space] | None = None
_is_failing = False
_told: set[tuple[str, str]] = set()


class NoEmbedderError(GatewayError):
    """The embedding model can't be had with these settings."""

    kind = "no_embedder"


@dataclass(frozen=True, slots=True)
class Space:
    """What vectors can be compared in: one model's, as its row has it."""

    id: int
    name: str
    dimensions: int
    provider: str

    @property
    def is_at_hand(self) -> bool:
        """Whether this process makes its vectors by itself, without a server or the database."""
        return self.provider == WordLlamaEmbedder.provider

    @classmethod
    def of(cls, row: EmbeddingModel) -> Space:
        return cls(row.pk, row.name, row.dimensions, row.provider)


class Vector(HalfVector):
    """A vector that knows whose it is: the id of the `EmbeddingModel` that made it."""

    def __init__(self, value: list[float] | np.ndarray, model_id: int) -> None:
        super().__init__(value)
        self.model_id = model_id

    def sent(self) -> Sent:
        """As a planned statement takes it, where it is cast to halfvec."""
        return Sent(self.to_binary())

    def to_text(self) -> str:
        """As PostgreSQL reads it. Five digits bring every half back exactly, at half the length
        and a quarter of the time of all that Python would write."""
        values = self.to_list()
        return "[" + ",".join(["%.5g"] * len(values)) % tuple(values) + "]"


# --- which space ----------------------------------------------------------------------------------


def active() -> Space:
    """The space that is searched, at most a second old. The first call in a new deployment makes
    the configured model's the active one."""
    global _known
    now, known = time.monotonic(), _known
    if known is not None and now - known[0] < FRESH_FOR_S:
        return known[1]
    space = Space.of(active_model())
    _known = (now, space)
    return space


def active_model_id() -> int:
    """The key of the active model, at most a second old. Whoever has a vector takes its own
    `model_id` instead."""
    return active().id


def active_model() -> EmbeddingModel:
    """The active model's row, as it is now."""
    row = EmbeddingModel.objects.filter(is_active=True).first()
    if row is None:
        row = _first_model()
    if (trouble := settings_trouble(row)) and (pair := (row.name, trouble)) not in _told:
        _told.add(pair)
        log.warning("%s", trouble)
    return row


def _first_model() -> EmbeddingModel:
    name, dimensions, provider = _configured()
    try:
        with transaction.atomic():
            return EmbeddingModel.objects.create(
                name=name,
                dimensions=dimensions,
                provider=provider,
                is_active=True,
                activated_at=timezone.now(),
            )
    except IntegrityError:  # another process was first
        return EmbeddingModel.objects.get(is_active=True)


def settings_trouble(row: EmbeddingModel) -> str:
    """What to do when the settings name another model than the one in force; empty if they don't
    and it can be had."""
    name, dimensions, _ = _configured()
    if (row.name, row.dimensions) == (name, dimensions):
        return ""
    told = f"Vectors are {row.name}'s ({row.dimensions} dimensions), as they were, "
    if name == row.name:
        told += f"while EMBEDDING_DIMENSIONS is {dimensions}: set it back."
    else:
        told += f"though the settings name {name}."
        told += f" To change over: manage.py reembed --model {name}"
    if row.provider == "server" and not _settings().base_url:
        told += f" To have {row.name}'s until then: set EMBEDDING_PROVIDER=server and its"
        told += " EMBEDDING_BASE_URL."
    return told


def forget_cached() -> None:
    """Look the space up anew at the next call, and ask its embedder at once if it was resting."""
    global _known
    _known = None
    _told.clear()
    forget_rest()


def _settings() -> EmbeddingSettings:
    lazy = cast(EmbeddingSettings, settings.EMBEDDING)  # which is no dataclass, so none to replace
    return EmbeddingSettings(
        **{one.name: getattr(lazy, one.name) for one in fields(EmbeddingSettings)}
    )


def _configured() -> tuple[str, int, str]:
    """Name, dimensions and provider of the model that the settings name."""
    asked = _settings()
    if asked.provider == "wordllama":
        return WordLlamaEmbedder.name, WordLlamaEmbedder.dimensions, WordLlamaEmbedder.provider
    return asked.model, asked.dimensions, asked.provider


# --- vectors in it --------------------------------------------------------------------------------


def embed(texts: Sequence[str], use: Use = "document", space: Space | None = None) -> list[Vector]:
    """One vector of a space, the active one by default, for each text, in order. May call a server:
    not in a transaction. Questions are embedded with use='query', which some models tell apart.

    Raises:
        GatewayError: there are none to be had.
    """
    if not texts:
        return []
    space = space or active()
    rows = np.asarray(embedder(space).embed(list(texts), use=use))
    return [Vector(row, space.id) for row in rows]


def embedder(space: Space | None = None) -> CachedEmbedder:
    """This process's embedder for a space, the active one by default.

    Raises:
        NoEmbedderError: the settings don't say how to reach it.
    """
    return get_embedder(
        settings_for(space or active()), record_call, behind=_behind, on_look=_count_look
    )


def settings_for(space: Space) -> EmbeddingSettings:
    """How to have vectors of a space: WordLlama's always, others' from the configured server.

    Raises:
        NoEmbedderError: the settings don't say how to reach it.
    """
    if space.provider == WordLlamaEmbedder.provider:
        if space.name != WordLlamaEmbedder.name:
            raise NoEmbedderError(f"{space.name}; the one installed is {WordLlamaEmbedder.name}")
        return EmbeddingSettings()
    if not _settings().base_url:
        raise NoEmbedderError(f"{space.name}; set EMBEDDING_PROVIDER=server and EMBEDDING_BASE_URL")
    document_prefix, query_prefix = prefixes_for(space.name)
    return replace(
        _settings(),
        provider="server",
        model=space.name,
        dimensions=space.dimensions,
        document_prefix=document_prefix,
        query_prefix=query_prefix,
    )


def record_call(call: EmbeddingCall) -> None:
    """Write a call to an embedding server into the log of calls, the failed ones too."""
    failed = call.error is not None
    LLMCall.objects.create(
        purpose="embed",
        provider="embedding",
        model=call.model,
        prompt_tokens=0 if failed else call.tokens,
        latency_ms=call.latency_ms,
        status=LLMCall.Status.FAILED if failed else LLMCall.Status.DONE,
        error=str(call.error)[:500] if failed else "",
        request={"texts": call.texts},
        started_at=timezone.now() - dt.timedelta(milliseconds=call.latency_ms),
    )


def _behind(inner: Embedder) -> Embedder:
    return inner if inner.provider == WordLlamaEmbedder.provider else SharedEmbedder(inner)


def _count_look(hits: int, misses: int) -> None:
    count("vectors, in process", hits, misses)


# --- where they can be had ------------------------------------------------------------------------


def embed_if_possible(
    texts: Sequence[str], use: Use = "document", space: Space | None = None
) -> list[Vector] | None:
    """A vector for each text, or None while there are none to be had. Not in a transaction, but for
    a space that is at hand."""
    return if_possible(lambda: embed(texts, use, space))


def embed_or_wait(
    texts: Sequence[str], use: Use = "document", space: Space | None = None
) -> list[Vector | None]:
    """A vector for each text, or None for each while there are none to be had: whoever stores them
    leaves the rows without, and `memories.embedding.filling` gives them theirs later. Not in a
    transaction, but for a space that is at hand."""
    vectors = embed_if_possible(texts, use, space)
    return [None] * len(texts) if vectors is None else list(vectors)


def if_possible(ask: Callable[[], T]) -> T | None:
    """What `ask` has of the embedder, or None while that can't be asked."""
    global _is_failing
    if _breaker.is_open:
        return None
    try:
        answer = ask()
    except GatewayError as error:
        if error.blames_server:
            _breaker.trip()
        # Once an outage, not once a minute: the rows that wait for vectors tell the rest.
        log.log(
            logging.INFO if _is_failing else logging.WARNING,
            "All goes on without vectors, and has them later: %s",
            error,
        )
        _is_failing = True
        return None
    _is_failing = False
    return answer


def forget_rest() -> None:
    """Ask again at once."""
    global _is_failing
    _breaker.close()
    _is_failing = False
