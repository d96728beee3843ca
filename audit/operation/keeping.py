"""What is kept for a while and then let go of: prompts, calls, measurements."""

from __future__ import annotations

import datetime as dt

from audit.configuration.configuration import in_force
from audit.models import LLMCall, MetricRollup
from audit.operation.metrics import KEEPING
from audit.operation.partitions import drop_partitions

AT_ONCE = 5000
LOOKED_BACK = dt.timedelta(days=62)  # what lies further back was let go of before


def let_go(now: dt.datetime) -> dict[str, int]:
    """Let go of what was kept as long as the section `keeping` says. Returns how much of each."""
    rules = in_force(KEEPING)
    until = now - dt.timedelta(days=rules.prompt_days)
    due = LLMCall.objects.filter(started_at__lt=until, started_at__gte=until - LOOKED_BACK)
    spoken = due.exclude(request={}, response="").order_by("started_at")
    keys = list(spoken.values_list("pk", flat=True)[:AT_ONCE])
    emptied = due.filter(pk__in=keys).update(request={}, response="")
    rollups, _ = MetricRollup.objects.filter(
        hour__lt=now - dt.timedelta(days=rules.rollup_days)
    ).delete()
    return {
        "prompts": emptied,
        "months of calls": len(
            drop_partitions("audit_llmcall", now - dt.timedelta(days=rules.call_days))
        ),
        "months of measurements": len(
            drop_partitions("audit_performancemetric", now - dt.timedelta(days=rules.metric_days))
        ),
        "rollups": rollups,
    }
