from __future__ import annotations

from django.db import models


class RegisteredCommands(models.Model):
    """Which commands Discord has of an application of ours, as a digest: it lets a bot register
    only so many a day, so they are sent again only when they have changed."""

    application_id = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    registered_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "registered commands"

    def __str__(self) -> str:
        return f"commands of {self.application_id}"
