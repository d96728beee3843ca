from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from characters.models.fields import Timestamped
from characters.models.naming import called
from memories.models.memory import Memory


class LoreDocument(Timestamped):
    """A text about the world, or a lorebook."""

    community = models.ForeignKey(
        "characters.Community",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="lore",
        help_text="Who may know it; empty: every community.",
    )
    character = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="lore",
        help_text="The only character that knows it, as with a card's own book; empty: all.",
    )
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=300, help_text="Where it came from: re-ingest finds it.")
    content = models.TextField()
    content_hash = models.CharField(max_length=64, editable=False)
    is_enabled = models.BooleanField(default=True)
    is_adult = models.BooleanField(
        default=False,
        db_default=False,
        help_text="For adults: known only in channels that are age-restricted.",
    )

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "character", "source"],
                nulls_distinct=False,
                name="loredocument_unique_source",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class LoreChunk(models.Model):
    """A piece of a document, as a memory that recall finds, or an entry that keywords bring up.
    Pieces in the same words, of one document or of several, are one memory."""

    named_by: ClassVar = ("document",)

    document = models.ForeignKey(LoreDocument, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="chunks")
    keys: ArrayField[Any, Any] = ArrayField(
        models.CharField(max_length=200), default=list, blank=True
    )
    secondary_keys: ArrayField[Any, Any] = ArrayField(
        models.CharField(max_length=200), default=list, blank=True
    )
    is_selective = models.BooleanField(
        default=False, help_text="A secondary key must stand beside a key."
    )
    is_constant = models.BooleanField(default=False, help_text="Always before the mind.")
    is_case_sensitive = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    insertion_order = models.IntegerField(default=100, help_text="Lower stands earlier.")
    extensions = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["document", "number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="lorechunk_unique_number"),
        ]
        indexes = [
            models.Index(
                fields=["document"],
                condition=Q(is_enabled=True) & (~Q(keys=[]) | Q(is_constant=True)),
                name="lorechunk_triggered",
            )
        ]

    def __str__(self) -> str:
        return f"{called(self, 'document')} #{self.number}"
