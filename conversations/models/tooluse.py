from __future__ import annotations

from django.db import models

from characters.models.fields import one_of
from conversations.models.turn import Turn


class ToolUseOutcome(models.TextChoices):
    DONE = "done"
    REFUSED = "refused"


class ToolUseOrigin(models.TextChoices):
    CALLED = "called"
    OBSERVED = "observed"


class ToolUse(models.Model):
    """Something that a character did in a turn besides speaking: a model called for it, or it was
    seen from what the character said that it would do. Rows are only ever added."""

    Outcome = ToolUseOutcome
    Origin = ToolUseOrigin

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="tool_uses")
    round = models.PositiveSmallIntegerField(default=1)
    key = models.CharField(
        max_length=64, help_text="What was asked, as a hash: a turn that begins anew does it once."
    )
    name = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.CALLED)
    outcome = models.CharField(max_length=10, choices=Outcome)
    result = models.TextField(blank=True)
    used_at = models.DateTimeField()

    class Meta:
        ordering = ["turn", "pk"]
        constraints = [
            one_of("tooluse_outcome_known", "outcome", ToolUseOutcome),
            one_of("tooluse_origin_known", "origin", ToolUseOrigin),
            models.UniqueConstraint(fields=["turn", "key"], name="tooluse_once_a_turn"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome}"
