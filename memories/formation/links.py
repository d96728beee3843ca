"""How a new memory hangs together with others of its owner: by meaning, by whom or what they name,
and by the moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from django.db import connection

from memories.formation.dedupe import TALK
from memories.formation.echo import content_words, coverage
from memories.formation.reasons import is_reason
from memories.models import MAX_AUTOMATIC_LINKS, Memory, MemoryLink

MOST_RELATED = 6  # of the ten, so that one stretch of talk leaves room for later ones
MOST_OF_SAME = 2
AMONG = 200  # of the memories that name somebody, the latest
TOLD_ON = 0.75  # share of a memory's words that one which tells more of it must hold
MORE = 2  # words that it adds at least
REASON_FROM = 0.4  # likeness; what gives a reason tells something else besides

_NEAREST = """
    SELECT new.id, near.id, near.likeness, new.content, near.content
    FROM memories_memory new CROSS JOIN LATERAL (
      SELECT m.id, m.content, 1 - (m.embedding <=> new.embedding) AS likeness FROM memories_memory m
      WHERE m.owner_id = new.owner_id AND m.embedding_model_id = new.embedding_model_id
        AND m.kind <> ALL(%(talk)s) AND m.tier <> 'archived' AND m.id <> new.id
      ORDER BY m.embedding <=> new.embedding, m.id LIMIT %(most)s
    ) near WHERE new.id = ANY(%(ids)s) AND near.likeness >= %(least)s
    ORDER BY new.id, near.likeness DESC, near.id
"""

_OF_SAME = """
    SELECT new.id, other.id FROM memories_memory new CROSS JOIN LATERAL (
      SELECT m.id FROM (
        SELECT DISTINCT late.memory_id FROM memories_entitymention named CROSS JOIN LATERAL (
          SELECT memory_id FROM memories_entitymention
          WHERE entity_id = named.entity_id AND message_id IS NULL
          ORDER BY memory_id DESC LIMIT %(among)s
        ) late WHERE named.memory_id = new.id
      ) naming JOIN memories_memory m ON m.id = naming.memory_id
      WHERE m.owner_id = new.owner_id AND m.id <> new.id
        AND m.kind <> ALL(%(talk)s) AND m.tier <> 'archived'
      ORDER BY m.importance DESC, m.id DESC LIMIT %(most)s
    ) other WHERE new.id = ANY(%(ids)s) ORDER BY new.id, other.id
"""


def link(
    new: Sequence[int],
    *,
    link_from: float,
    events: Iterable[Sequence[int]] = (),
    against: Mapping[tuple[int, int], str] | None = None,
) -> int:
    """Link new memories. `events` are groups of one owner's that somebody told in one go; `against`
    says of a pair (new, old) whether it contradicts or supersedes. What speaks against it comes
    first, then the nearest in meaning, then the moment, then what else names the same, ten in all.
    What each memory names is stored before. Returns how many were made."""
    rows: dict[int, dict[tuple[int, str], float]] = {pk: {} for pk in new}
    explained: set[int] = set()  # by what is nearest
    for (one, other), kind in (against or {}).items():
        rows.setdefault(one, {})[other, kind] = 1.0
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAREST,
            {
                "talk": list(TALK),
                "most": MOST_RELATED,
                "ids": list(new),
                "least": min(link_from, REASON_FROM),
            },
        )
        for one, other, likeness, said, known in cursor.fetchall():
            if any(key == other for key, _ in rows[one]):  # it speaks against it
                continue
            strength = min(1.0, float(likeness))
            if is_reason(known, said) and one not in explained:
                rows.setdefault(other, {})[one, MemoryLink.Type.CAUSES] = strength
                explained.add(one)
            elif is_reason(said, known):
                rows[one][other, MemoryLink.Type.CAUSES] = strength
            if likeness >= link_from:
                rows[one][other, _nearness(said, known)] = strength
        cursor.execute(
            _OF_SAME,
            {"talk": list(TALK), "most": MOST_OF_SAME, "ids": list(new), "among": AMONG},
        )
        of_same = cursor.fetchall()
    for group in events:
        for one, other in combinations(group, 2):
            if one in rows and one != other:
                rows[one].setdefault((other, MemoryLink.Type.SAME_EVENT), 0.7)
    for one, other in of_same:
        if not any(key == other for key, _ in rows[one]):
            rows[one][other, MemoryLink.Type.ABOUT_SAME] = 0.5
    taken = _taken(rows)
    made = [
        MemoryLink(
            from_memory_id=one, to_memory_id=other, link_type=kind, strength=round(strength, 3)
        )
        for one, wanted in rows.items()
        for (other, kind), strength in list(wanted.items())[: MAX_AUTOMATIC_LINKS - taken[one]]
    ]
    return len(MemoryLink.objects.bulk_create(made, ignore_conflicts=True))


_SPOKEN_AGAINST = """
    l.to_memory_id = ANY(%(ids)s) AND NOT l.from_memory_id = ANY(%(ids)s)
    AND l.link_type = ANY(%(against)s)
"""
_TURN_ROUND = f"""
    UPDATE memories_memorylink l
    SET from_memory_id = l.to_memory_id, to_memory_id = l.from_memory_id
    WHERE {_SPOKEN_AGAINST} AND NOT EXISTS (
      SELECT FROM memories_memorylink r WHERE r.from_memory_id = l.to_memory_id
        AND r.to_memory_id = l.from_memory_id AND r.link_type = l.link_type)
      AND (SELECT count(*) FROM memories_memorylink f
           WHERE f.from_memory_id = l.to_memory_id AND f.origin = 'auto') < %(most)s
"""  # noqa: S608 - a constant
_DROP = f"DELETE FROM memories_memorylink l WHERE {_SPOKEN_AGAINST}"  # noqa: S608 - a constant


def hold_again(ids: Sequence[int]) -> None:
    """What was spoken against and is told again stands against that in its turn: who moves back
    lives there. Where it has no room for a link, there is none any more."""
    against = [MemoryLink.Type.SUPERSEDES.value, MemoryLink.Type.CONTRADICTS.value]
    asked: dict[str, Any] = {"ids": list(ids), "against": against, "most": MAX_AUTOMATIC_LINKS}
    with connection.cursor() as cursor:
        cursor.execute(_TURN_ROUND, asked)
        cursor.execute(_DROP, asked)


def _nearness(said: str, known: str) -> str:
    """How a new memory has to do with one of like meaning: it tells more of it, or it is alike."""
    adds = len(content_words(said)) - len(content_words(known))
    is_more = adds >= MORE and coverage(known, said) >= TOLD_ON
    return MemoryLink.Type.ELABORATES if is_more else MemoryLink.Type.RELATED


def _taken(rows: Mapping[int, object]) -> dict[int, int]:
    """Automatic links that each has; locks the memories, so that two writers can't both fill the
    last places."""
    held = Memory.objects.select_for_update(no_key=True).filter(pk__in=rows).order_by("pk")
    ids = list(held.values_list("pk", flat=True))
    taken = dict.fromkeys(rows, MAX_AUTOMATIC_LINKS) | dict.fromkeys(ids, 0)
    links = MemoryLink.objects.filter(from_memory__in=ids, origin=MemoryLink.Origin.AUTO)
    for one in links.values_list("from_memory_id", flat=True):
        taken[one] += 1
    return taken
