"""What is written about the world: documents and lorebooks that characters have read. Their pieces
are memories like any other, and a lorebook's entries also come up by their keys."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from fishbowl.llm.reply import estimate_tokens
from fishbowl.macros import with_names
from fishbowl.statements import Row
from memories.embedding.embedding import Vector, embed_or_wait
from memories.lore.lorebooks import Entry
from memories.lore.lorefiles import Reading
from memories.lore.lorekeys import Lines, Terms, hits
from memories.models import LoreChunk, LoreDocument, Memory
from memories.recall import caches
from memories.view import View
from memories.writing import NewMemory, content_hash, store_embedded

ALWAYS = 1_000_000  # the priority of constant entries
# Lore happened at no time of the talk: 'yesterday' must not mean a book that was read yesterday.
TIMELESS = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
_COLUMNS = (
    "keys",
    "secondary_keys",
    "is_selective",
    "is_constant",
    "is_case_sensitive",
    "is_enabled",
    "insertion_order",
)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a text. With nothing added, changed or removed, it was known as it stands."""

    document_id: int
    title: str
    added: int = 0
    kept: int = 0
    removed: int = 0
    is_unchanged: bool = False
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoreEntry:
    """An entry that came up: the id of its memory, and the keys that brought it (none: it always
    stands before the mind)."""

    id: int
    content: str
    keys: tuple[str, ...] = ()


# --- storing --------------------------------------------------------------------------------------


def ingest(
    reading: Reading, *, community_id: int | None = None, character_id: int | None = None
) -> Ingested:
    """Store a text, or what changed in it since it was ingested from the same source: pieces that
    say the same stay the rows they are. All or nothing. May call an embedding server first: not in
    a transaction. `community_id` None: every community; `character_id` None: every character."""
    scope = {"community_id": community_id, "character_id": character_id}
    document = LoreDocument.objects.filter(**scope, source=reading.source).first()
    if document is not None and _is_same(document, reading):
        kept = document.chunks.count()
        return Ingested(document.pk, reading.title, kept=kept, is_unchanged=True)
    known = set(
        LoreChunk.objects.filter(document=document).values_list("memory__content_hash", flat=True)
        if document
        else ()
    )
    fresh = {content_hash(one.content): one.content for one in reading.entries}
    wanted = [digest for digest in fresh if digest not in known]
    vectors = dict(zip(wanted, embed_or_wait([fresh[digest] for digest in wanted]), strict=True))
    return _store(reading, vectors, scope)


def _is_same(document: LoreDocument, reading: Reading) -> bool:
    return (document.content_hash, document.title) == (_digest(reading.content), reading.title)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def _store(
    reading: Reading, vectors: Mapping[str, Vector | None], scope: Mapping[str, int | None]
) -> Ingested:
    document, is_new = LoreDocument.objects.select_for_update().get_or_create(
        **scope,
        source=reading.source,
        defaults={
            "title": reading.title,
            "content": reading.content,
            "content_hash": _digest(reading.content),
        },
    )
    if not is_new:
        document.title, document.content = reading.title, reading.content
        document.content_hash = _digest(reading.content)
        document.save(update_fields=["title", "content", "content_hash", "updated_at"])
    standing: dict[str, list[LoreChunk]] = defaultdict(list)
    for chunk in document.chunks.select_related("memory").defer(
        "memory__embedding", "memory__search"
    ):
        standing[chunk.memory.content_hash].append(chunk)
    chunks: list[LoreChunk] = []
    for one in reading.entries:
        same = standing[content_hash(one.content)]
        chunks.append(_filled(same.pop(0) if same else LoreChunk(document=document), one))
    gone = [chunk for some in standing.values() for chunk in some]
    touched = {chunk.memory_id for chunk in gone}
    LoreChunk.objects.filter(pk__in=[chunk.pk for chunk in gone]).delete()
    kept = [chunk for chunk in chunks if chunk.pk]
    fresh = [
        (chunk, one) for chunk, one in zip(chunks, reading.entries, strict=True) if not chunk.pk
    ]
    _renumber(document, chunks)
    LoreChunk.objects.bulk_update(kept, ["number", *_COLUMNS, "extensions"], batch_size=500)
    stored = store_embedded(
        [_memory(one.content, is_adult=document.is_adult, **scope) for _, one in fresh],
        [vectors.get(content_hash(one.content)) for _, one in fresh],
    )
    for (chunk, _), memory in zip(fresh, stored, strict=True):
        chunk.memory_id = memory.id
    LoreChunk.objects.bulk_create([chunk for chunk, _ in fresh], batch_size=500)
    # It stands in its document: no night weakens, merges or archives it.
    Memory.objects.filter(
        pk__in=[one.id for one in stored if one.is_new], kind=Memory.Kind.LORE
    ).update(is_locked=True)
    _settle(touched | {chunk.memory_id for chunk in chunks})
    caches.touch([scope["character_id"]])
    return Ingested(
        document.pk,
        reading.title,
        added=len(fresh),
        kept=len(kept),
        removed=len(gone),
        passed_over=reading.passed_over,
    )


