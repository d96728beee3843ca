"""The troubles that the house itself looks for. Each finder only reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count

from audit.configuration.configuration import declare, in_force
from audit.models import (
    Budget,
    BudgetSpend,
    DeadLetter,
    EndpointState,
    SecurityEvent,
    SecurityEventType,
    Severity,
)
from audit.operation import alerts, health, queues
from audit.operation.alerts import Trouble
from audit.security.security import ALARMING
from fishbowl.overrides import setting

WORKER = "worker"  # the component by which the workers' sweep gives a sign of life


@dataclass(frozen=True, slots=True)
class AlertRules:
    """When keepers are told of something."""

    budget_warning: float = setting(
        0.8, "The share of a budget from which a warning is given.", least=0.01, most=1
    )
    backlog: int = setting(
        200, "So many nudges waiting in one queue are a backlog.", least=1, most=1_000_000
    )
    worker_silent_s: float = setting(
        60.0,
        "After so long without a sign a worker counts as gone.",
        least=15,
        most=86_400,
        unit="s",
    )
    model_failures: int = setting(
        3, "So many failures in a row, and a model server counts as down.", least=1, most=1000
    )


ALERTS = declare("alerts", AlertRules(), title="the alerts")


def models_down(now: dt.datetime) -> Iterator[Trouble]:
    """Model servers that fail, or are being left alone because they did."""
    names = [endpoint.name for endpoint in settings.LLM_ENDPOINTS]
    least = in_force(ALERTS).model_failures
    for state in EndpointState.objects.filter(name__in=names):
        left_alone = state.opened_until is not None and state.opened_until > now
        if left_alone or state.failures >= least:
            yield Trouble(
                f"The model server {state.name} fails: {state.last_error or 'no answer'}. "
                "Look whether it runs and whether its address and key are right.",
                state.name,
            )


def budgets_short(now: dt.datetime) -> Iterator[Trouble]:
    """Budgets that are nearly or wholly spent in their period."""
    warning = in_force(ALERTS).budget_warning
    for budget in Budget.objects.select_related("community", "character"):
        spend = BudgetSpend.objects.filter(
            budget=budget, period_start=budget.period_start(now)
        ).first()
        share = budget.share(spend) if spend else 0.0
        if share >= warning:
            whose = budget.character or budget.community or "the deployment"
            is_spent = share >= 1
            yield Trouble(
                f"The budget of {whose} for this {budget.period} is "
                + ("spent: no call is made until the next." if is_spent else f"{share:.0%} spent.")
                + " Raise it, or slow the pace.",
                f"{whose}, a {budget.period}",
                severity="critical" if is_spent else "warning",
            )


def backlog(now: dt.datetime) -> Iterator[Trouble]:
    """Queues in which more waits than the workers take."""
    most = in_force(ALERTS).backlog
    for name, depth in queues.depths().items():
        if depth >= most:
            yield Trouble(
                f"{depth} nudges wait in the queue {name}: start more workers (WORKERS), or look "
                "why they are slow.",
                name,
            )


def worker_gone(now: dt.datetime) -> Iterator[Trouble]:
    """No worker has swept for a while: nobody speaks."""
    last = health.last_sign(WORKER)
    if last is None:
        return
    silent = (now - last).total_seconds()
    if silent > in_force(ALERTS).worker_silent_s:
        yield Trouble(
            f"No worker has given a sign for {silent / 60:.0f} minutes: nobody speaks. Start one, "
            "or look into its log."
        )


def dead_letters(now: dt.datetime) -> Iterator[Trouble]:
    """Tasks that failed for good and wait for a keeper."""
    waiting = DeadLetter.objects.filter(resolved_at=None)
    count = waiting.count()
    if count:
        names = ", ".join(sorted(set(waiting.values_list("task", flat=True)))[:5])
        tasks, them = ("A task", "it") if count == 1 else (f"{count} tasks", "them")
        yield Trouble(f"{tasks} failed for good ({names}): try {them} again or lay {them} aside.")


def unresolved_events(now: dt.datetime) -> Iterator[Trouble]:
    """Security events of high or critical severity that nobody has resolved."""
    waiting = SecurityEvent.objects.filter(resolved=False, severity__in=ALARMING)
    for kind, severity, count in (
        waiting.order_by("event_type", "severity")
        .values_list("event_type", "severity")
        .annotate(count=Count("pk"))
    ):
        name = SecurityEventType(kind).label
        yield Trouble(
            f"{name}: {count} security event{'s' * (count > 1)} of {severity} severity. Look into "
            "them in the admin, and resolve them with a note.",
            f"{kind} {severity}",
            severity="critical" if severity == Severity.CRITICAL else "warning",
        )


def register() -> None:
    """Have all of these looked for."""
    alerts.register("model down", "critical", models_down)
    alerts.register("budget", "warning", budgets_short)
    alerts.register("backlog", "warning", backlog)
    alerts.register("worker gone", "critical", worker_gone)
    alerts.register("security", "warning", unresolved_events)
    alerts.register("dead letters", "warning", dead_letters)
