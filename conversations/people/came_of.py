"""What came of a person, in tables that refer to them by way of others: of a bond that is to them,
of a memory that is theirs, of a message that they wrote. Only reads.

What rests on what others told isn't theirs, and stays out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, Q, QuerySet

from characters.models import Goal, Insight, LearningEvent, Person, RelationshipEvent
from conversations.models import Message
from memories import knowledge
from memories.models import EntityRelation, MemoryRevision, MemoryShare, ScratchpadEntry

Values = QuerySet[Any, Any]  # rows as dictionaries


def understood(person: Person) -> QuerySet[Insight]:
    """What characters have understood of the person."""
    return Insight.objects.filter(about_person=person).exclude(
        memory__in=knowledge.of_others(person.pk)
    )


def sought(person: Person) -> QuerySet[Goal]:
    """What characters want of the person."""
    resting = Goal.objects.filter(evidence_memories__in=knowledge.of_others(person.pk))
    return Goal.objects.filter(seeks_person=person).exclude(pk__in=resting.values("pk"))


def steps(person: Person) -> QuerySet[LearningEvent]:
    """The steps of characters' timelines that the person moved, or that are about them. Why a
    character changed itself is for the keeper alone."""
    of_others = LearningEvent.objects.filter(
        evidence_memories__in=knowledge.of_others(person.pk)
    ).values("pk")
    moved = Q(trigger_message__person=person, relationship=None, insight=None, goal=None)
    return (
        LearningEvent.objects.filter(
            Q(relationship__to_person=person)
            | Q(insight__in=understood(person))
            | Q(goal__in=sought(person))
            | moved
        )
        .filter(modification=None)
        .exclude(pk__in=of_others)
        .order_by("learning_date", "pk")
    )


def notes(person: Person) -> QuerySet[ScratchpadEntry]:
    """What characters note of the person's words while a talk goes on, and of nobody else's."""
    found = ScratchpadEntry.objects.filter(message__person=person)
    resting = {key for row in found.values_list("messages", flat=True) for key in row}
    others = set(
        Message.objects.filter(pk__in=resting, person__isnull=False)
        .exclude(person=person)
        .values_list("pk", flat=True)
    )
    return found.exclude(messages__overlap=sorted(others)) if others else found


def rows(person: Person) -> Mapping[str, Values]:
    """What the tables below hold of it, by what the export calls it."""
    theirs = knowledge.theirs(person.pk).values("pk")
    return {
        "steps": steps(person).values(
            "character__name", "learning_type", "learning_event", "before_state", "after_state",
            "significance_score", "learning_date",
        ),
        "bonds_moved": RelationshipEvent.objects.filter(relationship__to_person=person)
        .order_by("occurred_at", "pk")
        .values(
            "relationship__from_character__name", "relationship__community__name", "kind",
            "delta_trust", "delta_affection", "delta_attunement", "cause", "milestone",
            "message_id", "occurred_at",
        ),
        "earlier_memories": MemoryRevision.objects.filter(memory__in=theirs).values(
            "memory_id", "content_before", "reason", "revised_at"
        ),
        "told_on": MemoryShare.objects.filter(memory__in=theirs).values(
            "memory_id", "source_character__name", "target_character__name", "permission_level",
            "status", "shared_at",
        ),
        "related": EntityRelation.objects.filter(
            Q(subject__person=person) | Q(object__person=person), evidence__in=theirs
        ).values(
            "subject__name", "relation", "object__name", "confidence", "valid_from", "valid_to"
        ),
        "notes": notes(person).values("character__name", "part", "content", "created_at"),
    }  # fmt: skip


# The tables that these rows are of.
TOLD: tuple[type[Model], ...] = (
    LearningEvent,
    RelationshipEvent,
    MemoryRevision,
    MemoryShare,
    EntityRelation,
    ScratchpadEntry,
)
