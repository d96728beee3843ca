"""What the voices cost: calls, tokens and money by day and by purpose. Only reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from audit.models import Budget, BudgetSpend, LLMCall

NOBODYS = "of none"  # what no character, or no community, is charged with


@dataclass(frozen=True, slots=True)
class Cost:
    """What some calls took together."""

    label: str
    calls: int
    tokens: int
    usd: Decimal


def by_day(
    since: dt.datetime,
    *,
    community_id: int | None = None,
    character_id: int | None = None,
) -> list[Cost]:
    """Each day since then, the latest first; of all calls, or those of a community or of a
    character."""
    calls = _calls(since, community_id, character_id)
    rows = _sums(calls.values_list(TruncDate("started_at")))
    return sorted(rows, key=lambda one: one.label, reverse=True)


def by_purpose(
    since: dt.datetime,
    *,
    community_id: int | None = None,
    character_id: int | None = None,
) -> list[Cost]:
    """What each purpose took since then, the dearest first."""
    rows = _sums(_calls(since, community_id, character_id).values_list("purpose"))
    return sorted(rows, key=lambda one: (-one.usd, -one.tokens, one.label))


def _calls(
    since: dt.datetime, community_id: int | None = None, character_id: int | None = None
) -> QuerySet[LLMCall]:
    found = LLMCall.objects.filter(started_at__gte=since).order_by()
    if character_id is not None:
        found = found.filter(character=character_id)
    if community_id is not None:
        of_talk = Q(conversation__channel__community=community_id)
        found = found.filter(of_talk | Q(community=community_id))
    return found


def _sums(calls: QuerySet[LLMCall, tuple[Any, ...]]) -> list[Cost]:
    rows = calls.annotate(
        Count("pk"), Sum("prompt_tokens"), Sum("completion_tokens"), Sum("cost_usd")
    )
    return [
        Cost(str(label or NOBODYS), count, prompt + completion, usd)
        for label, count, prompt, completion, usd in rows
    ]


# Whose calls they are, in the words of a query.
WHOSE: dict[str, Any] = {
    "purpose": F("purpose"),
    "model": F("model"),
    "character": F("character__name"),
    "community": Coalesce("conversation__channel__community__name", "community__name"),
}


def by(whose: str, since: dt.datetime) -> list[Cost]:
    """What each purpose, model, character or community took since then, the dearest first."""
    rows = _sums(_calls(since).values_list(WHOSE[whose]))
    return sorted(rows, key=lambda one: (-one.usd, -one.tokens, one.label))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a month costs at the pace of the time looked at, and at the pace of other models."""

    calls: int
    tokens: int
    usd: Decimal


MONTH = dt.timedelta(days=30)


def forecast(
    spent: Cost,
    over: dt.timedelta,
    *,
    price_in: Decimal | None = None,
    price_out: Decimal | None = None,
    prompt_share: float = 0.9,
) -> Forecast:
    """What this pace costs in 30 days. With prices (dollars per million tokens), what it would cost
    at those; `prompt_share` is how much of the tokens are the prompts'. Pure."""
    times = Decimal(MONTH / over) if over else Decimal(0)
    usd = spent.usd
    if price_in is not None and price_out is not None:
        share = Decimal(str(prompt_share))
        usd = spent.tokens * (price_in * share + price_out * (1 - share)) / 1_000_000
    return Forecast(int(spent.calls * times), int(spent.tokens * times), usd * times)


def total(since: dt.datetime) -> tuple[Cost, float]:
    """What all calls took since then, and which share of their tokens were the prompts'."""
    found = _calls(since).aggregate(
        calls=Count("pk"), prompt=Sum("prompt_tokens"), answer=Sum("completion_tokens"),
        usd=Sum("cost_usd"),
    )  # fmt: skip
    prompt, answer = found["prompt"] or 0, found["answer"] or 0
    spent = Cost("all", found["calls"], prompt + answer, found["usd"] or Decimal(0))
    return spent, prompt / (prompt + answer) if prompt + answer else 0.9


@dataclass(frozen=True, slots=True)
class Standing:
    """How a budget stands in its period: `share` is of its nearest limit, 1.0 is all."""

    budget: Budget
    whose: str
    tokens: int
    usd: Decimal
    share: float
    ends_at_share: float  # where the period would end at this pace

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def end_percent(self) -> int:
        return round(100 * self.ends_at_share)


def budgets(now: dt.datetime) -> list[Standing]:
    """Every budget in its present period, the scarcest first."""
    listed = list(Budget.objects.select_related("character", "community"))
    spends = {
        (spend.budget_id, spend.period_start): spend
        for spend in BudgetSpend.objects.filter(
            budget__in=listed, period_start__in={one.period_start(now) for one in listed}
        )
    }
    found = []
    for one in listed:
        start = one.period_start(now)
        spend = spends.get((one.pk, start)) or BudgetSpend(budget=one, period_start=start)
        share = one.share(spend)
        passed = (now - start) / (one.period_end(now) - start)
        found.append(
            Standing(
                one,
                str(one.character or one.community or "the deployment"),
                spend.tokens,
                spend.usd,
                share,
                share / max(passed, 0.01),
            )
        )
    return sorted(found, key=lambda one: -one.share)
