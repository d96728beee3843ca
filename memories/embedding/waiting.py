"""Vectors that wait for a change of space, each for a row that says what it was made from."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models import Q

from memories.embedding.embedding import Vector
from memories.embedding.texts import ALL, MEMORIES, MESSAGES, Embedded
from memories.models import WaitingVector


def put(model_id: int, embedded: Embedded, made: Sequence[tuple[int, str, Vector]]) -> int:
    """Have vectors wait, each given with its row and the hash of what it was made from. Rows that
    are gone or read otherwise by now have none, nor those that somebody is just changing: the next
    pass looks at them again. Returns how many wait."""
    with connection.cursor() as cursor:
        # Whoever deletes or rewrites such a row waits for this, and then finds what waits for it.
        cursor.execute(
            f"""
            INSERT INTO memories_waitingvector
                (embedding_model_id, "table", row, text_hash, embedding)
            SELECT %s, %s, t.id, v.digest, v.vector
            FROM unnest(%s::bigint[], %s::text[], %s::text[]::halfvec[]) v (id, digest, vector)
                JOIN {embedded.table} t ON t.id = v.id
            WHERE {embedded.digest} = v.digest AND {embedded.only}
            FOR SHARE OF t SKIP LOCKED
            ON CONFLICT (embedding_model_id, "table", row)
                DO UPDATE SET text_hash = excluded.text_hash, embedding = excluded.embedding
            """,  # noqa: S608 - names of columns
            [
                model_id,
                embedded.table,
                [row for row, _, _ in made],
                [digest for _, digest, _ in made],
                [vector.to_text() for _, _, vector in made],
            ],
        )
        return int(cursor.rowcount)


def forget(message_ids: Collection[int], memory_ids: Collection[int] = ()) -> int:
    """Take away what waits for these rows, and for rows of any table that are gone. To be called
    after those changed or went, in the same transaction. Returns how many went."""
    meant = Q(table=MESSAGES.table, row__among=message_ids) | Q(
        table=MEMORIES.table, row__among=memory_ids
    )
    missing = " UNION ALL ".join(
        f"""
        SELECT w.id FROM memories_waitingvector w
        WHERE w."table" = '{one.table}' AND NOT EXISTS (
            SELECT FROM {one.table} t WHERE t.id = w.row)
        """  # noqa: S608 - names of tables
        for one in ALL
    )
    with connection.cursor() as cursor:
        cursor.execute(missing)
        ids = [pk for (pk,) in cursor.fetchall()]
    went, _ = WaitingVector.objects.filter(meant | Q(pk__among=ids)).delete()
    return went
