"""The rows of a society that has talked for a year, quickly: made by SQL of one another.

Every conversation has fifty messages; each line of a character's has its turn, call, delivery and
what they left behind. Indexes that no constraint needs are built after the rows are in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.desk_tables import A_TALK, CHAINED, FILL, MONTHS

# Columns that want a value, as long as the database gives none.
WANTED = """
    SELECT column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO'
      AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'
"""
EMPTY = {
    "boolean": "false",
    "jsonb": "'{}'",
    "ARRAY": "'{}'",
    "timestamp with time zone": "now()",
    "date": "now()",
    "character varying": "''",
    "text": "''",
    "inet": "NULL",
}
# Of the tables that are filled: indexes that neither a constraint nor a partitioned table holds on
# to, nor one that says what is unique.
INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relname = ANY(%s) AND t.relkind = 'r' AND NOT i.indisunique
      AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.indexrelid)
"""


def fill(messages: int, memories: int) -> dict[str, int]:
    """Write the rows. How many there are of each."""
    from django.db import connection
    from django.utils import timezone

    from audit.operation.partitions import ensure_partitions

    ensure_partitions(timezone.now() - dt.timedelta(days=30 * MONTHS), MONTHS + 2)
    values = {
        "talk": A_TALK,
        "talks": messages // A_TALK,
        "messages": messages,
        "memories": memories,
    }
    with connection.cursor() as cursor:
        with _without_indexes(cursor):
            found = {table: insert(cursor, table, c, r, values) for table, c, r in FILL}
        found |= {table: insert(cursor, table, c, r, values) for table, c, r in CHAINED}
        cursor.execute("VACUUM (ANALYZE)")
    return found


def insert(
    cursor: Any, table: str, columns: dict[str, str], rows: str, values: dict[str, int]
) -> int:
    cursor.execute(WANTED, [table])
    empty = {name: EMPTY.get(kind, "0") for name, kind in cursor.fetchall()}
    given = {name: value for name, value in empty.items() if f'"{name}"' not in columns} | columns
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(given)}) "  # noqa: S608 - of our own words
        f"SELECT {', '.join(given.values())} FROM {rows}",
        values,
    )
    written = int(cursor.rowcount)
    cursor.execute(f"ANALYZE {table}")  # the next table is made of this one
    return written


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    cursor.execute(INDEXES, [[table for table, _, _ in FILL]])
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
