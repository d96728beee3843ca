from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from pgvector.django import HalfVectorField

from characters.models.fields import UnitField, in_unit, one_of
from characters.models.naming import called
from conversations.models.channel import Channel


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def open(self) -> ConversationQuerySet:
        return self.filter(status=Conversation.Status.OPEN)


class ConversationKind(models.TextChoices):
    AMBIENT = "ambient"
    WITH_PEOPLE = "with_people"
    DIRECT = "direct"
    SCENE = "scene"


class ConversationStatus(models.TextChoices):
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Conversation(models.Model):
    """A stretch of talk in a channel, from its opening to its farewell."""

    named_by: ClassVar = ("channel",)

    Kind = ConversationKind
    Status = ConversationStatus

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="conversations")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.AMBIENT)
    topic = models.CharField(max_length=200, blank=True)
    premise = models.TextField(blank=True, help_text="The situation that a scene is set in.")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    started_at = models.DateTimeField()
    last_message_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=40, blank=True)
    message_count = models.PositiveIntegerField(default=0)
    turn_number = models.PositiveIntegerField(default=0)
    next_turn_at = models.DateTimeField(
        null=True, blank=True, help_text="When the director looks here next; empty: not by itself."
    )
    chain_length = models.PositiveIntegerField(
        default=0, help_text="Characters' turns since a person last spoke; only people reset it."
    )
    summary = models.TextField(blank=True)
    is_adult = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="It began where the channel was age-restricted: it is for adults alone, whatever "
        "becomes of the channel.",
    )

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            one_of("conversation_kind_known", "kind", ConversationKind),
            one_of("conversation_status_known", "status", ConversationStatus),
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(status="open"),
                name="conversation_one_open_a_channel",
            ),
            models.CheckConstraint(
                name="conversation_closed_has_time",
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_turn_at"], condition=Q(status="open"), name="conversation_due"
            ),
            models.Index(fields=["channel", "-closed_at"], name="conversation_closed"),
            models.Index(fields=["channel", "-id"], name="conversation_in_order"),
        ]

    def __str__(self) -> str:
        at = timezone.localtime(self.started_at)
        return f"{self.get_kind_display()} in {called(self, 'channel')}, {at.day} {at:%b, %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; one that begins is for adults where its channel is."""
        if self._state.adding and self.channel.is_nsfw:
            self.is_adult = True
        super().save(*args, **kwargs)


class ConversationContext(models.Model):
    """How a conversation stands: what makes it go on after a restart where it was."""

    named_by: ClassVar = ("conversation__channel",)

    conversation = models.OneToOneField(
        Conversation, on_delete=models.CASCADE, related_name="context"
    )
    energy_level = UnitField(default=0.8)
    conversation_type = models.CharField(max_length=40, default="talk")
    emotional_state = models.JSONField(default=dict, blank=True)
    speaker_patterns = models.JSONField(default=dict, blank=True)
    open_questions = models.JSONField(default=list, blank=True)
    topic_embedding = HalfVectorField(null=True, blank=True, editable=False)
    observed_to = models.PositiveIntegerField(
        default=0, help_text="Messages up to this number have become memories."
    )
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = in_unit("conversationcontext", "energy_level")

    def __str__(self) -> str:
        return f"context of {called(self, 'conversation')}"


class Participant(models.Model):
    """Who has a part in a conversation."""

    named_by: ClassVar = ("character", "person")

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="participants"
    )
    character = models.ForeignKey(
        "characters.Character", null=True, blank=True, on_delete=models.CASCADE
    )
    person = models.ForeignKey("characters.Person", null=True, blank=True, on_delete=models.CASCADE)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    message_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="participant_one_of_two",
                condition=Q(character__isnull=False, person__isnull=True)
                | Q(character__isnull=True, person__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["conversation", "character"],
                condition=Q(character__isnull=False),
                name="participant_unique_character",
            ),
            models.UniqueConstraint(
                fields=["conversation", "person"],
                condition=Q(person__isnull=False),
                name="participant_unique_person",
            ),
        ]

    def __str__(self) -> str:
        who = called(self, "character") or called(self, "person")
        return f"{who} in {called(self, 'conversation')}"
