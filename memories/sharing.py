"""One character tells another what it remembers: offered, judged by trust, and recorded either way.

What is offered has a level by its visibility, and a level takes so much of the teller's trust. The
other may refuse as well: it doesn't believe who tells it, or knows it already. Who accepts has a
memory of its own, that names the teller, is trusted and matters less than what it was made from,
and is never for more ears.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F

from characters.models import Relationship
from fishbowl.statements import planned
from memories.embedding.embedding import Vector
from memories.models import REQUIRED_TRUST, Memory, MemoryShare, Visibility
from memories.models.share import PermissionLevel, ShareStatus
from memories.rules import in_force
from memories.writing import NewMemory, Stored, store_embedded

UNKNOWN = 0.5  # how far one believes whom one has no bond with

LEVELS: dict[str, str] = {
    Visibility.PUBLIC: PermissionLevel.BASIC,
    Visibility.BASIC: PermissionLevel.BASIC,
    Visibility.PERSONAL: PermissionLevel.PERSONAL,
    Visibility.INTIMATE: PermissionLevel.INTIMATE,
    Visibility.FULL: PermissionLevel.FULL,
}

KNOWN = "It is known already."


class NotForSharing(Exception):
    """A private memory is offered to nobody, and nobody offers what another remembers."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a memory is shared, and why. `may_hear`: nothing was said that the other may not
    hear, so it may remember the words even where it refused the memory."""

    status: str
    level: str
    trust: float
    required: float
    belief: float
    reason: str
    may_hear: bool = True

    @property
    def is_accepted(self) -> bool:
        return self.status == ShareStatus.ACCEPTED


def judge(
    visibility: str,
    trust: float,
    belief: float,
    known: str = "",
    *,
    community_id: int | None = None,
) -> Verdict:
    """Whether one who is trusted so far (`trust`), and believes the teller so far (`belief`), gets
    a memory of this visibility, by the rules of that community. `known` says in words that it has
    it already.

    Raises:
        NotForSharing: the memory is private.
    """
    if visibility == Visibility.PRIVATE:
        raise NotForSharing
    level = LEVELS[visibility]
    required = REQUIRED_TRUST[Visibility(level)]
    status: str = ShareStatus.REFUSED
    if trust < required:
        reason = f"{level.capitalize()} memories take trust of {required:.2f}; it is {trust:.2f}."
    elif known:
        reason = known
    elif belief < in_force(community=community_id).believe_from:
        reason = f"The teller is not believed: trust in them is {belief:.2f}."
    else:
        status = ShareStatus.ACCEPTED
        reason = f"{level.capitalize()} memories take {required:.2f}, and trust is {trust:.2f}."
    may_hear = trust >= REQUIRED_TRUST[Visibility(visibility)]
    return Verdict(status, level, trust, required, belief, reason, may_hear)


def trust_between(
    source_id: int, target_ids: Iterable[int], community_id: int | None
) -> dict[int, float]:
    """How far a character trusts others: as it does in this community, else in general. Whom it
    has no bond with stands out."""
    return {
        one: trust for (_, one), trust in _bonds({source_id}, set(target_ids), community_id).items()
    }


def belief_in(
    source_id: int, target_ids: Iterable[int], community_id: int | None
) -> dict[int, float]:
    """How far others believe what a character tells: as they trust it."""
    return {
        one: trust for (one, _), trust in _bonds(set(target_ids), {source_id}, community_id).items()
    }


def _bonds(
    sources: set[int], targets: set[int], community_id: int | None
) -> dict[tuple[int, int], float]:
    rows = Relationship.objects.filter(from_character__in=sources, to_character__in=targets)
    here = [None] if community_id is None else [None, community_id]
    found: dict[tuple[int, int], float] = {}
    # General bonds first, so that those of this community are laid over them.
    for source, target, community, trust in rows.order_by(
        F("community").asc(nulls_first=True)
    ).values_list("from_character_id", "to_character_id", "community_id", "trust"):
        if community in here and target is not None:
            found[source, target] = trust
    return found


def discount(belief: float, community_id: int | None = None) -> float:
    """What is left of the confidence in something when it is told by one believed so far, by the
    rules of that community."""
    doubted = in_force(community=community_id).doubted
    return doubted + (1 - doubted) * belief


def is_gossip(memory: Memory, *between: int) -> bool:
    """Whether it is about somebody else than those characters that speak of it."""
    return bool(
        memory.about_person_id
        or memory.told_by_person_id
        or {memory.about_character_id, memory.told_by_character_id} - {None, *between}
    )


@transaction.atomic
def offer(
    source_id: int,
    target_id: int,
    memory_id: int,
    now: dt.datetime,
    *,
    community_id: int | None = None,
) -> MemoryShare:
    """Offer a memory of one character to another, in its own words, and record what came of it.
    `community_id`: where that happens.

    Raises:
        NotForSharing: it is private, or somebody else's.
        Memory.DoesNotExist: it was forgotten.
    """
    (memory,) = _held([memory_id]) or (None,)
    if memory is None:
        raise Memory.DoesNotExist
    if memory.owner_id != source_id:
        raise NotForSharing
    verdict = judge(
        memory.visibility,
        trust_between(source_id, [target_id], community_id).get(target_id, 0.0),
        belief_in(source_id, [target_id], community_id).get(target_id, UNKNOWN),
        known_to(memory, target_id, community_id),
        community_id=community_id,
    )
    copy = _copy(memory, target_id, verdict, now, community_id) if verdict.is_accepted else None
    if copy is not None and not copy.is_new:
        verdict, copy = _refused_as_known(verdict), None
    return _record(memory, target_id, verdict, now, None, copy.id if copy else None)


def known_to(memory: Memory, target_id: int, community_id: int | None) -> str:
    """Why the other needs no telling in that community; empty when it does: what it has forgotten,
    or knows from another, it can't speak of here."""
    if memory.told_by_character_id == target_id:
        return "It was they who told it."
    ((was_told, was_there, has_it),) = planned(
        _KNOWN_TO,
        memory=memory.pk,
        target=target_id,
        message=memory.source_message_id,
        hash=memory.content_hash,
        about=memory.about_person_id,
        community=community_id,
    )
    if was_told:
        return "It was told to them before."
    if was_there:
        return "They were there."
    return KNOWN if has_it else ""


