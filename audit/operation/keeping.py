"""What is kept for a while and then let go of: prompts, calls, measurements, sessions."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session

from audit.configuration.configuration import in_force
from audit.models import LLMCall, MetricRollup
from audit.operation.metrics import KEEPING
from audit.operation.partitions import drop_partitions

AT_ONCE = 5000
LOOKED_BACK = dt.timedelta(days=2)  # calls are closed after they were begun
_emptied_to: dt.datetime | None = None  # up to when this process has let go of prompts


def look_at_all() -> None:
    """Have the next look go back to the first call, as that of a fresh process does."""
    global _emptied_to
    _emptied_to = None


def let_go(now: dt.datetime) -> dict[str, int]:
    """Let go of what was kept as long as the section `keeping` says, and of sessions that have run
    out. Returns how much of each."""
    rules = in_force(KEEPING)
    emptied = _empty(now - dt.timedelta(days=rules.prompt_days))
    rollups, _ = MetricRollup.objects.filter(
        hour__lt=now - dt.timedelta(days=rules.rollup_days)
    ).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    return {
        "prompts": emptied,
        "months of calls": len(
            drop_partitions("audit_llmcall", now - dt.timedelta(days=rules.call_days))
        ),
        "months of measurements": len(
            drop_partitions("audit_performancemetric", now - dt.timedelta(days=rules.metric_days))
        ),
        "rollups": rollups,
        "sessions": sessions,
    }


def _empty(until: dt.datetime) -> int:
    """Empty the calls that were begun before then. Returns how many were not empty."""
    global _emptied_to
    due = LLMCall.objects.filter(started_at__lt=until)
    if _emptied_to is not None:
        due = due.filter(started_at__gte=min(_emptied_to, until) - LOOKED_BACK)
    spoken = due.exclude(request={}, response="").order_by("started_at")
    emptied, is_more = 0, True
    while is_more:
        keys = list(spoken.values_list("pk", flat=True)[:AT_ONCE])
        emptied += due.filter(pk__in=keys).update(request={}, response="")
        is_more = len(keys) == AT_ONCE
    _emptied_to = until
    return emptied
