"""What waits for the keeper: each app says what of its own does, and the desk shows it.

    waits_for_keeper("Deliveries given up", Delivery, {"status": "failed"}, icon="outbox")

A click leads to the list with just those rows, so `where` is both the filter and the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

MOST = 100  # nobody needs to know whether it is more

_things: list[Thing] = []


@dataclass(frozen=True, slots=True)
class Thing:
    """Rows that a keeper should look at."""

    title: str
    model: type[Model]
    where: tuple[tuple[str, Any], ...]
    icon: str
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many there are of a thing, and where."""

    title: str
    icon: str
    number: str
    address: str
    is_urgent: bool


def waits_for_keeper(
    title: str,
    model: type[Model],
    where: Mapping[str, Any],
    *,
    icon: str = "error",
    is_urgent: bool = False,
) -> None:
    """Have the desk show how many rows of `model` fit `where`, if any do."""
    _things.append(Thing(title, model, tuple(where.items()), icon, is_urgent))


def waiting(request: HttpRequest) -> list[Waiting]:
    """What waits now, of what this keeper may see; the urgent first."""
    found = []
    for thing in _things:
        meta = thing.model._meta
        if not request.user.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
            continue
        number = thing.model._default_manager.filter(**dict(thing.where))[: MOST + 1].count()
        if number:
            found.append(
                Waiting(
                    thing.title,
                    thing.icon,
                    f"{MOST}+" if number > MOST else str(number),
                    reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
                    + "?"
                    + urlencode([_as_filter(*pair) for pair in thing.where]),
                    thing.is_urgent,
                )
            )
    return sorted(found, key=lambda one: not one.is_urgent)


def _as_filter(column: str, value: Any) -> tuple[str, Any]:
    """A condition as the address of a list has it."""
    name = column if "__" in column else f"{column}__exact"
    if isinstance(value, list):
        return name, ",".join(value)
    return name, int(value) if isinstance(value, bool) else value
