from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from characters.models.character import Character
from characters.models.fields import Timestamped, one_of
from characters.models.naming import called


class ModificationStatus(models.TextChoices):
    PROPOSED = "proposed"
    APPROVED = "approved"
    APPLIED = "applied"
    REJECTED = "rejected"
    REVERTED = "reverted"


class SelfModification(Timestamped):
    """A change a character made in itself, or asks its keeper for. `field` names a column of its
    persona or style, such as persona.openness; the values are JSON."""

    Status = ModificationStatus

    character = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="self_modifications"
    )
    field = models.CharField(max_length=60)
    old_value = models.JSONField(null=True)
    new_value = models.JSONField(null=True)
    reason = models.TextField()
    is_worked_out = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Its reason is reckoned from counts and may be told to anybody. Any other may"
        " quote what was said to few: it is for the keeper.",
    )
    trigger_message = models.ForeignKey(
        "conversations.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(
        max_length=10, choices=ModificationStatus, default=ModificationStatus.PROPOSED
    )
    safety_report = models.JSONField(
        default=dict, blank=True, help_text="By which bounds it was judged, and what they said."
    )
    reflection = models.ForeignKey(
        "characters.Reflection",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="modifications",
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            one_of("selfmodification_status_known", "status", ModificationStatus),
            models.UniqueConstraint(
                fields=["character", "field"],
                condition=Q(status="proposed"),
                name="selfmodification_one_proposal",
                violation_error_message="A change of this field waits already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.old_value} → {self.new_value}"


class VersionMaker(models.TextChoices):
    KEEPER = "keeper", "its keeper"
    ITSELF = "itself", "the character itself"
    FIRST = "first", "as it was found"


class CharacterVersion(models.Model):
    """A character's persona and style as they stood after a change. Numbers run without gaps."""

    named_by: ClassVar = ("character",)

    Maker = VersionMaker

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    snapshot = models.JSONField(help_text="Columns of persona and style, by name.")
    reason = models.CharField(max_length=300)
    maker = models.CharField(max_length=10, choices=VersionMaker, default=VersionMaker.KEEPER)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["character", "-number"]
        constraints = [
            one_of("characterversion_maker_known", "maker", VersionMaker),
            models.UniqueConstraint(
                fields=["character", "number"], name="characterversion_unique_number"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {called(self, 'character')}"
