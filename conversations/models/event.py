from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from characters.models.fields import Timestamped, one_of
from conversations.initiative import recurrence
from conversations.models.channel import Channel


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
    is_recurring = models.BooleanField(default=False)
    recurrence_rule = models.CharField(
        max_length=200,
        blank=True,
        help_text="RFC 5545, such as FREQ=WEEKLY;BYDAY=MO. Each time is a row of its own.",
    )
    recurs_since = models.DateTimeField(
        null=True, blank=True, help_text="When it first was: the rule counts from there."
    )
    recurs_in = models.CharField(
        max_length=64, blank=True, help_text="The time zone of the clock that it goes by."
    )
    found_in = models.ForeignKey(
        "conversations.Message",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.CASCADE,
        related_name="scheduled",
        help_text="What was said that it follows up.",
    )
    proposal = models.ForeignKey(
        "conversations.Proposal",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.CASCADE,
        related_name="events",
        help_text="What was agreed on, that it is the time of.",
    )
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
        ordering = ["trigger_at", "pk"]
        constraints = [
            one_of("scheduledevent_event_type_known", "event_type", ScheduledEventEventType),
            one_of("scheduledevent_status_known", "status", ScheduledEventStatus),
            models.CheckConstraint(
                name="scheduledevent_recurring_has_rule",
                condition=Q(is_recurring=True, recurs_since__isnull=False) & ~Q(recurrence_rule="")
                | Q(is_recurring=False, recurrence_rule=""),
                violation_error_message="What recurs has a rule, and a time since when.",
            ),
            models.UniqueConstraint(
                fields=["found_in", "event_type"], name="scheduledevent_found_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["trigger_at"], condition=Q(status="pending"), name="scheduledevent_due"
            )
        ]

    def clean(self) -> None:
        """Check a keeper's rule, and have it count from the time that is set."""
        if not self.recurrence_rule:
            self.is_recurring = False
            return
        try:
            self.recurrence_rule = recurrence.checked(self.recurrence_rule)
        except recurrence.BadRule as error:
            raise ValidationError({"recurrence_rule": str(error)}) from None
        self.is_recurring = True
        self.recurs_since = self.recurs_since or self.trigger_at

    def is_withheld_in(self, channel: Channel) -> bool:
        """Whether it was asked for among adults, and others may hear it now."""
        return bool(self.context.get("is_adult")) and not channel.is_nsfw

    def __str__(self) -> str:
        return self.title
