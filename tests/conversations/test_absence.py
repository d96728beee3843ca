"""Bonds that absence moves are found by the database, among those of everybody who ever came."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from django.db.models import Q

from audit.configuration import configuration
from audit.configuration.places import Place
from characters.models import Relationship
from conversations.feelings import absence
from conversations.services import local_community
from tests.builders import NOON, make_character, make_community, make_person, make_relationship

pytestmark = pytest.mark.django_db
DAYS = (0.9, 1.6, 2.5, 7.9, 8.0, 9.0, 22.0, 40.0)


@pytest.fixture
def bonds() -> list[Relationship]:
    """Bonds of every kind, here, where one fades sooner, and where nobody does."""
    ada, sooner, never = make_character(), make_community(), make_community()
    for place, name, value in ((sooner, "absence_days", 0.5), (never, "absence_per_day", 0.0)):
        configuration.set_value("living", name, value, place=Place("community", place.pk))
    configuration.forget_cached()
    felt = [(0.5 + by, 0.4 - by / 2, 0.3) for by in (0.0, 0.02, -0.04, 0.06, 0.4)]
    felt.append((0.5, 0.4, 0.9))
    kinds = itertools.product(
        felt, DAYS, (None, 0.5, 1.0, 3.0), (None, local_community(), sooner, never)
    )
    return [
        make_relationship(
            ada,
            make_person(),
            community=place,
            **dict(zip(absence.PARTS, parts, strict=True)),
            last_interaction_at=NOON - dt.timedelta(days=ago),
            faded_at=None if faded is None else NOON - dt.timedelta(days=faded),
        )
        for parts, ago, faded, place in kinds
    ]


def test_those_are_found_that_looking_at_each_would_find(
    bonds: list[Relationship], monkeypatch: pytest.MonkeyPatch
) -> None:
    Relationship.objects.filter(pk=bonds[0].pk).update(
        repair_since=NOON, repair_from=0.6, repair_low=0.5
    )
    looked_at: list[int] = []
    look = absence._faded

    def count(bond: Relationship, now: dt.datetime) -> Any:
        looked_at.append(bond.pk)
        return look(bond, now)

    monkeypatch.setattr(absence, "_faded", count)
    found = absence.due(NOON)
    few = len(looked_at)
    monkeypatch.setattr(absence, "_may_be_due", lambda _: Q())
    assert absence.due(NOON) == found
    assert 20 < len(found) <= few < len(bonds) // 8
    assert len(looked_at) - few == len(bonds) - 1, "without it, all but the quarrel"


def test_who_feels_as_strangers_do_is_not_read() -> None:
    ada = make_character()
    make_relationship(ada, make_person(), last_interaction_at=NOON - dt.timedelta(days=90))
    assert not Relationship.objects.filter(absence._may_be_due(NOON)).exists()
