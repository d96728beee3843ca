"""Changing the embedding space while the society lives on.

Every vector is made anew beside the rows, in waiting (`WaitingVector`), in passes: each embeds what
is new or has changed since the one before. Then one transaction puts the waiting vectors into their
rows and makes their model the active one. What waits survives a kill, and the next run goes on from
it. A row written during the very switch keeps the vector of the space that was left, or none: it is
found by its words until the sweep gives it its own (`memories.embedding.filling`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from random import Random

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from fishbowl.alone import alone as alone_at
from fishbowl.llm.embedding import (
    CachedEmbedder,
    Embedder,
    WordLlamaEmbedder,
    open_embedder,
)
from fishbowl.llm.errors import BadRequestError
from fishbowl.llm.retry import RetryPolicy, call_with_retries
from fishbowl.llm.vectors import Vectors
from fishbowl.outages import is_away
from fishbowl.statements import Row, together
from memories.embedding import waiting
from memories.embedding.embedding import (
    Space,
    Vector,
    active_model,
    forget_cached,
    record_call,
    settings_for,
)
from memories.embedding.texts import ALL, Embedded
from memories.models import EmbeddingModel, WaitingVector
from memories.models.embedding_model import MOST_DIMENSIONS

log = logging.getLogger(__name__)

PATIENCE = RetryPolicy(max_attempts=8, base_s=0.5, deadline_s=None)
FEW = 100  # what one pass may leave to the sweep
MOST_PASSES = 20
SWITCH_TRIES = 5
# Lines are remembered once a witness, one after the other.
REMEMBERED_TEXTS = 4096


class ReembeddingRefused(Exception):
    """A sentence that says why the space can't be changed like this."""


@dataclass(frozen=True, slots=True)
class Status:
    """How far a change of space has come: vectors that wait, and rows that need one, by table."""

    active: str
    target: str
    waiting: dict[str, int]
    rows: dict[str, int]


@dataclass(slots=True)
class Reembedding:
    """A change to another model's space. `batch_size` rows are put in waiting at a time, and
    `a_request` texts are sent. `on_made` hears of every batch: how many vectors."""

    target: EmbeddingModel
    embedder: Embedder
    batch_size: int = 256
    a_request: int = 64
    on_made: Callable[[int], object] = lambda _: None
    refused: set[tuple[str, int]] = field(default_factory=set)

    def catch_up(self) -> int:
        """Embed every row that has no waiting vector, or none of its present text. Returns how
        many vectors it made.

        Raises:
            GatewayError: the server doesn't give them; what is made already waits for the next run.
        """
        return sum(self._catch_up(embedded) for embedded in ALL)

    def prepare(self) -> None:
        """Catch up until a pass finds no more than the sweep does in a moment."""
        for _ in range(MOST_PASSES):
            if self.catch_up() <= FEW:
                return
        log.warning("Rows change as fast as they are embedded: the sweep catches up with the rest.")

    def switch(self) -> dict[str, int]:
        """Put every waiting vector whose row still says the same into its row, and make the model
        the active one: all at once, or not at all. Returns how many rows, by table."""
        for attempt in range(1, SWITCH_TRIES + 1):
            try:
                return self._switch()
            except OperationalError as error:  # a deadlock with a writer: it went first
                # With its connection this process lost, too, what keeps others from changing over.
                if attempt == SWITCH_TRIES or is_away(error):
                    raise
                log.info("The switch waits for who writes at this moment: %s", error)
        raise AssertionError("a switch ends by its counts or an error")  # pragma: no cover

    def _catch_up(self, embedded: Embedded) -> int:
        made, last = 0, 0
        while rows := self._missing(embedded, last):
            last = rows[-1][0]
            rows = [row for row in rows if (embedded.table, row[0]) not in self.refused]
            texts = [embedded.text(*(part or "" for part in columns)) for _, _, *columns in rows]
            vectors = self._vectors(texts)
            had = []
            for (pk, digest, *_), vector in zip(rows, vectors, strict=True):
                if vector is None:
                    self.refused.add((embedded.table, pk))
                else:
                    had.append((pk, digest, vector))
            some = waiting.put(self.target.pk, embedded, had) if had else 0
            made += some
            self.on_made(some)
        return made

    def _missing(self, embedded: Embedded, after: int) -> list[Row]:
        """The next rows whose text has no waiting vector: key, hash, and what the text is made
        from."""
        (rows,) = together(
            (
                f"""
                SELECT t.id, {embedded.digest}, {", ".join(embedded.columns)}
                FROM {embedded.table} t LEFT JOIN memories_waitingvector w
                  ON w.embedding_model_id = %s AND w."table" = %s AND w.row = t.id
                WHERE t.id > %s AND {embedded.only}
                  AND w.text_hash IS DISTINCT FROM {embedded.digest}
                ORDER BY t.id LIMIT %s
                """,  # noqa: S608 - names of columns
                [self.target.pk, embedded.table, after, self.batch_size],
            )
        )
        return rows

    def _vectors(self, texts: Sequence[str]) -> list[Vector | None]:
        """A vector for each text; None for one that the server refuses as it stands."""
        if not texts:
            return []
        if len(texts) > self.a_request:
            # Each request is tried again by itself. A server that fails now and then, or answers so
            # many a minute, might never give all of them in a row.
            starts = range(0, len(texts), self.a_request)
            parts = (texts[start : start + self.a_request] for start in starts)
            return [vector for part in parts for vector in self._vectors(part)]
        try:
            rows: Vectors = call_with_retries(
                lambda _: self.embedder.embed(texts), PATIENCE, rng=Random()
            )
        except BadRequestError as error:
            if error.blames_server:
                raise
            if len(texts) == 1:
                return [None]
            return [vector for text in texts for vector in self._vectors([text])]
        return [Vector(row, self.target.pk) for row in rows]

    @transaction.atomic
    def _switch(self) -> dict[str, int]:
        EmbeddingModel.objects.filter(is_active=True).update(is_active=False)
        EmbeddingModel.objects.filter(pk=self.target.pk).update(
            is_active=True, activated_at=timezone.now()
        )
        placed = {}
        with connection.cursor() as cursor:
            for embedded in ALL:
                cursor.execute(
                    f"""
                    UPDATE {embedded.table} t
                    SET embedding = w.embedding, embedding_model_id = w.embedding_model_id
                        {embedded.placing}
                    FROM memories_waitingvector w
                    WHERE w.embedding_model_id = %s AND w."table" = %s AND w.row = t.id
                      AND w.text_hash = {embedded.digest}
                    """,  # noqa: S608 - names of columns
                    [self.target.pk, embedded.table],
                )
                placed[embedded.table] = cursor.rowcount
        WaitingVector.objects.filter(embedding_model=self.target).delete()
        transaction.on_commit(forget_cached)
        return placed


