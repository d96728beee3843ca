"""What time does to an owner's rows: they weaken, settle, leave recall, and are forgotten at last.

A memory of importance 5 keeps a share of its strength from one day to the next that depends on its
kind; one that is 2.5 points more important loses half as fast, one less important twice as fast:

    strength · keeps ^ (nights · 2 ^ ((5 - importance) / 2.5))

Nights multiply, so that seven at once weaken exactly as seven one by one; but a society that was
switched off for half a year does not wake without a past (`most_nights`).

Each statement takes some rows, does all to them and counts them in the night's run, in one
transaction. What it did shows in the rows it did it to, so a night that was cut short, or ran
twice, goes on where it was and does nothing twice. Locked memories are left alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from fishbowl.statements import Statement
from memories.models import ConsolidationRun, Memory, MemoryKind
from memories.recall import caches
from memories.rules import MemoryRules, in_force

AT_ONCE = 2000
FORGOTTEN_AT_ONCE = 500
USE_COUNTS_AFTER = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Night:
    """A night of one character's: its run, the date it has where the character lives, and its time
    zone by name."""

    run_id: int
    owner_id: int
    date: dt.date
    now: dt.datetime
    timezone: str
    rules: MemoryRules


def noting_use(
    ids: Collection[int],
    now: dt.datetime,
    *,
    character: int | None = None,
    community: int | None = None,
) -> Statement:
    """The statement by which what came to mind in talk is stronger: nearer to whole by a share of
    what was missing, as memories of that character grow in that community. At most once an hour
    each, so that one long conversation doesn't engrave what it keeps coming back to. It returns a
    row for each that is."""
    rules = in_force(community=community, character=character)
    return (
        """
        UPDATE memories_memory
        SET strength = strength + %s * (1.0 - strength), access_count = access_count + 1,
          last_accessed_at = %s
        WHERE id = ANY(%s) AND NOT is_locked
          AND (last_accessed_at IS NULL OR last_accessed_at < %s)
        RETURNING id
        """,
        (float(rules.used_gain), now, list(ids), now - USE_COUNTS_AFTER),
    )


# --- fading ---------------------------------------------------------------------------------------

_WEAKEN = """
    WITH chosen AS (
        SELECT id FROM memories_memory
        WHERE owner_id = %(owner)s AND NOT is_locked AND tier <> 'archived'
          AND kind = ANY (%(kinds)s)
          AND coalesce(decayed_on, (created_at AT TIME ZONE %(zone)s)::date) < %(night)s
        ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE
    )
    UPDATE memories_memory m SET
        -- Bounded below, where a float would run out of digits.
        strength = greatest(m.strength, 1e-9) * exp(greatest(-200, ln(r.keeps)
            * least(%(night)s - coalesce(m.decayed_on, (m.created_at AT TIME ZONE %(zone)s)::date),
                    %(most_nights)s)
            * power(2, (5 - m.importance) / %(halves)s))),
        decayed_on = %(night)s
    FROM chosen JOIN memories_memory s USING (id)
        JOIN unnest(%(kinds)s::text[], %(keeps)s::float8[]) r (kind, keeps) ON r.kind = s.kind
    WHERE m.id = chosen.id
"""


def weaken(night: Night) -> int:
    """Weaken what fades by the nights since each was last weakened. Returns how many memories."""
    # What has no rate, such as lore, doesn't fade.
    rates = {kind: getattr(night.rules, f"keeps_{kind}", 1.0) for kind in MemoryKind.values}
    fading = {kind: rate for kind, rate in rates.items() if rate < 1.0}
    values = {
        "owner": night.owner_id,
        "night": night.date,
        "zone": night.timezone,
        "kinds": list(fading),
        "keeps": list(fading.values()),
        "most_nights": round(night.rules.most_nights),
        "halves": night.rules.importance_halves,
        "most": AT_ONCE,
    }
    return _in_batches(night, "decayed", _WEAKEN, values, AT_ONCE)


# --- tiers ----------------------------------------------------------------------------------------

_ARCHIVE = """
    WITH chosen AS (
        SELECT id FROM memories_memory
        WHERE owner_id = %(owner)s AND NOT is_locked AND tier <> 'archived'
          AND (expires_at <= %(now)s OR strength < %(below)s)
        ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE
    ), gone AS (
        UPDATE memories_memory m SET tier = 'archived', decayed_on = %(night)s, updated_at = %(now)s
        FROM chosen WHERE m.id = chosen.id RETURNING m.id, m.content
    )
    INSERT INTO memories_memoryrevision
        (memory_id, content_before, content_after, reason, revised_at)
    SELECT id, content, '', 'forgetting', %(now)s FROM gone
