"""What is known of a person, item by item, as they themselves may read it and have it forgotten.

What other people told of them is counted and not shown, by whatever mouth it went on: those words
are the others'.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from memories.erasure import NOBODY, Reach, forget
from memories.models import Derivation, FactAssociation, Memory, PersonFact

FACT, MEMORY = "fact", "memory"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is known: which, in words, by whom, and since when."""

    kind: str
    id: int
    text: str
    known_by: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what is known. `hidden` is how much others told of the person."""

    items: tuple[Item, ...]
    number: int
    pages: int
    total: int
    hidden: int


def page(person_id: int, number: int, size: int) -> Page:
    """A page (from 0) of what is known of a person: facts first, then memories, each latest
    first. What several know in the same words is one item. A number past the end is the last
    page."""
    facts, memories = _first_facts(person_id), _first_memories(person_id)
    count_facts, count_memories = facts.count(), memories.count()
    total = count_facts + count_memories
    pages = max(1, -(-total // size))
    number = max(0, min(number, pages - 1))
    start = number * size
    items = [_fact_item(person_id, one) for one in facts[start : start + size]]
    if len(items) < size:
        first = max(0, start - count_facts)
        rest = memories[first : first + size - len(items)]
        items += [_memory_item(person_id, one) for one in rest]
    return Page(tuple(items), number, pages, total, of_others(person_id).count())


def forget_item(person_id: int, kind: str, item_id: int) -> bool:
    """Have one thing forgotten that is known of a person, by all who know it in the same words, and
    with all that was made of it. Returns whether it was there, and theirs."""
    return (_forget_fact if kind == FACT else _forget_memory)(person_id, item_id)


def _forget_fact(person_id: int, fact_id: int) -> bool:
    with transaction.atomic():
        facts = _facts(person_id)
        words = facts.filter(pk=fact_id).values_list("fact_content", flat=True).first()
        if words is None:
            return False
        gone = list(facts.filter(fact_content=words).values_list("pk", flat=True))
        FactAssociation.objects.filter(Q(fact_1__in=gone) | Q(fact_2__in=gone)).delete()
        PersonFact.objects.filter(pk__in=gone).delete()
    return True


def _forget_memory(person_id: int, memory_id: int) -> bool:
    with transaction.atomic():
        gone = what_goes(person_id, MEMORY, memory_id)
        forget(Reach(NOBODY, frozenset(), gone), {})
    return bool(gone)


def what_goes(person_id: int, kind: str, item_id: int) -> frozenset[int]:
    """The memories that go with an item: all in the same words, and what was made of them."""
    memories = theirs(person_id)
    digest = memories.filter(pk=item_id).values_list("content_hash", flat=True).first()
    if kind != MEMORY or digest is None:
        return frozenset()
    same = memories.filter(content_hash=digest).values_list("pk", flat=True)
    return frozenset(_made_of(set(same)))


def _made_of(memories: set[int]) -> set[int]:
    """These memories and all that was made from them."""
    found = fresh = memories
    while fresh:
        made = Derivation.objects.filter(from_memory__in=fresh).values_list("memory_id", flat=True)
        fresh = set(made) - found
        found = found | fresh
    return found


# --- what is theirs -------------------------------------------------------------------------------


def _facts(person_id: int) -> QuerySet[PersonFact]:
    said_by_other = Q(extracted_from_message__person__isnull=False) & ~Q(
        extracted_from_message__person=person_id
    )
    return PersonFact.objects.filter(person=person_id).exclude(said_by_other).order_by()


def theirs(person_id: int) -> QuerySet[Memory]:
    """The memories of a person that they may read: what they told, and what is of them and rests
    on nothing that others told."""
    return (
        Memory.objects.filter(Q(about_person=person_id) | Q(told_by_person=person_id))
        .exclude(pk__in=of_others(person_id).values("pk"))
        .order_by()
    )


# A copy that was told on, or what was made of several, names no person as its teller.
_OF_OTHERS = """
    WITH RECURSIVE resting AS (
      SELECT id AS known, id AS at FROM memories_memory
      WHERE about_person_id = %s AND told_by_person_id IS DISTINCT FROM %s
      UNION SELECT r.known, d.from_memory_id FROM resting r
      JOIN memories_derivation d ON d.memory_id = r.at AND d.from_memory_id IS NOT NULL
    )
    SELECT r.known FROM resting r JOIN memories_memory m ON m.id = r.at
    WHERE m.told_by_person_id <> %s
"""


def of_others(person_id: int) -> QuerySet[Memory]:
    """What other people told of the person, and what rests on what others told."""
    found = RawSQL(_OF_OTHERS, [person_id] * 3)  # noqa: S611 - a constant
    return Memory.objects.filter(pk__in=found).order_by()


def _first_facts(person_id: int) -> QuerySet[PersonFact]:
    """One fact of those that say the same."""
    latest = _facts(person_id).order_by("fact_content", "-learned_at", "-pk")
    first = latest.distinct("fact_content").values("pk")
    return PersonFact.objects.filter(pk__in=first).defer("embedding").order_by("-learned_at", "-pk")


def _first_memories(person_id: int) -> QuerySet[Memory]:
    """One memory of those that say the same."""
    latest = theirs(person_id).order_by("content_hash", "-occurred_at", "-pk")
    first = latest.distinct("content_hash").values("pk")
    return (
        Memory.objects.filter(pk__in=first)
        .defer("embedding", "search")
        .order_by("-occurred_at", "-pk")
    )


def _fact_item(person_id: int, fact: PersonFact) -> Item:
    knowing = _facts(person_id).filter(fact_content=fact.fact_content)
    by = _names(knowing.values_list("character__name", flat=True))
    return Item(FACT, fact.pk, fact.fact_content, by, fact.learned_at)


def _memory_item(person_id: int, memory: Memory) -> Item:
    knowing = theirs(person_id).filter(content_hash=memory.content_hash)
    by = _names(knowing.values_list("owner__name", flat=True))
    return Item(MEMORY, memory.pk, memory.content, by, memory.occurred_at)


def _names(found: Iterable[str | None]) -> str:
    return ", ".join(sorted({name or "everybody" for name in found}))
