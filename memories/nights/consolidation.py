"""Many memories become one: the same thing remembered twice, and long talk of one matter.

Of two that say the same, one stays as it is and speaks for both. Of many lines of one matter a
summary is made, which names them as its sources. What was merged is archived and points to what
speaks for it, so that `unmerge` brings all of it back. Nothing is merged across visibility, age
rating, persons or communities, and what a keeper locked, or took apart, is left alone.

Each merge is one transaction that looks again at what it takes, under its lock. A night that was
cut short finds what is left to do from the rows.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import timezone

from audit.calls.budgets import BudgetExhausted
from characters.models import Character
from memories.embedding.embedding import embed_or_wait
from memories.formation import entities
from memories.formation.dedupe import say_the_same
from memories.formation.echo import COMMON, content_words
from memories.formation.traces import quoted
from memories.models import ConsolidationRun, EntityMention, Memory, MemoryRevision
from memories.models.lineage import RevisionReason
from memories.nights.candidates import (
    MERGED,
    SUMMED_UP,
    Candidate,
    is_tried,
    least_open,
    note_tried,
    read,
)
from memories.nights.clusters import near_pairs, stars
from memories.nights.condensing import Condensed, condense, found_by
from memories.nights.forgetting import Night, count
from memories.nights.speaking import MERGED_NOTE, TAKEN_OVER, give_back, take_over
from memories.recall import caches
from memories.recall.names import known_names
from memories.writing import NewMemory, content_hash, store_embedded

_DENIAL = re.compile(r"\b(?:not?|never|nobody|nothing|none|nowhere|without|hardly|\w+n't)\b", re.I)
SHARED_WORDS = 2  # that most of what becomes one summary holds
OVERLAP_OF_RUNS = dt.timedelta(days=1)


class NotMerged(Exception):
    """Memories can't be merged, or taken apart; the text says why."""


# --- the same thing twice -------------------------------------------------------------------------


def merge_duplicates(night: Night) -> int:
    """Merge what says the same in nearly the same words. Looks at what is new since the last
    finished night, beside all there is. Returns how many memories another speaks for now."""
    found = read(night.owner_id, frozenset(MERGED))
    since = _last_finished(night)
    groups: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for row in found.rows:
        groups[row.sameness].append(row)
    merged = 0
    for group in groups.values():
        fresh = [at for at, row in enumerate(group) if since is None or row.met_at >= since]
        if len(group) < 2 or not fresh:
            continue
        vectors = found.vectors[[row.place for row in group]]
        gone: set[int] = set()
        for one, other, _ in near_pairs(vectors, night.rules.merge_from, fresh):
            pair = (group[one], group[other])
            if gone & {row.id for row in pair} or not is_same(pair[0].content, pair[1].content):
                continue
            kept, dropped = _better_first(*pair)
            if _merge(kept.id, dropped.id, night):
                gone.add(dropped.id)
                merged += 1
    return merged


def _last_finished(night: Night) -> dt.datetime | None:
    last = (
        ConsolidationRun.objects.filter(
            character=night.owner_id, finished_at__isnull=False, error=""
        )
        .order_by("-started_at", "-pk")
        .values_list("started_at", flat=True)
        .first()
    )
    return last - OVERLAP_OF_RUNS if last else None


def is_same(one: str, other: str) -> bool:
    """Whether two texts say the same thing in nearly the same words. Meaning alone can't tell a
    thing from its denial, nor three from four, nor one's from another's."""
    if _denials(one) != _denials(other) or _names(one, other) != _names(other, one):
        return False
    return say_the_same(one, other, same_meaning=2.0)


def _denials(text: str) -> int:
    return len(_DENIAL.findall(text.replace("’", "'")))


def _names(text: str, other: str) -> frozenset[str]:
    """The capitalised words that are no common ones, in the one text or the other."""
    plain = set(re.findall(r"\b[a-zà-þ][\w'-]*", f"{text} {other}"))
    found = {word.lower().removesuffix("'s") for word in re.findall(r"\b[A-ZÀ-Þ][\w'-]*", text)}
    return frozenset(found - plain - COMMON)


def _better_first(one: Candidate, other: Candidate) -> tuple[Candidate, Candidate]:
    def worth(row: Candidate) -> tuple[float, ...]:
        return (row.importance, len(row.content), row.strength, -row.id)

    return (one, other) if worth(one) >= worth(other) else (other, one)


@transaction.atomic
def _merge(kept_id: int, dropped_id: int, night: Night) -> bool:
    """Let one memory speak for another. False where either has changed meanwhile."""
    held = _held([kept_id, dropped_id])
    if len(held) != 2:
        return False
    kept, dropped = held[kept_id], held[dropped_id]
    if _ears(kept) != _ears(dropped) or not is_same(kept.content, dropped.content):
        return False
    kept.save(update_fields=take_over(kept, dropped))
    _set_aside([dropped], kept, night.now, night.date)
    count(night, merged=1)
    return True


