from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from characters.models.character import Character
from characters.models.fields import (
    SignedField,
    Timestamped,
    UnitField,
    in_range,
    in_signed,
    in_unit,
    one_of,
)
from characters.models.naming import called
from characters.models.shaped import validate_drives, validate_greetings, validate_improv


def text_list(help_text: str = "") -> ArrayField[Any, Any]:
    """A list of short texts."""
    return ArrayField(
        models.CharField(max_length=300), default=list, blank=True, help_text=help_text
    )


class Persona(Timestamped):
    """Who a character is: the definition its keeper writes. Traits are the Big Five."""

    named_by: ClassVar = ("character",)

    TRAITS = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")

    character = models.OneToOneField(Character, on_delete=models.CASCADE, related_name="persona")
    nickname = models.CharField(
        max_length=80, blank=True, help_text="What {{char}} stands for; empty: the name."
    )
    identity = models.TextField(blank=True)
    personality = models.TextField(blank=True, help_text="Its nature in a few words.")
    appearance = models.TextField(blank=True)
    background = models.TextField(blank=True)
    values = text_list()
    openness = UnitField(default=0.5)
    conscientiousness = UnitField(default=0.5)
    extraversion = UnitField(default=0.5)
    agreeableness = UnitField(default=0.5)
    neuroticism = UnitField(default=0.5)
    drives = models.JSONField(
        default=dict,
        blank=True,
        validators=[validate_drives],
        help_text="Name of a drive → 0.0–1.0.",
    )
    constitution = models.TextField(blank=True, help_text="Rules that stand last in the prompt.")
    disclosure = models.TextField(blank=True, help_text="How it speaks of being an AI.")
    example_dialogue = models.TextField(blank=True)
    scenario = models.TextField(
        blank=True, help_text="Its circumstances, where the room has no scenario."
    )
    greetings = models.JSONField(
        default=list,
        blank=True,
        validators=[validate_greetings],
        help_text="Texts it may begin with: the first goes first.",
    )
    group_greetings = models.JSONField(
        default=list,
        blank=True,
        validators=[validate_greetings],
        help_text="The same, among several only.",
    )
    system_prompt = models.TextField(
        blank=True, help_text="Stands in place of how prompts begin, which is {{original}} in it."
    )
    depth_note = models.TextField(blank=True, help_text="Stands close to the last lines.")
    post_history_note = models.TextField(
        blank=True, help_text="Stands in place of the closing reminder, {{original}} in it."
    )

    class Meta:
        constraints = in_unit(
            "persona",
            "openness",
            "conscientiousness",
            "extraversion",
            "agreeableness",
            "neuroticism",
        )

    def __str__(self) -> str:
        return f"persona of {called(self, 'character')}"

    def traits(self) -> dict[str, float]:
        """The Big Five by name, 0.0–1.0."""
        return {name: getattr(self, name) for name in self.TRAITS}


class SpeechStyle(Timestamped):
    """How a character talks. `improv` is the offline voice's material (docs/offline-voice.md)."""

    named_by: ClassVar = ("character",)

    character = models.OneToOneField(Character, on_delete=models.CASCADE, related_name="style")
    formality = UnitField(default=0.5)
    verbosity = UnitField(default=0.5)
    humour = UnitField(default=0.5)
    emoji_use = UnitField(default=0.1)
    signature_phrases = text_list()
    avoided_phrases = text_list()
    preferred_words = text_list()
    response_language = models.CharField(max_length=35, default="en")
    improv = models.JSONField(default=dict, blank=True, validators=[validate_improv])

    class Meta:
        constraints = in_unit("speechstyle", "formality", "verbosity", "humour", "emoji_use")

    def __str__(self) -> str:
        return f"speech style of {called(self, 'character')}"


class MaterialUse(models.Model):
    """How often a character has used a piece of its authored material, so as not to repeat it."""

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="material_uses")
    key = models.CharField(max_length=200)
    used_count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["character", "key"], name="materialuse_unique_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key} × {self.used_count}"


