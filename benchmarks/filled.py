"""A table full of memories, quickly: rows written straight into it, as the service would have them.

What takes long, words and their vectors, is made once, as much as the largest owner remembers.
The others remember some of the same, as witnesses do: every row is somebody's own, with its own
index entries. The indexes are built anew after the rows are in, and are those of the product.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from benchmarks.remembered import A_STRETCH, BEGAN, LEVELS, Talk, mixed, said

LASTED = dt.timedelta(days=600)
AT_ONCE = 4000  # stretches that a statement writes
SPARE = 1.1  # lines, of those that the largest owner remembers: some are the same by chance

_TABLES = """
CREATE TEMP TABLE IF NOT EXISTS bench_line (
    stretch int, place int, content text, hash text, importance float8, visibility text,
    embedding halfvec, PRIMARY KEY (stretch, place)
);
CREATE TEMP TABLE IF NOT EXISTS bench_plan (
    number int PRIMARY KEY, owner bigint, stretch int, lines int, at timestamptz
);
TRUNCATE bench_line, bench_plan;
TRUNCATE memories_memory CASCADE;
"""
_WRITTEN = """
INSERT INTO memories_memory (created_at, updated_at, owner_id, kind, content, found_by, provenance,
    importance, emotional_valence, confidence, visibility, tier, strength, access_count,
    occurred_at, is_locked, content_hash, embedding, embedding_model_id, session_key, sequence,
    keywords, metadata)
SELECT now(), now(), p.owner, 'conversation', l.content, to_char(p.at, 'FMDD FMMonth YYYY'),
    'witnessed', l.importance, 0, 1, l.visibility, 'short', 1, 0,
    p.at + l.place * interval '20 seconds', false, l.hash, l.embedding, %(model)s,
    p.owner || ':' || p.number, l.place, '{}', '{}'
FROM bench_plan p JOIN bench_line l ON l.stretch = p.stretch AND l.place <= p.lines
WHERE p.number >= %(since)s AND p.number < %(until)s ORDER BY p.number, l.place
ON CONFLICT DO NOTHING
"""


def fill(sizes: dict[int, int]) -> int:
    """Empty the table, and have each owner remember so many lines, the owners' talks mixed.
    Returns how many memories there are."""
    from django.db import connection

    from memories.embedding.embedding import active_model_id

    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        has_lines = _write_lines(cursor, round(max(sizes.values()) * SPARE / A_STRETCH) + 1)
        planned = _write_plan(cursor, sizes, has_lines)
        with _without_indexes(cursor):
            for since in range(0, planned, AT_ONCE):
                cursor.execute(
                    _WRITTEN, {"model": active_model_id(), "since": since, "until": since + AT_ONCE}
                )
        cursor.execute("VACUUM (ANALYZE) memories_memory")
        cursor.execute("SELECT count(*) FROM memories_memory")
        return int(cursor.fetchone()[0])


def _write_lines(cursor: Any, stretches: int) -> int:
    from memories.embedding.embedding import embed
    from memories.writing import content_hash

    talk, rng = Talk(), Random(2)
    lines = [(at, n, line) for at in range(stretches) for n, line in enumerate(talk.stretch(), 1)]
    for start in range(0, len(lines), AT_ONCE):
        part = lines[start : start + AT_ONCE]
        vectors = embed([line for _, _, line in part])  # may ask the database: before the COPY
        with cursor.copy(
            "COPY bench_line (stretch, place, content, hash, importance, visibility, embedding)"
            " FROM STDIN"
        ) as copy:
            for (stretch, place, line), vector in zip(part, vectors, strict=True):
                content = said(line)
                level = rng.choices(*LEVELS)[0]
                copy.write_row(
                    (stretch, place, content, content_hash(content), rng.uniform(2, 9), level,
                     vector.to_text())
                )  # fmt: skip
    cursor.execute("ANALYZE bench_line")
    return stretches


def _write_plan(cursor: Any, sizes: dict[int, int], stretches: int) -> int:
    """Who remembers which stretch, and when it was: none twice the same."""
    rng = Random(3)
    waiting = {
        owner: rng.sample(range(stretches), -(-size // A_STRETCH)) for owner, size in sizes.items()
    }
    plan = list(mixed(rng, sizes))
    with cursor.copy("COPY bench_plan (number, owner, stretch, lines, at) FROM STDIN") as copy:
        for number, (owner, lines) in enumerate(plan):
            at = BEGAN + LASTED * number / len(plan)
            copy.write_row((number, owner, waiting[owner].pop(), lines, at))
    cursor.execute("ANALYZE bench_plan")
    return len(plan)


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Have no indexes but for those that constraints need, and build them anew in the end; not
    those that some owners have of their own. Quicker than to keep them up row by row."""
    from memories.recall.indexes import PREFIX

    cursor.execute("""
        SELECT c.relname, pg_get_indexdef(i.indexrelid)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = 'memories_memory'::regclass
          AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.indexrelid)
    """)
    found: Sequence[tuple[str, str]] = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        for name, definition in found:
            if not name.startswith(PREFIX):
                cursor.execute(definition)
