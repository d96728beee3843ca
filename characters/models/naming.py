"""How a row is called that is told by others: a persona by its character's name.

To say a row's name asks the database nothing: what it hangs on is named where it is loaded, and has
its number elsewhere. A model says in `named_by` what its name needs, so that a page can load it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import ForeignKey, Model


def called(row: Model, relation: str) -> str:
    """What stands on the other side of a relation: its name, or its number where it isn't loaded;
    nothing where there is none."""
    field = row._meta.get_field(relation)
    if isinstance(field, ForeignKey) and not field.is_cached(row):
        key = getattr(row, field.attname)
        return "" if key is None else f"no. {key}"
    there = getattr(row, relation)
    return "" if there is None else str(there)


def needed_names(model: type[Model], shown: Collection[Any] | None = None) -> list[str]:
    """The relations to select for the names of a model's row and of those that it leads to; in a
    list, of those that are `shown`."""
    is_told = shown is None or "__str__" in shown
    own = list(getattr(model, "named_by", ())) if is_told else []
    return own + [
        f"{field.name}__{name}"
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and (shown is None or field.name in shown)
        for name in getattr(field.related_model, "named_by", ())
    ]
