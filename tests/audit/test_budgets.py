"""What may be spent: set aside before a call, settled after it, never overdrawn."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from audit.calls import budgets
from audit.models import Budget, BudgetHold, BudgetSpend
from tests.builders import NOON, make_budget, make_character, make_community, spent
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)

NOTHING = Decimal(0)


def reserve(tokens: int = 100, usd: str = "0", **scope: int) -> budgets.Reservation:
    with transaction.atomic():
        return budgets.reserve(
            character_id=scope.get("character"),
            community_id=scope.get("community"),
            tokens=tokens,
            usd=Decimal(usd),
            now=NOON,
        )


def at_once(count: int, act: Callable[[], Any]) -> list[Any]:
    barrier = threading.Barrier(count)

    def work() -> Any:
        try:
            barrier.wait(PATIENCE_S)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [one.result(30) for one in [pool.submit(work) for _ in range(count)]]


def test_without_a_budget_nothing_is_limited_and_nothing_written() -> None:
    assert reserve(tokens=10**9) == budgets.Reservation((), 10**9, NOTHING)
    limits = {"character_id": None, "community_id": None, "tokens": 10**9, "usd": NOTHING}
    with budgets.held(**limits, now=NOON) as used:
        used.tokens = 10**9
    assert not BudgetSpend.objects.exists()
    assert not BudgetHold.objects.exists()


def test_what_is_set_aside_counts_until_what_was_used_replaces_it() -> None:
    budget = make_budget(tokens=1000, usd="1")
    kept = reserve(tokens=800, usd="0.5")
    assert spent(budget) == (800, Decimal("0.5"))
    with pytest.raises(budgets.BudgetExhausted, match="deployment"):
        reserve(tokens=300)
    budgets.settle(kept, tokens=120, usd=Decimal("0.02"))
    assert spent(budget) == (120, Decimal("0.02"))
    reserve(tokens=880)


def test_a_call_that_used_more_than_expected_is_charged_in_full() -> None:
    budget = make_budget(tokens=1000)
    budgets.settle(reserve(tokens=900), tokens=2500, usd=NOTHING)
    assert spent(budget)[0] == 2500
    with pytest.raises(budgets.BudgetExhausted):
        reserve(tokens=1)


def test_a_reservation_lives_through_json() -> None:
    make_budget(tokens=1000)
    kept = reserve(usd="0.123456")
    assert budgets.Reservation.from_json(kept.to_json()) == kept
    assert budgets.Reservation.from_json({}) == budgets.Reservation((), 0, NOTHING)


def test_each_scope_is_charged_and_the_tightest_decides() -> None:
    mara, jo = make_character("Mara"), make_character("Jo")
    here = make_community()
    whole = make_budget(tokens=1000)
    local = make_budget(community=here, tokens=500)
    hers = make_budget(character=mara, tokens=150)
    reserve(character=mara.pk, community=here.pk)
    assert [spent(b)[0] for b in (whole, local, hers)] == [100, 100, 100]
    with pytest.raises(budgets.BudgetExhausted) as info:
        reserve(character=mara.pk, community=here.pk)
    assert info.value.budget == hers
    assert [spent(b)[0] for b in (whole, local, hers)] == [100, 100, 100]
    reserve(character=jo.pk, community=here.pk)
    assert [spent(b)[0] for b in (whole, local, hers)] == [200, 200, 100]


def test_a_refused_claim_that_commits_has_charged_no_budget() -> None:
    mara = make_character("Mara")
    whole, hers = make_budget(tokens=1000), make_budget(character=mara, tokens=50)
    with transaction.atomic(), pytest.raises(budgets.BudgetExhausted):
        budgets.reserve(character_id=mara.pk, community_id=None, tokens=100, usd=NOTHING, now=NOON)
    assert [spent(b)[0] for b in (whole, hers)] == [0, 0]


def test_dollars_are_limited_like_tokens() -> None:
    make_budget(usd="0.10")
    reserve(usd="0.06")
    with pytest.raises(budgets.BudgetExhausted):
        reserve(usd="0.05")
    reserve(usd="0.04")


@pytest.mark.parametrize(
    ("period", "later", "is_new"),
    [
        (Budget.Period.HOUR, dt.timedelta(minutes=59), False),
        (Budget.Period.HOUR, dt.timedelta(minutes=60), True),
        (Budget.Period.DAY, dt.timedelta(hours=11), False),
        (Budget.Period.DAY, dt.timedelta(hours=12), True),
        (Budget.Period.MONTH, dt.timedelta(days=27), False),
        (Budget.Period.MONTH, dt.timedelta(days=28), True),
    ],
)
def test_a_new_period_begins_empty(period: str, later: dt.timedelta, is_new: bool) -> None:
    budget = make_budget(tokens=100, period=period)
    reserve(tokens=100)
    scope = {"character_id": None, "community_id": None}
    with transaction.atomic():
        if is_new:
            budgets.reserve(**scope, tokens=100, usd=NOTHING, now=NOON + later)
            assert BudgetSpend.objects.filter(budget=budget).count() == 2
        else:
            with pytest.raises(budgets.BudgetExhausted):
                budgets.reserve(**scope, tokens=100, usd=NOTHING, now=NOON + later)


def test_what_is_set_aside_in_one_period_is_settled_in_it() -> None:
    budget = make_budget(tokens=1000, period=Budget.Period.HOUR)
    kept = reserve(tokens=500)
    with transaction.atomic():
        budgets.reserve(character_id=None, community_id=None, tokens=7, usd=NOTHING,
                        now=NOON + dt.timedelta(hours=1))  # fmt: skip
    budgets.settle(kept, tokens=40, usd=NOTHING)
    rows = BudgetSpend.objects.filter(budget=budget).order_by("period_start")
    assert [row.tokens for row in rows] == [40, 7]


def test_what_comes_after_it_was_given_back_is_booked_whole() -> None:
    budget = make_budget(tokens=1000)
    asked = {"character_id": None, "community_id": None, "usd": NOTHING, "now": NOON}
    with budgets.held(**asked, tokens=500) as held:
        BudgetHold.objects.update(held_at=NOON)
        assert budgets.give_back(NOON + budgets.HELD_FOR) == 0
        assert budgets.give_back(NOON + 2 * budgets.HELD_FOR) == 1
        held.tokens = 40
    assert (spent(budget)[0], BudgetHold.objects.count()) == (40, 0)
    with pytest.raises(ZeroDivisionError), budgets.held(**asked, tokens=900):
        held.tokens = 1 // 0
    assert (spent(budget)[0], BudgetHold.objects.count()) == (40, 0)


def test_a_rolled_back_claim_sets_nothing_aside() -> None:
    budget = make_budget(tokens=1000)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        reserve(tokens=500)
        raise ZeroDivisionError
    assert spent(budget)[0] == 0


def test_what_was_given_back_twice_never_falls_below_nothing() -> None:
    budget = make_budget(tokens=1000, usd="1")
    kept = reserve(tokens=500, usd="0.5")
    budgets.settle(kept, tokens=0, usd=NOTHING)
    budgets.settle(kept, tokens=0, usd=NOTHING)
    assert spent(budget) == (0, NOTHING)


def test_twelve_claims_race_for_five_places() -> None:
    budget = make_budget(tokens=550)
    found = at_once(12, lambda: reserve(tokens=100))
    assert sum(isinstance(one, budgets.Reservation) for one in found) == 5
    assert sum(isinstance(one, budgets.BudgetExhausted) for one in found) == 7
    assert spent(budget)[0] == 500


def test_claims_and_settlements_never_wait_for_each_other_for_ever() -> None:
    mara, here = make_character("Mara"), make_community()
    budgets_ = [
        make_budget(tokens=10**6),
        make_budget(community=here, tokens=10**6),
        make_budget(character=mara, tokens=10**6),
    ]

    def claim_and_settle() -> None:
        for _ in range(15):
            kept = reserve(tokens=100, character=mara.pk, community=here.pk)
            with transaction.atomic():
                budgets.settle(kept, tokens=7, usd=NOTHING)

    assert at_once(6, claim_and_settle) == [None] * 6
    assert [spent(b)[0] for b in budgets_] == [6 * 15 * 7] * 3


def test_a_first_budget_is_in_force_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(budgets.time, "monotonic", lambda: now)
    reserve()
    make_budget(tokens=1)
    now += 1.0
    with pytest.raises(budgets.BudgetExhausted):
        reserve()


def test_that_there_are_budgets_is_never_remembered_as_none() -> None:
    make_budget(tokens=100)
    reserve()
    with pytest.raises(budgets.BudgetExhausted):
        reserve()
