from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from characters.models.fields import one_of
from characters.models.naming import called
from memories.models.memory import Memory


class ConsolidationRun(models.Model):
    """One night's work on one character's memories. A run without `finished_at` was cut short,
    and the next one goes on from its rows."""

    named_by: ClassVar = ("character",)

    character = models.ForeignKey(
        "characters.Character", on_delete=models.CASCADE, related_name="consolidations"
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    examined = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    summarised = models.PositiveIntegerField(default=0)
    archived = models.PositiveIntegerField(default=0)
    decayed = models.PositiveIntegerField(default=0)
    forgotten = models.PositiveIntegerField(default=0)
    tokens = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["character"],
                condition=Q(finished_at__isnull=True),
                name="consolidationrun_one_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{called(self, 'character')} on {self.started_at:%Y-%m-%d}"


class HygieneRun(models.Model):
    """One audit of the whole store."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    examined = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    false_recall = models.FloatField(
        null=True, blank=True, help_text="Share of unrelated questions that brought up anything."
    )
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"audit of {self.started_at:%Y-%m-%d}"


class FindingKind(models.TextChoices):
    DUPLICATE = "duplicate"
    VAGUE = "vague"
    SELF_ECHO = "self_echo"


class HygieneFinding(models.Model):
    """A memory that an audit set aside, and whether a keeper brought it back."""

    Kind = FindingKind

    run = models.ForeignKey(HygieneRun, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=10, choices=FindingKind)
    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="findings")
    beside = models.ForeignKey(
        Memory,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="What it repeats.",
    )
    tier_before = models.CharField(max_length=10)
    detail = models.CharField(max_length=300)
    found_at = models.DateTimeField()
    reverted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-found_at"]
        constraints = [
            one_of("hygienefinding_kind_known", "kind", FindingKind),
            models.UniqueConstraint(fields=["run", "memory"], name="hygienefinding_once_a_run"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.memory_id}"


class ContagionKind(models.TextChoices):
    PHRASE = "phrase"
    TOPIC = "topic"
    DREAM = "dream"


class Contagion(models.Model):
    """Something that spread from one character to the others: damped in recall and prompts until
    it falls out of use, or a keeper lets it be."""

    Kind = ContagionKind

    community = models.ForeignKey(
        "characters.Community", on_delete=models.CASCADE, related_name="contagions"
    )
    kind = models.CharField(max_length=10, choices=ContagionKind)
    text = models.CharField(max_length=300)
    origin = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="spread",
    )
    carriers: ArrayField[Any, Any] = ArrayField(models.BigIntegerField(), default=list, blank=True)
    uses = models.PositiveIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    is_damped = models.BooleanField(default=True)
    is_allowed = models.BooleanField(default=False, help_text="A keeper lets it be.")

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [
            one_of("contagion_kind_known", "kind", ContagionKind),
            models.UniqueConstraint(fields=["community", "kind", "text"], name="contagion_unique"),
            models.CheckConstraint(
                name="contagion_allowed_is_not_damped",
                condition=Q(is_allowed=False) | Q(is_damped=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class ErasureReceipt(models.Model):
    """That a person was erased, and how many rows of each kind went. Names nobody."""

    reference = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    requested_by = models.CharField(max_length=60, help_text="the person, a keeper, or retention")
    counts = models.JSONField(default=dict)
    erased_at = models.DateTimeField()

    class Meta:
        ordering = ["-erased_at"]

    def __str__(self) -> str:
        return f"{self.reference} of {self.erased_at:%Y-%m-%d}"
