from __future__ import annotations

from django.db import models


class CacheStatistic(models.Model):
    """How often a cache had what was asked of it, in one hour, in all processes together."""

    cache = models.CharField(max_length=40)
    hour = models.DateTimeField(help_text="Its beginning.")
    hits = models.PositiveBigIntegerField(default=0)
    misses = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-hour", "cache"]
        constraints = [
            models.UniqueConstraint(fields=["cache", "hour"], name="cachestatistic_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.cache} at {self.hour:%Y-%m-%d %H}"