def _filled(chunk: LoreChunk, one: Entry) -> LoreChunk:
    for column in _COLUMNS:
        value = getattr(one, column)
        setattr(chunk, column, list(value) if isinstance(value, tuple) else value)
    chunk.extensions = dict(one.extensions)
    return chunk


def _renumber(document: LoreDocument, chunks: Sequence[LoreChunk]) -> None:
    """Number the chunks anew, out of the way of the numbers that kept ones still have."""
    if any(chunk.pk and chunk.number != n for n, chunk in enumerate(chunks, 1)):
        beyond = len(chunks) + max(chunk.number or 0 for chunk in chunks)
        for n, pk in enumerate(document.chunks.order_by("-number").values_list("pk", flat=True)):
            LoreChunk.objects.filter(pk=pk).update(number=beyond + n + 1)
    for n, chunk in enumerate(chunks, 1):
        chunk.number = n


def _memory(
    content: str, community_id: int | None, character_id: int | None, *, is_adult: bool
) -> NewMemory:
    return NewMemory(
        owner_id=character_id,
        kind=Memory.Kind.LORE,
        content=content,
        occurred_at=TIMELESS,
        provenance=Memory.Provenance.READ,
        visibility=Memory.Visibility.PUBLIC,
        tier=Memory.Tier.LONG,
        community_id=community_id,
        is_adult=is_adult,
    )


def set_adult(documents: Collection[int], is_adult: bool) -> int:
    """Let documents be known only in age-restricted channels, or everywhere. Returns how many
    changed. What another document says too, for everybody, stays known to all."""
    with transaction.atomic():
        rows = LoreDocument.objects.filter(pk__in=documents, is_adult=not is_adult)
        changed = list(rows.select_for_update().values_list("pk", "character_id"))
        keys = [pk for pk, _ in changed]
        LoreDocument.objects.filter(pk__in=keys).update(
            is_adult=is_adult, updated_at=timezone.now()
        )
        said = Memory.objects.filter(chunks__document__in=keys)
        if is_adult:
            said = said.exclude(chunks__document__is_adult=False)
        Memory.objects.filter(pk__in=said.values("pk")).update(is_adult=is_adult)
        caches.touch(owner for _, owner in changed)
    return len(changed)


def set_enabled(documents: Collection[int], is_enabled: bool) -> int:
    """Let documents be known, or keep them from everybody until they are enabled again. Returns how
    many changed."""
    with transaction.atomic():
        rows = LoreDocument.objects.filter(pk__in=documents, is_enabled=not is_enabled)
        changed = list(rows.select_for_update().values_list("pk", "character_id"))
        keys = [pk for pk, _ in changed]
        LoreDocument.objects.filter(pk__in=keys).update(
            is_enabled=is_enabled, updated_at=timezone.now()
        )
        _settle(LoreChunk.objects.filter(document__in=keys).values_list("memory_id", flat=True))
        caches.touch(owner for _, owner in changed)
    return len(changed)


def save_chunk(chunk: LoreChunk) -> None:
    """Save a keeper's change of when a piece comes up, or whether it does."""
    with transaction.atomic():
        chunk.save()
        _settle([chunk.memory_id])
        caches.touch([chunk.document.character_id])


def remove(documents: Collection[int]) -> int:
    """Take documents away, with what nothing else says of their pieces. Returns how many."""
    with transaction.atomic():
        rows = list(
            LoreDocument.objects.select_for_update()
            .filter(pk__in=documents)
            .values_list("pk", "character_id")
        )
        keys = [pk for pk, _ in rows]
        memories = set(
            LoreChunk.objects.filter(document__in=keys).values_list("memory_id", flat=True)
        )
        LoreDocument.objects.filter(pk__in=keys).delete()
        _settle(memories)
        caches.touch(owner for _, owner in rows)
    return len(rows)


