from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models

from characters import mood
from characters.models.character import Character
from characters.models.fields import SignedField, UnitField, in_signed, in_unit, one_of
from characters.models.naming import called


class CharacterState(models.Model):
    """How a character is right now. `version` counts writes, so that a stale writer is refused."""

    named_by: ClassVar = ("character",)

    character = models.OneToOneField(Character, on_delete=models.CASCADE, related_name="state")
    mood_valence = SignedField(default=0.0)
    mood_arousal = SignedField(default=0.0)
    mood_label = models.CharField(max_length=40, default="even")
    is_mood_locked = models.BooleanField(
        default=False, help_text="A keeper has fixed the mood: nothing that happens moves it."
    )
    energy = UnitField(default=0.8)
    social_battery = UnitField(default=1.0)
    battery_at = models.DateTimeField(
        auto_now_add=True, help_text="When energy, battery and mood were last brought up to date."
    )
    mood_at = models.DateTimeField(
        null=True, blank=True, help_text="When something other than talk last moved the mood."
    )
    conversation_count = models.PositiveIntegerField(default=0)
    message_count = models.PositiveIntegerField(default=0)
    recent_interactions = models.JSONField(default=list, blank=True)
    current_activity = models.CharField(max_length=200, blank=True)
    unreflected_importance = models.FloatField(default=0.0)
    last_reflection_at = models.DateTimeField(null=True, blank=True)
    last_spoke_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            *in_signed("characterstate", "mood_valence", "mood_arousal"),
            *in_unit("characterstate", "energy", "social_battery"),
        ]

    def __str__(self) -> str:
        return f"state of {called(self, 'character')}"

    def rested_hours(self, now: dt.datetime) -> float:
        """How long the mood has been returning since something moved it or it was brought up to
        date."""
        since = max(self.battery_at, self.mood_at or self.battery_at)
        return max(0.0, (now - since).total_seconds() / 3600)

    def rest(
        self, toward: tuple[float, float], now: dt.datetime, per_hour: float = mood.RETURN_PER_HOUR
    ) -> None:
        """Let the mood return for as long as it has rested, unless a keeper has fixed it."""
        if self.is_mood_locked:
            return
        hours = self.rested_hours(now)
        self.mood_valence = mood.return_to(self.mood_valence, toward[0], hours, per_hour=per_hour)
        self.mood_arousal = mood.return_to(self.mood_arousal, toward[1], hours, per_hour=per_hour)
        self.mood_label = mood.label(self.mood_valence, self.mood_arousal)


class MoodChangeTriggerType(models.TextChoices):
    CONVERSATION = "conversation"
    TIME_DECAY = "time_decay"
    EVENT = "event"
    REFLECTION = "reflection"
    ADMIN = "admin"


class MoodChange(models.Model):
    """Why a mood moved. Every move has a cause; rows are only ever added."""

    TriggerType = MoodChangeTriggerType

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="mood_changes")
    community = models.ForeignKey(
        "characters.Community", null=True, blank=True, on_delete=models.CASCADE
    )
    valence = SignedField()
    arousal = SignedField()
    delta_valence = models.FloatField()
    delta_arousal = models.FloatField()
    trigger_type = models.CharField(max_length=15, choices=TriggerType)
    trigger_person = models.ForeignKey(
        "characters.Person", null=True, blank=True, on_delete=models.SET_NULL
    )
    trigger_message = models.ForeignKey(
        "conversations.Message", null=True, blank=True, on_delete=models.SET_NULL
    )
    description = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        indexes = [
            models.Index(fields=["character", "-recorded_at"], name="moodchange_recent"),
            models.Index(fields=["-recorded_at", "-id"], name="moodchange_by_time"),
        ]
        constraints = [
            one_of("moodchange_trigger_type_known", "trigger_type", MoodChangeTriggerType),
            *in_signed("moodchange", "valence", "arousal"),
            # A mood moves by at most .2 at once: a character has inertia.
            models.CheckConstraint(
                name="moodchange_delta_capped",
                condition=models.Q(
                    delta_valence__gte=-0.2000001,
                    delta_valence__lte=0.2000001,
                    delta_arousal__gte=-0.2000001,
                    delta_arousal__lte=0.2000001,
                )
                | models.Q(trigger_type="time_decay")
                | models.Q(trigger_type="admin"),
            ),
        ]

    def __str__(self) -> str:
        return self.description
