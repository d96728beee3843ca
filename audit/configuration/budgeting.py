"""Budgets as settings: each limit is a version with who and why, and becomes the row that every
reservation reads. A limit that is not set doesn't limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from audit.calls.budgets import forget_none
from audit.configuration.configuration import declare, register_placed_listener, set_value, unset
from audit.configuration.places import Place
from audit.models import Budget, SystemConfiguration
from fishbowl.overrides import setting

SECTION = "budget"


def _limit(of: str, period: str) -> Any:
    return setting(
        None, f"The most {of} that may be spent in {period}; unset it for no limit.",
        least=0, most=1e12, unit=of,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BudgetRules:
    """What may be spent on models, for the deployment, a community or a character: each has limits
    of its own, and a call must fit into all of them."""

    hour_tokens: int | None = _limit("tokens", "an hour")
    hour_usd: float | None = _limit("US dollars", "an hour")
    day_tokens: int | None = _limit("tokens", "a day")
    day_usd: float | None = _limit("US dollars", "a day")
    month_tokens: int | None = _limit("tokens", "a month")
    month_usd: float | None = _limit("US dollars", "a month")


declare(
    SECTION,
    BudgetRules(),
    title="the budgets",
    scopes=("community", "character"),
    is_own=True,
)


def set_limits(
    place: Place,
    period: str,
    *,
    tokens: int | None,
    usd: Decimal | None,
    user: Any = None,
    note: str = "",
) -> None:
    """Set both limits of a period at a place; None for no limit."""
    dollars = None if usd is None else float(usd)
    for key, value in ((f"{period}_tokens", tokens), (f"{period}_usd", dollars)):
        if value is None:
            unset(SECTION, key, place=place, user=user, note=note)
        else:
            set_value(SECTION, key, value, place=place, user=user, note=note)


def _keep(place: Place, values: Mapping[str, Any]) -> None:
    """Make the rows of a place what its settings say. Rows that no setting ever spoke of stay."""
    target: dict[str, Any] = {} if place.key is None else {f"{place.scope}_id": place.key}
    for period in Budget.Period.values:
        tokens, usd = values.get(f"{period}_tokens"), values.get(f"{period}_usd")
        rows = Budget.objects.filter(scope=place.scope, period=period, **target)
        if tokens is not None or usd is not None:
            Budget.objects.update_or_create(
                scope=place.scope,
                period=period,
                **target,
                defaults={
                    "limit_tokens": tokens,
                    "limit_usd": None if usd is None else Decimal(str(usd)),
                },
            )
        elif SystemConfiguration.objects.filter(
            config_section=SECTION,
            config_key__in=[f"{period}_tokens", f"{period}_usd"],
            scope=place.scope,
            **target,
        ).exists():
            rows.delete()
    forget_none()


def listen() -> None:
    """Hear of every limit that is set, however it is."""
    register_placed_listener(SECTION, _keep)
