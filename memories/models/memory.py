from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from pgvector.django import HalfVectorField

from characters.models.fields import (
    SignedField,
    Timestamped,
    UnitField,
    in_range,
    in_signed,
    in_unit,
    one_of,
)


class MemoryKind(models.TextChoices):
    CONVERSATION = "conversation"
    RELATIONSHIP = "relationship"
    REFLECTION = "reflection"
    CREATIVE = "creative"
    EXPERIENCE = "experience"
    FACT = "fact"
    DIARY = "diary"
    DREAM = "dream"
    GOSSIP = "gossip"
    SUMMARY = "summary"
    LORE = "lore"
    PROJECT = "project"
    AGENT = "agent"
    RAG = "rag"
    INSIGHT = "insight"


TALK = (MemoryKind.CONVERSATION.value, MemoryKind.GOSSIP.value)


class Visibility(models.TextChoices):
    """Before whom a memory may come to its owner's mind: see `REQUIRED_TRUST`."""

    PRIVATE = "private", "private: before nobody"
    BASIC = "basic", "basic: whoever is trusted a little (.30)"
    PERSONAL = "personal", "personal: whoever is trusted (.50)"
    INTIMATE = "intimate", "intimate: friends (.70)"
    FULL = "full", "full: the closest (.90)"
    PUBLIC = "public", "public: anybody"


# The owner's trust in every listener that it takes. The database holds the same figures, in
# `memories_visible_at` (migration 0003), and a test holds them together.
REQUIRED_TRUST = {
    Visibility.PUBLIC: 0.0,
    Visibility.BASIC: 0.30,
    Visibility.PERSONAL: 0.50,
    Visibility.INTIMATE: 0.70,
    Visibility.FULL: 0.90,
}


class Tier(models.TextChoices):
    WORKING = "working"
    SHORT = "short"
    LONG = "long"
    ARCHIVED = "archived", "archived: no longer recalled"


class Provenance(models.TextChoices):
    """Where its owner knows a memory from."""

    OWN = "own", "its own life or thought"
    WITNESSED = "witnessed", "was there when it was said or done"
    TOLD = "told", "told by another character"
    DERIVED = "derived", "concluded from other memories"
    READ = "read", "read in lore"


class MemoryQuerySet(models.QuerySet["Memory"]):
    def recallable(self) -> MemoryQuerySet:
        """What recall looks through: not archived."""
        return self.exclude(tier=Tier.ARCHIVED)


