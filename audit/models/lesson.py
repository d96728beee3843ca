from __future__ import annotations

from django.db import models

from fishbowl.llm.learned import LESSONS


class ServerLesson(models.Model):
    """What a refusal taught of how a model wants to be spoken to at a server. It is written once
    and never changed, so how many there are and the last key tell whether any came or went."""

    server = models.CharField(max_length=200, help_text="What it is called in the settings.")
    address_digest = models.CharField(
        max_length=64, help_text="Of its address, which may hold a key: SHA-256."
    )
    model = models.TextField()
    lesson = models.CharField(max_length=32, choices=[(one, one) for one in LESSONS])
    refusal = models.CharField(max_length=500, help_text="What it was learned from.")
    learned_at = models.DateTimeField()

    class Meta:
        verbose_name = "lesson of a model server"
        verbose_name_plural = "lessons of model servers"
        constraints = [
            models.UniqueConstraint(
                fields=["address_digest", "model", "lesson"], name="serverlesson_once"
            ),
            models.CheckConstraint(
                condition=models.Q(lesson__in=list(LESSONS)), name="serverlesson_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} at {self.server}: {LESSONS[self.lesson]}"
