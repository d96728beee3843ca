"""Searching a large table without reading all of it.

Numbers are looked up as numbers, and names where they stand, in the small tables of characters,
people and rooms. Words in a large table's own texts are looked for in its latest rows alone: of the
dates chosen, where dates are chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.db import models
from django.db.models import Model, Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal

LATEST = 50_000  # rows whose texts are read
MOST_NAMED = 1000  # rows of another table that a name may mean


def search(rows: QuerySet[Any], fields: Sequence[str], words: str, time: str = "") -> QuerySet[Any]:
    """The rows in which each word stands somewhere. `time` is the column that dates were chosen by,
    if any were."""
    model = rows.model
    late = _latest(rows, time)
    for word in _words(words):
        found = Q(pk__in=[])
        for field in fields:
            found |= _in_field(model, field, word, late)
        rows = rows.filter(found)
    return rows


def is_searchable(model: type[Model], fields: Sequence[str]) -> bool:
    """Whether no field leads to many rows of another table, which would show a row twice."""
    return not any(lookup_spawns_duplicates(model._meta, one.lstrip("=^@")) for one in fields)


def _words(text: str) -> Iterator[str]:
    for word in smart_split(text):
        is_quoted = word[0] in "\"'" and len(word) > 1 and word[0] == word[-1]
        yield unescape_string_literal(word) if is_quoted else word


def _latest(rows: QuerySet[Any], time: str) -> Q:
    """Of the rows, those that are late enough for their texts to be read."""
    column = time or "pk"
    ends = rows.order_by(f"-{column}").values_list(column, flat=True)[LATEST : LATEST + 1]
    first = next(iter(ends), None)
    return Q() if first is None else Q(**{f"{column}__gte": first})


def _in_field(model: type[Model], field: str, word: str, late: Q) -> Q:
    path, is_exact = field.lstrip("=^@"), field.startswith("=")
    first, *rest = path.split("__")
    column = model._meta.pk if first == "pk" else model._meta.get_field(first)
    if is_exact:
        target = column
        for step in rest:
            related: Any = target.related_model
            target = related._meta.get_field(step)
        if isinstance(target, models.IntegerField | models.AutoField):
            is_number = word.isascii() and word.isdigit() and len(word) < 19
            return Q(**{path: int(word)}) if is_number else Q(pk__in=[])
        return Q(**{f"{path}__iexact": word}) & late
    if rest:
        return _named(column, path, word, late)
    return Q(**{f"{path}__icontains": word}) & late


def _named(column: Any, path: str, word: str, late: Q) -> Q:
    """Rows that lead to one of another table in whose text the word stands."""
    *way, text = path.split("__")
    related = column.related_model
    for step in way[1:]:
        related = related._meta.get_field(step).related_model
    keys = related._base_manager.filter(**{f"{text}__icontains": word}).values_list("pk", flat=True)
    there = Q(**{f"{'__'.join(way)}__in": list(keys[:MOST_NAMED])})
    return there if len(way) == 1 else there & late
