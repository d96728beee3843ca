"""Column types and constraints that many models share."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class UnitField(models.FloatField):  # type: ignore[type-arg]
    """A float from 0.0 to 1.0. Forms validate it; `in_unit` makes the database do so too."""

    default_validators = [MinValueValidator(0.0), MaxValueValidator(1.0)]


class SignedField(models.FloatField):  # type: ignore[type-arg]
    """A float from −1.0 to 1.0. Forms validate it; `in_signed` makes the database do so too."""

    default_validators = [MinValueValidator(-1.0), MaxValueValidator(1.0)]


def in_range(
    model: str, low: float, high: float, *names: str, may_be_null: bool = False
) -> list[models.BaseConstraint]:
    """Constraints that hold each column of `names` between `low` and `high`, both included."""
    constraints: list[models.BaseConstraint] = []
    for name in names:
        condition = Q(**{f"{name}__gte": low, f"{name}__lte": high})
        if may_be_null:
            condition |= Q(**{f"{name}__isnull": True})
        constraints.append(
            models.CheckConstraint(
                name=f"{model}_{name}_range",
                condition=condition,
                violation_error_message=(
                    f"{name.replace('_', ' ').capitalize()} must lie between {low:g} and {high:g}."
                ),
            )
        )
    return constraints


def in_unit(model: str, *names: str) -> list[models.BaseConstraint]:
    """Constraints that hold each column of `names` between 0.0 and 1.0."""
    return in_range(model, 0.0, 1.0, *names)


def in_signed(model: str, *names: str) -> list[models.BaseConstraint]:
    """Constraints that hold each column of `names` between −1.0 and 1.0."""
    return in_range(model, -1.0, 1.0, *names)


def one_of(name: str, column: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """A constraint that lets only the values of `choices` into `column`."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{column}__in": choices.values}))


class Timestamped(models.Model):
    """Rows that are edited: when they were made and last changed."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
