"""What characters understood, wanted and wrote because of somebody, taken away with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db.models import Model, Q, QuerySet

from characters.models import Goal, Insight, LearningEvent, Reflection, SelfModification
from memories.models import Memory

ERASED = "What it rested on was erased."


def forget(
    memories: Collection[int],
    messages: Collection[int],
    person_id: int,
    counts: Counter[str],
) -> None:
    """Take away what rests on these memories and messages, or is of the person, within the
    caller's transaction; that there was a reflection stays."""
    gone = list(memories)
    insights = Insight.objects.filter(
        Q(memory__in=gone) | Q(about_person=person_id) | Q(evidence_memories__in=gone)
    )
    kept = list(insights.values_list("pk", "memory_id", "insight_content").distinct())
    contents = [content for _, _, content in kept]
    events = LearningEvent.objects.filter(
        Q(evidence_memories__in=gone)
        | Q(trigger_message__in=messages)
        | Q(insight__in=[pk for pk, _, _ in kept])
        | Q(before_state__in=contents)
    )
    goals = Goal.objects.filter(seeks_person=person_id) | Goal.objects.filter(
        ~Q(origin=Goal.Origin.KEEPER), evidence_memories__in=gone
    )
    _delete(LearningEvent.objects.filter(pk__in=_keys(events)), counts)
    _delete(Goal.objects.filter(pk__in=_keys(goals)), counts)
    pages = _keys(
        Reflection.objects.filter(
            Q(input_memories__in=gone) | Q(memory__in=gone) | Q(insights__in=_keys(insights))
        )
    )
    counts["characters.SelfModification (blanked)"] += SelfModification.objects.filter(
        Q(reflection__in=pages) | Q(trigger_message__in=messages), is_worked_out=False
    ).update(reason=ERASED)
    counts["characters.Reflection (blanked)"] += Reflection.objects.filter(pk__in=pages).update(
        question="", content="", note=ERASED
    )
    _delete(Insight.objects.filter(pk__in=[pk for pk, _, _ in kept]), counts)
    _delete(Memory.objects.filter(pk__in=[pk for _, pk, _ in kept if pk]), counts)


def _keys(rows: QuerySet[Model]) -> list[int]:
    return list(rows.values_list("pk", flat=True).distinct())


def _delete(rows: QuerySet[Model], counts: Counter[str]) -> None:
    _, by_kind = rows.delete()
    counts.update({kind: number for kind, number in by_kind.items() if number})
