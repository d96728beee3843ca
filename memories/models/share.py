from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from characters.models.fields import UnitField, in_unit, one_of
from characters.models.naming import called
from memories.models.memory import Memory


class PermissionLevel(models.TextChoices):
    BASIC = "basic"
    PERSONAL = "personal"
    INTIMATE = "intimate"
    FULL = "full"


class ShareStatus(models.TextChoices):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class MemoryShare(models.Model):
    """An offer of a memory by one character to another, granted or not."""

    named_by: ClassVar = ("source_character", "target_character")

    Level = PermissionLevel
    Status = ShareStatus

    source_character = models.ForeignKey(
        "characters.Character", on_delete=models.CASCADE, related_name="shares_given"
    )
    target_character = models.ForeignKey(
        "characters.Character", on_delete=models.CASCADE, related_name="shares_received"
    )
    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="shares")
    copy = models.OneToOneField(
        Memory,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="shared_as",
        help_text="What the other now remembers, when it was accepted.",
    )
    permission_level = models.CharField(max_length=10, choices=PermissionLevel)
    trust_level_at_sharing = UnitField()
    trust_required = UnitField()
    status = models.CharField(max_length=10, choices=ShareStatus, default=ShareStatus.OFFERED)
    reason = models.CharField(max_length=300)
    message = models.ForeignKey(
        "conversations.Message",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="shares",
        help_text="The words it was told in.",
    )
    shared_at = models.DateTimeField()

    class Meta:
        ordering = ["-shared_at", "-pk"]
        constraints = [
            one_of("memoryshare_level_known", "permission_level", PermissionLevel),
            one_of("memoryshare_status_known", "status", ShareStatus),
            *in_unit("memoryshare", "trust_level_at_sharing", "trust_required"),
            models.CheckConstraint(
                name="memoryshare_not_to_self",
                condition=~Q(source_character=F("target_character")),
            ),
            models.CheckConstraint(
                name="memoryshare_accepted_is_trusted",
                condition=~Q(status="accepted")
                | Q(trust_level_at_sharing__gte=F("trust_required")),
            ),
            models.CheckConstraint(
                name="memoryshare_only_accepted_has_copy",
                condition=Q(copy__isnull=True) | Q(status="accepted"),
            ),
            models.UniqueConstraint(
                fields=["memory", "target_character"],
                condition=Q(status="accepted"),
                name="memoryshare_accepted_once",
            ),
        ]
        indexes = [
            models.Index(fields=["target_character", "-shared_at"], name="memoryshare_received")
        ]

    def __str__(self) -> str:
        told = called(self, "target_character")
        return f"{called(self, 'source_character')} → {told}: {self.status}"
