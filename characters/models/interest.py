from __future__ import annotations

from django.db import models
from pgvector.django import HalfVectorField

from characters.models.character import Character
from characters.models.fields import Timestamped, UnitField, in_unit


class Interest(Timestamped):
    """A topic that draws a character into talk. The vector is filled when it is first needed."""

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="interests")
    topic = models.CharField(max_length=200)
    weight = UnitField(default=0.5)
    embedding = HalfVectorField(null=True, blank=True, editable=False)
    embedding_model = models.ForeignKey(
        "memories.EmbeddingModel", null=True, blank=True, on_delete=models.PROTECT, editable=False
    )

    class Meta:
        ordering = ["-weight", "topic"]
        constraints = [
            *in_unit("interest", "weight"),
            models.UniqueConstraint(fields=["character", "topic"], name="interest_unique_topic"),
            models.CheckConstraint(
                name="interest_embedding_names_model",
                condition=models.Q(embedding__isnull=True, embedding_model__isnull=True)
                | models.Q(embedding__isnull=False, embedding_model__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.topic


class KnowledgeArea(Timestamped):
    """What a character knows much about. It grows by talking."""

    character = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="knowledge_areas"
    )
    topic = models.CharField(max_length=200)
    expertise_level = UnitField(default=0.3)
    passion = UnitField(default=0.5)
    evidence_count = models.PositiveIntegerField(
        default=0, help_text="Discussions that it has grown by."
    )
    is_learned = models.BooleanField(
        default=False, editable=False, help_text="It came by talk; nobody wrote it."
    )
    is_locked = models.BooleanField(default=False, help_text="No talk changes it.")
    grown_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-expertise_level", "topic"]
        constraints = [
            *in_unit("knowledgearea", "expertise_level", "passion"),
            models.UniqueConstraint(
                fields=["character", "topic"], name="knowledgearea_unique_topic"
            ),
        ]

    def __str__(self) -> str:
        return self.topic
