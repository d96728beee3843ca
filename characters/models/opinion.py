from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from characters.models.character import Character
from characters.models.fields import SignedField, Timestamped, UnitField, in_signed, in_unit

FORMED_AFTER = 3  # discussions; the constraint below says so too


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def formed(self) -> OpinionQuerySet:
        """Those that are a stance by now; the rest is only being talked about."""
        return self.filter(formed_at__isnull=False)


class Opinion(Timestamped):
    """What a character thinks of a topic, from what it said of it and what others argued. It has a
    stance only after three discussions; what a keeper wrote and locked is one at once."""

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="opinions")
    community = models.ForeignKey(
        "characters.Community",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text="Where it is held; empty means everywhere.",
    )
    topic = models.CharField(max_length=120, help_text="In lower case: “the ice house”.")
    sentiment = SignedField(default=0.0, help_text="−1 is dead against it, 1 all for it.")
    interest_level = UnitField(default=0.3, help_text="How much it occupies the character.")
    confidence = UnitField(default=0.0, help_text="How much it rests on, and how much of one mind.")
    discussion_count = models.PositiveIntegerField(default=0)
    reasoning = models.TextField(blank=True)
    is_locked = models.BooleanField(
        default=False, help_text="No talk changes it, and it holds without any discussion."
    )
    formed_at = models.DateTimeField(null=True, blank=True)
    last_reinforced_at = models.DateTimeField(null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        ordering = ["-interest_level", "topic"]
        indexes = [
            models.Index(
                fields=["character", "community"],
                condition=Q(formed_at__isnull=False),
                name="opinion_formed",
            ),
        ]
        constraints = [
            *in_signed("opinion", "sentiment"),
            *in_unit("opinion", "interest_level", "confidence"),
            models.CheckConstraint(
                name="opinion_topic_lowercase",
                condition=Q(topic=Lower(F("topic"))) & ~Q(topic=""),
                violation_error_message="Write the topic in lower case.",
            ),
            models.CheckConstraint(
                name="opinion_formed_by_talk",
                condition=Q(formed_at__isnull=True)
                | Q(discussion_count__gte=FORMED_AFTER)
                | Q(is_locked=True),
                violation_error_message=(
                    "A stance takes three discussions. Lock the opinion to have it hold without."
                ),
            ),
            models.UniqueConstraint(
                fields=["character", "community", "topic"],
                nulls_distinct=False,
                name="opinion_unique_topic",
                violation_error_message="The character has an opinion on that topic already.",
            ),
        ]

    def __str__(self) -> str:
        return self.topic


class OpinionEvidence(models.Model):
    """An argument that an opinion rests on: who made it, how it leaned, how much it counted. A
    quote is kept only of what was said to everybody."""

    opinion = models.ForeignKey(Opinion, on_delete=models.CASCADE, related_name="evidence")
    conversation = models.ForeignKey(
        "conversations.Conversation", null=True, blank=True, on_delete=models.CASCADE
    )
    message = models.ForeignKey(
        "conversations.Message", null=True, blank=True, on_delete=models.CASCADE
    )
    character = models.ForeignKey(
        Character, null=True, blank=True, on_delete=models.CASCADE, related_name="arguments"
    )
    person = models.ForeignKey(
        "characters.Person",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="arguments",
    )
    sentiment = SignedField(help_text="How the argument leans, as the holder takes it.")
    weight = UnitField(help_text="How much it counts: by whose it is and how far they are trusted.")
    quote = models.CharField(max_length=300, blank=True)
    argued_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "opinion evidence"
        ordering = ["argued_at", "pk"]
        constraints = [
            *in_signed("opinionevidence", "sentiment"),
            *in_unit("opinionevidence", "weight"),
            models.CheckConstraint(
                name="opinionevidence_one_of_two",
                condition=Q(character__isnull=False, person__isnull=True)
                | Q(character__isnull=True, person__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.quote or f"argument {self.pk}"
