from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from characters.models.character import Character
from characters.models.fields import UnitField, in_unit, one_of
from characters.models.naming import called


class ReflectionKind(models.TextChoices):
    IMPORTANCE = "importance", "enough had gathered"
    INTERVAL = "interval", "it was time"
    EVENT = "event", "something stirred it"
    DIARY = "diary"
    DREAM = "dream"


class Reflection(models.Model):
    """One time a character thought things over, or wrote its day down, or dreamt. A day that was
    too poor for a page or a dream is a row too, without content, that says so."""

    named_by: ClassVar = ("character",)

    Kind = ReflectionKind

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="reflections")
    kind = models.CharField(max_length=10, choices=ReflectionKind)
    question = models.TextField(blank=True, help_text="What it asked itself.")
    content = models.TextField(blank=True, help_text="What came of it, in its own words.")
    input_memories = models.ManyToManyField(
        "memories.Memory", blank=True, related_name="reflected_on_in"
    )
    memory = models.OneToOneField(
        "memories.Memory",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="written_as",
        help_text="The memory of a page or a dream.",
    )
    day = models.DateField(null=True, blank=True, help_text="Of a page or a dream: its own day.")
    richness = UnitField(default=0.0, help_text="How much the day held, for a page or a dream.")
    gathered = models.FloatField(default=0.0, help_text="The importance that had gathered.")
    effectiveness = UnitField(default=0.0, help_text="Share of what it found that was new.")
    authenticity = UnitField(default=0.0, help_text="Share of its words that memories bear out.")
    resonance = UnitField(default=0.0, help_text="How much feeling was in what it thought of.")
    note = models.CharField(max_length=300, blank=True, help_text="Why it came to nothing.")
    visibility = models.CharField(
        max_length=10, default="personal", help_text="Of the strictest memory in it."
    )
    is_withheld = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="It rests on what not everybody may read, which may be forgotten before it.",
    )
    llm_call = models.ForeignKey(
        "audit.LLMCall",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="reflections",
    )
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["-occurred_at", "-id"]
        indexes = [models.Index(fields=["character", "-occurred_at"], name="reflection_recent")]
        constraints = [
            one_of("reflection_kind_known", "kind", ReflectionKind),
            *in_unit("reflection", "richness", "effectiveness", "authenticity", "resonance"),
            models.CheckConstraint(
                name="reflection_day_of_pages",
                condition=Q(kind__in=["diary", "dream"], day__isnull=False)
                | Q(~Q(kind__in=["diary", "dream"]), day__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["character", "kind", "day"],
                condition=Q(day__isnull=False),
                name="reflection_one_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {called(self, 'character')}, {self.occurred_at:%Y-%m-%d}"
