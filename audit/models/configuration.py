from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from characters.models.fields import one_of


class ConfigurationScope(models.TextChoices):
    DEPLOYMENT = "deployment"
    COMMUNITY = "community"
    CHANNEL = "channel"
    CHARACTER = "character"


TARGETS = ("community", "channel", "character")
PLACE = ("scope", *TARGETS, "config_section", "config_key")


class SystemConfiguration(models.Model):
    """One version of one setting of behaviour, for the deployment or a part of it. Rows never
    change but for `is_active`. A version without a value says that nothing is set there any more.
    """

    Scope = ConfigurationScope

    scope = models.CharField(max_length=12, choices=Scope, default=Scope.DEPLOYMENT)
    community = models.ForeignKey(
        "characters.Community", null=True, blank=True, on_delete=models.CASCADE
    )
    channel = models.ForeignKey(
        "conversations.Channel", null=True, blank=True, on_delete=models.CASCADE
    )
    character = models.ForeignKey(
        "characters.Character", null=True, blank=True, on_delete=models.CASCADE
    )
    config_section = models.CharField(max_length=60)
    config_key = models.CharField(max_length=120)
    config_value = models.JSONField(null=True, blank=True)
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
                fields=[*PLACE, "version"],
                nulls_distinct=False,
                name="systemconfiguration_unique_version",
            ),
            models.UniqueConstraint(
                fields=PLACE,
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="systemconfiguration_one_active",
            ),
            one_of("systemconfiguration_scope_known", "scope", ConfigurationScope),
            models.CheckConstraint(
                name="systemconfiguration_target_fits_scope",
                condition=Q(
                    scope="deployment",
                    community__isnull=True,
                    channel__isnull=True,
                    character__isnull=True,
                )
                | Q(
                    scope="community",
                    community__isnull=False,
                    channel__isnull=True,
                    character__isnull=True,
                )
                | Q(
                    scope="channel",
                    community__isnull=True,
                    channel__isnull=False,
                    character__isnull=True,
                )
                | Q(
                    scope="character",
                    community__isnull=True,
                    channel__isnull=True,
                    character__isnull=False,
                ),
                violation_error_message=(
                    "Name the community, the channel or the character that the scope says, and "
                    "no other."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.config_section}.{self.config_key} v{self.version}"
