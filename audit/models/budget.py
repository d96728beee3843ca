from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from characters.models.fields import Timestamped, one_of


class BudgetScope(models.TextChoices):
    DEPLOYMENT = "deployment"
    COMMUNITY = "community"
    CHARACTER = "character"


class BudgetPeriod(models.TextChoices):
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class Budget(Timestamped):
    """How much a scope may spend in a period. An empty limit doesn't limit; nor do no rows."""

    Scope = BudgetScope
    Period = BudgetPeriod

    scope = models.CharField(max_length=12, choices=Scope)
    community = models.ForeignKey(
        "characters.Community", null=True, blank=True, on_delete=models.CASCADE
    )
    character = models.ForeignKey(
        "characters.Character", null=True, blank=True, on_delete=models.CASCADE
    )
    period = models.CharField(max_length=6, choices=Period)
    limit_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    limit_usd: models.DecimalField[Any, Any] = models.DecimalField(
        max_digits=12, decimal_places=4, null=True, blank=True
    )

    class Meta:
        constraints = [
            one_of("budget_scope_known", "scope", BudgetScope),
            one_of("budget_period_known", "period", BudgetPeriod),
            models.CheckConstraint(
                name="budget_target_fits_scope",
                condition=Q(scope="deployment", community__isnull=True, character__isnull=True)
                | Q(scope="community", community__isnull=False, character__isnull=True)
                | Q(scope="character", community__isnull=True, character__isnull=False),
                violation_error_message=(
                    "Name the community or the character that the scope says, and no other."
                ),
            ),
            models.CheckConstraint(
                name="budget_usd_not_negative",
                condition=Q(limit_usd__isnull=True) | Q(limit_usd__gte=0),
                violation_error_message="The limit can't be below zero.",
            ),
            models.UniqueConstraint(
                fields=["scope", "community", "character", "period"],
                nulls_distinct=False,
                name="budget_unique",
                violation_error_message="There is a budget for that scope and period already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} a {self.period}"

    def share(self, spend: BudgetSpend) -> float:
        """How much of it a spend is, of the limit that it comes nearest to; 1.0 is all."""
        shares = [0.0]
        if self.limit_tokens is not None:
            shares.append(spend.tokens / self.limit_tokens if self.limit_tokens else 1.0)
        if self.limit_usd is not None:
            shares.append(float(spend.usd / self.limit_usd) if self.limit_usd else 1.0)
        return max(shares)

    def period_start(self, now: dt.datetime) -> dt.datetime:
        """When the period that `now` lies in began (UTC)."""
        start = now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
        if self.period == self.Period.DAY:
            start = start.replace(hour=0)
        elif self.period == self.Period.MONTH:
            start = start.replace(day=1, hour=0)
        return start

    def period_end(self, now: dt.datetime) -> dt.datetime:
        """When the period that `now` lies in ends (UTC): the next one begins."""
        start = self.period_start(now)
        if self.period == self.Period.MONTH:
            return (start + dt.timedelta(days=32)).replace(day=1)
        return start + dt.timedelta(**{f"{self.period}s": 1})


class BudgetSpend(models.Model):
    """What was spent, or is reserved by a call under way, in one period of a budget."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="spends")
    period_start = models.DateTimeField()
    tokens = models.PositiveBigIntegerField(default=0)
    usd: models.DecimalField[Any, Any] = models.DecimalField(
        max_digits=14, decimal_places=6, default=0
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["budget", "period_start"], name="budgetspend_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.tokens} tokens since {self.period_start:%Y-%m-%d %H:%M}"


class BudgetHold(models.Model):
    """What a call under way has reserved, of which spends. A turn keeps its own
    (`Turn.reservation`)."""

    spends = ArrayField(models.BigIntegerField(), help_text="Ids of the periods that hold it.")
    tokens = models.PositiveBigIntegerField()
    usd: models.DecimalField[Any, Any] = models.DecimalField(max_digits=14, decimal_places=6)
    held_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-held_at"]

    def __str__(self) -> str:
        return f"{self.tokens} tokens since {self.held_at:%Y-%m-%d %H:%M}"
