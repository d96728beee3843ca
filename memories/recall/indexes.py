"""Indexes of its own for whoever remembers much, and what recall reads through them.

There is no index of everybody's vectors: filtered by an owner it finds a twentieth of what it
should, and makes storing slow (docs/memory-storage.md). An owner whose memories take too long to
look through gets one of its own vectors in the active space, and one of its own words, in which
what others remember isn't listed; both are built and dropped while all goes on.
What is to be done is read off the catalog, so a builder that was killed is gone on with by whoever
looks next: half an index is marked invalid, and made anew.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper

from fishbowl.alone import alone
from memories.embedding.embedding import Space, active
from memories.rules import in_force

log = logging.getLogger(__name__)

PREFIX, WORDS = "memory_hnsw_", "memory_words_"
SHRUNK = 0.6  # of what gives an owner an index; with fewer it goes again
# What came since an index was built, of what gives an owner one, and of all that it remembers: with
# more than either the index is built anew. So much is looked through in two milliseconds.
FRESH, FRESH_SHARE = 0.4, 0.05
MOST_DIMENSIONS = 4000  # that an index of halves takes

_NAME = re.compile(rf"^{PREFIX}(\d+)_(\d+)(?:_(\d+))?$")
_OF_WORDS = re.compile(rf"^{WORDS}(\d+)_(\d+)$")

_STANDING = """
    SELECT c.relname, i.indisvalid FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace
      AND i.indrelid = 'memories_memory'::regclass
      AND (starts_with(c.relname, %s) OR starts_with(c.relname, %s))
    ORDER BY c.relname
"""
_MOST = "SELECT coalesce(max(id), 0) FROM memories_memory"  # there are no more rows than that
_HOLDING = """
    SELECT m.owner_id, count(*), count(*) FILTER (WHERE m.id > s.until)
    FROM memories_memory m LEFT JOIN unnest(%s::bigint[], %s::bigint[]) AS s (owner, until)
        ON s.owner = m.owner_id
    WHERE m.embedding_model_id = %s AND m.owner_id IS NOT NULL
    GROUP BY m.owner_id HAVING count(*) >= %s ORDER BY count(*) DESC
"""


@dataclass(frozen=True, slots=True)
class Work:
    """The indexes to be dropped, and the owners whose index is to be built, the largest first."""

    drop: tuple[str, ...] = ()
    build: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.drop or self.build)


def index_prefix(owner_id: int, model_id: int) -> str:
    """What the name of an index of an owner's vectors of a model begins with. It ends with the last
    memory that the index holds."""
    return f"{PREFIX}{owner_id}_{model_id}_"


def due() -> Work:
    """What there is to do: owners that have outgrown the scan of all they remember, and indexes
    that are broken, of a space that was left, or of an owner with few memories by now."""
    space, wanted_from = active(), in_force().recall_index_from
    with connection.cursor() as cursor:
        standing = _standing(cursor)
        ends = {name: _end(name, space.id) for name in standing}
        whole = {
            name
            for name, end in ends.items()
            if end is not None and standing[name] and standing.get(_words_of(*end))
        }
        cursor.execute(_MOST)
        if not standing and cursor.fetchone()[0] < wanted_from:
            return Work()  # all together remember too little for one to have an index
        held = dict(end for name, end in ends.items() if end is not None and name in whole)
        least = SHRUNK * wanted_from
        cursor.execute(_HOLDING, [list(held), list(held.values()), space.id, least])
        holding = {owner: (count, fresh) for owner, count, fresh in cursor.fetchall()}
    if space.dimensions > MOST_DIMENSIONS:
        holding = {}
    build = [
        owner
        for owner, (count, fresh) in holding.items()
        if (owner not in held and count >= wanted_from)
        or fresh > max(FRESH * wanted_from, FRESH_SHARE * count)
    ]
    kept: set[str] = set()
    for name, end in ends.items():
        if end is not None and name in whole and end[0] in holding and end[0] not in build:
            kept |= {name, _words_of(*end)}
    return Work(
        drop=tuple(name for name in standing if _owner(name) and name not in kept),
        build=tuple(build),
    )


def _standing(cursor: CursorWrapper) -> dict[str, bool]:
    """The owners' indexes by name, and whether each is whole."""
    cursor.execute(_STANDING, [PREFIX, WORDS])
    return dict(cursor.fetchall())


def _end(name: str, model_id: int) -> tuple[int, int] | None:
    """The owner of an index, and the last memory that it holds; None where it isn't of this model,
    or has no end, as those that were built before migration 0009."""
    match = _NAME.match(name)
    if match is None or int(match[2]) != model_id or match[3] is None:
        return None
    return int(match[1]), int(match[3])


def keep_up() -> Work:
    """Do what is due, unless another worker is at it. Returns what was done. Takes up to a minute
    for an owner of a hundred thousand; reading and writing go on meanwhile. Not in a transaction.

    Raises:
        DatabaseError: what was done until then holds; the next look goes on.
    """
    with alone("memories.indexes") as is_alone:
        if not is_alone:
            return Work()
        work, space = due(), active()
        with connection.cursor() as cursor:
            # What is built anew serves until then, unless it is broken.
            valid = {name for name, is_valid in _standing(cursor).items() if is_valid}
            last = [name for name in work.drop if name in valid and _owner(name) in work.build]
            for name in work.drop:
                if name not in last:
                    cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            for owner in work.build:
                cursor.execute("SELECT max(id) FROM memories_memory WHERE owner_id = %s", [owner])
                (until,) = cursor.fetchone()
                for name, what in _wanted(owner, until, space).items():
                    if name in valid:
                        last.remove(name)
                    else:
                        cursor.execute(
                            f"CREATE INDEX CONCURRENTLY {name} ON memories_memory {what}"
                        )
            for name in last:
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        if work:
            log.info("Indexes: dropped %s, built for %s", list(work.drop), list(work.build))
        return work


def _owner(name: str) -> int:
    match = _NAME.match(name) or _OF_WORDS.match(name)
    return int(match[1]) if match else 0


def _words_of(owner_id: int, until: int) -> str:
    return f"{WORDS}{owner_id}_{until}"


def _wanted(owner_id: int, until: int, space: Space) -> dict[str, str]:
    """An owner's indexes by name: recall's conditions (migrations 0009 and 0014) name the same
    owner, space, end and length, or they aren't used. Recall goes by the one of vectors alone, so
    that comes last."""
    owner, end = int(owner_id), int(until)
    return {
        _words_of(owner, end): f"USING gin (search) WHERE owner_id = {owner} AND id <= {end}",
        f"{index_prefix(owner, space.id)}{end}": (
            f"USING hnsw ((embedding::halfvec({int(space.dimensions)})) halfvec_cosine_ops)"
            f" WHERE owner_id = {owner} AND embedding_model_id = {int(space.id)} AND id <= {end}"
        ),
    }
