"""The one way in which memories come to be: embedded, deduplicated by their words, never trusted
more than what they were made from."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection, transaction
from pgvector import HalfVector

from fishbowl.statements import together
from memories import gathering
from memories.embedding import texts
from memories.embedding.embedding import Vector, embed_or_wait
from memories.formation import ages
from memories.models import Derivation, Memory
from memories.models.memory import TALK
from memories.recall import caches

REPEATED = 0.1  # strength that a memory gains by coming up again
A_STATEMENT = 500  # rows


@dataclass(frozen=True, slots=True)
class NewMemory:
    """A memory to be. Fields are those of `Memory`; `embedded_text` is what its vector is made of
    where that isn't the content, such as the bare words of a line; `is_adult` is found out from
    where it was said, and from what it is made of, for all but lore; `from_memories` and
    `from_messages` are the ids of what it was made from."""

    owner_id: int | None
    kind: str
    content: str
    occurred_at: dt.datetime
    provenance: str = Memory.Provenance.WITNESSED
    visibility: str = Memory.Visibility.PERSONAL
    tier: str = Memory.Tier.SHORT
    importance: float = 5.0
    emotional_valence: float = 0.0
    confidence: float = 1.0
    found_by: str = ""
    embedded_text: str = ""
    about_person_id: int | None = None
    about_character_id: int | None = None
    community_id: int | None = None
    source_conversation_id: int | None = None
    source_message_id: int | None = None
    told_by_character_id: int | None = None
    told_by_person_id: int | None = None
    session_key: str = ""
    sequence: int = 0
    expires_at: dt.datetime | None = None
    keywords: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    is_adult: bool = False
    from_memories: tuple[int, ...] = ()
    from_messages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a new memory: its row, and whether it had been known in the same words."""

    id: int
    is_new: bool


_Key = tuple[int | None, int | None, str, int | None]


def meant(memory: Memory) -> int | None:
    """The person by whom a memory is told from another in the same words: who said it, or whom it
    is about. It says what the constraint of unique contents does."""
    told, about = memory.told_by_person_id, memory.about_person_id
    return (told or about) if memory.kind in TALK else (about or told)


def content_hash(content: str) -> str:
    """The same for texts that differ only in case and white space."""
    return hashlib.sha256(" ".join(content.split()).casefold().encode()).hexdigest()


def store(memories: Sequence[NewMemory]) -> list[Stored]:
    """Store memories, in one transaction, and say what became of each, in their order. What an
    owner knows already in the same words isn't stored again: it grows stronger, and what had been
    forgotten comes to mind again. May call an
    embedding server first: not in a transaction that holds locks. Where that has no vectors, the
    memories are found by their words until they get them (`memories.embedding.filling`)."""
    if not memories:
        return []
    vectors = embed_or_wait([one.embedded_text or one.content for one in memories])
    return store_embedded(memories, vectors)


def store_embedded(memories: Sequence[NewMemory], vectors: Sequence[Vector | None]) -> list[Stored]:
    """Like `store`, with the vectors at hand; None: embedded later, found by its words meanwhile.
    So is one whose vector is of a space that was left since."""
    with transaction.atomic():
        stored = _store(memories, vectors)
        _record_sources(memories, stored)
        return stored


def _store(memories: Sequence[NewMemory], vectors: Sequence[Vector | None]) -> list[Stored]:
    least, adult = _of_sources(one for new in memories for one in new.from_memories)
    places = ages.restricted(
        {one.source_conversation_id for one in memories},
        {pk for one in memories for pk in (one.source_message_id, *one.from_messages)},
    )
    rows: dict[_Key, Memory] = {}
    keys = []
    for new, vector in zip(memories, vectors, strict=True):
        row = _row(new, vector, least)
        row.is_adult = new.is_adult or not adult.isdisjoint(new.from_memories) or places.hold(new)
        key = (row.owner_id, row.community_id, row.content_hash, meant(row))
        rows.setdefault(key, row)
        keys.append(key)
    found: dict[_Key, Stored] = {}
    waiting = list(rows)
    for start in range(0, len(waiting), A_STATEMENT):
        part = waiting[start : start + A_STATEMENT]
        found |= zip(part, _insert([rows[key] for key in part]), strict=True)
    gathering.note(rows[key] for key, one in found.items() if one.is_new)
    stored = []
    for key in keys:
        stored.append(found[key])
        found[key] = Stored(found[key].id, is_new=False)
    caches.touch(new.owner_id for new in memories)
    return stored


