"""What a page, an insight, a step of the timeline or a goal rests on, and whether that lets anybody
read it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from characters.models import Goal, Insight, LearningEvent, Reflection
from memories.models import Memory, Visibility

OPEN = (Visibility.PUBLIC, Visibility.BASIC)
NOT_FOR_ALL = (
    Q(told_by_person__isnull=False)
    | Q(about_person__isnull=False)
    | Q(is_adult=True)
    | ~Q(visibility__in=OPEN)
)


def rest(row: Reflection | Insight | LearningEvent | Goal, memories: Collection[int]) -> None:
    """Have a row rest on memories. Where one of them isn't for all to read, neither is the row, and
    that is noted: the memory may be forgotten before it."""
    links = row.input_memories if isinstance(row, Reflection) else row.evidence_memories
    links.add(*memories)
    if Memory.objects.filter(NOT_FOR_ALL, pk__in=memories).exists():
        row.is_withheld = True
        row.save(update_fields=["is_withheld"])
