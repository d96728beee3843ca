from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from characters.models.character import Character
from characters.models.fields import Timestamped, UnitField, in_range, in_unit, one_of
from characters.models.naming import called


class Relationship(Timestamped):
    """How a character stands to another, or to a person. Directed, and one per community."""

    named_by: ClassVar = ("from_character", "to_character", "to_person")

    from_character = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="relationships"
    )
    to_character = models.ForeignKey(
        Character, null=True, blank=True, on_delete=models.CASCADE, related_name="regarded_by"
    )
    to_person = models.ForeignKey(
        "characters.Person",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="regarded_by",
    )
    community = models.ForeignKey(
        "characters.Community", null=True, blank=True, on_delete=models.CASCADE
    )
    trust = UnitField(default=0.5)
    affection = UnitField(default=0.4)
    attunement = UnitField(default=0.3)
    score = models.FloatField(default=0.0)
    level = models.CharField(max_length=40, default="Stranger")
    note = models.CharField(max_length=300, blank=True)
    total_interactions = models.PositiveIntegerField(default=0)
    positive_interactions = models.PositiveIntegerField(default=0)
    negative_interactions = models.PositiveIntegerField(default=0)
    avg_message_length = models.FloatField(default=0.0)
    conversation_depth_avg = models.FloatField(default=0.0)  # exchanges in a talk of the two
    shared_references = models.JSONField(default=list, blank=True)
    is_locked = models.BooleanField(
        default=False, help_text="A keeper has fixed it: nothing that happens moves it."
    )
    usual_trust = UnitField(
        null=True, blank=True, help_text="The trust that one is used to; empty: as it is now."
    )
    repair_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when a quarrel is to be mended."
    )
    repair_from = UnitField(null=True, blank=True, help_text="The trust before the quarrel.")
    repair_low = UnitField(null=True, blank=True, help_text="The least trust since.")
    milestones = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="What has happened once between them.",
    )
    faded_at = models.DateTimeField(
        null=True, blank=True, help_text="Until when absence has been counted."
    )
    first_interaction_at = models.DateTimeField(null=True, blank=True)
    last_interaction_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *in_unit("relationship", "trust", "affection", "attunement"),
            *in_range("relationship", 0, 100, "score"),
            *in_range(
                "relationship", 0, 1, "usual_trust", "repair_from", "repair_low", may_be_null=True
            ),
            models.CheckConstraint(
                name="relationship_repair_whole",
                condition=Q(
                    repair_since__isnull=True, repair_from__isnull=True, repair_low__isnull=True
                )
                | Q(
                    repair_since__isnull=False, repair_from__isnull=False, repair_low__isnull=False
                ),
                violation_error_message="A quarrel has a beginning, a trust before and a lowest.",
            ),
            models.CheckConstraint(
                name="relationship_one_target",
                condition=Q(to_character__isnull=False, to_person__isnull=True)
                | Q(to_character__isnull=True, to_person__isnull=False),
                violation_error_message="Name one target: a character or a person.",
            ),
            models.CheckConstraint(
                name="relationship_not_to_self",
                condition=Q(to_character__isnull=True) | ~Q(to_character=F("from_character")),
                violation_error_message="A character stands in no relationship to itself.",
            ),
            models.UniqueConstraint(
                fields=["from_character", "to_character", "community"],
                condition=Q(to_character__isnull=False),
                nulls_distinct=False,
                name="relationship_unique_character",
                violation_error_message="This relationship is there already.",
            ),
            models.UniqueConstraint(
                fields=["from_character", "to_person", "community"],
                condition=Q(to_person__isnull=False),
                nulls_distinct=False,
                name="relationship_unique_person",
                violation_error_message="This relationship is there already.",
            ),
        ]

    def __str__(self) -> str:
        other = called(self, "to_character") or called(self, "to_person")
        return f"{called(self, 'from_character')} → {other}"


class RelationshipEventKind(models.TextChoices):
    EXCHANGE = "exchange"
    REACTION = "reaction"
    MILESTONE = "milestone"
    REPAIR = "repair"
    DECAY = "decay"
    ADMIN = "admin"


class RelationshipEvent(models.Model):
    """Why a relationship moved. Rows are only ever added."""

    Kind = RelationshipEventKind

    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    delta_trust = models.FloatField(default=0.0)
    delta_affection = models.FloatField(default=0.0)
    delta_attunement = models.FloatField(default=0.0)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    cause = models.CharField(max_length=300)
    message = models.ForeignKey(
        "conversations.Message", null=True, blank=True, on_delete=models.SET_NULL
    )
    milestone = models.CharField(max_length=40, blank=True, default="")
    reaction = models.ForeignKey(
        "conversations.Reaction", null=True, blank=True, on_delete=models.SET_NULL
    )
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        indexes = [
            models.Index(fields=["relationship", "-occurred_at"], name="relevent_recent"),
            models.Index(fields=["-occurred_at", "-id"], name="relevent_by_time"),
        ]
        constraints = [
            one_of("relationshipevent_kind_known", "kind", RelationshipEventKind),
            models.UniqueConstraint(
                fields=["relationship", "milestone"],
                condition=~Q(milestone=""),
                name="relationshipevent_milestone_once",
            ),
        ]

    def __str__(self) -> str:
        return self.cause
