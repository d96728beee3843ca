from __future__ import annotations

from django.db import models


class EndpointState(models.Model):
    """What is known of a model server: the circuit breaker's state, shared by every process."""

    name = models.CharField(max_length=200, unique=True)
    failures = models.PositiveIntegerField(default=0)
    opened_until = models.DateTimeField(null=True, blank=True)
    half_open = models.BooleanField(default=False)
    last_error = models.CharField(max_length=500, blank=True)
    last_failure_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