def _insert(rows: Sequence[Memory]) -> list[Stored]:
    """Store rows in one statement, in their order. What is known in the same words, since long or
    since this moment by a racing writer, grows stronger instead."""
    fields, statement = _insertion()
    texts: dict[int, str] = {}  # of vectors: all who heard a line remember it by the same one

    def plain(value: Any) -> Any:
        if isinstance(value, dt.datetime | dt.date):
            return value.isoformat()
        if isinstance(value, HalfVector):
            return texts.get(id(value)) or texts.setdefault(id(value), value.to_text())
        return value

    # As one value: binding thousands one by one takes longer than storing them.
    values = json.dumps(
        [{field.column: plain(field.pre_save(row, add=True)) for field in fields} for row in rows]
    )
    (stored,) = together((statement, (values, REPEATED)))
    return [Stored(pk, is_new) for pk, is_new in stored]


@cache
def _insertion() -> tuple[list[Any], str]:
    fields = [
        field
        for field in Memory._meta.local_concrete_fields
        if not (field.primary_key or field.generated)
    ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    typed = ", ".join(f'"{field.column}" {field.db_type(connection)}' for field in fields)
    return fields, (
        f"INSERT INTO memories_memory AS known ({columns}) SELECT {columns}"  # noqa: S608
        f" FROM jsonb_to_recordset(%s::jsonb) AS new ({typed}) {_ALREADY}"
    )


# The constraint of unique contents.
SAME = """(owner_id, community_id, content_hash, (CASE WHEN kind = 'conversation' OR kind = 'gossip'
    THEN coalesce(told_by_person_id, about_person_id)
    ELSE coalesce(about_person_id, told_by_person_id) END))"""
# What was inserted was locked by nobody before. What was forgotten is as new when it comes up
# again; but what an audit set aside stays so, and what another memory speaks for.
_ALREADY = f"""
    ON CONFLICT {SAME} DO UPDATE SET
        (tier, strength, expires_at, decayed_on) = (
            SELECT CASE WHEN is_back THEN excluded.tier ELSE known.tier END,
                CASE WHEN is_back THEN excluded.strength
                     WHEN known.is_locked THEN known.strength
                     ELSE least(known.strength + %s::float8, 1) END,
                CASE WHEN is_back THEN excluded.expires_at ELSE known.expires_at END,
                CASE WHEN is_back THEN excluded.created_at::date ELSE known.decayed_on END
            FROM (SELECT known.tier = 'archived' AND known.merged_into_id IS NULL
                AND EXISTS (SELECT FROM memories_memoryrevision
                            WHERE memory_id = known.id AND reason = 'forgetting')
                AND NOT EXISTS (SELECT FROM memories_hygienefinding
                                WHERE memory_id = known.id AND reverted_at IS NULL)) s (is_back)
        ),
        access_count = known.access_count + (NOT known.is_locked)::int,
        is_adult = known.is_adult AND excluded.is_adult
    RETURNING known.id, known.xmax = 0
"""  # noqa: S608 - a constant


def _row(new: NewMemory, vector: Vector | None, least: Mapping[int, float]) -> Memory:
    metadata = dict(new.metadata)
    if new.embedded_text and new.embedded_text != texts.of_memory(new.kind, new.content):
        metadata["embedded_text"] = new.embedded_text  # for when it is embedded anew
    return Memory(
        owner_id=new.owner_id,
        kind=new.kind,
        content=new.content,
        content_hash=content_hash(new.content),
        occurred_at=new.occurred_at,
        provenance=new.provenance,
        visibility=new.visibility,
        tier=new.tier,
        importance=min(10.0, max(1.0, new.importance)),
        emotional_valence=new.emotional_valence,
        confidence=min([new.confidence, *(least[pk] for pk in new.from_memories if pk in least)]),
        found_by=new.found_by,
        about_person_id=new.about_person_id,
        about_character_id=new.about_character_id,
        community_id=new.community_id,
        source_conversation_id=new.source_conversation_id,
        source_message_id=new.source_message_id,
        told_by_character_id=new.told_by_character_id,
        told_by_person_id=new.told_by_person_id,
        session_key=new.session_key,
        sequence=new.sequence,
        expires_at=new.expires_at,
        keywords=[word[:80] for word in new.keywords],
        metadata=metadata,
        embedding=vector,
        embedding_model_id=vector.model_id if vector is not None else None,
    )


def _of_sources(sources: Iterable[int]) -> tuple[dict[int, float], set[int]]:
    """How far sources are trusted, and those of them that are for adults alone."""
    wanted = set(sources)
    if not wanted:
        return {}, set()
    found = Memory.objects.filter(pk__in=wanted).values_list("pk", "confidence", "is_adult")
    known = list(found)
    return {pk: sure for pk, sure, _ in known}, {pk for pk, _, is_adult in known if is_adult}


def _record_sources(memories: Sequence[NewMemory], stored: Sequence[Stored]) -> None:
    Derivation.objects.bulk_create(
        [
            Derivation(memory_id=one.id, **source)
            for new, one in zip(memories, stored, strict=True)
            for source in [
                *({"from_memory_id": pk} for pk in new.from_memories if pk != one.id),
                *({"from_message_id": pk} for pk in new.from_messages),
            ]
        ],
        ignore_conflicts=True,
    )
