from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from characters.models.character import Character
from characters.models.fields import (
    SignedField,
    Timestamped,
    UnitField,
    in_range,
    in_signed,
    in_unit,
    one_of,
)


def _texts(longest: int, help_text: str) -> ArrayField[Any, Any]:
    return ArrayField(
        models.CharField(max_length=longest), default=list, blank=True, help_text=help_text
    )


class InsightType(models.TextChoices):
    RELATIONSHIP = "relationship", "how it stands to somebody"
    PERSON = "person", "what somebody is like"
    TOPIC = "topic", "what is talked about"
    SELF = "self", "what it is like itself"
    MOOD = "mood", "what moves its mood"
    CONTRADICTION = "contradiction", "what doesn't go together"
    GOAL = "goal", "what it wants"


class Insight(Timestamped):
    """Something a character has understood, and from what. Its memory is what recall finds, what
    says before whom it may come up, and with which it is erased."""

    Type = InsightType

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="insights")
    insight_type = models.CharField(max_length=20, choices=InsightType)
    insight_content = models.TextField(help_text="In the third person, with names.")
    subject = models.CharField(
        max_length=160, blank=True, editable=False, help_text="What it is of, for reflection."
    )
    confidence_score = UnitField(default=0.6)
    importance_level = models.FloatField(default=5.0, help_text="1–10")
    emotional_valence = SignedField(default=0.0)
    triggers = _texts(80, "Words that bring it up.")
    supporting_evidence = _texts(400, "What it rests on, in words.")
    evidence_memories = models.ManyToManyField(
        "memories.Memory", blank=True, related_name="supports_insights"
    )
    memory = models.OneToOneField(
        "memories.Memory", null=True, blank=True, on_delete=models.CASCADE, related_name="insight"
    )
    about_character = models.ForeignKey(
        Character, null=True, blank=True, on_delete=models.CASCADE, related_name="insights_about"
    )
    about_person = models.ForeignKey(
        "characters.Person",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="insights_about",
    )
    reflection = models.ForeignKey(
        "characters.Reflection",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="insights",
    )
    conversation_context = models.CharField(max_length=300, blank=True)
    discovery_date = models.DateTimeField()
    last_surfaced_at = models.DateTimeField(null=True, blank=True)
    surfaced_count = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(
        default=True, help_text="Off: the character no longer holds it; it never comes up."
    )
    is_locked = models.BooleanField(default=False, help_text="Reflection leaves it as it is.")
    is_withheld = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="It rests on what not everybody may read, which may be forgotten before it.",
    )

    class Meta:
        ordering = ["-discovery_date", "-pk"]
        indexes = [
            models.Index(fields=["character", "-discovery_date"], name="insight_recent"),
            GinIndex(fields=["triggers"], name="insight_triggers"),
        ]
        constraints = [
            one_of("insight_type_known", "insight_type", InsightType),
            *in_unit("insight", "confidence_score"),
            *in_range("insight", 1, 10, "importance_level"),
            *in_signed("insight", "emotional_valence"),
            models.CheckConstraint(name="insight_has_content", condition=~Q(insight_content="")),
            models.UniqueConstraint(
                fields=["character", "insight_content"], name="insight_unique_content"
            ),
        ]

    def __str__(self) -> str:
        return self.insight_content[:120]


class InsightLinkType(models.TextChoices):
    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    LEADS_TO = "leads_to"
    BUILDS_ON = "builds_on"


class InsightLink(models.Model):
    """How one insight bears on another of the same character."""

    Type = InsightLinkType

    from_insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="links")
    to_insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="linked_by")
    relationship_type = models.CharField(max_length=12, choices=InsightLinkType)
    strength = UnitField(default=0.5)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            one_of("insightlink_type_known", "relationship_type", InsightLinkType),
            *in_unit("insightlink", "strength"),
            models.CheckConstraint(
                name="insightlink_not_to_itself", condition=~Q(from_insight=F("to_insight"))
            ),
            models.UniqueConstraint(
                fields=["from_insight", "to_insight", "relationship_type"],
                name="insightlink_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_insight_id} {self.relationship_type} {self.to_insight_id}"


class LearningType(models.TextChoices):
    INSIGHT = "insight", "understood something"
    CHANGED_MIND = "changed_mind", "understood it differently"
    GOAL = "goal", "a goal moved"
    TRAIT = "trait", "changed itself"
    RELATIONSHIP = "relationship", "came closer or grew apart"


class LearningEvent(models.Model):
    """One step of a character's timeline: what it learned, before and after. Only ever added."""

    Type = LearningType

    character = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="learning_events"
    )
    learning_event = models.TextField()
    learning_type = models.CharField(max_length=15, choices=LearningType)
    before_state = models.TextField(blank=True)
    after_state = models.TextField(blank=True)
    trigger_conversation = models.ForeignKey(
        "conversations.Conversation", null=True, blank=True, on_delete=models.SET_NULL
    )
    trigger_message = models.ForeignKey(
        "conversations.Message", null=True, blank=True, on_delete=models.SET_NULL
    )
    evidence_memories = models.ManyToManyField("memories.Memory", blank=True, related_name="taught")
    insight = models.ForeignKey(
        Insight, null=True, blank=True, on_delete=models.CASCADE, related_name="learning_events"
    )
    goal = models.ForeignKey(
        "characters.Goal",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="learning_events",
    )
    modification = models.ForeignKey(
        "characters.SelfModification",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="learning_events",
    )
    relationship = models.ForeignKey(
        "characters.Relationship",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="learning_events",
    )
    is_withheld = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="It rests on what not everybody may read, which may be forgotten before it.",
    )
    significance_score = UnitField(default=0.5)
    learning_date = models.DateTimeField()

    class Meta:
        ordering = ["-learning_date", "-id"]
        indexes = [models.Index(fields=["character", "-learning_date"], name="learning_recent")]
        constraints = [
            one_of("learningevent_type_known", "learning_type", LearningType),
            *in_unit("learningevent", "significance_score"),
        ]

    def __str__(self) -> str:
        return self.learning_event[:120]
