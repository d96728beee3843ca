from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class DeadLetter(models.Model):
    """A task that failed for good: what was asked, what went wrong, and what became of it.

    The same task with the same arguments has one open row, however often it fails: a clock's tick
    that fails every two seconds is one trouble, not thousands.
    """

    task = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict, help_text="args and kwargs, as they were sent.")
    fingerprint = models.CharField(max_length=64, help_text="Of the task and its arguments.")
    queue = models.CharField(max_length=60, blank=True)
    error = models.TextField()
    attempts = models.PositiveIntegerField(default=1)
    first_failed_at = models.DateTimeField()
    failed_at = models.DateTimeField()
    retried_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    resolution = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-failed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(resolved_at__isnull=True),
                name="deadletter_one_open",
            ),
            models.CheckConstraint(
                name="deadletter_attempts_positive", condition=Q(attempts__gte=1)
            ),
        ]
        indexes = [models.Index(fields=["-failed_at"], name="deadletter_recent")]

    def __str__(self) -> str:
        return f"{self.task}: {self.error[:80]}"
