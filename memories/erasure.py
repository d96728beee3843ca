"""What is remembered of a person, and everything that was made from it, taken away for good.

Erasing follows derivation: from what the person said and what is about them, over every memory
that was made from such a one, to the copies that were told on. What had been merged into, set
aside for or replaced by something that goes comes back as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Q, Value
from django.utils import timezone

from fishbowl.among import delete_all
from memories.embedding import waiting
from memories.formation import opinions, shared
from memories.models import (
    Derivation,
    Entity,
    EntityAlias,
    EntityMention,
    FactAssociation,
    HygieneFinding,
    Memory,
    MemoryRevision,
    PersonFact,
    ScratchpadEntry,
    Tier,
)
from memories.nights.speaking import MERGED_NOTE, give_back
from memories.quotations import Quotations
from memories.recall import caches, names
from memories.reflection import erasing as thoughts

Counts = Counter[str]


NOBODY = 0  # whose other traces go along, where some memories go and no person does


@dataclass(frozen=True, slots=True)
class Reach:
    """What an erasure takes: ids of memories, and of the messages that they may be made from."""

    person_id: int
    messages: frozenset[int]
    memories: frozenset[int] = field(default_factory=frozenset)


def reach(person_id: int, message_ids: Collection[int], *, hold: bool = False) -> Reach:
    """All memories that come from these messages, are of the person or told by them, or were made
    from such a memory, however far along. With `hold`, in a transaction, they are locked until it
    ends: nothing more is made from them meanwhile, and what is just being made is waited for."""
    messages = frozenset(message_ids)
    found: set[int] = set()
    for meant in (  # each by an index of its own
        Q(about_person=person_id),
        Q(told_by_person=person_id),
        Q(source_message__among=messages),
        Q(sources__from_message__among=messages),
    ):
        found |= set(Memory.objects.filter(meant).values_list("pk", flat=True))
    fresh = found
    while fresh:
        if hold:
            hold_all(fresh)
        made = Derivation.objects.filter(from_memory__among=fresh)
        fresh = set(made.values_list("memory_id", flat=True)) - found
        found |= fresh
    return Reach(person_id, messages, frozenset(found))


def hold_all(ids: Collection[int]) -> None:
    """Lock memories until the transaction ends."""
    rows = Memory.objects.select_for_update(of=("self",)).filter(pk__among=ids)
    list(rows.order_by("pk").values_list("pk"))


def forget(reach: Reach, words: Mapping[int, str]) -> Counts:
    """Take away what a reach holds, within the caller's transaction. `words` are the texts of its
    messages, by id. Returns how many rows of each kind went or were mended."""
    counts: Counts = Counter()
    gone = reach.memories
    contents = dict(Memory.objects.filter(pk__among=gone).values_list("pk", "content"))
    owners: set[int | None] = set(
        Memory.objects.filter(pk__among=gone).values_list("owner_id", flat=True)
    )
    texts = [*contents.values(), *words.values()]
    touched = set(
        EntityMention.objects.filter(
            Q(memory__among=gone) | Q(message__among=reach.messages)
        ).values_list("entity_id", flat=True)
    )
    owners |= _restore_merged(gone, counts)
    owners |= _restore_set_aside(gone, counts)
    _mend_revisions(gone, set(contents.values()), counts)
    _forget_facts(reach, texts, counts)
    notes = ScratchpadEntry.objects.filter(
        Q(messages__overlap=Value(list(reach.messages), ArrayField(BigIntegerField())))
        | Q(promoted_to__among=gone)
    )
    delete_all(notes, counts)
    thoughts.forget(gone, reach.messages, reach.person_id, counts)
    delete_all(Memory.objects.filter(pk__among=gone), counts)
    delete_all(Derivation.objects.filter(from_message__among=reach.messages), counts)
    delete_all(EntityMention.objects.filter(message__among=reach.messages), counts)
    _forget_entities(reach.person_id, touched, texts, counts)
    counts["memories.WaitingVector"] += waiting.forget(reach.messages)
    counts["characters.OpinionEvidence"] += opinions.unlearn(reach.messages, reach.person_id)
    counts["characters.Relationship (references)"] += shared.unlearn(reach.messages)
    caches.touch(owners)
    names.forget_names()
    return counts


def _restore_merged(gone: frozenset[int], counts: Counts) -> set[int | None]:
    """What was merged into a memory that goes speaks for itself again, as `consolidation.unmerge`
    would have it; what spoke for one that goes has no more from it. Returns whose they are."""
    owners: set[int | None] = set()
    merged = Memory.objects.filter(merged_into__among=gone).exclude(pk__among=gone)
    for memory in merged.select_related("merged_into").defer("search", "embedding"):
        assert memory.merged_into is not None  # noqa: S101 - it was filtered by
        before = memory.merged_into.metadata.get(MERGED_NOTE, {}).get("sources", {})
        memory.tier, memory.strength = before.get(str(memory.pk), (Tier.LONG, memory.strength))
        memory.merged_into = None
        memory.decayed_on = timezone.now().date()  # in the archive time stood still
        memory.save(update_fields=["tier", "strength", "merged_into", "decayed_on"])
        owners.add(memory.owner_id)
        counts["memories.Memory (restored)"] += 1
    merging = Memory.objects.filter(pk__among=gone, merged_into__isnull=False)
    spoke = Memory.objects.filter(pk__in=merging.values("merged_into")).exclude(pk__among=gone)
    for memory in spoke.defer("search", "embedding"):
        note = dict(memory.metadata.get(MERGED_NOTE, {}))
        note["sources"] = {
            pk: was for pk, was in note.get("sources", {}).items() if int(pk) not in gone
        }
        changed = ["metadata"]
        if not note["sources"]:
            changed += give_back(memory, note)
            memory.metadata = {k: v for k, v in memory.metadata.items() if k != MERGED_NOTE}
        else:
            memory.metadata = {**memory.metadata, MERGED_NOTE: note}
        memory.save(update_fields=changed)
        owners.add(memory.owner_id)
        counts["memories.Memory (mended)"] += 1
    return owners


def _restore_set_aside(gone: frozenset[int], counts: Counts) -> set[int | None]:
    """What an audit set aside because it repeated a memory that goes repeats nothing now."""
    owners: set[int | None] = set()
    findings = HygieneFinding.objects.filter(beside__among=gone).exclude(memory__among=gone)
    for finding in findings.select_related("memory"):
        if finding.reverted_at is None and finding.memory.tier == Tier.ARCHIVED:
            Memory.objects.filter(pk=finding.memory_id).update(tier=finding.tier_before)
            owners.add(finding.memory.owner_id)
            counts["memories.Memory (restored)"] += 1
    delete_all(findings, counts)
    return owners


def _mend_revisions(gone: frozenset[int], contents: set[str], counts: Counts) -> None:
    """The history of other memories no longer quotes what goes."""
    quoting = MemoryRevision.objects.filter(
        Q(content_before__among=contents) | Q(content_after__among=contents)
    )
    delete_all(quoting.exclude(memory__among=gone), counts)


def _forget_facts(reach: Reach, texts: Collection[str], counts: Counts) -> None:
    facts = PersonFact.objects.filter(
        Q(person=reach.person_id) | Q(extracted_from_message__among=reach.messages)
    )
    ids = list(facts.values_list("pk", flat=True))
    counts["memories.PersonFact (restored)"] += (
        PersonFact.objects.filter(superseded_by__among=ids, is_active=False)
        .exclude(pk__among=ids)
        .update(is_active=True)
    )
    delete_all(FactAssociation.objects.filter(Q(fact_1__among=ids) | Q(fact_2__among=ids)), counts)
    delete_all(PersonFact.objects.filter(pk__among=ids), counts)
    said = Quotations(text for text in texts if text.strip())
    quoting = [
        pk
        for pk, context in PersonFact.objects.exclude(extraction_context="")
        .values_list("pk", "extraction_context")
        .iterator()
        if said.are_in(context)
    ]
    counts["memories.PersonFact (context blanked)"] += PersonFact.objects.filter(
        pk__among=quoting
    ).update(extraction_context="")


def _forget_entities(
    person_id: int, touched: set[int], texts: Collection[str], counts: Counts
) -> None:
    """The person as somebody spoken of; what only they ever spoke of; and other names of the rest
    that nothing else says."""
    delete_all(Entity.objects.filter(person=person_id), counts)
    # Whose brother somebody is, is known of both. A number of his own tells him apart from now on.
    kin = Entity.objects.filter(apart__endswith=f" of person {person_id}")
    for pk, apart in list(kin.values_list("pk", "apart")):
        relation = apart.removesuffix(f" of person {person_id}")
        counts["memories.Entity (told apart anew)"] += Entity.objects.filter(pk=pk).update(
            apart=f"{relation} {pk}"
        )
    delete_all(
        Entity.objects.filter(
            pk__in=touched,
            person__isnull=True,
            character__isnull=True,
            mentions__isnull=True,
            relations__isnull=True,
            related_by__isnull=True,
        ),
        counts,
    )
    said = " ".join(texts).casefold()
    for alias in EntityAlias.objects.filter(entity__in=touched).exclude(alias=F("entity__name")):
        if alias.alias.casefold() in said and not _is_said_elsewhere(alias):
            delete_all(EntityAlias.objects.filter(pk=alias.pk), counts)


def _is_said_elsewhere(alias: EntityAlias) -> bool:
    mentions = EntityMention.objects.filter(entity=alias.entity_id)
    return mentions.filter(
        Q(memory__content__icontains=alias.alias) | Q(message__content__icontains=alias.alias)
    ).exists()
