from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from pgvector.django import HalfVectorField

from characters.models.fields import Timestamped, UnitField, in_unit, one_of
from memories.models.memory import Visibility


class FactType(models.TextChoices):
    HOBBY = "hobby"
    WORK = "work"
    FAMILY = "family"
    PREFERENCE = "preference"
    LOCATION = "location"
    EVENT = "event"
    RELATIONSHIP = "relationship"
    GENERAL = "general"
    ATTACHMENT_PATTERN = "attachment_pattern"
    GRIEF_CONTEXT = "grief_context"
    COPING_MECHANISM = "coping_mechanism"


class FactSource(models.TextChoices):
    CONVERSATION = "conversation"
    AUTO_EXTRACTION = "auto_extraction"
    MANUAL = "manual"


class TemporalRelevance(models.TextChoices):
    PAST = "past"
    PRESENT = "present"
    FUTURE = "future"
    TIMELESS = "timeless"


class PersonFact(Timestamped):
    """Something known about a person, and which character knows it."""

    Type = FactType
    Source = FactSource
    Temporal = TemporalRelevance

    person = models.ForeignKey("characters.Person", on_delete=models.CASCADE, related_name="facts")
    character = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="person_facts",
        help_text="Who knows it; empty: the whole community.",
    )
    community = models.ForeignKey(
        "characters.Community", null=True, blank=True, on_delete=models.CASCADE
    )
    fact_type = models.CharField(max_length=20, choices=FactType, default=FactType.GENERAL)
    fact_content = models.CharField(max_length=500, help_text="In the third person.")
    category = models.CharField(max_length=60, blank=True)
    is_adult = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Learned in an age-restricted channel: it is said only in one.",
    )
    confidence = UnitField(default=0.6)
    importance = UnitField(default=0.5)
    source = models.CharField(max_length=16, choices=FactSource, default=FactSource.AUTO_EXTRACTION)
    temporal_relevance = models.CharField(
        max_length=10, choices=TemporalRelevance, default=TemporalRelevance.PRESENT
    )
    expiry_date = models.DateTimeField(null=True, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PERSONAL)
    is_active = models.BooleanField(default=True)
    is_locked = models.BooleanField(default=False)
    superseded_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="supersedes",
        help_text="The stronger and newer fact that speaks against it.",
    )
    learned_at = models.DateTimeField()
    last_referenced_at = models.DateTimeField(null=True, blank=True)
    extracted_from_message = models.ForeignKey(
        "conversations.Message",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="facts",
    )
    extraction_context = models.CharField(max_length=500, blank=True)
    embedding = HalfVectorField(null=True, blank=True, editable=False)
    embedding_model = models.ForeignKey(
        "memories.EmbeddingModel", null=True, blank=True, on_delete=models.PROTECT, editable=False
    )

    class Meta:
        ordering = ["-learned_at", "-pk"]
        constraints = [
            one_of("personfact_type_known", "fact_type", FactType),
            one_of("personfact_source_known", "source", FactSource),
            one_of("personfact_temporal_known", "temporal_relevance", TemporalRelevance),
            one_of("personfact_visibility_known", "visibility", Visibility),
            *in_unit("personfact", "confidence", "importance"),
            models.CheckConstraint(name="personfact_has_content", condition=~Q(fact_content="")),
            models.UniqueConstraint(
                fields=["person", "character", "community", "fact_content"],
                nulls_distinct=False,
                name="personfact_unique",
            ),
            models.CheckConstraint(
                name="personfact_embedding_names_model",
                condition=Q(embedding__isnull=True, embedding_model__isnull=True)
                | Q(embedding__isnull=False, embedding_model__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["character", "person"], condition=Q(is_active=True), name="personfact_known"
            )
        ]

    def __str__(self) -> str:
        return self.fact_content


class FactAssociation(models.Model):
    """That two facts go together, e.g. two people's like interest. Used where both consent."""

    fact_1 = models.ForeignKey(PersonFact, on_delete=models.CASCADE, related_name="associations")
    fact_2 = models.ForeignKey(PersonFact, on_delete=models.CASCADE, related_name="associated_by")
    association_type = models.CharField(max_length=40)
    strength = UnitField(default=0.5)
    discovered_at = models.DateTimeField()

    class Meta:
        constraints = [
            *in_unit("factassociation", "strength"),
            models.CheckConstraint(
                name="factassociation_in_order", condition=Q(fact_1__lt=F("fact_2"))
            ),
            models.UniqueConstraint(
                fields=["fact_1", "fact_2", "association_type"], name="factassociation_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact_1_id} {self.association_type} {self.fact_2_id}"
