"""Measurements: noted in the process that makes them, stored in batches, rolled up by the hour.

Noting one costs about a microsecond and touches no database. What was noted is stored between
tasks or requests, never within a turn's transaction, and a process that dies loses a few seconds.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from celery import signals as celery_signals
from django.core import signals
from django.db import DatabaseError, connection
from django.db.models import Max
from django.utils import timezone

from audit.configuration.configuration import declare, in_force
from audit.models import MetricRollup, PerformanceMetric
from fishbowl.overrides import setting

log = logging.getLogger(__name__)

FLUSH_EVERY_S = 5.0
MOST_WAITING = 10_000  # what waits longer than the database is away is let go of


@dataclass(frozen=True, slots=True)
class KeepingRules:
    """How long what was measured, called and asked is kept."""

    measure: bool = setting(True, "Whether measurements are taken at all.")
    metric_days: int = setting(
        62,
        "Days for which single measurements are kept, whole months at a time.",
        least=1,
        most=3650,
    )
    rollup_days: int = setting(
        1100, "Days for which the hourly figures are kept.", least=1, most=36_500
    )
    call_days: int = setting(
        400,
        "Days for which the rows of calls are kept, whole months at a time: what they cost.",
        least=32,
        most=36_500,
    )
    prompt_days: int = setting(
        14,
        "Days for which a call's text is kept: the whole prompt, and the answer as it came. After "
        "that a turn can't be shown with its prompt.",
        least=0,
        most=3650,
    )
    offline_prompts: bool = setting(
        True, "Whether the prompts are kept that the offline voice answers without reading them."
    )


KEEPING = declare("keeping", KeepingRules(), title="what is kept")

_Noted = tuple[str, float, str, int | None, str, dt.datetime]
_waiting: deque[_Noted] = deque(maxlen=MOST_WAITING)
_lock = threading.Lock()
_flushed_at = 0.0


def record(
    name: str, value: float, unit: str = "", *, character_id: int | None = None, **labels: str
) -> None:
    """Note a measurement. `labels` part one metric into several: keep them few."""
    _waiting.append(
        (name, value, unit, character_id, json.dumps(labels, sort_keys=True), timezone.now())
    )


_STORE = """
    INSERT INTO audit_performancemetric
      (metric_name, metric_value, unit, character_id, labels, recorded_at)
    VALUES (%s, %s, %s, %s, %s, %s)
"""


def flush() -> int:
    """Store what was noted. Returns how much. Never call it within a transaction."""
    global _flushed_at
    with _lock:
        _flushed_at = time.monotonic()
        batch = [_waiting.popleft() for _ in range(len(_waiting))]
    if not batch or not in_force(KEEPING).measure:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(_STORE, batch)
    return len(batch)


def flush_if_due(**_: Any) -> None:
    """Store what was noted, every few seconds at most; what can't be stored is let go of."""
    if not _waiting or time.monotonic() - _flushed_at < FLUSH_EVERY_S:
        return
    if connection.in_atomic_block:
        return
    try:
        flush()
    except DatabaseError as error:
        log.warning("Measurements could not be stored: %s", error)


def forget_waiting() -> None:
    """Let go of what was noted and is not stored yet."""
    _waiting.clear()


_began: dict[str, float] = {}


def _task_begins(task_id: str = "", **_: Any) -> None:
    _began[task_id] = time.perf_counter()


def _task_ends(task_id: str = "", task: Any = None, state: str | None = None, **_: Any) -> None:
    began = _began.pop(task_id, None)
    if began is not None and task is not None:
        spent = (time.perf_counter() - began) * 1000
        record("task", spent, "ms", task=task.name, state=str(state or ""))
    flush_if_due()


def watch_worker() -> None:
    """Measure every task of a worker, and store what was noted between tasks."""
    celery_signals.task_prerun.connect(_task_begins, dispatch_uid="metrics.begins")
    celery_signals.task_postrun.connect(_task_ends, dispatch_uid="metrics.ends")


def watch_requests() -> None:
    """Store what was noted between requests."""
    signals.request_finished.connect(flush_if_due, dispatch_uid="metrics.requests")


_ROLL_UP = """
    INSERT INTO audit_metricrollup
      (metric_name, unit, labels, hour, count, total, least, most, median, p95)
    SELECT metric_name, max(unit), labels, date_trunc('hour', recorded_at, 'UTC'), count(*),
      sum(metric_value), min(metric_value), max(metric_value),
      percentile_cont(0.5) WITHIN GROUP (ORDER BY metric_value),
      percentile_cont(0.95) WITHIN GROUP (ORDER BY metric_value)
    FROM audit_performancemetric WHERE recorded_at >= %(since)s AND recorded_at < %(until)s
    GROUP BY metric_name, labels, date_trunc('hour', recorded_at, 'UTC')
    UNION ALL
    SELECT 'call.' || figure, kind, labels, hour, count(*), sum(value), min(value), max(value),
      percentile_cont(0.5) WITHIN GROUP (ORDER BY value),
      percentile_cont(0.95) WITHIN GROUP (ORDER BY value)
    FROM audit_llmcall c, date_trunc('hour', started_at, 'UTC') AS hour,
      LATERAL (VALUES
        ('latency', 'ms', latency_ms::float), ('cost', 'usd', cost_usd::float),
        ('tokens', 'tokens', (prompt_tokens + completion_tokens)::float),
        ('cached', 'tokens', cached_tokens::float)
      ) AS figures (figure, kind, value),
      jsonb_build_object('purpose', purpose, 'model', model, 'status', status) AS labels
    WHERE started_at >= %(since)s AND started_at < %(until)s AND status <> 'running'
    GROUP BY figure, kind, labels, hour
    ON CONFLICT (metric_name, hour, labels) DO UPDATE SET
      count = excluded.count, total = excluded.total, least = excluded.least,
      most = excluded.most, median = excluded.median, p95 = excluded.p95
"""
ROLLED_HOURS = 49  # where nothing says until when it was done
LATE_HOURS = 2  # after which nothing more of an hour is stored
_rolled_to: dt.datetime | None = None  # by this process


def roll_up(now: dt.datetime, hours: int = ROLLED_HOURS) -> int:
    """Sum up the whole hours before now; one that was summed up already is summed up again, since
    a late batch may belong to it. Returns how many figures were stored."""
    until = now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_ROLL_UP, {"since": until - dt.timedelta(hours=hours), "until": until})
        return int(cursor.rowcount)


def roll_up_rest(now: dt.datetime) -> int:
    """Sum up what this process, or any before it, hasn't summed up yet, and the hours just before
    that: after a stop of whatever length, the last hours before it."""
    global _rolled_to
    last = _rolled_to or MetricRollup.objects.aggregate(last=Max("hour"))["last"]
    hours = ROLLED_HOURS
    if last is not None and now > last:
        hours = LATE_HOURS + int((now - last).total_seconds() // 3600)
    stored = roll_up(now, hours)
    _rolled_to = now.replace(minute=0, second=0, microsecond=0)
    return stored


def recent(name: str, now: dt.datetime, minutes: float = 60) -> tuple[int, float]:
    """How often a metric was measured lately, and its mean."""
    rows = PerformanceMetric.objects.filter(
        metric_name=name, recorded_at__gte=now - dt.timedelta(minutes=minutes)
    )
    values = list(rows.order_by("-recorded_at").values_list("metric_value", flat=True)[:5000])
    return len(values), sum(values) / len(values) if values else 0.0
