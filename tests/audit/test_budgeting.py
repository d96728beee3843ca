"""Limits are settings with versions, and become the rows that reservations read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from audit.configuration import versions
from audit.configuration.budgeting import set_limits
from audit.configuration.configuration import set_value
from audit.configuration.places import Place
from audit.models import Budget
from tests.builders import make_budget, make_character

pytestmark = pytest.mark.django_db


def test_a_limit_becomes_a_row_changes_it_and_takes_it_away_again() -> None:
    odile = make_character()
    at = Place("character", odile.pk)
    other = make_budget(tokens=7)  # which no setting ever spoke of
    set_limits(at, "day", tokens=100, usd=Decimal("0.5"))
    budget = Budget.objects.get(character=odile)
    assert (budget.period, budget.limit_tokens, budget.limit_usd) == ("day", 100, Decimal("0.5"))
    set_limits(at, "day", tokens=200, usd=None)
    budget.refresh_from_db()
    assert (budget.limit_tokens, budget.limit_usd) == (200, None)
    first = versions.history("budget", "day_tokens", at).get(version=1)
    versions.roll_back(first)
    budget.refresh_from_db()
    assert budget.limit_tokens == 100
    set_limits(at, "day", tokens=None, usd=None)
    assert list(Budget.objects.all()) == [other]
    with pytest.raises(ValueError, match=r"budget.day_tokens must lie between 0"):
        set_value("budget", "day_tokens", -1)
