from __future__ import annotations

from django.db import models
from django.db.models import Q

from audit.models.action import staff_reference
from characters.models.fields import one_of


class SecurityEventType(models.TextChoices):
    LOGIN = "login", "signed in"
    LOGOUT = "logout", "signed out"
    LOGIN_FAILED = "login_failed", "sign-in failed"
    LOCKOUT = "lockout", "locked out"
    SECOND_FACTOR_FAILED = "second_factor_failed", "wrong code of the second factor"
    SECOND_FACTOR_CHANGED = "second_factor_changed", "second factor set up or removed"
    ROLES_CHANGED = "roles_changed", "roles or permissions changed"
    PERMISSION_DENIED = "permission_denied", "permission denied"
    FORM_REFUSED = "form_refused", "form without its token (CSRF)"
    BAD_ORIGIN = "bad_origin", "websocket of another site's page"
    FLOODED = "flooded", "too much from one visitor"
    INJECTION_ATTEMPT = "injection_attempt", "attempt to instruct the model"
    FILE_DENIED = "file_denied", "file path denied"
    FILE_REFUSED = "file_refused", "hostile file refused"
    ROW_DENIED = "row_denied", "denied by row-level security"
    TOKEN_ERROR = "token_error", "token or key refused"
    MODERATION_DOWN = "moderation_down", "moderation endpoint out of reach"
    CHAIN_BROKEN = "chain_broken", "audit log tampered with"


class Severity(models.TextChoices):
    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class SecurityEvent(models.Model):
    """Something that whoever keeps this place safe wants to know of.

    Rows are only ever added, and chained; of a row that is there, its resolution alone may change.
    """

    Type = SecurityEventType
    Severity = Severity

    event_type = models.CharField(max_length=24, choices=Type)
    severity = models.CharField(max_length=8, choices=Severity)
    source_ip = models.GenericIPAddressField(null=True, blank=True)
    actor = staff_reference()
    actor_name = models.CharField(max_length=150, blank=True)
    event_data = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField()
    resolved = models.BooleanField(default=False)
    resolved_by = staff_reference()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="securityevent_recent"),
            models.Index(fields=["event_type", "-occurred_at"], name="securityevent_by_type"),
            models.Index(
                fields=["severity", "-occurred_at"],
                condition=Q(resolved=False),
                name="securityevent_open",
            ),
        ]
        constraints = [
            one_of("securityevent_type_known", "event_type", SecurityEventType),
            one_of("securityevent_severity_known", "severity", Severity),
            models.CheckConstraint(
                name="securityevent_resolved_with_a_note",
                condition=Q(resolved=False, resolved_at__isnull=True, resolution="")
                | (Q(resolved=True, resolved_at__isnull=False) & ~Q(resolution="")),
                violation_error_message="Say in a note how it was resolved.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_event_type_display()
