"""How well it runs: latency, errors, tokens, hit rates and what waits, over a stretch of time, and
as Prometheus reads them. Only reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, Sum

from audit.models import Alert, DeadLetter, EndpointState, LLMCall, MetricRollup
from audit.operation import queues

_CALLS_BY_HOUR = """
    SELECT date_trunc('hour', started_at, 'UTC') AS hour, count(*),
      count(*) FILTER (WHERE status = 'failed'),
      percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms),
      percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms),
      sum(prompt_tokens + completion_tokens), sum(prompt_tokens), sum(cached_tokens)
    FROM audit_llmcall WHERE started_at >= %s AND status <> 'running'
    GROUP BY hour ORDER BY hour
"""


@dataclass(frozen=True, slots=True)
class Hour:
    """The calls of one hour."""

    at: dt.datetime
    calls: int
    failed: int
    median_ms: float
    p95_ms: float
    tokens: int
    prompt_tokens: int
    cached_tokens: int

    @property
    def label(self) -> str:
        return f"{self.at:%d %b %H}h"


def hours(since: dt.datetime) -> list[Hour]:
    """The calls of each hour since then in which there were any."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLS_BY_HOUR, [since])
        return [Hour(*row) for row in cursor.fetchall()]


def trend(name: str, since: dt.datetime) -> list[tuple[str, float]]:
    """The hourly mean of a metric, whatever its labels."""
    rows = (
        MetricRollup.objects.filter(metric_name=name, hour__gte=since)
        .values("hour")
        .annotate(whole=Sum("total"), number=Sum("count"))
        .order_by("hour")
    )
    return [(f"{row['hour']:%d %b %H}h", row["whole"] / row["number"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Sample:
    """One line that Prometheus reads."""

    name: str
    help: str
    value: float
    labels: dict[str, str]


def samples(now: dt.datetime) -> Iterator[Sample]:
    """Everything that is told to Prometheus: gauges, over five minutes where it is a rate."""
    lately = LLMCall.objects.filter(started_at__gte=now - dt.timedelta(minutes=5)).order_by()
    for row in lately.values("purpose", "provider", "status").annotate(
        calls=Count("pk"), tokens=Sum("prompt_tokens") + Sum("completion_tokens"),
        usd=Sum("cost_usd"), waited=Sum("latency_ms"),
    ):  # fmt: skip
        labels = {name: row[name] for name in ("purpose", "provider", "status")}
        yield Sample("llm_calls_5m", "Model calls in five minutes.", row["calls"], labels)
        yield Sample("llm_tokens_5m", "Their tokens.", row["tokens"], labels)
        yield Sample("llm_cost_usd_5m", "Their cost.", float(row["usd"]), labels)
        mean = row["waited"] / row["calls"] / 1000
        yield Sample("llm_latency_seconds_5m", "Their mean latency.", mean, labels)
    for name, depth in queues.depths().items():
        yield Sample("queue_depth", "Nudges that wait.", depth, {"queue": name})
    down = EndpointState.objects.filter(opened_until__gt=now).count()
    yield Sample("llm_servers_down", "Model servers that are left alone.", down, {})
    letters = DeadLetter.objects.filter(resolved_at=None).count()
    yield Sample("dead_letters", "Tasks that failed for good.", letters, {})
    open_alerts = Alert.objects.filter(closed_at=None).aggregate(
        **{severity: Count("pk", filter=Q(severity=severity)) for severity in Alert.Severity.values}
    )
    for severity, count in open_alerts.items():
        yield Sample("alerts_open", "Alerts that are open.", count, {"severity": severity})
    from audit.calls import costs

    for one in costs.budgets(now):
        labels = {"of": one.whose, "period": one.budget.period}
        yield Sample("budget_used_ratio", "How much of a budget is spent.", one.share, labels)
