"""Budgets: what is reserved is never more than what there is, whoever races for it."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from audit import budgets
from audit.models import Budget, BudgetSpend
from tests.builders import NOON, make_budget, make_character, make_community, spent


def reserve(tokens: int = 100, usd: str = "0.01", **who: Any) -> budgets.Reservation:
    return budgets.reserve(
        **{"character_id": None, "community_id": None, "now": NOON, **who},
        tokens=tokens,
        usd=Decimal(usd),
    )


@pytest.mark.django_db
def test_it_reserves_nothing_without_budgets() -> None:
    assert reserve().spends == ()
    assert not BudgetSpend.objects.exists()


@pytest.mark.django_db
def test_it_reserves_in_every_budget_that_applies_and_in_no_other() -> None:
    character, community = make_character(), make_community()
    applies = [
        make_budget(tokens=1000),
        make_budget(tokens=1000, period=Budget.Period.HOUR),
        make_budget(character=character, usd="1"),
        make_budget(community=community),
    ]
    other = make_budget(character=make_character(), tokens=1)
    reservation = reserve(character_id=character.pk, community_id=community.pk)
    assert len(reservation.spends) == 4
    assert [spent(budget) for budget in applies] == [(100, Decimal("0.01"))] * 4
    assert spent(other) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limits", "asked", "fits"),
    [
        ({"tokens": 100}, {"tokens": 100}, True),
        ({"tokens": 99}, {"tokens": 100}, False),
        ({"tokens": 0}, {"tokens": 0}, True),
        ({"usd": "0.01"}, {"usd": "0.01"}, True),
        ({"usd": "0.0099"}, {"usd": "0.01"}, False),
        ({"tokens": 1000, "usd": "0"}, {"usd": "0.000001"}, False),
        ({}, {"tokens": 10**12, "usd": "9999"}, True),
    ],
)
def test_it_reserves_up_to_the_limit(
    limits: dict[str, Any], asked: dict[str, Any], fits: bool
) -> None:
    budget = make_budget(**limits)
    if fits:
        reserve(**asked)
        return
    with pytest.raises(budgets.BudgetExhausted, match="is spent"), transaction.atomic():
        reserve(**asked)
    assert spent(budget) == (0, 0)


@pytest.mark.django_db
def test_it_charges_no_budget_when_one_falls_short() -> None:
    wide, narrow = make_budget(tokens=1000), make_budget(tokens=50, period=Budget.Period.HOUR)
    with pytest.raises(budgets.BudgetExhausted) as caught, transaction.atomic():
        reserve()
    assert caught.value.budget == narrow
    assert spent(wide) == (0, 0)


@pytest.mark.django_db
def test_it_settles_on_what_was_used() -> None:
    budget = make_budget(tokens=1000, usd="1")
    reservation = reserve(tokens=500, usd="0.5")
    budgets.settle(reservation, tokens=120, usd=Decimal("0.125"))
    assert spent(budget) == (120, Decimal("0.125"))


@pytest.mark.django_db
def test_it_gives_all_back_when_nothing_was_used() -> None:
    budget = make_budget(tokens=500)
    budgets.settle(reserve(tokens=500), tokens=0, usd=Decimal(0))
    assert spent(budget) == (0, 0)
    reserve(tokens=500)


@pytest.mark.django_db
def test_it_books_more_than_was_reserved_where_more_was_used() -> None:
    budget = make_budget(tokens=500)
    budgets.settle(reserve(tokens=500), tokens=700, usd=Decimal(0))
    assert spent(budget)[0] == 700
    with pytest.raises(budgets.BudgetExhausted), transaction.atomic():
        reserve(tokens=1)


@pytest.mark.django_db
def test_it_settles_a_reservation_that_was_kept_as_json() -> None:
    budget = make_budget(tokens=500)
    kept = reserve(tokens=400, usd="0.000001").to_json()
    budgets.settle(budgets.Reservation.from_json(kept), tokens=1, usd=Decimal(0))
    assert spent(budget) == (1, 0)
    budgets.settle(budgets.Reservation.from_json({}), tokens=9, usd=Decimal(9))
    assert spent(budget) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("period", "later"),
    [
        (Budget.Period.HOUR, NOON + dt.timedelta(hours=1)),
        (Budget.Period.DAY, NOON + dt.timedelta(hours=12)),
        (Budget.Period.MONTH, dt.datetime(2026, 4, 1, tzinfo=dt.UTC)),
    ],
)
def test_it_begins_anew_with_each_period(period: str, later: dt.datetime) -> None:
    make_budget(tokens=100, period=period)
    reserve()
    with pytest.raises(budgets.BudgetExhausted), transaction.atomic():
        reserve(now=later - dt.timedelta(seconds=1))
    reserve(now=later)
    assert BudgetSpend.objects.count() == 2


def test_it_begins_periods_by_utc_whatever_the_clock() -> None:
    oslo = dt.timezone(dt.timedelta(hours=2))
    late = dt.datetime(2026, 5, 1, 1, 30, tzinfo=oslo)
    starts = {p: Budget(period=p).period_start(late).isoformat() for p in Budget.Period.values}
    assert starts == {
        "hour": "2026-04-30T23:00:00+00:00",
        "day": "2026-04-30T00:00:00+00:00",
        "month": "2026-04-01T00:00:00+00:00",
    }


@pytest.mark.django_db(transaction=True)
def test_it_never_overdraws_when_many_reserve_at_once() -> None:
    budget = make_budget(tokens=1000)
    hourly = make_budget(tokens=1050, period=Budget.Period.HOUR)
    outcomes: list[bool] = []
    errors: list[Exception] = []
    barrier = threading.Barrier(8)

    def race() -> None:
        try:
            barrier.wait(timeout=30)
            for _ in range(5):
                try:
                    with transaction.atomic():
                        reserve(tokens=100)
                    outcomes.append(True)
                except budgets.BudgetExhausted:
                    outcomes.append(False)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors
    assert len(outcomes) == 40
    assert sum(outcomes) == 10
    assert spent(budget)[0] == 1000
    assert spent(hourly)[0] == 1000
    assert BudgetSpend.objects.filter(budget=budget).count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_takes_nothing_when_the_transaction_is_rolled_back() -> None:
    budget = make_budget(tokens=1000)
    with pytest.raises(RuntimeError), transaction.atomic():
        reserve()
        raise RuntimeError
    assert spent(budget) == (0, 0)
