"""An index of its own for whoever remembers much, and what recall reads through it.

There is no index of everybody's vectors: filtered by an owner it finds a twentieth of what it
should, and makes storing slow (docs/memory-storage.md). An owner whose memories take too long to
look through gets one of its own vectors in the active space, built and dropped while all goes on.
What is to be done is read off the catalog, so a builder that was killed is gone on with by whoever
looks next: half an index is marked invalid, and made anew.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from memories.embedding.embedding import Space, active
from memories.rules import in_force

log = logging.getLogger(__name__)

PREFIX = "memory_hnsw_"
SHRUNK = 0.6  # of what gives an owner an index; with fewer it goes again
MOST_DIMENSIONS = 4000  # that an index of halves takes

_NAME = re.compile(rf"^{PREFIX}(\d+)_(\d+)$")
_LOCK = "hashtext('memories.indexes'), 0"

_STANDING = """
    SELECT c.relname, i.indisvalid FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace
      AND i.indrelid = 'memories_memory'::regclass AND starts_with(c.relname, %s)
    ORDER BY c.relname
"""
_HOLDING = """
    SELECT owner_id, count(*) FROM memories_memory
    WHERE embedding_model_id = %s AND owner_id IS NOT NULL
    GROUP BY owner_id HAVING count(*) >= %s ORDER BY count(*) DESC
"""


@dataclass(frozen=True, slots=True)
class Work:
    """The indexes to be dropped, and the owners whose index is to be built, the largest first."""

    drop: tuple[str, ...] = ()
    build: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.drop or self.build)


def index_name(owner_id: int, model_id: int) -> str:
    """What the index of an owner's vectors of a model is called."""
    return f"{PREFIX}{owner_id}_{model_id}"


def due() -> Work:
    """What there is to do: owners that have outgrown the scan of all they remember, and indexes
    that are broken, of a space that was left, or of an owner with few memories by now."""
    space, wanted_from = active(), in_force().recall_index_from
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [PREFIX])
        standing: dict[str, bool] = dict(cursor.fetchall())
        cursor.execute(_HOLDING, [space.id, SHRUNK * wanted_from])
        holding: dict[int, int] = dict(cursor.fetchall())
    if space.dimensions > MOST_DIMENSIONS:
        holding = {}
    kept = {index_name(owner, space.id) for owner in holding}
    return Work(
        drop=tuple(
            name
            for name, is_valid in standing.items()
            if _NAME.match(name) and (name not in kept or not is_valid)
        ),
        build=tuple(
            owner
            for owner, count in holding.items()
            if standing.get(name := index_name(owner, space.id)) is False
            or (count >= wanted_from and name not in standing)
        ),
    )


def keep_up() -> Work:
    """Do what is due, unless another worker is at it. Returns what was done. Takes up to a minute
    for an owner of a hundred thousand; reading and writing go on meanwhile. Not in a transaction.

    Raises:
        DatabaseError: what was done until then holds; the next look goes on.
    """
    with _alone() as is_alone:
        if not is_alone:
            return Work()
        work, space = due(), active()
        with connection.cursor() as cursor:
            for name in work.drop:
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            for owner in work.build:
                cursor.execute(_building(owner, space))
        if work:
            log.info("Indexes: dropped %s, built for %s", list(work.drop), list(work.build))
        return work


def _building(owner_id: int, space: Space) -> str:
    """The statement that builds an owner's index: recall's condition (migration 0006) names the
    same owner, space and length, or it isn't used."""
    return f"""
        CREATE INDEX CONCURRENTLY {index_name(owner_id, space.id)} ON memories_memory
        USING hnsw ((embedding::halfvec({int(space.dimensions)})) halfvec_cosine_ops)
        WHERE owner_id = {int(owner_id)} AND embedding_model_id = {int(space.id)}
    """


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else builds. A lock of the session: its end, however it comes, lets go of it,
    and no transaction stays open, for which a concurrent build would wait."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({_LOCK})")
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({_LOCK})")
