"""The database itself holds the invariants of what is remembered."""

from __future__ import annotations

from typing import Any

import pytest

from memories.models import EmbeddingModel
from tests.constraints import attempts, breaks_itself, named, refused_by

pytestmark = pytest.mark.django_db
CONSTRAINTS = named("memories")
BY_PATTERN = [name for name, (_, c) in CONSTRAINTS.items() if breaks_itself(c)]


def make_space(**fields: Any) -> EmbeddingModel:
    return EmbeddingModel.objects.create(
        **{"name": "a", "dimensions": 256, "provider": "p", **fields}
    )


@pytest.mark.parametrize("name", BY_PATTERN)
def test_it_holds_ranges_and_known_values(name: str) -> None:
    row = make_space()
    for attempt in attempts(CONSTRAINTS[name][1], row):
        with refused_by(name):
            attempt()


def break_one_active() -> None:
    make_space(is_active=True)
    make_space(name="b", is_active=True)


BY_HAND: list[tuple[str, Any]] = [("embeddingmodel_one_active", break_one_active)]


@pytest.mark.parametrize(("name", "broken"), BY_HAND)
def test_it_refuses(name: str, broken: Any) -> None:
    with refused_by(name):
        broken()


def test_it_breaks_every_named_constraint() -> None:
    assert {*BY_PATTERN, *(name for name, _ in BY_HAND)} == set(CONSTRAINTS)


def test_it_lets_many_spaces_rest() -> None:
    make_space()
    make_space(name="b")
