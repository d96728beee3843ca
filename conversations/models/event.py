from __future__ import annotations

from django.db import models
from django.db.models import Q

from characters.models.fields import Timestamped, one_of


class ScheduledEventEventType(models.TextChoices):
    BIRTHDAY = "birthday"
    FOLLOW_UP = "follow_up"
    REMINDER = "reminder"
    ABSENCE = "absence"
    ANNIVERSARY = "anniversary"


class ScheduledEventStatus(models.TextChoices):
    PENDING = "pending"
    TRIGGERED = "triggered"
    CANCELLED = "cancelled"
    MISSED = "missed"


class ScheduledEvent(Timestamped):
    """Something that gives cause to speak at a time set beforehand."""

    EventType = ScheduledEventEventType
    Status = ScheduledEventStatus

    person = models.ForeignKey("characters.Person", null=True, blank=True, on_delete=models.CASCADE)
    character = models.ForeignKey(
        "characters.Character", null=True, blank=True, on_delete=models.CASCADE
    )
    community = models.ForeignKey(
        "characters.Community", null=True, blank=True, on_delete=models.CASCADE
    )
    channel = models.ForeignKey(
        "conversations.Channel", on_delete=models.CASCADE, related_name="events"
    )
    event_type = models.CharField(max_length=12, choices=EventType)
    trigger_at = models.DateTimeField()
    title = models.CharField(max_length=200)
    context = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    triggered_at = models.DateTimeField(null=True, blank=True)
    turn = models.ForeignKey(
        "conversations.Turn",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="events",
        help_text="The turn that was to say it.",
    )
    attempts = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="How many turns were to say it."
    )

    class Meta:
        ordering = ["trigger_at"]
        constraints = [
            one_of("scheduledevent_event_type_known", "event_type", ScheduledEventEventType),
            one_of("scheduledevent_status_known", "status", ScheduledEventStatus),
        ]
        indexes = [
            models.Index(
                fields=["trigger_at"], condition=Q(status="pending"), name="scheduledevent_due"
            )
        ]

    def __str__(self) -> str:
        return self.title
