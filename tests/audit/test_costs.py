"""What it costs: told apart, and what a month comes to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from audit.calls import costs
from audit.models import BudgetSpend
from tests.builders import NOON, make_budget, make_call, make_character, make_conversation


def test_a_month_at_this_pace_and_at_other_prices() -> None:
    spent = costs.Cost("all", 100, 1_000_000, Decimal("0.50"))
    week = dt.timedelta(days=7)
    month = costs.forecast(spent, week)
    assert (month.calls, month.tokens) == (428, 4_285_714)
    assert round(month.usd, 4) == Decimal("2.1429")
    other = costs.forecast(
        spent, week, price_in=Decimal(1), price_out=Decimal(10), prompt_share=0.9
    )
    assert round(other.usd, 4) == round(Decimal("1.9") * 30 / 7, 4)


@pytest.mark.django_db
def test_it_tells_costs_apart_and_how_budgets_stand() -> None:
    odile, conversation = make_character("Odile"), make_conversation()
    make_call(character=odile, conversation=conversation, cost_usd="0.2", started_at=NOON)
    make_call(purpose="reflect", model="other", cost_usd="0.3", started_at=NOON)
    since = NOON - dt.timedelta(days=1)
    assert [(one.label, one.usd) for one in costs.by("purpose", since)] == [
        ("reflect", Decimal("0.3")),
        ("speak", Decimal("0.2")),
    ]
    assert {one.label for one in costs.by("character", since)} == {"Odile", "None"}
    community = conversation.channel.community.name
    assert {one.label for one in costs.by("community", since)} == {community, "None"}
    assert costs.total(since)[0].calls == 2
    budget = make_budget(character=odile, tokens=1000)
    BudgetSpend.objects.create(budget=budget, period_start=budget.period_start(NOON), tokens=400)
    (standing,) = costs.budgets(NOON)
    assert (standing.whose, standing.percent, standing.end_percent) == ("Odile", 40, 80)
