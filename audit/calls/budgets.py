"""Budgets: reserved when a turn is claimed, settled when its call is done."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from audit.models import Budget, BudgetHold, BudgetSpend


class BudgetExhausted(Exception):
    """A budget has nothing left for this call."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(f"The budget '{budget}' is spent.")
        self.budget = budget


@dataclass(frozen=True, slots=True)
class Reservation:
    """Tokens and money set aside in some periods, until `settle` books what was really used."""

    spends: tuple[int, ...]
    tokens: int
    usd: Decimal

    def to_json(self) -> dict[str, Any]:
        return {"spends": list(self.spends), "tokens": self.tokens, "usd": str(self.usd)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reservation:
        """The reservation that `to_json` gave; of nothing where `data` is empty."""
        return cls(
            tuple(data.get("spends", ())), data.get("tokens", 0), Decimal(data.get("usd", "0"))
        )


def reserve(
    *,
    character_id: int | None,
    community_id: int | None,
    tokens: int,
    usd: Decimal,
    now: dt.datetime,
) -> Reservation:
    """Set aside `tokens` and `usd` in every budget that applies. Call it inside the transaction
    that claims the turn: when that rolls back, nothing is reserved.

    Raises:
        BudgetExhausted: some budget would be overdrawn.
    """
    if _there_are_none():
        return Reservation((), tokens, usd)
    scope = Q(scope=Budget.Scope.DEPLOYMENT)
    if community_id is not None:
        scope |= Q(scope=Budget.Scope.COMMUNITY, community_id=community_id)
    if character_id is not None:
        scope |= Q(scope=Budget.Scope.CHARACTER, character_id=character_id)
    budgets = list(Budget.objects.filter(scope).order_by("pk"))
    if not budgets:
        return Reservation((), tokens, usd)
    with transaction.atomic():  # when one budget is short, none is charged
        return Reservation(_charge(budgets, tokens, usd, now), tokens, usd)


# That there is no budget at all is remembered for so long: a new one is in force a second later.
NONE_FOR_S = 1.0
_none_until = 0.0


def _there_are_none() -> bool:
    global _none_until
    now = time.monotonic()
    if now < _none_until:
        return True
    if Budget.objects.exists():
        return False
    _none_until = now + NONE_FOR_S
    return True


def forget_none() -> None:
    """Look for budgets at the next reservation."""
    global _none_until
    _none_until = 0.0


def _charge(budgets: list[Budget], tokens: int, usd: Decimal, now: dt.datetime) -> tuple[int, ...]:
    spends = []
    for budget in budgets:
        spend, _ = BudgetSpend.objects.get_or_create(
            budget=budget, period_start=budget.period_start(now)
        )
        fits = BudgetSpend.objects.filter(pk=spend.pk)
        if budget.limit_tokens is not None:
            fits = fits.filter(tokens__lte=budget.limit_tokens - tokens)
        if budget.limit_usd is not None:
            fits = fits.filter(usd__lte=budget.limit_usd - usd)
        if not fits.update(tokens=F("tokens") + tokens, usd=F("usd") + usd):
            raise BudgetExhausted(budget)
        spends.append(int(spend.pk))
    return tuple(spends)


@dataclass(slots=True)
class Held:
    """What a call has used so far of what is held for it."""

    tokens: int = 0
    usd: Decimal = Decimal(0)


# No call takes so long.
HELD_FOR = dt.timedelta(hours=1)


@contextmanager
def held(
    *,
    character_id: int | None,
    community_id: int | None,
    tokens: int,
    usd: Decimal,
    now: dt.datetime,
) -> Iterator[Held]:
    """Hold `tokens` and `usd` in every budget that applies, and book in the end what the block says
    was used. Where its process dies, they are given back within two hours.

    Raises:
        BudgetExhausted: some budget would be overdrawn.
    """
    with transaction.atomic():
        reservation = reserve(
            character_id=character_id, community_id=community_id, tokens=tokens, usd=usd, now=now
        )
        hold = BudgetHold(spends=list(reservation.spends), tokens=tokens, usd=usd)
        if reservation.spends:
            hold.save()
    used = Held()
    try:
        yield used
    finally:
        if reservation.spends:
            with transaction.atomic():
                is_held, _ = BudgetHold.objects.filter(pk=hold.pk).delete()
                back = reservation if is_held else Reservation(reservation.spends, 0, Decimal(0))
                settle(back, tokens=used.tokens, usd=used.usd)


def give_back(now: dt.datetime) -> int:
    """Give back what is held for calls whose process died. Returns for how many."""
    lost, given = BudgetHold.objects.filter(held_at__lt=now - HELD_FOR), 0
    for hold in lost:
        with transaction.atomic():  # one each: their rows are locked in order
            is_held, _ = BudgetHold.objects.filter(pk=hold.pk).delete()
            if is_held:
                reserved = Reservation(tuple(hold.spends), hold.tokens, hold.usd)
                settle(reserved, tokens=0, usd=Decimal(0))
                given += 1
    return given


def settle(reservation: Reservation, *, tokens: int, usd: Decimal) -> None:
    """Replace what was set aside by what was used. A call that used nothing gives all back.

    Rows are locked one after the other in the order that `reserve` takes them, or the two could
    wait for each other for ever.
    """
    for spend in reservation.spends:
        BudgetSpend.objects.filter(pk=spend).update(
            tokens=Greatest(F("tokens") + (tokens - reservation.tokens), 0),
            usd=Greatest(F("usd") + (usd - reservation.usd), Decimal(0)),
        )
