"""What a keeper does to a memory by hand: mends its words, puts it away, brings it back."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from memories.embedding.embedding import embed_or_wait
from memories.embedding.texts import of_memory
from memories.formation.entities import mention
from memories.models import EntityMention, LoreChunk, Memory, MemoryLink, MemoryRevision
from memories.models.lineage import RevisionReason
from memories.recall import caches
from memories.revising import rewrite
from memories.writing import content_hash

MOST_LINKED = 6  # memories that are linked with one another at once


class CorrectionRefused(ValueError):
    """A memory can't say that; the message says why, and what to do."""


def check(memory: Memory, content: str) -> str:
    """The words as they would be stored.

    Raises:
        CorrectionRefused: there are none, or its owner has them in another memory.
    """
    content = content.replace("\r\n", "\n").strip()
    if not content:
        raise CorrectionRefused("It says nothing: write something, or forget the memory instead.")
    twin = Memory.objects.filter(
        owner=memory.owner_id, community=memory.community_id, content_hash=content_hash(content)
    ).exclude(pk=memory.pk)
    for pk in twin.values_list("pk", flat=True):
        raise CorrectionRefused(f"Memory {pk} says this in the same words: forget one of the two.")
    return content


def correct(memory: Memory, content: str, by: str) -> bool:
    """Have a memory say something else, with its vector and the places where it names somebody; how
    it was stays as a revision. Returns whether anything changed. May call an embedding server
    first: not in a transaction that holds locks. What others were told of it, and what was made
    of it, stays as it is.

    Raises:
        CorrectionRefused: it can't say that.
    """
    content = check(memory, content)
    before = Memory.objects.values_list("content", flat=True).get(pk=memory.pk)
    if content == before:
        return False
    (vector,) = embed_or_wait([of_memory(memory.kind, content)])
    with transaction.atomic():
        held = Memory.objects.select_for_update(of=("self",)).get(pk=memory.pk)
        before = held.content
        check(held, content)
        named = _named_in(held)
        rewrite(held, content, vector)
        Memory.objects.filter(pk=held.pk).update(metadata={**held.metadata, "corrected_by": by})
        EntityMention.objects.filter(memory=held).delete()
        mention({held.pk: content}, named)
        MemoryRevision.objects.create(
            memory=held,
            content_before=before,
            content_after=content,
            reason=RevisionReason.ADMIN,
            revised_at=timezone.now(),
        )
    return True


def _named_in(memory: Memory) -> dict[str, int]:
    """Every name of those whom a memory names, and who that is."""
    rows = EntityMention.objects.filter(memory=memory).values_list(
        "entity_id", "entity__name", "entity__aliases__alias"
    )
    return {name: key for key, *names in rows for name in names if name}


@transaction.atomic
def forget(ids: Collection[int]) -> int:
    """Put memories away, where recall doesn't look; locked ones stay. Returns how many."""
    now = timezone.now()
    rows = list(
        Memory.objects.recallable()
        .filter(pk__in=ids, is_locked=False)
        .select_for_update(of=("self",))
        .only("pk", "owner_id", "content")
    )
    Memory.objects.filter(pk__in=[row.pk for row in rows]).update(
        tier=Memory.Tier.ARCHIVED, decayed_on=now.date(), updated_at=now
    )
    MemoryRevision.objects.bulk_create(
        MemoryRevision(
            memory=row,
            content_before=row.content,
            reason=RevisionReason.FORGETTING,
            revised_at=now,
        )
        for row in rows
    )
    caches.touch(row.owner_id for row in rows)
    return len(rows)


@transaction.atomic
def bring_back(ids: Collection[int]) -> int:
    """Have memories recalled again that were put away. Not those that another speaks for since a
    consolidation, nor lore whose document is disabled. Returns how many."""
    now = timezone.now()
    enabled = LoreChunk.objects.filter(
        memory=OuterRef("pk"), is_enabled=True, document__is_enabled=True
    )
    rows = list(
        Memory.objects.filter(pk__in=ids, tier=Memory.Tier.ARCHIVED, merged_into__isnull=True)
        .filter(Exists(enabled) | ~Q(kind=Memory.Kind.LORE))
        .select_for_update(of=("self",))
        .values_list("pk", "owner_id")
    )
    Memory.objects.filter(pk__in=[pk for pk, _ in rows]).update(
        tier=Memory.Tier.LONG, strength=1.0, decayed_on=now.date(), updated_at=now
    )
    caches.touch(owner for _, owner in rows)
    return len(rows)


def link_by_hand(ids: Collection[int]) -> int:
    """Say that memories of one owner have to do with one another, 2 to MOST_LINKED at once; they
    count for none of the links that come by themselves. Returns how many links were made.

    Raises:
        CorrectionRefused: they are too few or too many, or not one owner's.
    """
    with transaction.atomic():
        rows = Memory.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
        held = list(rows.order_by("pk").values_list("pk", "owner_id", "community_id"))
        if not 2 <= len(held) <= MOST_LINKED:
            raise CorrectionRefused(f"Choose 2 to {MOST_LINKED} memories to link.")
        if len({(owner, place) for _, owner, place in held}) > 1:
            raise CorrectionRefused("Only memories of one character and one place can be linked.")
        known = set(
            MemoryLink.objects.filter(
                from_memory__in=ids, to_memory__in=ids, link_type=MemoryLink.Type.RELATED
            ).values_list("from_memory_id", "to_memory_id")
        )
        made = [
            MemoryLink(
                from_memory_id=one,
                to_memory_id=other,
                link_type=MemoryLink.Type.RELATED,
                strength=1.0,
                origin=MemoryLink.Origin.EXPLICIT,
            )
            for (one, *_), (other, *_) in combinations(held, 2)
            if (one, other) not in known and (other, one) not in known
        ]
        return len(MemoryLink.objects.bulk_create(made))


def set_locked(ids: Collection[int], is_locked: bool) -> int:
    """Lock memories against the nights, or unlock them. Returns how many changed."""
    return Memory.objects.filter(pk__in=ids, is_locked=not is_locked).update(
        is_locked=is_locked, updated_at=timezone.now()
    )