class FormativeMemory(Timestamped):
    """Something that made the character who it is."""

    character = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="formative_memories"
    )
    title = models.CharField(max_length=200)
    content = models.TextField()
    age_or_date = models.CharField(max_length=60, blank=True)
    emotional_valence = SignedField(default=0.0)
    triggers = text_list("Words that bring it to mind.")

    class Meta:
        verbose_name_plural = "formative memories"
        constraints = [
            *in_signed("formativememory", "emotional_valence"),
            models.UniqueConstraint(
                fields=["character", "title"], name="formativememory_unique_title"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TriggerKind(models.TextChoices):
    TOPIC = "topic"
    EMOTION = "emotion"
    PHRASE = "phrase"
    PERSON = "person"


class Trigger(Timestamped):
    """What stirs a character when it hears of it, and how strongly."""

    Kind = TriggerKind

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="triggers")
    kind = models.CharField(max_length=10, choices=Kind)
    pattern = models.CharField(max_length=200)
    reaction = models.TextField(blank=True)
    intensity = UnitField(default=0.5)
    valence = SignedField(default=0.0, help_text="Which way it moves the mood.")

    class Meta:
        constraints = [
            one_of("trigger_kind_known", "kind", TriggerKind),
            *in_unit("trigger", "intensity"),
            *in_signed("trigger", "valence"),
            models.UniqueConstraint(
                fields=["character", "kind", "pattern"], name="trigger_unique_pattern"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.pattern}"


class GoalStatus(models.TextChoices):
    ACTIVE = "active"
    DONE = "done"
    DROPPED = "dropped"
    BLOCKED = "blocked"


class GoalOrigin(models.TextChoices):
    KEEPER = "keeper", "set by its keeper"
    REFLECTION = "reflection", "its own, of reflection"
    TALK = "talk", "its own, set while talking"


class Goal(Timestamped):
    """Something a character wants to reach, and perhaps whom it seeks for it. What it wants to ask
    them, where that is all, is its `question`."""

    Status = GoalStatus
    Origin = GoalOrigin

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="goals")
    goal_id = models.CharField(max_length=120, unique=True)
    description = models.TextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    progress = UnitField(default=0.0)
    success_criteria = models.TextField(blank=True)
    strategy = models.TextField(blank=True)
    priority = models.PositiveSmallIntegerField(default=5)
    due_at = models.DateTimeField(null=True, blank=True)
    origin = models.CharField(max_length=10, choices=GoalOrigin, default=GoalOrigin.KEEPER)
    community = models.ForeignKey(
        "characters.Community",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Where it came up, and is spoken of alone; empty: everywhere.",
    )
    question = models.CharField(max_length=300, blank=True, help_text="What it wants to ask.")
    seeks_character = models.ForeignKey(
        Character, null=True, blank=True, on_delete=models.CASCADE, related_name="sought_for"
    )
    seeks_person = models.ForeignKey(
        "characters.Person",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="sought_for",
    )
    evidence_memories = models.ManyToManyField(
        "memories.Memory", blank=True, related_name="gave_rise_to_goals"
    )
    last_progress_at = models.DateTimeField(null=True, blank=True, editable=False)
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_locked = models.BooleanField(default=False, help_text="Only its keeper moves it.")
    blocked_for = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="What is in its way, as its review found; one that a keeper blocks has none.",
    )
    is_withheld = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="It rests on what not everybody may read, which may be forgotten before it.",
    )

    class Meta:
        ordering = ["-priority", "goal_id"]
        constraints = [
            one_of("goal_status_known", "status", GoalStatus),
            one_of("goal_origin_known", "origin", GoalOrigin),
            *in_unit("goal", "progress"),
            *in_range("goal", 1, 10, "priority"),
        ]

    def __str__(self) -> str:
        return self.goal_id

    def clean(self) -> None:
        """A keeper who moves it on has cleared what was in its way."""
        if self.status != GoalStatus.BLOCKED:
            self.blocked_for = ""