@transaction.atomic
def merge_by_hand(ids: Sequence[int], now: dt.datetime) -> Memory:
    """Let the weightiest of some memories speak for the others, since a keeper says that they are
    one. `unmerge` takes them apart again.

    Raises:
        NotMerged: they are not several, of one owner, for the same ears, or one is locked or gone.
    """
    held = list(_held(ids).values())
    if len(held) < 2 or len(held) < len(set(ids)):
        raise NotMerged("Choose two or more that are neither locked, archived nor merged already.")
    if len({(one.owner_id, one.community_id, *_ears(one)) for one in held}) > 1:
        raise NotMerged("Choose memories of one owner, with the same visibility and age rating.")
    held.sort(key=lambda one: (-one.importance, -one.strength, one.pk))
    kept, *dropped = held
    for one in dropped:
        kept.save(update_fields=take_over(kept, one))
    _set_aside(dropped, kept, now, now.date())
    return kept


def _ears(one: Memory) -> tuple[str, bool]:
    """Before whom a memory may come up."""
    return one.visibility, one.is_adult


# --- many of one matter ---------------------------------------------------------------------------


def summarise_clusters(night: Night, may_go_on: Callable[[], bool]) -> int:
    """Sum up what lies close together in meaning and is older than a week. `may_go_on` is asked
    before each summary. Returns how many were made."""
    rules = night.rules
    old = night.now - dt.timedelta(days=rules.cluster_days)
    found = read(
        night.owner_id,
        SUMMED_UP,
        importance=rules.cluster_importance,
        before=old,
        unused_since=old,
        confided=False,
    )
    companies: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for row in found.rows:
        companies[row.company].append(row)
    groups: list[list[Candidate]] = []
    for company in companies.values():
        for places in stars(
            found.vectors[[row.place for row in company]],
            rules.cluster_from,
            least=round(rules.cluster_least),
            most=round(rules.cluster_most),
        ):
            group = sorted((company[at] for at in places), key=lambda r: r.occurred_at)
            if is_one_matter([row.content for row in group]) and not is_tried(group, night.date):
                groups.append(group)
    # The largest first: where a night's summaries are few, they tidy most.
    groups.sort(key=lambda group: (-len(group), group[0].id))
    owner = Character.objects.values_list("name", flat=True).get(pk=night.owner_id)
    made = 0
    for group in groups[: round(rules.summaries_a_night)]:
        if not may_go_on():
            break
        try:
            made += summarise(owner, group, night)
        except BudgetExhausted:
            break
    return made


def is_one_matter(contents: Sequence[str]) -> bool:
    """Whether these, which are alike by their vectors, turn on the same things: two words of
    meaning, which are nobody's name, stand in half of them at least. To be spoken to by the same
    name makes lines alike too."""
    names = known_names()
    held = Counter(
        word
        for content in contents
        for word in content_words((quoted(content) or ("", content))[1])
        if word not in names.characters and word not in names.people
    )
    often = [word for word, number in held.items() if number >= max(2, len(contents) / 2)]
    return len(often) >= SHARED_WORDS


def summarise(owner: str, group: Sequence[Candidate], night: Night) -> bool:
    """Make one memory of a group, oldest first. False where no words that will do were found, or
    the group has changed meanwhile.

    Raises:
        BudgetExhausted: a budget is spent.
    """
    contents = [row.content for row in group]
    condensed = condense(
        owner,
        contents,
        (group[0].occurred_at, group[-1].occurred_at),
        character_id=night.owner_id,
        community_id=group[0].community_id,
        now=night.now,
    )
    if condensed.tokens:
        count(night, tokens=condensed.tokens)
    if not condensed.text:
        if condensed.is_answered:
            note_tried(group, night.date)
        return False
    vector = embed_or_wait([condensed.text])[0]
    with transaction.atomic():
        held = _held([row.id for row in group])
        is_as_read = len(held) == len(group) and all(
            (held[row.id].content, held[row.id].visibility) == (row.content, row.visibility)
            for row in group
        )
        is_known = Memory.objects.filter(
            owner=night.owner_id,
            community=group[0].community_id,
            about_person=group[0].about_person_id,
            content_hash=content_hash(condensed.text),
        ).exists()
        if is_known:
            note_tried(group, night.date)
        if not is_as_read or is_known:
            return False
        sources = [held[row.id] for row in group]
        (stored,) = store_embedded([_summary(condensed, group, sources, night)], [vector])
        summary = Memory.objects.get(pk=stored.id)
        _set_aside(sources, summary, night.now, night.date)
        _mention(summary, sources)
        count(night, summarised=1, archived=len(sources))
    return True