# Whether somebody was told a memory, has heard the words itself that it is of, or knows the same.
_KNOWN_TO = """
    WITH here AS NOT MATERIALIZED (
      SELECT source_message_id, content_hash, about_person_id FROM memories_memory
      WHERE owner_id = %(target)s AND tier <> 'archived'
        AND (community_id IS NULL OR community_id = %(community)s::bigint)
    )
    SELECT
      EXISTS (SELECT FROM memories_memoryshare WHERE memory_id = %(memory)s
              AND target_character_id = %(target)s AND status = 'accepted'),
      EXISTS (SELECT FROM here WHERE source_message_id = %(message)s::bigint)
        AND NOT EXISTS (SELECT FROM memories_derivation
                        WHERE memory_id = %(memory)s AND from_memory_id IS NOT NULL),
      EXISTS (SELECT FROM here WHERE content_hash = %(hash)s
              AND about_person_id IS NOT DISTINCT FROM %(about)s::bigint)
"""


def _copy(
    memory: Memory, target_id: int, verdict: Verdict, now: dt.datetime, community_id: int | None
) -> Stored:
    """What the other remembers of it, told in that community. Its vector is the one that stands: no
    server is asked."""
    kind = Memory.Kind.GOSSIP if is_gossip(memory, memory.owner_id or 0, target_id) else memory.kind
    new = NewMemory(
        owner_id=target_id,
        kind=kind,
        content=memory.content,
        found_by=memory.found_by,
        occurred_at=memory.occurred_at,
        provenance=Memory.Provenance.TOLD,
        visibility=memory.visibility,
        importance=memory.importance * in_force(community=community_id).told_importance,
        emotional_valence=memory.emotional_valence,
        confidence=memory.confidence * discount(verdict.belief, community_id),
        about_person_id=memory.about_person_id,
        about_character_id=memory.about_character_id,
        community_id=memory.community_id,
        told_by_character_id=memory.owner_id,
        expires_at=memory.expires_at,
        keywords=tuple(memory.keywords),
        metadata={"told_at": now.isoformat()},
        from_memories=(memory.pk,),
    )
    vector = None
    if memory.embedding is not None and memory.embedding_model_id is not None:
        vector = Vector(memory.embedding, memory.embedding_model_id)
    return store_embedded([new], [vector])[0]


