"""What of an owner's memories a night may make one of: rows with their vectors, in groups that may
be mixed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from memories.embedding.embedding import active_model_id
from memories.embedding.matrices import Matrix, matrix, unit
from memories.formation.discretion import strictest
from memories.models import Memory

Kind = Memory.Kind
# What may be the same thing twice: nothing that is made of the same words by nature.
MERGED = frozenset(Kind.values) - {Kind.LORE, Kind.RAG, Kind.SUMMARY, Kind.DIARY, Kind.DREAM}
# What a night sums up: the stream of what was said and done. What was distilled from it stays.
SUMMED_UP = frozenset({Kind.CONVERSATION.value, Kind.GOSSIP.value, Kind.EXPERIENCE.value})
SAID = frozenset({Kind.CONVERSATION.value, Kind.GOSSIP.value})
TRIED_AGAIN = dt.timedelta(days=30)  # after no summary of a group would do
MOST = 12_000  # rows a night looks at; the next goes on


@dataclass(frozen=True, slots=True)
class Candidate:
    """A memory as a night sees it. `place` is its row in the matrix of vectors; since `met_at` it
    has been there with a vector; on `tried_on` no summary of it and its like would do."""

    place: int
    id: int
    kind: str
    content: str
    visibility: str
    community_id: int | None
    about_person_id: int | None
    about_character_id: int | None
    told_by_person_id: int | None
    told_by_character_id: int | None
    source_message_id: int | None
    confidence: float
    importance: float
    emotional_valence: float
    strength: float
    occurred_at: dt.datetime
    created_at: dt.datetime
    met_at: dt.datetime
    is_adult: bool
    tried_on: dt.date | None

    @property
    def company(self) -> tuple[object, ...]:
        """Memories of one company may stand together: they are for the same ears, and about the
        same person."""
        return (
            self.visibility,
            self.is_adult,
            self.community_id,
            self.about_person_id,
            self.about_character_id,
        )

    @property
    def sameness(self) -> tuple[object, ...]:
        """Memories that differ in this are two, however alike their words: what two people said
        is two things, and so is what two characters said in so many words."""
        said_by = self.told_by_character_id if self.kind in SAID else None
        return (*self.company, self.kind, self.told_by_person_id, said_by)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates, oldest first, and their vectors, each one long."""

    rows: Sequence[Candidate]
    vectors: Matrix


_READ = """
    SELECT m.id, m.kind, m.content, m.visibility, m.community_id, m.about_person_id,
      m.about_character_id, m.told_by_person_id, m.told_by_character_id, m.source_message_id,
      m.confidence, m.importance, m.emotional_valence, m.strength, m.occurred_at, m.created_at,
      greatest(m.created_at, (m.metadata ->> 'embedded_at')::timestamptz),
      m.is_adult, (m.metadata ->> 'tried_on')::date, halfvec_send(m.embedding)
    FROM memories_memory m
    WHERE m.owner_id = %(owner)s AND NOT m.is_locked AND m.tier <> 'archived'
      AND m.expires_at IS NULL AND m.embedding_model_id = %(model)s AND m.kind = ANY (%(kinds)s)
      AND m.importance < %(importance)s AND m.occurred_at < %(before)s
      AND (m.last_accessed_at IS NULL OR m.last_accessed_at < %(unused)s)
      AND (%(confided)s OR m.visibility = 'public'
        OR (m.told_by_person_id IS NULL AND m.told_by_character_id IS NULL))
      -- What a keeper took out of a merged memory stays out.
      AND NOT EXISTS (
        SELECT FROM memories_memoryrevision r
        WHERE r.memory_id = m.id AND r.reason = 'admin' AND r.replaced_by_id IS NOT NULL)
    ORDER BY m.id DESC LIMIT %(most)s
"""
FAR = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


def read(
    owner_id: int,
    kinds: frozenset[str],
    *,
    importance: float = 11.0,
    before: dt.datetime = FAR,
    unused_since: dt.datetime = FAR,
    confided: bool = True,
) -> Candidates:
    """An owner's live memories of these kinds that aren't locked: less important than `importance`,
    of before `before`, and not recalled since `unused_since`. Without `confided`, what somebody
    told that isn't for everybody is left out: who told it may always be reminded of it, in its
    words, and of no summary of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            _READ,
            {
                "owner": owner_id,
                "model": active_model_id(),
                "kinds": sorted(kinds),
                "importance": importance,
                "before": before,
                "unused": unused_since,
                "confided": confided,
                "most": MOST,
            },
        )
        found = cursor.fetchall()[::-1]
    rows = [Candidate(place, *row[:-1]) for place, row in enumerate(found)]
    return Candidates(rows, unit(matrix([row[-1] for row in found])))


def least_open(rows: Sequence[Candidate]) -> str:
    """The visibility that holds for all of them."""
    return strictest(*(row.visibility for row in rows))


def is_tried(group: Sequence[Candidate], date: dt.date) -> bool:
    """Whether no summary of most of these would do, lately: asked for again, it would cost as much,
    and come before others' for nothing."""
    last = date - TRIED_AGAIN
    return sum(row.tried_on is not None and row.tried_on > last for row in group) > len(group) / 2


def note_tried(group: Sequence[Candidate], date: dt.date) -> None:
    """Note that no summary of these would do."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH chosen AS (
                SELECT id FROM memories_memory WHERE id = ANY (%s) AND NOT is_locked
                ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE memories_memory m
            SET metadata = m.metadata || jsonb_build_object('tried_on', %s::date)
            FROM chosen WHERE m.id = chosen.id
            """,
            [[row.id for row in group], date],
        )
