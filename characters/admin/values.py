"""Filters by the words that stand in a column, cheaply.

Django's own reads the whole table to learn which there are. This one does so where that is quick,
and otherwise asks PostgreSQL which are the most frequent: it knows as many as a hundred.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AllValuesFieldListFilter, FieldListFilter
from django.db import connection, models
from django.http import HttpRequest

READ_UP_TO = 10_000  # rows of a table that is read for its values

_SIZE = """
    SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint FROM pg_class
    WHERE relkind <> 'p' AND (oid = %(table)s::regclass
       OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = %(table)s::regclass))
"""
_FREQUENT = """
    SELECT most_common_vals::text::text[] FROM pg_stats
    WHERE schemaname = current_schema() AND tablename = %s AND attname = %s
    ORDER BY inherited DESC LIMIT 1
"""


def estimated_rows(model: type[models.Model]) -> int:
    """How many rows PostgreSQL believes a table to have, its partitions included."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZE, {"table": model._meta.db_table})
        return int(cursor.fetchone()[0])


def frequent_values(model: type[models.Model], column: str) -> list[str]:
    """The values that PostgreSQL saw most often when it last looked the table over."""
    with connection.cursor() as cursor:
        cursor.execute(_FREQUENT, [model._meta.db_table, column])
        found = cursor.fetchone()
    return sorted(found[0] or ()) if found else []


class FrequentValues(AllValuesFieldListFilter):
    """All values of a small table's column; of a large one's the most frequent."""

    def __init__(
        self,
        field: models.Field[Any, Any],
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[models.Model],
        model_admin: Any,
        field_path: str,
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        if estimated_rows(field.model) > READ_UP_TO:
            choices: Any = frequent_values(field.model, str(field.column))
            self.lookup_choices = choices


def _has_words(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.CharField) and not field.choices


FieldListFilter.register(_has_words, FrequentValues, take_priority=True)