# --- told in talk ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A memory that a character told another in a line of talk, and what came of it. `trace` is
    the place, among the traces that are stored with it, of the line as the other remembers it."""

    memory_id: int
    target_id: int
    message_id: int | None
    at: dt.datetime
    verdict: Verdict
    trace: int | None


@dataclass(frozen=True, slots=True)
class Hearer:
    """One who hears a character tell what it remembers: how far the teller trusts it, how far it
    believes the teller."""

    id: int
    trust: float
    belief: float


def hearers(
    teller_id: int, witnesses: Iterable[int], community_id: int | None
) -> dict[int, Hearer]:
    """Those who hear a character, as it and they stand to one another."""
    others = set(witnesses) - {teller_id}
    trust = trust_between(teller_id, others, community_id)
    belief = belief_in(teller_id, others, community_id)
    return {
        one: Hearer(one, trust.get(one, 0.0), belief.get(one, UNKNOWN)) for one in sorted(others)
    }


def verdicts(
    teller_id: int,
    repeated: Sequence[Memory],
    hearer: Hearer,
    *,
    knows: bool,
    community_id: int | None = None,
) -> dict[int, Verdict]:
    """What comes of each memory that a line repeats, for one who hears it. Lore is nobody's to
    tell; what is private and was said all the same is not for the hearer."""
    found = {}
    for memory in repeated:
        if memory.owner_id != teller_id:
            continue
        known = known_to(memory, hearer.id, community_id) or (KNOWN if knows else "")
        if memory.visibility == Visibility.PRIVATE:
            closest = judge(Visibility.FULL, 0.0, hearer.belief, community_id=community_id)
            found[memory.pk] = closest
        else:
            found[memory.pk] = judge(
                memory.visibility, hearer.trust, hearer.belief, known, community_id=community_id
            )
    return found


def record(told: Sequence[Told], stored: Sequence[Stored]) -> list[MemoryShare]:
    """Record what was told in talk, in the transaction that stores its traces."""
    memories = {memory.pk: memory for memory in _held({one.memory_id for one in told})}
    shares, linked = [], set[int]()
    for one in told:
        memory = memories.get(one.memory_id)
        if memory is None:
            continue
        before = memory.shares.filter(target_character=one.target_id)
        if one.message_id is not None and before.filter(message=one.message_id).exists():
            continue
        verdict, copy = one.verdict, None
        if verdict.is_accepted:
            trace = stored[one.trace] if one.trace is not None else None
            if before.filter(status="accepted").exists() or not (trace and trace.is_new):
                verdict = _refused_as_known(verdict)
            elif trace.id not in linked:
                copy = trace.id
                linked.add(copy)
        shares.append(_record(memory, one.target_id, verdict, one.at, one.message_id, copy))
    return shares


def _held(ids: Iterable[int]) -> list[Memory]:
    """Memories, locked against another's offering them meanwhile, in one order."""
    return list(
        Memory.objects.select_for_update(no_key=True, of=("self",))
        .defer("search")
        .filter(pk__in=ids)
        .order_by("pk")
    )


def _refused_as_known(verdict: Verdict) -> Verdict:
    return replace(verdict, status=ShareStatus.REFUSED, reason=KNOWN)


def _record(
    memory: Memory,
    target_id: int,
    verdict: Verdict,
    at: dt.datetime,
    message_id: int | None,
    copy_id: int | None,
) -> MemoryShare:
    assert memory.owner_id is not None  # noqa: S101 - whoever offers it owns it
    return MemoryShare.objects.create(
        source_character_id=memory.owner_id,
        target_character_id=target_id,
        memory=memory,
        copy_id=copy_id,
        permission_level=verdict.level,
        trust_level_at_sharing=verdict.trust,
        trust_required=verdict.required,
        status=verdict.status,
        reason=verdict.reason[:300],
        message_id=message_id,
        shared_at=at,
    )
