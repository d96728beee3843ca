"""What characters understood, wanted and wrote because of somebody, taken away with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db.models import Model, Q, QuerySet

from characters.models import Goal, Insight, LearningEvent, Reflection, SelfModification
from fishbowl.among import delete_all
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
    gone = frozenset(memories)
    insights = Insight.objects.filter(
        Q(memory__among=gone) | Q(about_person=person_id) | Q(evidence_memories__among=gone)
    )
    kept = list(insights.values_list("pk", "memory_id", "insight_content").distinct())
    contents = [content for _, _, content in kept]
    events = LearningEvent.objects.filter(
        Q(evidence_memories__among=gone)
        # A step of a bond quotes nothing, and the bond stands where it stood: it is reached once.
        | Q(trigger_message__among=messages, relationship__isnull=True)
        | Q(insight__among={pk for pk, _, _ in kept})
        | Q(before_state__among=contents)
    )
    goals = Goal.objects.filter(seeks_person=person_id) | Goal.objects.filter(
        ~Q(origin=Goal.Origin.KEEPER), evidence_memories__among=gone
    )
    delete_all(LearningEvent.objects.filter(pk__in=_keys(events)), counts)
    delete_all(Goal.objects.filter(pk__in=_keys(goals)), counts)
    pages = _keys(
        Reflection.objects.filter(
            Q(input_memories__among=gone) | Q(memory__among=gone) | Q(insights__in=_keys(insights))
        )
    )
    counts["characters.SelfModification (blanked)"] += SelfModification.objects.filter(
        Q(reflection__in=pages) | Q(trigger_message__among=messages), is_worked_out=False
    ).update(reason=ERASED)
    counts["characters.Reflection (blanked)"] += Reflection.objects.filter(pk__in=pages).update(
        question="", content="", note=ERASED
    )
    delete_all(Insight.objects.filter(pk__in=[pk for pk, _, _ in kept]), counts)
    delete_all(Memory.objects.filter(pk__in=[pk for _, pk, _ in kept if pk]), counts)


def _keys(rows: QuerySet[Model]) -> list[int]:
    return list(rows.values_list("pk", flat=True).distinct())
