from __future__ import annotations

from django.db import models
from pgvector.django import HalfVectorField

from memories.models.embedding_model import EmbeddingModel


class WaitingVector(models.Model):
    """A row's vector in the space that a re-embedding prepares. When all have theirs, one
    transaction puts them in place and makes their model the active one."""

    embedding_model = models.ForeignKey(
        EmbeddingModel, on_delete=models.CASCADE, related_name="waiting"
    )
    table = models.CharField(max_length=63)
    row = models.BigIntegerField()
    text_hash = models.CharField(max_length=64, help_text="Of the text that was embedded.")
    embedding = HalfVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["embedding_model", "table", "row"], name="waitingvector_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"
