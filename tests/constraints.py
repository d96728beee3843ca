"""Breaks the database's constraints: those that follow a pattern by themselves, others by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

Break = Callable[[], None]


def named(app: str) -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    """Every named constraint of an app, with its model."""
    return {
        constraint.name: (model, constraint)
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }


@contextmanager
def refused_by(*names: str) -> Iterator[None]:
    """The database refuses what is done here, and names this constraint, or one of these."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    cause = caught.value.__cause__
    assert cause is not None
    assert cause.diag.constraint_name in names


def put(row: models.Model, **columns: Any) -> None:
    """Write columns of a row past every validation of Django's."""
    assignments = ", ".join(f'"{name}" = %s' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{row._meta.db_table}" SET {assignments} WHERE id = %s',  # noqa: S608
            [*columns.values(), row.pk],
        )
        assert cursor.rowcount == 1


def breaks_itself(constraint: models.BaseConstraint) -> bool:
    """Whether `attempts` knows how to break it: a range, or a list of known values."""
    return constraint.name.endswith(("_range", "_known")) and isinstance(
        constraint, models.CheckConstraint
    )


def attempts(constraint: models.BaseConstraint, row: models.Model) -> list[Break]:
    """Ways to break a range (below, above, not a number) or a list of values."""
    tries: list[Break] = []

    def attempt(column: str, value: Any) -> None:
        tries.append(lambda: put(row, **{column: value}))

    for lookup, value in _leaves(constraint.condition):
        column, _, operator = lookup.rpartition("__")
        if operator == "gte":
            attempt(column, value - 0.01 if isinstance(value, float) else value - 1)
        elif operator == "lte":
            attempt(column, value + 0.01 if isinstance(value, float) else value + 1)
            if isinstance(row._meta.get_field(column), models.FloatField):
                attempt(column, float("nan"))
        elif operator == "in":
            attempt(column, "nonsense"[: row._meta.get_field(column).max_length])
            attempt(column, "")
    assert tries, f"{constraint.name} has nothing that can be broken"
    return tries


def _leaves(condition: Any) -> Iterator[tuple[str, Any]]:
    for child in condition.children:
        if isinstance(child, tuple):
            yield child
        else:
            yield from _leaves(child)