@contextmanager
def begin(
    name: str, *, dimensions: int | None = None, provider: str = "", batch_size: int = 256
) -> Iterator[Reembedding]:
    """Begin to change over to a model, or go on where an earlier run was cut short.

    Raises:
        ReembeddingRefused: it can't be, and why.
        GatewayError: its server doesn't answer.
    """
    active = active_model()
    if name == active.name:
        raise ReembeddingRefused(f"{name} is in force already.")
    if other := WaitingVector.objects.exclude(embedding_model__name=name).first():
        raise ReembeddingRefused(
            f"A change to {other.embedding_model.name} is half done: finish it, or give it up with "
            "manage.py reembed --abort."
        )
    is_llama = name == WordLlamaEmbedder.name
    provider = provider or (WordLlamaEmbedder.provider if is_llama else "server")
    if (provider == WordLlamaEmbedder.provider) != is_llama:
        raise ReembeddingRefused(f"WordLlama's model is {WordLlamaEmbedder.name}, and no other.")
    # A space without a row yet: what its dimensions are, its server says.
    reached = settings_for(Space(0, name, dimensions or 1, provider))
    inner = open_embedder(reached, record_call)
    with closing(CachedEmbedder(inner, REMEMBERED_TEXTS)) as embedder:
        if not isinstance(inner, WordLlamaEmbedder):
            inner.dimensions = call_with_retries(lambda _: inner.probe(), PATIENCE)
        if dimensions not in (None, inner.dimensions):
            raise ReembeddingRefused(f"{name} has {inner.dimensions} dimensions, not {dimensions}.")
        if inner.dimensions > MOST_DIMENSIONS:
            raise ReembeddingRefused(
                f"{name} has {inner.dimensions} dimensions: there is room for {MOST_DIMENSIONS}."
            )
        target = _target(name, inner.dimensions, provider)
        yield Reembedding(target, embedder, batch_size, max(1, reached.batch_size))


def _target(name: str, dimensions: int, provider: str) -> EmbeddingModel:
    target, _ = EmbeddingModel.objects.get_or_create(
        name=name, defaults={"dimensions": dimensions, "provider": provider}
    )
    if (target.dimensions, target.provider) != (dimensions, provider):
        if _has_rows(target):
            raise ReembeddingRefused(
                f"There are vectors of a {name} with {target.dimensions} dimensions: the server's "
                f"has {dimensions}. Name it otherwise there."
            )
        target.dimensions, target.provider = dimensions, provider
        target.save(update_fields=["dimensions", "provider"])
    return target


def _has_rows(model: EmbeddingModel) -> bool:
    names = (*(embedded.table for embedded in ALL), "memories_waitingvector")
    found = together(
        *(
            (f"SELECT 1 FROM {name} WHERE embedding_model_id = %s LIMIT 1", [model.pk])  # noqa: S608
            for name in names
        )
    )
    return any(found)


def status() -> Status | None:
    """How far the change has come that is under way; None when none is."""
    one = WaitingVector.objects.select_related("embedding_model").first()
    if one is None:
        return None
    counts = count_rows()
    with connection.cursor() as cursor:
        cursor.execute('SELECT "table", count(*) FROM memories_waitingvector GROUP BY 1')
        made = dict(cursor.fetchall())
    return Status(
        active_model().name,
        one.embedding_model.name,
        {name: made.get(name, 0) for name in counts},
        counts,
    )


def count_rows() -> dict[str, int]:
    """How many rows need a vector, by table."""
    found = together(
        *(
            (f"SELECT count(*) FROM {embedded.table} t WHERE {embedded.only}", [])  # noqa: S608
            for embedded in ALL
        )
    )
    return {embedded.table: rows[0][0] for embedded, rows in zip(ALL, found, strict=True)}


@transaction.atomic
def abort() -> int:
    """Give up the change that is under way. Returns how many vectors were thrown away."""
    models = set(WaitingVector.objects.values_list("embedding_model", flat=True))
    thrown, _ = WaitingVector.objects.all().delete()
    for model in EmbeddingModel.objects.filter(pk__in=models, is_active=False):
        if not _has_rows(model):
            model.delete()
    return thrown


@contextmanager
def alone() -> Iterator[None]:
    """Have no other process change the space meanwhile. The database forgets who held this when
    its connection ends, however that ends.

    Raises:
        ReembeddingRefused: one does.
    """
    with alone_at("memories.reembedding") as is_mine:
        if not is_mine:
            raise ReembeddingRefused("Another process changes the space at this moment.")
        yield
