from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


def staff_reference(**options: Any) -> Any:
    """A reference to an account that stays when the account goes: what was done was done."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        **options,
    )


class AdminAction(models.Model):
    """What staff did that no row's difference says: pausing, a rollback, an export, a sign-in.

    Rows are only ever added, and chained (migration 0007). People of the talk appear by the number
    of their row alone, so that forgetting somebody leaves the log whole.
    """

    actor = staff_reference()
    actor_name = models.CharField(
        max_length=150, blank=True, help_text="The account's name then, or who it was without one."
    )
    action_type = models.CharField(max_length=60, help_text="What was done, such as society.pause.")
    resource_affected = models.CharField(
        max_length=200, blank=True, help_text="What it was done to, such as characters.person:7."
    )
    changes_made = models.JSONField(default=dict, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="adminaction_recent"),
            models.Index(fields=["action_type", "-occurred_at"], name="adminaction_by_type"),
            models.Index(fields=["resource_affected"], name="adminaction_by_resource"),
        ]
        constraints = [
            models.CheckConstraint(
                name="adminaction_type_named",
                condition=models.Q(action_type__regex=r"^[a-z_]+(\.[a-z_]+)*$"),
                violation_error_message="Name the action in small letters, as in society.pause.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action_type} {self.resource_affected}".strip()
