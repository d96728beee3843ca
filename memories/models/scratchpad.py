from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from characters.models.fields import UnitField, in_unit, one_of
from memories.models.memory import Memory


class ScratchpadPart(models.TextChoices):
    OBSERVATION = "observation"
    REASONING = "reasoning"
    EXAMPLE = "example"
    TRAJECTORY = "trajectory"


class ScratchpadEntry(models.Model):
    """Working memory: what a character notes while a conversation runs. Public entries are the
    blackboard, which the other characters present read."""

    Part = ScratchpadPart

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="scratchpad"
    )
    character = models.ForeignKey(
        "characters.Character", on_delete=models.CASCADE, related_name="scratchpad"
    )
    part = models.CharField(max_length=12, choices=ScratchpadPart)
    content = models.CharField(max_length=500)
    message = models.ForeignKey(
        "conversations.Message",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="scratchpad",
    )
    messages: ArrayField[Any, Any] = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        help_text="All that it rests on: where one of them is taken back, it goes.",
    )
    is_public = models.BooleanField(default=False)
    confidence = UnitField(default=0.5)
    quality = UnitField(default=0.0)
    promoted_to = models.ForeignKey(
        Memory, null=True, blank=True, on_delete=models.SET_NULL, related_name="promoted_from"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "scratchpad entries"
        ordering = ["created_at", "pk"]
        constraints = [
            one_of("scratchpadentry_part_known", "part", ScratchpadPart),
            *in_unit("scratchpadentry", "confidence", "quality"),
            models.CheckConstraint(name="scratchpadentry_has_content", condition=~Q(content="")),
            models.UniqueConstraint(
                fields=["conversation", "character", "part", "content"],
                name="scratchpadentry_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.content[:80]
