from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from characters.models.fields import one_of


class LLMCallStatus(models.TextChoices):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    ABANDONED = "abandoned"


class LLMCall(models.Model):
    """One attempt at one voice: written before it is made, completed after, the failed ones too.

    The table is partitioned by month of `started_at` (migration 0001), so its key in the database
    is (id, started_at) and foreign keys to it carry no constraint.
    """

    Status = LLMCallStatus

    purpose = models.CharField(max_length=20)
    provider = models.CharField(max_length=60)
    model = models.CharField(max_length=200)
    character = models.ForeignKey(
        "characters.Character", null=True, blank=True, on_delete=models.SET_NULL
    )
    conversation = models.ForeignKey(
        "conversations.Conversation", null=True, blank=True, on_delete=models.SET_NULL
    )
    community = models.ForeignKey(
        "characters.Community",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_index=False,
        help_text="Whose budget it was charged to, where it is of no conversation.",
    )
    attempt = models.PositiveSmallIntegerField(default=1)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    cost_usd: models.DecimalField[Any, Any] = models.DecimalField(
        max_digits=12, decimal_places=6, default=0
    )
    latency_ms = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    error = models.CharField(max_length=500, blank=True)
    request = models.JSONField(default=dict, blank=True)
    response = models.TextField(blank=True)
    started_at = models.DateTimeField()

    class Meta:
        verbose_name = "LLM call"
        verbose_name_plural = "LLM calls"
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["-started_at"], name="llmcall_recent"),
            models.Index(
                fields=["provider", "started_at"],
                condition=Q(status="running"),
                name="llmcall_running",
            ),
        ]
        constraints = [one_of("llmcall_status_known", "status", LLMCallStatus)]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.model}: {self.status}"