class Memory(Timestamped):
    """Something that a character remembers, or, without an owner, what a community's lore says.

    `session_key` and `sequence` give its place in a stretch of talk, from which recall takes the
    evidence of neighbours. `found_by` holds words that it is found by beside its content: dates
    in words, other names, what a picture showed.
    """

    Kind = MemoryKind
    Visibility = Visibility
    Tier = Tier
    Provenance = Provenance

    owner = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="memories",
        help_text="Whose memory it is; empty: the community's lore.",
    )
    kind = models.CharField(max_length=12, choices=MemoryKind)
    content = models.TextField(help_text="In the third person.")
    found_by = models.TextField(blank=True, help_text="Other words that it is found by.")
    about_person = models.ForeignKey(
        "characters.Person",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="remembered_in",
    )
    about_character = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="remembered_in",
    )
    community = models.ForeignKey(
        "characters.Community",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="memories",
        help_text="Where it was learned; empty: anywhere.",
    )
    source_conversation = models.ForeignKey(
        "conversations.Conversation",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="memories",
    )
    source_message = models.ForeignKey(
        "conversations.Message",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="memories",
    )
    told_by_character = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="told",
        help_text="Who said it.",
    )
    told_by_person = models.ForeignKey(
        "characters.Person",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="told",
        help_text="Who said it. It may always be spoken of with them alone.",
    )
    provenance = models.CharField(max_length=10, choices=Provenance, default=Provenance.WITNESSED)
    importance = models.FloatField(default=5.0, help_text="1–10")
    emotional_valence = SignedField(default=0.0)
    confidence = UnitField(
        default=1.0, help_text="How far it is trusted: never more than the least of its sources."
    )
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PERSONAL)
    is_adult = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Learned in an age-restricted channel, or made of what was: it comes to mind "
        "only in one.",
    )
    tier = models.CharField(max_length=10, choices=Tier, default=Tier.SHORT)
    strength = UnitField(default=1.0)
    decayed_on = models.DateField(
        null=True, blank=True, editable=False, help_text="The last night that weakened it."
    )
    access_count = models.PositiveIntegerField(default=0)
    last_accessed_at = models.DateTimeField(null=True, blank=True)
    occurred_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    is_locked = models.BooleanField(
        default=False, help_text="Never merged, weakened, archived or forgotten."
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="merged_from",
        help_text="The memory that speaks for it since a consolidation.",
    )
    content_hash = models.CharField(max_length=64, editable=False)
    embedding = HalfVectorField(null=True, blank=True, editable=False)
    embedding_model = models.ForeignKey(
        "memories.EmbeddingModel",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        editable=False,
    )
    session_key = models.CharField(max_length=64, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    # What is said is found by its words, and its owner stands among them, so that one index
    # serves an owner's rare words however much the others remember.
    search = models.GeneratedField(
        expression=models.Func(
            F("found_by"),
            F("content"),
            F("owner"),
            function="memories_search",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    # Reckoned once: recall asks it of every memory of an owner, each time.
    is_question = models.GeneratedField(
        expression=models.ExpressionWrapper(
            Q(content__endswith="?") | Q(content__endswith="?”") | Q(content__endswith='?"'),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    keywords: ArrayField[Any, Any] = ArrayField(
        models.CharField(max_length=80), default=list, blank=True
    )
    metadata = models.JSONField(default=dict, blank=True)

    objects = MemoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "memories"
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            one_of("memory_kind_known", "kind", MemoryKind),
            one_of("memory_visibility_known", "visibility", Visibility),
            one_of("memory_tier_known", "tier", Tier),
            one_of("memory_provenance_known", "provenance", Provenance),
            *in_range("memory", 1.0, 10.0, "importance"),
            *in_signed("memory", "emotional_valence"),
            *in_unit("memory", "confidence", "strength"),
            models.CheckConstraint(name="memory_has_content", condition=~Q(content="")),
            models.UniqueConstraint(
                F("owner"),
                F("community"),
                F("content_hash"),
                # Two people of one name may say the same, and the same may be said of them.
                Case(
                    When(
                        Q(kind=MemoryKind.CONVERSATION.value) | Q(kind=MemoryKind.GOSSIP.value),
                        then=Coalesce("told_by_person", "about_person"),
                    ),
                    default=Coalesce("about_person", "told_by_person"),
                ),
                nulls_distinct=False,
                name="memory_unique_content",
            ),
            models.CheckConstraint(
                name="memory_embedding_names_model",
                condition=Q(embedding__isnull=True, embedding_model__isnull=True)
                | Q(embedding__isnull=False, embedding_model__isnull=False),
            ),
            models.CheckConstraint(
                name="memory_one_teller",
                condition=Q(told_by_character__isnull=True) | Q(told_by_person__isnull=True),
            ),
            models.CheckConstraint(
                name="memory_only_lore_has_no_owner",
                condition=Q(owner__isnull=False) | Q(kind__in=["lore", "rag"]),
            ),
            models.CheckConstraint(
                name="memory_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
        ]
        indexes = [
            # What recall scans, exactly: an owner's rows in the order of their talk.
            models.Index(fields=["owner", "session_key", "sequence"], name="memory_by_owner"),
            models.Index(fields=["owner", "-occurred_at"], name="memory_recent"),
            GinIndex(fields=["search"], name="memory_search"),
            # What waits for a vector of the active space: it has none, or another's.
            models.Index(fields=["embedding_model"], name="memory_by_space"),
            # What erasing follows. Most rows have few of these, so each index has only its own.
            *(
                models.Index(
                    fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"memory_{name}"
                )
                for name in (
                    "about_person",
                    "about_character",
                    "told_by_person",
                    "told_by_character",
                    "source_conversation",
                    "source_message",
                    "merged_into",
                )
            ),
        ]

    def __str__(self) -> str:
        return self.content[:80]
