from __future__ import annotations

from django.db import models

from characters.models.character import Character
from characters.models.fields import Timestamped, UnitField, in_unit, one_of
from characters.models.people import Person


class PreferredLength(models.TextChoices):
    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class CommunicationStyle(Timestamped):
    """How a person talks and likes to be talked to, learned from what they write: in general, or,
    where a character is named, with that one. What they have asked for counts for more."""

    Length = PreferredLength

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="communication_styles"
    )
    character = models.ForeignKey(Character, null=True, blank=True, on_delete=models.CASCADE)
    preferred_length = models.CharField(
        max_length=10, choices=PreferredLength, default=PreferredLength.MEDIUM
    )
    preferred_formality = UnitField(default=0.5)
    emoji_affinity = UnitField(default=0.2)
    humor_affinity = UnitField(default=0.3)
    detail_preference = UnitField(default=0.4)
    engagement_signals = models.JSONField(
        default=dict,
        blank=True,
        help_text="Mean words a message; of lines of each length, how many they took up.",
    )
    samples_collected = models.PositiveIntegerField(default=0)
    confidence = UnitField(default=0.0)
    is_locked = models.BooleanField(default=False, help_text="No talk changes it.")

    class Meta:
        constraints = [
            one_of("communicationstyle_length_known", "preferred_length", PreferredLength),
            *in_unit(
                "communicationstyle",
                "preferred_formality",
                "emoji_affinity",
                "humor_affinity",
                "detail_preference",
                "confidence",
            ),
            models.UniqueConstraint(
                fields=["person", "character"],
                nulls_distinct=False,
                name="communicationstyle_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"how {self.person} talks"