"""


def settle(night: Night) -> int:
    """Move memories between the tiers: what is weighty, used, or old and still strong, stays for
    long; what has expired or grown weak leaves recall. Returns how many left it."""
    theirs = Memory.objects.filter(owner=night.owner_id, is_locked=False)
    rules = night.rules
    theirs.filter(tier=Memory.Tier.WORKING, created_at__lt=night.now - dt.timedelta(days=1)).update(
        tier=Memory.Tier.SHORT
    )
    theirs.filter(tier=Memory.Tier.SHORT, strength__gte=rules.archive_below).filter(
        Q(importance__gte=rules.long_from_importance)
        | Q(access_count__gte=rules.long_from_uses)
        | Q(created_at__lt=night.now - dt.timedelta(days=rules.long_from_days), strength__gte=0.5)
    ).update(tier=Memory.Tier.LONG)
    values = {
        "owner": night.owner_id,
        "now": night.now,
        "night": night.date,
        "below": rules.archive_below,
        "most": AT_ONCE,
    }
    return _in_batches(night, "archived", _ARCHIVE, values, AT_ONCE)


# --- the end --------------------------------------------------------------------------------------

# An archived memory is weakened no more: `decayed_on` is the day on which it was archived. What
# was offered to another stays as the record of that, and what shows that something is so while it
# is. What says which person something was made
# from stays while nothing else says it: erasing that person must find it.
_LONG_GONE = """
    SELECT m.id FROM memories_memory m
    WHERE m.owner_id = %(owner)s AND m.tier = 'archived' AND NOT m.is_locked
      AND m.kind NOT IN ('lore', 'rag')
      AND coalesce(m.decayed_on, (m.created_at AT TIME ZONE %(zone)s)::date) <= %(since)s
      AND m.importance < %(importance)s AND m.access_count < %(uses)s
      AND NOT EXISTS (SELECT FROM memories_memoryshare s WHERE s.memory_id = m.id)
      AND NOT EXISTS (
        SELECT FROM memories_entityrelation r WHERE r.evidence_id = m.id AND r.valid_to IS NULL)
      AND NOT EXISTS (
        SELECT FROM memories_derivation d JOIN memories_memory made ON made.id = d.memory_id
        WHERE d.from_memory_id = m.id AND (
            (m.told_by_person_id IS NOT NULL AND m.source_message_id IS NULL)
            OR (m.about_person_id IS NOT NULL
                AND m.about_person_id IS DISTINCT FROM made.about_person_id)))
"""
# One generation at a time: from what is derived down to what it was derived from.
_LAST_OF_THEM = f"""
    WITH gone AS MATERIALIZED ({_LONG_GONE})
    SELECT m.id FROM memories_memory m JOIN gone USING (id)
    WHERE NOT EXISTS (
        SELECT FROM memories_derivation d JOIN gone made ON made.id = d.memory_id
        WHERE d.from_memory_id = m.id)
    ORDER BY m.id LIMIT %(most)s FOR UPDATE OF m
"""  # noqa: S608 - one constant in another
_STILL = f"SELECT id FROM ({_LONG_GONE}) gone WHERE id = ANY (%(ids)s)"  # noqa: S608 - the same
_HAND_ON = """
    INSERT INTO memories_derivation (memory_id, from_memory_id, from_message_id)
    SELECT d.memory_id, s.from_memory_id, s.from_message_id
    FROM memories_derivation d JOIN (
        SELECT memory_id, from_memory_id, from_message_id FROM memories_derivation
        UNION SELECT id, NULL, source_message_id FROM memories_memory
        WHERE source_message_id IS NOT NULL
    ) s ON s.memory_id = d.from_memory_id
    WHERE d.from_memory_id = ANY (%(ids)s) AND s.memory_id = ANY (%(ids)s)
      AND s.from_memory_id IS DISTINCT FROM d.memory_id
    ON CONFLICT DO NOTHING
"""


def forget(night: Night) -> int:
    """Delete what has been in the archive for long, matters little and was never used. What was
    made from it stays, and from now on names what that was made from. Returns how many went."""
    values: dict[str, Any] = {
        "owner": night.owner_id,
        "zone": night.timezone,
        "since": night.date - dt.timedelta(days=night.rules.forget_days),
        "importance": night.rules.forget_importance,
        "uses": night.rules.long_from_uses,
        "most": FORGOTTEN_AT_ONCE,
    }
    forgotten = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LAST_OF_THEM, values)
            ids = [pk for (pk,) in cursor.fetchall()]
            if not ids:
                return forgotten
            # Whoever held one until now, to lock it or to bring it back, went first.
            cursor.execute(_STILL, {**values, "ids": ids})
            ids = [pk for (pk,) in cursor.fetchall()]
            cursor.execute(_HAND_ON, {"ids": ids})
            Memory.objects.filter(pk__in=ids).delete()
            count(night, forgotten=len(ids))
            caches.touch([night.owner_id])
        forgotten += len(ids)


def _in_batches(
    night: Night, counted: str, sql: str, values: Mapping[str, Any], at_once: int
) -> int:
    """Run a statement until it finds less than a whole batch; how many rows in all."""
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows = int(cursor.rowcount)
            if rows:
                count(night, **{counted: rows})
                caches.touch([night.owner_id])
        done += rows
        if rows < at_once:
            return done


def count(night: Night, **done: int) -> None:
    """Add to the figures of a night's run, in the transaction that did what is counted."""
    ConsolidationRun.objects.filter(pk=night.run_id).update(
        **{name: F(name) + number for name, number in done.items()}
    )
