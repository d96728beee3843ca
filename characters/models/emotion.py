from __future__ import annotations

from django.db import models

from characters.models.character import Character
from characters.models.fields import UnitField, in_unit, one_of


class Emotion(models.TextChoices):
    ANGER = "anger"
    ANTICIPATION = "anticipation"
    DISGUST = "disgust"
    FEAR = "fear"
    JOY = "joy"
    LOVE = "love"
    OPTIMISM = "optimism"
    PESSIMISM = "pessimism"
    SADNESS = "sadness"
    SURPRISE = "surprise"
    TRUST = "trust"


class EmotionBaseline(models.Model):
    """Where one emotion of a character rests: by its Big Five, or as a keeper has set it."""

    Emotion = Emotion

    character = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="emotion_baselines"
    )
    emotion = models.CharField(max_length=12, choices=Emotion)
    value = UnitField()
    is_locked = models.BooleanField(
        default=False, help_text="Set by a keeper: it no longer follows the character's traits."
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["character", "emotion"]
        constraints = [
            one_of("emotionbaseline_emotion_known", "emotion", Emotion),
            *in_unit("emotionbaseline", "value"),
            models.UniqueConstraint(fields=["character", "emotion"], name="emotionbaseline_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.emotion} rests at {self.value:.2f}"


class EmotionLevel(models.Model):
    """How strongly a character felt something at `felt_at`; since then it has been returning."""

    Emotion = Emotion

    character = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="emotion_levels"
    )
    emotion = models.CharField(max_length=12, choices=Emotion)
    value = UnitField()
    felt_at = models.DateTimeField()

    class Meta:
        ordering = ["character", "emotion"]
        constraints = [
            one_of("emotionlevel_emotion_known", "emotion", Emotion),
            *in_unit("emotionlevel", "value"),
            models.UniqueConstraint(fields=["character", "emotion"], name="emotionlevel_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.emotion} {self.value:.2f}"
