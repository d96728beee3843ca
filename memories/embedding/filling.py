"""Rows without a vector of the active space get theirs: written while the embedding server was
down, or by a process that had not yet heard of another space."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from django.db import connection

from fishbowl.llm.errors import BadRequestError
from fishbowl.statements import Row, planned
from memories.embedding.embedding import Vector, active_model_id, embed
from memories.embedding.texts import ENTITIES, FACTS, INTERESTS, MEMORIES, Embedded
from memories.models import EmbeddingModel
from memories.recall import caches

log = logging.getLogger(__name__)

AT_ONCE = 64
# Messages are filled by the director, which waits for the vectors of what it decides about.
FILLED = (INTERESTS, MEMORIES, FACTS, ENTITIES)

# Rows whose text the server refuses: this process tries them no more, so that they hold up nobody.
_refused: dict[tuple[str, int], set[int]] = {}


def fill_missing(for_s: float = 1.0) -> int:
    """Embed what has no vector of the active space, for about so long. Returns how many rows got
    one. May call a server: not in a transaction.

    Raises:
        GatewayError: there are no vectors to be had; try again later.
    """
    until, filled = time.monotonic() + for_s, 0
    for embedded in _wanting():
        while time.monotonic() < until and (some := fill(embedded)):
            filled += some
    return filled


def _wanting() -> list[Embedded]:
    """The tables where a row wants a vector. Looked for at every sweep and mostly in vain, so all
    are looked through in one journey."""
    left = [pk for (pk,) in planned("SELECT id FROM memories_embeddingmodel WHERE NOT is_active")]
    space = active_model_id()
    refused = [sorted(_refused.get((one.table, space), ())) for one in FILLED]
    wants = ", ".join(f"EXISTS (SELECT {_WANTING.format(one=one)})" for one in FILLED)
    values = [value for ids in refused for value in (left, ids)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wants}", values)
        (found,) = cursor.fetchall()
    return [one for one, is_wanting in zip(FILLED, found, strict=True) if is_wanting]


# The models in use no more are named one by one: a subquery in their place would have the whole
# table read each time.
_WANTING = """
    FROM {one.table} t
    WHERE (t.embedding_model_id IS NULL OR t.embedding_model_id = ANY(%s))
      AND t.id <> ALL(%s) AND {one.only}
"""


def fill_interests() -> int:
    """Embed interests that have no vector yet. Returns how many; call again until it is none."""
    return fill(INTERESTS)


def fill(embedded: Embedded) -> int:
    """Embed some rows of one table that have no vector of the active space. Returns how many."""
    refused = _refused.setdefault((embedded.table, active_model_id()), set())
    left = list(EmbeddingModel.objects.filter(is_active=False).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT t.id, {embedded.digest}, {", ".join(embedded.columns)}
            {_WANTING.format(one=embedded)} LIMIT %s
            """,
            [left, sorted(refused), AT_ONCE],
        )
        rows: list[Row] = cursor.fetchall()
    if not rows:
        return 0
    texts = [embedded.text(*(part or "" for part in columns)) for _, _, *columns in rows]
    vectors = _vectors(texts)
    for row, vector in zip(rows, vectors, strict=True):
        if vector is None:
            refused.add(row[0])
            log.warning(
                "%s %s stays without a vector: its text is refused.", embedded.table, row[0]
            )
    had = [(row, vector) for row, vector in zip(rows, vectors, strict=True) if vector is not None]
    # Where every text was refused, the next ones are looked at all the same.
    return _put(embedded, had) if had else fill(embedded)


def _vectors(texts: Sequence[str]) -> list[Vector | None]:
    """A vector for each text; None for one that the server refuses as it stands."""
    try:
        return list(embed(texts))
    except BadRequestError as error:
        if error.blames_server:
            raise
        if len(texts) == 1:
            return [None]
        return [vector for text in texts for vector in _vectors([text])]


def _put(embedded: Embedded, had: Sequence[tuple[Row, Vector]]) -> int:
    """Store vectors in rows that still say what they said, if their space is still the active one.
    Returns how many."""
    owner = "t.owner_id" if embedded is MEMORIES else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {embedded.table} t
            SET embedding = v.vector, embedding_model_id = m.id {embedded.placing}
            FROM unnest(%s::bigint[], %s::text[], %s::text[]::halfvec[]) v (id, digest, vector),
                 memories_embeddingmodel m
            WHERE t.id = v.id AND {embedded.digest} = v.digest AND m.is_active AND m.id = %s
            RETURNING {owner}
            """,  # noqa: S608 - names of columns
            [
                [row[0] for row, _ in had],
                [row[1] for row, _ in had],
                [vector.to_text() for _, vector in had],
                had[0][1].model_id,
            ],
        )
        owners = [row[0] for row in cursor.fetchall()]
    if embedded is MEMORIES:
        caches.touch(owners)
    return len(owners)
