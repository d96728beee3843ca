"""When somebody mends or takes back what they said, what was remembered of it follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from characters.models import Character, Person
from memories import erasure
from memories.embedding import texts, waiting
from memories.embedding.embedding import Vector, embed_or_wait
from memories.formation import opinions, shared
from memories.formation.dedupe import TALK
from memories.formation.discretion import of_text, strictest
from memories.formation.stretch import Heard, Stretch
from memories.models import (
    Derivation,
    Memory,
    PersonFact,
    ScratchpadEntry,
)
from memories.recall import caches
from memories.reflection import erasing as thoughts
from memories.writing import content_hash, meant


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of it, in rows."""

    rewritten: int = 0
    erased: int = 0
    facts: int = 0
    notes: int = 0
    stretch: Stretch | None = field(default=None, compare=False)


# What was made from a message, and from that, and so on.
_DERIVED = """
    WITH RECURSIVE made AS (
      SELECT id FROM memories_memory WHERE source_message_id = %(message)s
      UNION SELECT memory_id FROM memories_derivation WHERE from_message_id = %(message)s
      UNION SELECT d.memory_id FROM memories_derivation d JOIN made ON made.id = d.from_memory_id
    ) SELECT id FROM made
"""


def made_of(message_id: int) -> set[int]:
    """The memories that were made from a message, and from those, and so on."""
    with connection.cursor() as cursor:
        cursor.execute(_DERIVED, {"message": message_id})
        return {pk for (pk,) in cursor.fetchall()}


def change(message_id: int, new_text: str | None) -> Changed:
    """Rewrite or erase what was remembered of a message; what to call is `message_changed` of
    `memories.formation.formation`. `Changed.stretch` is the line as it now reads."""
    vector = embed_or_wait([new_text])[0] if new_text else None
    with transaction.atomic():
        return _change(message_id, new_text, vector)


def _change(message_id: int, new_text: str | None, vector: Vector | None) -> Changed:
    made: set[int] = set()
    while fresh := made_of(message_id) - made:  # what was being made as we waited, comes along
        erasure.hold_all(fresh)
        made |= fresh
    held = list(Memory.objects.filter(pk__in=made).order_by("pk").defer("search", "embedding"))
    lines = [m for m in held if m.source_message_id == message_id and m.kind in TALK]
    kept = _said_elsewhere(held, message_id)
    Derivation.objects.filter(memory__in=kept, from_message=message_id).delete()
    for memory in kept:
        if memory.source_message_id == message_id:
            other = memory.sources.filter(from_message__isnull=False).order_by("pk").first()
            memory.source_message_id = other.from_message_id if other else None
            memory.save(update_fields=["source_message", "updated_at"])
    again = lines if new_text else []
    spared = {m.pk for m in [*kept, *again]}
    gone = frozenset(m.pk for m in held if m.pk not in spared)
    # Pages and insights that quote the line as it was go; the line itself reads otherwise.
    counts: Counter[str] = Counter()
    thoughts.forget([m.pk for m in again], [message_id], erasure.NOBODY, counts)
    facts = _erase_facts(message_id)
    notes, _ = ScratchpadEntry.objects.filter(messages__contains=[message_id]).delete()
    reach = erasure.Reach(erasure.NOBODY, frozenset(), gone)
    erased = erasure.forget(reach, {})["memories.Memory"] + counts["memories.Memory"]
    again = [m for m in again if Memory.objects.filter(pk=m.pk).exists()]
    stretch = _line_again(again, message_id, new_text) if new_text and again else None
    rewritten = sum(_rewrite_line(m, new_text, vector) for m in again) if new_text else 0
    waiting.forget([message_id], made)
    opinions.unlearn([message_id])
    shared.unlearn([message_id])
    caches.touch({m.owner_id for m in held})
    return Changed(rewritten, erased, facts, notes, stretch)