def _summary(
    condensed: Condensed, group: Sequence[Candidate], sources: Sequence[Memory], night: Night
) -> NewMemory:
    first = group[0]
    latest = max(row.occurred_at for row in group)
    return NewMemory(
        owner_id=night.owner_id,
        kind=Memory.Kind.SUMMARY,
        content=condensed.text,
        occurred_at=latest,
        provenance=Memory.Provenance.DERIVED,
        visibility=least_open(group),
        tier=Memory.Tier.LONG,
        importance=max(row.importance for row in group),
        emotional_valence=sum(row.emotional_valence for row in group) / len(group),
        found_by=found_by(condensed.text, [row.content for row in group], latest),
        about_person_id=first.about_person_id,
        about_character_id=first.about_character_id,
        community_id=first.community_id,
        metadata={MERGED_NOTE: {"sources": {str(m.pk): [m.tier, m.strength] for m in sources}}},
        from_memories=tuple(row.id for row in group),
        # Named here too, so that it is known whose words these were when the lines are forgotten.
        from_messages=tuple(sorted({m for row in group if (m := row.source_message_id)})),
    )


def _mention(summary: Memory, sources: Sequence[Memory]) -> None:
    """Whom the sources name, and the summary names, is found by it too."""
    named = dict(
        EntityMention.objects.filter(memory__in=sources)
        .order_by("entity")
        .values_list("entity__name", "entity_id")
    )
    entities.mention({summary.pk: summary.content}, named)


# --- and back -------------------------------------------------------------------------------------


@transaction.atomic
def unmerge(memory_id: int, *, now: dt.datetime | None = None) -> list[int]:
    """Bring back what was merged into a memory, as it was. A summary is archived; a memory that
    spoke for its like is again what it was. What was taken apart is not merged again. Returns the
    ids of what came back.

    Raises:
        NotMerged: nothing is merged into it.
    """
    now = now or timezone.now()
    memory = Memory.objects.select_for_update().filter(pk=memory_id).first()
    sources = list(
        Memory.objects.select_for_update()
        .filter(merged_into=memory_id)
        .order_by("pk")
        .defer("search", "embedding")
    )
    if memory is None or not sources:
        raise NotMerged
    note = memory.metadata.get(MERGED_NOTE, {})
    for source in sources:
        tier, strength = note.get("sources", {}).get(
            str(source.pk), (Memory.Tier.SHORT, source.strength)
        )
        source.tier, source.strength, source.merged_into = tier, strength, None
        source.decayed_on = now.date()  # in the archive time stood still
        source.save(update_fields=["tier", "strength", "merged_into", "decayed_on", "updated_at"])
    MemoryRevision.objects.bulk_create(
        MemoryRevision(
            memory=source,
            content_before=memory.content,
            content_after=source.content,
            reason=RevisionReason.ADMIN,
            replaced_by=memory,
            revised_at=now,
        )
        for source in sources
    )
    if "before" in note:
        give_back(memory, note)
    else:
        memory.tier = Memory.Tier.ARCHIVED
    memory.metadata = {k: v for k, v in memory.metadata.items() if k != MERGED_NOTE}
    memory.save(update_fields=["metadata", "tier", *TAKEN_OVER, "updated_at"])
    caches.touch([memory.owner_id])
    return [source.pk for source in sources]


# --- both -----------------------------------------------------------------------------------------


def _held(ids: Sequence[int]) -> dict[int, Memory]:
    """Those of these memories that may still be merged, locked until the transaction ends."""
    rows = (
        Memory.objects.select_for_update(of=("self",))
        .filter(pk__in=ids, is_locked=False, merged_into__isnull=True)
        .exclude(tier=Memory.Tier.ARCHIVED)
        .order_by("pk")
        .defer("search", "embedding")
    )
    return {memory.pk: memory for memory in rows}


def _set_aside(sources: Sequence[Memory], into: Memory, now: dt.datetime, date: dt.date) -> None:
    """Archive what another memory speaks for now."""
    Memory.objects.filter(pk__in=[source.pk for source in sources]).update(
        merged_into=into, tier=Memory.Tier.ARCHIVED, decayed_on=date, updated_at=now
    )
    MemoryRevision.objects.bulk_create(
        MemoryRevision(
            memory=source,
            content_before=source.content,
            content_after=into.content,
            reason=RevisionReason.CONSOLIDATION,
            replaced_by=into,
            revised_at=now,
        )
        for source in sources
    )
    caches.touch([into.owner_id])