def _settle(memory_ids: Iterable[int]) -> None:
    """Bring memories of lore in line with the pieces that they are: none left, and it goes; none
    enabled, and it isn't recalled; found by the titles and headings that they stand under."""
    wanted = set(memory_ids)
    pieces: dict[int, list[LoreChunk]] = defaultdict(list)
    for chunk in (
        LoreChunk.objects.filter(memory__in=wanted)
        .select_related("document")
        .defer("document__content")
        .order_by("document_id", "number")
    ):
        pieces[chunk.memory_id].append(chunk)
    memories = Memory.objects.filter(pk__in=wanted, kind=Memory.Kind.LORE)
    memories.exclude(pk__in=pieces).delete()
    changed: list[Memory] = []
    for memory in memories.only("found_by", "tier", "updated_at"):
        some = pieces[memory.pk]
        found_by = "\n".join(dict.fromkeys(_found_by(chunk) for chunk in some))
        is_known = any(chunk.is_enabled and chunk.document.is_enabled for chunk in some)
        tier = Memory.Tier.LONG if is_known else Memory.Tier.ARCHIVED
        if (memory.found_by, memory.tier) != (found_by, tier):
            memory.found_by, memory.tier, memory.updated_at = found_by, tier, timezone.now()
            changed.append(memory)
    Memory.objects.bulk_update(changed, ["found_by", "tier", "updated_at"], batch_size=500)


def _found_by(chunk: LoreChunk) -> str:
    """The title, the headings or the entry's name, and the keys that are words."""
    own: Mapping[str, Any] = chunk.extensions
    names = [one for one in (own.get("comment"), own.get("name")) if isinstance(one, str)]
    path = [str(one) for one in own.get("path", [])] if isinstance(own.get("path"), list) else []
    words = [key for key in chunk.keys if not key.startswith("/")]
    parts = dict.fromkeys(part for part in (chunk.document.title, *path, *names, *words) if part)
    return " › ".join(parts)


# --- what comes up --------------------------------------------------------------------------------

_CANDIDATES = """
    SELECT c.memory_id, c.keys, c.secondary_keys, c.is_selective, c.is_constant,
           c.is_case_sensitive, c.extensions
    FROM memories_lorechunk c JOIN memories_memory m ON m.id = c.memory_id
    WHERE c.is_enabled AND (c.keys <> '{}' OR c.is_constant) AND m.tier <> 'archived'
    ORDER BY c.insertion_order, c.document_id, c.number
"""
_CONTENTS = "SELECT id, content FROM memories_memory WHERE id = ANY (%(ids)s::bigint[])"


def triggered(
    view: View,
    texts: Sequence[str],
    *,
    limit: int = 6,
    tokens: int = 400,
    char: str = "",
    user: str = "",
) -> list[LoreEntry]:
    """The entries that the last lines bring up, and those that always stand before the mind, in
    their own order. Where there is no room for all, those of lower priority go first, and of equal
    ones the later. `texts` are the lines, oldest first; `char` and `user` are the names that their
    macros stand for. The rules in force (`lore_entries`, `lore_tokens`) can't be read under a view:
    who opens it hands them in."""
    candidates: list[Row] = view.planned(_CANDIDATES)
    lines = Lines(texts)
    found: list[tuple[int, int, tuple[str, ...]]] = []  # priority, memory, keys
    for memory, keys, secondary, is_selective, is_constant, is_case, extensions in candidates:
        terms = _terms(extensions)
        hit = hits(
            lines,
            keys,
            secondary,
            is_selective=is_selective,
            is_case_sensitive=is_case,
            terms=terms,
            char=char,
            user=user,
        )
        if hit or is_constant:
            found.append((_priority(terms, is_constant), memory, hit))
    return _within(view, found, limit, tokens, char, user)


@lru_cache(maxsize=8192)
def _terms(extensions: str) -> Terms:
    """Those of a JSON column, which a view hands out as text."""
    value = json.loads(extensions)
    return Terms.of(value if isinstance(value, dict) else {})


def _priority(terms: Terms, is_constant: bool) -> int:
    """How firmly an entry stands when there is no room for all."""
    if terms.is_spared:
        return -ALWAYS
    if is_constant:
        return ALWAYS
    return terms.priority if abs(terms.priority) < ALWAYS else 0


def _within(
    view: View,
    found: Sequence[tuple[int, int, tuple[str, ...]]],
    limit: int,
    tokens: int,
    char: str,
    user: str,
) -> list[LoreEntry]:
    """As many of what was found as there is room for, each once, in the order they came in."""
    ids = list({memory for _, memory, _ in found})
    contents: dict[int, str] = dict(view.planned(_CONTENTS, ids=ids))
    chosen: dict[int, tuple[int, LoreEntry]] = {}
    for place, (_, memory, keys) in sorted(enumerate(found), key=lambda one: -one[1][0]):
        if memory in chosen or len(chosen) >= limit:
            continue
        content = with_names(contents[memory], char, user).strip()
        size = estimate_tokens(content)
        if content and size <= tokens:
            tokens -= size
            chosen[memory] = place, LoreEntry(memory, content, keys)
    return [entry for _, entry in sorted(chosen.values(), key=lambda one: one[0])]
