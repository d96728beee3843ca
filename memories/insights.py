"""What a keeper does to an insight by hand. Its memory, which recall finds, follows it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from characters.models import Insight
from memories.corrections import CorrectionRefused, check, correct
from memories.models import Memory
from memories.recall import caches

__all__ = ["CorrectionRefused", "check_insight", "correct_insight", "set_held"]


def check_insight(insight: Insight, content: str) -> str:
    """The words as they would be stored.

    Raises:
        CorrectionRefused: there are none, or the character has them in another insight or memory.
    """
    content = " ".join(content.split())
    if not content:
        raise CorrectionRefused("It says nothing: write something, or set it inactive instead.")
    twin = Insight.objects.filter(character=insight.character_id, insight_content=content)
    if twin.exclude(pk=insight.pk).exists():
        raise CorrectionRefused("Another insight says this in the same words: set one inactive.")
    return check(insight.memory, content) if insight.memory else content


def correct_insight(insight: Insight, by: str) -> None:
    """Save an insight as a keeper has changed it, and lock it, so that reflection leaves it so. May
    ask an embedding server first: not in a transaction that holds locks.

    Raises:
        CorrectionRefused: it can't say that.
    """
    insight.insight_content = check_insight(insight, insight.insight_content)
    if insight.memory is not None:
        correct(insight.memory, insight.insight_content, by)
    insight.is_locked = True
    with transaction.atomic():
        insight.save()
        _follow(insight)


def set_held(ids: Any, is_active: bool) -> int:
    """Have characters hold insights again, or no longer. Returns how many changed."""
    changed = list(Insight.objects.filter(pk__in=ids, is_active=not is_active))
    with transaction.atomic():
        for insight in changed:
            insight.is_active = is_active
            insight.save(update_fields=["is_active", "updated_at"])
            _follow(insight)
    return len(changed)


def _follow(insight: Insight) -> None:
    """What is no longer held is no longer recalled."""
    if insight.memory_id is None:
        return
    tier = Memory.Tier.LONG if insight.is_active else Memory.Tier.ARCHIVED
    Memory.objects.filter(pk=insight.memory_id).update(
        tier=tier,
        importance=insight.importance_level,
        confidence=insight.confidence_score,
        keywords=insight.triggers,
    )
    caches.touch([insight.character_id])
