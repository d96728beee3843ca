"""What the store of memories holds, in figures: for keepers, and for whoever looks for what is slow
or full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from memories.embedding import reembedding
from memories.embedding.embedding import active_model, settings_trouble
from memories.models import Memory

Figures = dict[str, Any]

_PER_OWNER = """
    SELECT c.name, count(*) AS memories,
      count(*) FILTER (WHERE m.embedding_model_id IS NULL) AS without_vector,
      count(*) FILTER (WHERE m.is_locked) AS locked,
      percentile_cont(ARRAY[.1, .5, .9]) WITHIN GROUP (ORDER BY m.strength) AS strength
    FROM memories_memory m LEFT JOIN characters_character c ON c.id = m.owner_id
    GROUP BY m.owner_id, c.name ORDER BY c.name NULLS LAST
"""
_BY_KIND_AND_TIER = """
    SELECT c.name, m.kind, m.tier, count(*) AS memories
    FROM memories_memory m LEFT JOIN characters_character c ON c.id = m.owner_id
    GROUP BY m.owner_id, c.name, m.kind, m.tier ORDER BY c.name, m.kind, m.tier
"""
_SHARES = """
    SELECT g.name AS giver, t.name AS taker, s.status, count(*) AS shares
    FROM memories_memoryshare s
    JOIN characters_character g ON g.id = s.source_character_id
    JOIN characters_character t ON t.id = s.target_character_id
    GROUP BY g.name, t.name, s.status ORDER BY g.name, t.name, s.status
"""
_FACTS = """
    SELECT c.name, count(*) AS facts FROM memories_personfact f
    LEFT JOIN characters_character c ON c.id = f.character_id
    WHERE f.is_active GROUP BY f.character_id, c.name
"""
_SIZES = """
    SELECT relname AS name, pg_table_size(oid) AS bytes,
      (SELECT coalesce(json_object_agg(i.indexrelid::regclass::text,
                                       pg_relation_size(i.indexrelid)), '{}')
       FROM pg_index i WHERE i.indrelid = pg_class.oid) AS indexes
    FROM pg_class WHERE relkind = 'r' AND relname LIKE 'memories\\_%%'
      AND relnamespace = current_schema()::regnamespace
    ORDER BY pg_total_relation_size(oid) DESC
"""
_CACHES = """
    SELECT cache, sum(hits)::bigint AS hits, sum(misses)::bigint AS misses
    FROM memories_cachestatistic WHERE hour >= %s GROUP BY cache ORDER BY cache
"""
_RUNS = """
    SELECT c.name, count(*) AS runs, max(r.started_at) AS latest,
      count(*) FILTER (WHERE r.finished_at IS NULL) AS under_way,
      count(*) FILTER (WHERE r.error <> '') AS failed,
      sum(r.examined)::bigint AS examined, sum(r.merged)::bigint AS merged,
      sum(r.summarised)::bigint AS summarised, sum(r.archived)::bigint AS archived,
      sum(r.decayed)::bigint AS decayed, sum(r.forgotten)::bigint AS forgotten
    FROM memories_consolidationrun r JOIN characters_character c ON c.id = r.character_id
    GROUP BY c.name ORDER BY c.name
"""


def gather(now: dt.datetime | None = None) -> Figures:
    """All figures, as plain data. Owner None is the common lore. Hit rates are the last day's."""
    now = now or timezone.now()
    row = active_model()
    change = reembedding.status()
    sizes = _rows(_SIZES)
    return {
        "embedding": {
            "active": row.name,
            "dimensions": row.dimensions,
            "provider": row.provider,
            "activated_at": row.activated_at.isoformat() if row.activated_at else None,
            "trouble": settings_trouble(row),
            "changing_to": change.target if change else None,
            "waiting": sum(change.waiting.values()) if change else 0,
            "of": sum(change.rows.values()) if change else 0,
        },
        "totals": _totals(),
        "characters": _characters(),
        "shares": _rows(_SHARES),
        "tables": sizes,
        "caches": [_with_rate(one) for one in _rows(_CACHES, [now - dt.timedelta(days=1)])],
        "consolidation": [{**one, "latest": one["latest"].isoformat()} for one in _rows(_RUNS)],
    }


def _characters() -> list[Figures]:
    """What each remembers: the lore of all last."""
    kinds: dict[str | None, dict[str, int]] = {}
    tiers: dict[str | None, dict[str, int]] = {}
    for one in _rows(_BY_KIND_AND_TIER):
        for counts, by in ((kinds, one["kind"]), (tiers, one["tier"])):
            theirs = counts.setdefault(one["name"], {})
            theirs[by] = theirs.get(by, 0) + one["memories"]
    facts = {one["name"]: one["facts"] for one in _rows(_FACTS)}
    owners = _rows(_PER_OWNER)
    silent = sorted({name for name in facts if name} - {one["name"] for one in owners})
    owners += [
        {"name": name, "memories": 0, "without_vector": 0, "locked": 0, "strength": None}
        for name in silent
    ]
    return [
        {
            **one,
            "strength": dict(zip(("p10", "p50", "p90"), one["strength"], strict=True))
            if one["strength"]
            else None,
            "kinds": kinds.get(one["name"], {}),
            "tiers": tiers.get(one["name"], {}),
            "facts": facts.get(one["name"], 0),
        }
        for one in owners
    ]


def _totals() -> Figures:
    (found,) = _rows(
        """
        SELECT (SELECT count(*) FROM memories_memory) AS memories,
          (SELECT count(*) FROM memories_memory WHERE embedding_model_id IS NULL) AS without_vector,
          (SELECT count(*) FROM memories_memory
           WHERE embedding_model_id IN (SELECT id FROM memories_embeddingmodel WHERE NOT is_active)
          ) AS of_another_model,
          (SELECT count(*) FROM memories_memory WHERE tier = %s) AS archived,
          (SELECT count(*) FROM memories_personfact WHERE is_active) AS facts,
          (SELECT count(*) FROM memories_entity) AS entities,
          (SELECT count(*) FROM memories_memorylink) AS links,
          (SELECT count(*) FROM memories_memoryshare) AS shares,
          (SELECT count(*) FROM memories_lorechunk) AS lore_chunks,
          (SELECT count(*) FROM memories_scratchpadentry) AS scratchpad
        """,
        [Memory.Tier.ARCHIVED],
    )
    return found


def _with_rate(one: Figures) -> Figures:
    looks = one["hits"] + one["misses"]
    return {**one, "rate": one["hits"] / looks if looks else None}


def _rows(sql: str, values: Sequence[Any] = ()) -> list[Figures]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
