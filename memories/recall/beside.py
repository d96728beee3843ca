"""What hangs together with what came to mind: what has taken its place since, or was said against
it; its reason; what tells more of it. Read under the view that it came to mind under."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from memories.recall.recall import Recalled, recalled_as
from memories.view import View

How = Literal["since", "reason", "more"]


@dataclass(frozen=True, slots=True)
class Beside:
    """A memory that hangs together with one that came to mind, and how: since, reason or more."""

    how: How
    memory: Recalled


# A line of talk has no links: those of what was distilled from it are its own. What took a memory's
# place may have been replaced in turn: the last word counts.
_BESIDE = """
WITH RECURSIVE meant AS (
    SELECT k.id AS known, d.id AS at, 0 AS hops
    FROM memories_memory k JOIN memories_memory d
      ON d.id = k.id OR (k.kind IN ('conversation', 'gossip')
        AND d.source_message_id = k.source_message_id AND d.owner_id = k.owner_id)
    WHERE k.id = ANY (%(ids)s::bigint[])
), since AS (
    SELECT known, at, hops FROM meant
    UNION
    SELECT s.known, l.from_memory_id, s.hops + 1
    FROM since s JOIN memories_memorylink l ON l.to_memory_id = s.at
      AND l.link_type IN ('supersedes', 'contradicts')
    WHERE s.hops < 4
), found AS (
    SELECT known, 1 AS place, 'since' AS how, at FROM since WHERE hops > 0
    UNION ALL
    SELECT t.known, CASE l.link_type WHEN 'causes' THEN 2 ELSE 3 END,
      CASE l.link_type WHEN 'causes' THEN 'reason' ELSE 'more' END, l.from_memory_id
    FROM meant t JOIN memories_memorylink l ON l.to_memory_id = t.at
      AND l.link_type IN ('causes', 'elaborates')
)
SELECT DISTINCT ON (f.known) f.known, f.how,
    m.id, m.kind, m.content, m.occurred_at, m.provenance, m.told_by_character_id,
    m.told_by_person_id, m.about_person_id, m.about_character_id, m.confidence, m.importance,
    m.visibility, m.source_message_id, m.session_key, m.sequence
FROM found f JOIN memories_memory m ON m.id = f.at
WHERE m.tier <> 'archived' AND (m.expires_at IS NULL OR m.expires_at > %(now)s::timestamptz)
ORDER BY f.known, f.place, m.occurred_at DESC, m.id DESC
"""


def beside(view: View, recalled: Sequence[Recalled], now: dt.datetime) -> dict[int, Beside]:
    """What stands beside each of these memories, by its id: one thing at most, what has taken its
    place before all else."""
    if not recalled:
        return {}
    rows = view.planned(_BESIDE, ids=[one.id for one in recalled], now=now)
    return {
        known: Beside(how, recalled_as(row[:3], row[3:], 0.0, {"linked": 1.0}))
        for known, how, *row in rows
        if row[0] != known
    }
