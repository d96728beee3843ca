from __future__ import annotations

from django.db import models


class PerformanceMetric(models.Model):
    """One measurement. Partitioned by month of `recorded_at`; hourly rollups are kept longer."""

    metric_name = models.CharField(max_length=60)
    metric_value = models.FloatField()
    unit = models.CharField(max_length=12, blank=True)
    character = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
    )
    labels = models.JSONField(default=dict, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-recorded_at"]
        indexes = [
            models.Index(fields=["-recorded_at"], name="metric_recent"),
            models.Index(fields=["metric_name", "recorded_at"], name="metric_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.metric_name} {self.metric_value:g} {self.unit}".strip()


class MetricRollup(models.Model):
    """What one metric came to in one hour, apart for each set of labels."""

    metric_name = models.CharField(max_length=60)
    unit = models.CharField(max_length=12, blank=True)
    labels = models.JSONField(default=dict, blank=True)
    hour = models.DateTimeField()
    count = models.PositiveBigIntegerField()
    total = models.FloatField()
    least = models.FloatField()
    most = models.FloatField()
    median = models.FloatField()
    p95 = models.FloatField()

    class Meta:
        ordering = ["-hour", "metric_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric_name", "hour", "labels"], name="metricrollup_unique"
            ),
            models.CheckConstraint(
                name="metricrollup_count_positive", condition=models.Q(count__gte=1)
            ),
        ]
        indexes = [models.Index(fields=["-hour", "-id"], name="metricrollup_recent")]

    def __str__(self) -> str:
        return f"{self.metric_name} at {self.hour:%Y-%m-%d %H}h"
