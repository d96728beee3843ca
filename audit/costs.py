"""What the voices cost: calls, tokens and money by day and by purpose. Only reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from audit.models import LLMCall


@dataclass(frozen=True, slots=True)
class Cost:
    """What some calls took together."""

    label: str
    calls: int
    tokens: int
    usd: Decimal


def by_day(
    since: dt.datetime,
    conversations: QuerySet[Any] | None = None,
    *,
    character_id: int | None = None,
) -> list[Cost]:
    """Each day since then, the latest first; of all calls, or those of some conversations or of a
    character."""
    calls = _calls(since, conversations, character_id)
    rows = _sums(calls.values_list(TruncDate("started_at")))
    return sorted(rows, key=lambda one: one.label, reverse=True)


def by_purpose(
    since: dt.datetime,
    conversations: QuerySet[Any] | None = None,
    *,
    character_id: int | None = None,
) -> list[Cost]:
    """What each purpose took since then, the dearest first."""
    rows = _sums(_calls(since, conversations, character_id).values_list("purpose"))
    return sorted(rows, key=lambda one: (-one.usd, -one.tokens, one.label))


def _calls(
    since: dt.datetime, conversations: QuerySet[Any] | None, character_id: int | None
) -> QuerySet[LLMCall]:
    found = LLMCall.objects.filter(started_at__gte=since).order_by()
    if character_id is not None:
        found = found.filter(character=character_id)
    return found if conversations is None else found.filter(conversation__in=conversations)


def _sums(calls: QuerySet[LLMCall, tuple[Any, ...]]) -> list[Cost]:
    rows = calls.annotate(
        Count("pk"), Sum("prompt_tokens"), Sum("completion_tokens"), Sum("cost_usd")
    )
    return [
        Cost(str(label), count, prompt + completion, usd)
        for label, count, prompt, completion, usd in rows
    ]
