from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from pgvector.django import HalfVectorField

from characters.models.fields import Timestamped, UnitField, in_unit, one_of
from characters.models.naming import called
from memories.models.memory import Memory


class EntityKind(models.TextChoices):
    PERSON = "person"
    CHARACTER = "character"
    PLACE = "place"
    ORGANISATION = "organisation"
    ANIMAL = "animal"
    WORK = "work"
    EVENT = "event"
    THING = "thing"


class EntityGender(models.TextChoices):
    """Which pronoun people used of it, so that 'who is she' can be answered."""

    SHE = "she"
    HE = "he"
    THEY = "they"
    IT = "it"
    UNKNOWN = "", "unknown"


class Entity(Timestamped):
    """Somebody or something that is spoken of."""

    Kind = EntityKind
    Gender = EntityGender

    community = models.ForeignKey(
        "characters.Community",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="entities",
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=14, choices=EntityKind, default=EntityKind.THING)
    pronoun = models.CharField(max_length=4, choices=EntityGender, blank=True)
    person = models.ForeignKey(
        "characters.Person",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="entities",
    )
    character = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="entities",
    )
    apart = models.CharField(
        max_length=60,
        blank=True,
        editable=False,
        help_text="What tells it from others of its name.",
    )
    embedding = HalfVectorField(null=True, blank=True, editable=False)
    embedding_model = models.ForeignKey(
        "memories.EmbeddingModel", null=True, blank=True, on_delete=models.PROTECT, editable=False
    )

    class Meta:
        verbose_name_plural = "entities"
        ordering = ["name", "pk"]
        constraints = [
            one_of("entity_kind_known", "kind", EntityKind),
            models.CheckConstraint(
                name="entity_pronoun_known",
                condition=Q(pronoun__in=EntityGender.values),
            ),
            models.CheckConstraint(name="entity_has_name", condition=~Q(name="")),
            models.UniqueConstraint(
                F("community"),
                Lower("name"),
                F("kind"),
                F("person"),
                F("character"),
                F("apart"),
                nulls_distinct=False,
                name="entity_unique_name",
            ),
            models.CheckConstraint(
                name="entity_embedding_names_model",
                condition=Q(embedding__isnull=True, embedding_model__isnull=True)
                | Q(embedding__isnull=False, embedding_model__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EntityAlias(models.Model):
    """Another name of an entity."""

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="aliases")
    alias = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "entity aliases"
        constraints = [
            models.UniqueConstraint(F("entity"), Lower("alias"), name="entityalias_unique"),
            models.CheckConstraint(name="entityalias_has_text", condition=~Q(alias="")),
        ]
        indexes = [models.Index(Lower("alias"), name="entityalias_lower")]

    def __str__(self) -> str:
        return self.alias


class EntityMention(models.Model):
    """Where an entity is named: in a message or in a memory, from `start` to `end` (characters)."""

    named_by: ClassVar = ("entity",)

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="mentions")
    message = models.ForeignKey(
        "conversations.Message",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="mentions",
    )
    memory = models.ForeignKey(
        Memory, null=True, blank=True, on_delete=models.CASCADE, related_name="mentions"
    )
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="entitymention_one_place",
                condition=Q(message__isnull=False, memory__isnull=True)
                | Q(message__isnull=True, memory__isnull=False),
            ),
            models.CheckConstraint(name="entitymention_span", condition=Q(end__gte=F("start"))),
            models.UniqueConstraint(
                fields=["entity", "message", "memory", "start"],
                nulls_distinct=False,
                name="entitymention_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{called(self, 'entity')} in {self.memory_id or self.message_id}"


class EntityRelation(models.Model):
    """What one entity is to another, and when it was so. A relation that ended stays, with
    `valid_to`."""

    named_by: ClassVar = ("subject", "object")

    subject = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="relations")
    relation = models.CharField(max_length=60, help_text="lower case, e.g. 'works at', 'sister of'")
    object = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="related_by")
    confidence = UnitField(default=0.6)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    evidence = models.ForeignKey(
        Memory,
        on_delete=models.CASCADE,
        related_name="relations",
        help_text="The memory it was learned from; who may know the one may know the other.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *in_unit("entityrelation", "confidence"),
            models.CheckConstraint(
                name="entityrelation_ends_after_start",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="entityrelation_not_to_itself", condition=~Q(subject=F("object"))
            ),
            models.UniqueConstraint(
                fields=["subject", "relation", "object", "evidence"],
                name="entityrelation_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{called(self, 'subject')} {self.relation} {called(self, 'object')}"
