"""What made a character who it is stands among its memories from birth, and is never forgotten."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from characters.models import Character, FormativeMemory
from fishbowl.statements import planned
from memories.embedding.embedding import embed_or_wait
from memories.models import Memory
from memories.recall import caches
from memories.revising import rewrite
from memories.writing import NewMemory, store_embedded

SESSION = "formative:"
LONG_AGO = dt.timedelta(days=10 * 365)  # before whatever 'last week' and 'last year' mean
SORE, SOREST = -0.5, -0.85
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")

# Those that have no memory yet, or one that says something else.
_STALE = """
    SELECT f.character_id FROM characters_formativememory f
    LEFT JOIN memories_memory m
      ON m.owner_id = f.character_id AND m.session_key = %(session)s::text || f.id
    WHERE m.content <> f.content OR m.emotional_valence <> f.emotional_valence
      OR NOT starts_with(m.found_by, f.title) OR m.keywords <> ARRAY(
        SELECT left(word, 80) FROM unnest(f.triggers) WITH ORDINALITY AS t (word, n) ORDER BY n
      )::varchar[]
      OR (m.id IS NULL AND btrim(f.content) <> '' AND NOT EXISTS (
        SELECT FROM memories_memory twin
        WHERE twin.owner_id = f.character_id AND twin.content = f.content))
    UNION
    SELECT m.owner_id FROM memories_memory m
    WHERE starts_with(m.session_key, %(session)s::text) AND NOT EXISTS (
      SELECT FROM characters_formativememory f WHERE m.session_key = %(session)s::text || f.id)
"""


# Which transactions wrote what formed them: any change of it changes this.
_EDITION = """
    SELECT coalesce(md5(string_agg(id || ':' || xmin, ',' ORDER BY id)), '')
    FROM characters_formativememory
"""
# Looking for what lags behind goes through all memories. So it is done when this has changed, and
# now and then for the memories' own sake.
AGAIN_AFTER = dt.timedelta(hours=6)
_settled: tuple[str, dt.datetime] | None = None  # the edition at which nothing lagged, and when


def remember_formative(character: Character) -> int:
    """Make memories of a character's formative ones, bring changed ones up to date, and drop those
    that are gone. Doing it again does nothing. Returns how many changed. Not in a transaction that
    holds locks: it may ask an embedding server."""
    wanted = {f"{SESSION}{one.pk}": one for one in character.formative_memories.order_by("pk")}
    changed = _drop(character, wanted.keys())
    standing = {
        row.session_key: row
        for row in Memory.objects.filter(owner=character, session_key__in=wanted).defer("search")
    }
    changed_ones = [
        (key, one, standing.get(key))
        for key, one in wanted.items()
        if one.content.strip() and not _is_current(standing.get(key), one)
    ]
    if not changed_ones:
        return changed
    new = [_memory(character, key, one) for key, one, _ in changed_ones]
    vectors = embed_or_wait([memory.embedded_text for memory in new])
    with transaction.atomic():
        for (_, _, row), memory, vector in zip(changed_ones, new, vectors, strict=True):
            if row is None:
                (stored,) = store_embedded([memory], [vector])
                Memory.objects.filter(pk=stored.id).update(is_locked=True)
            elif rewrite(row, memory.content, vector, memory.embedded_text):
                Memory.objects.filter(pk=row.pk).update(
                    found_by=memory.found_by,
                    keywords=list(memory.keywords),
                    emotional_valence=memory.emotional_valence,
                    importance=memory.importance,
                    visibility=memory.visibility,
                    occurred_at=memory.occurred_at,
                )
        caches.touch([character.pk])
    return changed + len(changed_ones)


def remember_all_formative() -> int:
    """`remember_formative` for every character whose memories lag behind: those made or edited in
    admin. Returns how many memories changed."""
    global _settled
    now = timezone.now()
    ((edition,),) = planned(_EDITION)
    if _settled and _settled[0] == edition and dt.timedelta(0) <= now - _settled[1] < AGAIN_AFTER:
        return 0
    stale = [pk for (pk,) in planned(_STALE, session=SESSION)]
    _settled = None if stale else (edition, now)
    return sum(remember_formative(one) for one in Character.objects.filter(pk__in=stale))


def _drop(character: Character, wanted: Iterable[str]) -> int:
    gone = Memory.objects.filter(owner=character, session_key__startswith=SESSION).exclude(
        session_key__in=list(wanted)
    )
    count = gone.count()
    if count:
        gone.delete()
        caches.touch([character.pk])
    return count


def _is_current(row: Memory | None, one: FormativeMemory) -> bool:
    if row is None:
        # The same words under two titles are one memory.
        return Memory.objects.filter(owner=one.character_id, content=one.content).exists()
    return (
        row.content == one.content
        and row.emotional_valence == one.emotional_valence
        and row.keywords == [word[:80] for word in one.triggers]
        and row.found_by.startswith(one.title)
    )


def _memory(character: Character, key: str, one: FormativeMemory) -> NewMemory:
    year = _YEAR.search(one.age_or_date)
    at = character.created_at - LONG_AGO
    if year and int(year[1]) < at.year:
        at = at.replace(year=int(year[1]), month=7, day=1)
    return NewMemory(
        owner_id=character.pk,
        kind=Memory.Kind.EXPERIENCE,
        content=one.content,
        embedded_text=f"{one.title}. {one.content}",
        found_by=" ".join([one.title, character.name, *one.triggers, one.age_or_date]).strip(),
        occurred_at=at,
        provenance=Memory.Provenance.OWN,
        visibility=visibility(one.emotional_valence),
        tier=Memory.Tier.LONG,
        importance=8.0 + 2.0 * abs(one.emotional_valence),
        emotional_valence=one.emotional_valence,
        about_character_id=character.pk,
        session_key=key,
        keywords=tuple(word[:80] for word in one.triggers),
    )


def visibility(valence: float) -> str:
    """Before whom it comes to mind: the sorer it is, the closer they stand."""
    if valence <= SOREST:
        return Memory.Visibility.INTIMATE.value
    return Memory.Visibility.PERSONAL.value if valence <= SORE else Memory.Visibility.BASIC.value
