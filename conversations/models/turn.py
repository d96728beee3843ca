from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from characters.models.fields import one_of
from conversations.models.conversation import Conversation


class TurnStatus(models.TextChoices):
    PLANNED = "planned"
    SPEAKING = "speaking"
    DONE = "done"
    SILENT = "silent"
    FAILED = "failed"
    ABANDONED = "abandoned"


class TurnAction(models.TextChoices):
    SPEAK = "speak"
    REACT = "react"
    SILENCE = "silence"
    CLOSE = "close"


class Turn(models.Model):
    """A decision of the director and what came of it: the answer to "why did it say that".

    A turn goes planned → speaking → done. While it is `speaking` its text stands in `draft` until
    `say_at`, so that a process that dies between composing and saying costs nothing twice.
    `floor`, `rules` and `random_seed` are all that was decided on: the decision can be replayed.
    """

    Status = TurnStatus
    Action = TurnAction

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    action = models.CharField(max_length=10, choices=Action, default=Action.SPEAK)
    move = models.CharField(max_length=20, blank=True)
    trigger = models.CharField(max_length=20, blank=True)
    chosen = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="turns",
    )
    answers = models.ForeignKey(
        "conversations.Message",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="answered_by",
        help_text="The last message that stood when the decision was made.",
    )
    reason = models.CharField(max_length=300)
    scores = models.JSONField(default=dict)
    floor = models.JSONField(default=dict)
    rules = models.JSONField(
        default=dict, help_text="The director's settings in force, defaults and pace included."
    )
    random_seed = models.BigIntegerField()
    prompt_parts = models.JSONField(default=list)
    guard_edits = models.JSONField(default=list)
    memories_used: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "memories.Memory",
        through="conversations.TurnMemory",
        related_name="turns",
        help_text="What came to the speaker's mind.",
    )
    llm_call = models.ForeignKey(
        "audit.LLMCall",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="turns",
    )
    claimed_by = models.CharField(max_length=120, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    emoji = models.CharField(max_length=16, blank=True)
    draft = models.TextField(blank=True)
    draft_spent = models.JSONField(default=list)
    reservation = models.JSONField(default=dict, help_text="Budget set aside for the call.")
    due_at = models.DateTimeField()
    say_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            one_of("turn_status_known", "status", TurnStatus),
            one_of("turn_action_known", "action", TurnAction),
            models.UniqueConstraint(fields=["conversation", "number"], name="turn_unique_number"),
            # One floor: at most one turn of a conversation is under way, whoever races for it.
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(status__in=["planned", "speaking"]),
                name="turn_one_under_way",
            ),
            models.CheckConstraint(
                name="turn_actor_is_chosen",
                condition=Q(action__in=["silence", "close"]) | Q(chosen__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(status__in=["planned", "speaking"]),
                name="turn_under_way",
            ),
            # With the key, so that what hangs on a character's turns is found without their rows.
            models.Index(
                fields=["chosen", "-decided_at"], include=["id"], name="turn_of_character"
            ),
            models.Index(fields=["-decided_at", "-id"], name="turn_by_time"),
            models.Index(
                fields=["-id"],
                condition=Q(status__in=["failed", "abandoned"]),
                name="turn_gone_wrong",
            ),
            models.Index(
                fields=["-decided_at", "-id"],
                condition=~Q(action="speak"),
                name="turn_without_words",
            ),
        ]

    def __str__(self) -> str:
        return f"turn {self.number}: {self.reason}"


class TurnMemory(models.Model):
    """A memory that came to mind in a turn: where it stood, and why it came."""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="recollections")
    memory = models.ForeignKey(
        "memories.Memory", on_delete=models.CASCADE, related_name="recollected"
    )
    rank = models.PositiveSmallIntegerField()
    score = models.FloatField()
    parts = models.JSONField(default=dict, help_text="The score by its parts.")

    class Meta:
        verbose_name_plural = "turn memories"
        ordering = ["turn", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["turn", "memory"], name="turnmemory_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}: {self.memory_id}"
