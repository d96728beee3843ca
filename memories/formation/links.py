"""How a new memory hangs together with others of its owner: by meaning, and by the moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from django.db import connection

from memories.formation.dedupe import TALK
from memories.models import MAX_AUTOMATIC_LINKS, Memory, MemoryLink

MOST_RELATED = 6  # of the ten, so that one stretch of talk leaves room for later ones

_NEAREST = """
    SELECT new.id, near.id, near.likeness FROM memories_memory new CROSS JOIN LATERAL (
      SELECT m.id, 1 - (m.embedding <=> new.embedding) AS likeness FROM memories_memory m
      WHERE m.owner_id = new.owner_id AND m.embedding_model_id = new.embedding_model_id
        AND m.kind <> ALL(%(talk)s) AND m.tier <> 'archived' AND m.id <> new.id
      ORDER BY m.embedding <=> new.embedding, m.id LIMIT %(most)s
    ) near WHERE new.id = ANY(%(ids)s) AND near.likeness >= %(least)s
"""


def link(
    new: Sequence[int],
    *,
    link_from: float,
    events: Iterable[Sequence[int]] = (),
    against: Mapping[tuple[int, int], str] | None = None,
) -> int:
    """Link new memories. `events` are groups of one owner's that were formed together; `against`
    says of a pair (new, old) whether it contradicts or supersedes. What speaks against it comes
    first, then the nearest in meaning, then the moment, ten in all. Returns how many were made."""
    rows: dict[int, dict[tuple[int, str], float]] = {pk: {} for pk in new}
    for (one, other), kind in (against or {}).items():
        rows.setdefault(one, {})[other, kind] = 1.0
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAREST,
            {"talk": list(TALK), "most": MOST_RELATED, "ids": list(new), "least": link_from},
        )
        for one, other, likeness in cursor.fetchall():
            opposed = {k for k, _ in rows[one] if k == other}
            if not opposed:
                rows[one][other, MemoryLink.Type.RELATED] = min(1.0, float(likeness))
    for group in events:
        for one, other in combinations(group, 2):
            if one in rows and one != other:
                rows[one].setdefault((other, MemoryLink.Type.SAME_EVENT), 0.7)
    taken = _taken(rows)
    made = [
        MemoryLink(
            from_memory_id=one, to_memory_id=other, link_type=kind, strength=round(strength, 3)
        )
        for one, wanted in rows.items()
        for (other, kind), strength in list(wanted.items())[: MAX_AUTOMATIC_LINKS - taken[one]]
    ]
    return len(MemoryLink.objects.bulk_create(made, ignore_conflicts=True))


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
