from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SystemConfiguration(models.Model):
    """One version of one setting of behaviour. Rows never change but for `is_active`."""

    config_section = models.CharField(max_length=60)
    config_key = models.CharField(max_length=120)
    config_value = models.JSONField()
    version = models.PositiveIntegerField()
    is_active = models.BooleanField(default=True)
    note = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["config_section", "config_key", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["config_section", "config_key", "version"],
                name="systemconfiguration_unique_version",
            ),
            models.UniqueConstraint(
                fields=["config_section", "config_key"],
                condition=Q(is_active=True),
                name="systemconfiguration_one_active",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.config_section}.{self.config_key} v{self.version}"
