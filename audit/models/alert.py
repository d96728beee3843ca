from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from characters.models.fields import one_of


class HealthStatus(models.TextChoices):
    OK = "ok"
    AILING = "ailing"
    DOWN = "down"


class HealthCheck(models.Model):
    """How a part of the system stood for a while: a row for each stretch of one status, so that
    the history of a healthy part is one row."""

    Status = HealthStatus

    component = models.CharField(max_length=60)
    status = models.CharField(max_length=6, choices=Status)
    detail = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["-checked_at", "component"]
        constraints = [
            one_of("healthcheck_status_known", "status", HealthStatus),
            models.CheckConstraint(
                name="healthcheck_in_order", condition=Q(checked_at__gte=F("since"))
            ),
        ]
        indexes = [models.Index(fields=["component", "-since"], name="healthcheck_latest")]

    def __str__(self) -> str:
        return f"{self.component}: {self.status}"


class AlertSeverity(models.TextChoices):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Alert(models.Model):
    """Something that a keeper should know of, for as long as it lasts: opened and closed by the
    periodic check, and told of once."""

    Severity = AlertSeverity

    rule = models.CharField(max_length=60)
    subject = models.CharField(
        max_length=200, blank=True, help_text="What it is about, where a rule has several."
    )
    severity = models.CharField(max_length=8, choices=Severity)
    detail = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the webhook took it.")

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            one_of("alert_severity_known", "severity", AlertSeverity),
            models.UniqueConstraint(
                fields=["rule", "subject"],
                condition=Q(closed_at__isnull=True),
                name="alert_one_open",
            ),
            models.CheckConstraint(
                name="alert_in_order",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.detail}"
