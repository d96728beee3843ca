"""What of a character's inner life anybody may read on its page: what it understood, wants, wrote
and dreamt, and how it changed, as far as all of that rests on what was said openly, in this
deployment's own rooms, where all may listen, and none of it is about a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from characters.models import (
    Character,
    Goal,
    Insight,
    KnowledgeArea,
    LearningEvent,
    Opinion,
    Reflection,
)
from conversations.turns.phrasing import ago
from memories.models import Memory
from memories.reflection.resting import OPEN

INSIGHTS, PAGES, LEARNED = 6, 4, 8


def ours(field: str = "community") -> Q:
    """What is of no community, or of the one that this deployment's own rooms are."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__discord_id__isnull": True})


def _of_a_guild(field: str) -> Q:
    return Q(**{f"{field}__community__discord_id__isnull": False})


def goals_shown() -> QuerySet[Goal]:
    """The goals that a character's page shows."""
    hidden = Memory.objects.exclude(visibility__in=OPEN, is_adult=False)
    own = Goal.objects.filter(
        ours(), status=Goal.Status.ACTIVE, seeks_person__isnull=True, is_withheld=False
    )
    return own.exclude(evidence_memories__in=hidden)


def areas_shown(character: Character) -> QuerySet[KnowledgeArea]:
    """What it knows about: what its author wrote, and of what it learned by talk that which was
    talked over here."""
    here = Opinion.objects.filter(ours(), character=character, topic=OuterRef("topic"))
    return character.knowledge_areas.filter(Q(is_learned=False) | Exists(here))


def shown(character: Character, now: dt.datetime, *, for_adults: bool = False) -> dict[str, Any]:
    """Insights, pages and steps of the timeline, each with how long ago it was. How it stands to
    characters for adults only `for_adults`."""
    of_people = Q(evidence_memories__told_by_person__isnull=False) | Q(
        evidence_memories__about_person__isnull=False
    )
    hidden = ~Q(evidence_memories__visibility__in=OPEN) | Q(evidence_memories__is_adult=True)
    insights = Insight.objects.filter(
        ours("memory__community"),
        character=character,
        is_active=True,
        is_withheld=False,
        about_person__isnull=True,
        memory__visibility__in=OPEN,
        memory__is_adult=False,
    ).exclude(pk__in=Insight.objects.filter(of_people, character=character).values("pk"))
    pages = Reflection.objects.filter(
        ours("memory__community"),
        character=character,
        kind__in=[Reflection.Kind.DIARY, Reflection.Kind.DREAM],
        visibility__in=OPEN,
        is_withheld=False,
    ).exclude(content="")
    told = Reflection.objects.filter(
        Q(input_memories__told_by_person__isnull=False)
        | Q(input_memories__about_person__isnull=False)
        | Q(input_memories__is_adult=True)
        | _of_a_guild("input_memories"),
        character=character,
    )
    learned = (
        LearningEvent.objects.filter(character=character, is_withheld=False)
        .exclude(learning_type=LearningEvent.Type.INSIGHT)
        .filter(Q(goal__isnull=True) | Q(goal__seeks_person__isnull=True))
        .filter(Q(insight__isnull=True) | Q(insight__about_person__isnull=True))
        .filter(
            Q(relationship__isnull=True)
            | Q(relationship__to_character__is_adult__in=[False, for_adults])
        )
        .filter(
            ours("goal__community"),
            ours("insight__memory__community"),
            ours("relationship__community"),
        )
        .exclude(
            pk__in=LearningEvent.objects.filter(
                of_people
                | _of_a_guild("evidence_memories")
                | (hidden & Q(evidence_memories__isnull=False)),
                character=character,
            ).values("pk")
        )
    )

    def since(at: dt.datetime) -> str:
        return ago((now - at).total_seconds())

    return {
        "insights": [(one, since(one.discovery_date)) for one in insights[:INSIGHTS]],
        "pages": [
            (one, since(one.occurred_at)) for one in pages.exclude(pk__in=told.values("pk"))[:PAGES]
        ],
        "learned": [(one, since(one.learning_date)) for one in learned[:LEARNED]],
    }
