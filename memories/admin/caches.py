"""What the page of performance shows of the caches: counted in rows, so restarts keep it."""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum
from django.utils.safestring import SafeString

from audit.admin.figures import show_on_performance
from characters.admin.tabs import panel, table
from fishbowl.charts import meter
from memories.models import CacheStatistic
from memories.recall import cache_counts


def caches_of(since: dt.datetime) -> SafeString:
    """How often each cache had what was asked of it since then, in all processes together."""
    cache_counts.store(at_once=True)
    hour = since.replace(minute=0, second=0, microsecond=0)
    rows = (
        CacheStatistic.objects.filter(hour__gte=hour)
        .values("cache")
        .annotate(hits=Sum("hits"), misses=Sum("misses"))
        .order_by("cache")
    )
    shown = []
    for row in rows:
        looked = row["hits"] + row["misses"]
        share = row["hits"] / looked if looked else 0.0
        told = f"{share:.1%}"
        shown.append((row["cache"], f"{looked:,}", told, meter(share, row["cache"])))
    return panel(
        "Caches of memory",
        table(["Cache", "Asked", "Had it", "Share"], shown, "Nothing was looked up in this time."),
    )


show_on_performance(caches_of)