def _said_elsewhere(held: Sequence[Memory], message_id: int) -> list[Memory]:
    """Statements that rest on another message as well, in the very same words."""
    elsewhere = set(
        Derivation.objects.filter(
            memory__in=[m.pk for m in held], from_message__isnull=False
        )
        .exclude(from_message=message_id)
        .values_list("memory_id", flat=True)
    )  # fmt: skip
    return [
        m
        for m in held
        if m.pk in elsewhere and m.kind not in TALK and m.session_key.endswith(":told")
    ]


def _line_again(lines: Sequence[Memory], message_id: int, text: str) -> Stretch:
    """The line as it now reads, for those who remember it."""
    one = lines[0]
    by = next((m.told_by_character_id for m in lines if m.told_by_character_id), None)
    if by is None and one.told_by_person_id is None:
        by = one.owner_id  # only its speaker remembers it
    speaker = (
        Person.objects.filter(pk=one.told_by_person_id)
        if one.told_by_person_id
        else Character.objects.filter(pk=by or 0)
    )
    zone = speaker.values_list("timezone", flat=True).first()
    line = Heard(
        message_id=message_id,
        number=one.sequence,
        speaker=one.content.partition(" said: “")[0],
        text=text,
        at=one.occurred_at.astimezone(ZoneInfo(zone or "UTC")),
        character_id=by,
        person_id=one.told_by_person_id,
    )
    return Stretch(
        conversation_id=one.source_conversation_id,
        community_id=one.community_id,
        session_key=one.session_key,
        lines=(line,),
        witnesses={line.number: frozenset(m.owner_id for m in lines if m.owner_id)},
        is_private=one.visibility != Memory.Visibility.PUBLIC,
        is_adult=one.is_adult,
    )


def _rewrite_line(memory: Memory, text: str, vector: Vector | None) -> bool:
    """Have a line read as it does now. It may be for fewer ears than it was, and never for more."""
    speaker = memory.content.partition(" said: “")[0]
    level = strictest(memory.visibility, of_text(text))
    is_own = memory.told_by_person_id is None and memory.told_by_character_id is None
    if is_own and level == Memory.Visibility.FULL:
        level = Memory.Visibility.PRIVATE  # as where a line is stored first
    memory.visibility = level
    memory.save(update_fields=["visibility"])
    return rewrite(memory, f"{speaker} said: “{text}”", vector)


def rewrite(memory: Memory, content: str, vector: Vector | None, embedded_text: str = "") -> bool:
    """Give a memory other words, within a transaction that holds it. Where its owner has those
    words in another memory already, that one stands for both. Returns whether it still stands."""
    digest = content_hash(content)
    twins = Memory.objects.filter(
        owner=memory.owner_id, community=memory.community_id, content_hash=digest
    ).exclude(pk=memory.pk)
    if any(meant(twin) == meant(memory) for twin in twins.defer("search", "embedding")):
        erasure.forget(erasure.Reach(erasure.NOBODY, frozenset(), frozenset([memory.pk])), {})
        return False
    memory.content, memory.content_hash = content, digest
    memory.embedding = vector
    memory.embedding_model_id = vector.model_id if vector is not None else None
    memory.metadata = {k: v for k, v in memory.metadata.items() if k != "embedded_text"}
    if embedded_text and embedded_text != texts.of_memory(memory.kind, content):
        memory.metadata["embedded_text"] = embedded_text
    memory.save(
        update_fields=[
            "content", "content_hash", "embedding", "embedding_model", "metadata", "updated_at",
        ]
    )  # fmt: skip
    caches.touch([memory.owner_id])
    return True


def _erase_facts(message_id: int) -> int:
    """Delete the facts learned from a message; those that they had replaced hold again."""
    learned = list(
        PersonFact.objects.filter(extracted_from_message=message_id).values_list("pk", flat=True)
    )
    PersonFact.objects.filter(superseded_by__in=learned).update(is_active=True, superseded_by=None)
    _, counts = PersonFact.objects.filter(pk__in=learned).delete()
    return counts.get("memories.PersonFact", 0)
