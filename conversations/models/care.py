from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from characters.models.fields import UnitField, in_unit
from conversations.models.channel import Channel
from conversations.models.message import Message


class CareNotice(models.Model):
    """That somebody said something that may mean danger: an alert until a keeper has seen to it.
    The words aren't kept here; the message says them, for as long as it stands. What was said to a
    command alone stands in no message, and maybe in no channel that is known."""

    person = models.ForeignKey(
        "characters.Person", on_delete=models.CASCADE, related_name="care_notices"
    )
    message = models.OneToOneField(
        Message, null=True, blank=True, on_delete=models.CASCADE, related_name="care_notice"
    )
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE)
    noticed_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )

    class Meta:
        ordering = ["-noticed_at"]
        constraints = [
            models.CheckConstraint(
                name="carenotice_in_order",
                condition=Q(seen_at__isnull=True) | Q(seen_at__gte=F("noticed_at")),
            )
        ]
        indexes = [
            models.Index(
                fields=["noticed_at"], condition=Q(seen_at__isnull=True), name="carenotice_unseen"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.noticed_at:%Y-%m-%d %H:%M}"


class Reliance(models.Model):
    """How much of a day a person spent with characters, in figures, and how far they lean on them
    by now (`conversations.care.reliance`)."""

    person = models.ForeignKey(
        "characters.Person", on_delete=models.CASCADE, related_name="reliances"
    )
    day = models.DateField(help_text="By the person's own clock, where they have told it.")
    messages = models.PositiveIntegerField(default=0)
    hours = models.PositiveSmallIntegerField(default=0, help_text="In how many hours they wrote.")
    late = models.PositiveIntegerField(default=0, help_text="Messages from midnight to five.")
    streak = models.PositiveIntegerField(default=0, help_text="Days in a row, this one included.")
    clinging = models.PositiveIntegerField(
        default=0, help_text="How often they said that characters are all they have."
    )
    score = UnitField(default=0.0, help_text="Of this day alone.")
    level = UnitField(default=0.0, help_text="Of this day and those before it.")

    class Meta:
        verbose_name_plural = "reliance"
        ordering = ["-day", "-level"]
        constraints = [
            *in_unit("reliance", "score", "level"),
            models.CheckConstraint(name="reliance_hours_of_a_day", condition=Q(hours__lte=24)),
            models.UniqueConstraint(fields=["person", "day"], name="reliance_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.day}: {self.level:.2f}"


class Agreement(models.Model):
    """How often in a day a character agreed with what somebody stated to it."""

    character = models.ForeignKey(
        "characters.Character", on_delete=models.CASCADE, related_name="agreements"
    )
    with_character = models.ForeignKey(
        "characters.Character",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="agreed_with_by",
    )
    with_person = models.ForeignKey(
        "characters.Person",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="agreed_with_by",
    )
    day = models.DateField()
    answers = models.PositiveIntegerField(help_text="To what wasn't a question.")
    agreed = models.PositiveIntegerField(help_text="That agreed, and differed in nothing.")

    class Meta:
        verbose_name_plural = "agreement"
        ordering = ["-day", "character"]
        constraints = [
            models.CheckConstraint(
                name="agreement_with_one",
                condition=Q(with_character__isnull=True) ^ Q(with_person__isnull=True),
            ),
            models.CheckConstraint(
                name="agreement_no_more_than_answers", condition=Q(agreed__lte=F("answers"))
            ),
            models.UniqueConstraint(
                fields=["character", "with_character", "with_person", "day"],
                nulls_distinct=False,
                name="agreement_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.character} with {self.with_character or self.with_person} on {self.day}"
