"""What it costs: told apart, and what a month comes to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from audit.calls import costs, ledger
from audit.models import BudgetSpend, LLMCall
from conversations.wishes import standing
from fishbowl.llm.types import ChatMessage, ChatRequest
from tests.builders import (
    NOON,
    make_budget,
    make_call,
    make_character,
    make_community,
    make_conversation,
)


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
    assert {one.label for one in costs.by("character", since)} == {"Odile", "of none"}
    community = conversation.channel.community.name
    assert {one.label for one in costs.by("community", since)} == {community, "of none"}
    assert costs.total(since)[0].calls == 2
    budget = make_budget(character=odile, tokens=1000)
    BudgetSpend.objects.create(budget=budget, period_start=budget.period_start(NOON), tokens=400)
    (standing,) = costs.budgets(NOON)
    assert (standing.whose, standing.percent, standing.end_percent) == ("Odile", 40, 80)


@pytest.mark.django_db
def test_what_a_community_is_charged_with_is_told_as_its_own() -> None:
    """A reflection is of a community, and of no conversation."""
    conversation = make_conversation()
    here, elsewhere = (
        conversation.channel.community,
        make_community(name="Elsewhere", discord_id=77),
    )
    request = ChatRequest((ChatMessage("user", "What of this?"),), "reflect")
    now = timezone.now()
    for community in (here, elsewhere):
        ledger.ask_within_budgets(request, now=now, community_id=community.pk)
    LLMCall.objects.update(cost_usd="0.5")
    make_call(conversation=conversation, cost_usd="0.2")
    since = now - dt.timedelta(days=1)
    spent = {one.label: one.usd for one in costs.by("community", since)}
    assert spent == {here.name: Decimal("0.7"), "Elsewhere": Decimal("0.5")}
    told = standing.cost(here, now)
    assert "reflect: 1 calls" in told
    assert "$0.7000" in told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("month", "day", "ends_at"), [(1, 31, 103), (2, 28, 102), (4, 16, 200), (12, 31, 103)]
)
def test_a_month_ends_when_it_does(month: int, day: int, ends_at: int) -> None:
    now = dt.datetime(2026, month, day, 6, tzinfo=dt.UTC)
    budget = make_budget(period="month", tokens=1000)
    BudgetSpend.objects.create(budget=budget, period_start=budget.period_start(now), tokens=1000)
    (stands,) = costs.budgets(now)
    assert stands.percent <= stands.end_percent
    assert stands.end_percent == pytest.approx(ends_at, abs=4)
