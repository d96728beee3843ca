"""Working memory: what characters note while a conversation runs, what of it all present read, and
what outlives the talk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from memories.embedding.embedding import embed_or_wait
from memories.formation.discretion import of_text, strictest
from memories.formation.echo import SAME, content_words, overlap
from memories.formation.findings import Note
from memories.formation.stretch import Heard, Stretch
from memories.models import Memory, ScratchpadEntry
from memories.models.scratchpad import ScratchpadPart
from memories.rules import MemoryRules, in_force
from memories.view import View
from memories.writing import NewMemory, store_embedded

EVIDENCE, REASONING, COVERAGE = 0.4, 0.4, 0.2
REPORTING = frozenset({"asked", "sounded", "laughed", "answered", "nobody", "yet", "talk"})
BEST = 6  # lines of a blackboard
KINDS = {
    ScratchpadPart.OBSERVATION: Memory.Kind.EXPERIENCE,
    ScratchpadPart.REASONING: Memory.Kind.INSIGHT,
    ScratchpadPart.EXAMPLE: Memory.Kind.INSIGHT,
    ScratchpadPart.TRAJECTORY: Memory.Kind.SUMMARY,
}


def quality(note: Note, lines: Mapping[int, Heard]) -> float:
    """How good a note is: how many lines it rests on (two are plenty), how sure its reasoning is,
    and how much of its words those lines cover. Pure."""
    said = [lines[n] for n in note.lines if n in lines]
    words = content_words(note.content) - REPORTING
    covered = content_words(" ".join(f"{line.speaker} {line.text}" for line in said))
    coverage = len(words & covered) / len(words) if words else 0.0
    evidence = min(1.0, len(said) / 2)
    return round(EVIDENCE * evidence + REASONING * note.confidence + COVERAGE * coverage, 4)


def write(notes: Sequence[Note], stretch: Stretch, rules: MemoryRules) -> int:
    """Keep notes on a stretch, within the caller's transaction. One for all to read is written
    once, by the first character that heard it; any other by each who heard all it rests on. The
    newest word on where the talk is going takes the place of the one before. Returns how many."""
    if stretch.conversation_id is None or not stretch.lines:
        return 0
    lines = {line.number: line for line in stretch.lines}
    now = stretch.lines[-1].at
    rows = []
    for note in notes:
        numbers = [n for n in note.lines if n in lines]
        if not numbers or note.part not in ScratchpadPart.values or not note.content.strip():
            continue
        heard_by = frozenset.intersection(*(stretch.witnesses[n] for n in numbers))
        rows += [
            ScratchpadEntry(
                conversation_id=stretch.conversation_id,
                character_id=character,
                part=note.part,
                content=note.content.strip()[:500],
                message_id=lines[numbers[-1]].message_id,
                messages=[pk for n in numbers if (pk := lines[n].message_id) is not None],
                is_public=note.is_public,
                confidence=note.confidence,
                quality=quality(note, lines),
                created_at=now,
                expires_at=now + dt.timedelta(hours=rules.scratchpad_hours),
            )
            for character in sorted(heard_by)[: 1 if note.is_public else None]
        ]
    rows = _once(rows)
    if any(row.part == ScratchpadPart.TRAJECTORY for row in rows):
        ScratchpadEntry.objects.filter(
            conversation=stretch.conversation_id,
            part=ScratchpadPart.TRAJECTORY,
            promoted_to__isnull=True,
            expires_at__gt=now,
        ).update(expires_at=now)
    return len(
        ScratchpadEntry.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["conversation", "character", "part", "content"],
            update_fields=[
                "message",
                "messages",
                "quality",
                "confidence",
                "created_at",
                "expires_at",
            ],
        )
    )


def _once(rows: Sequence[ScratchpadEntry]) -> list[ScratchpadEntry]:
    """Of one character's notes in the same words, the last, which rests on what all of them do and
    is for everybody only where each of them is."""
    kept: dict[tuple[int, str, str], ScratchpadEntry] = {}
    for row in rows:
        key = (row.character_id, row.part, row.content)
        if before := kept.get(key):
            row.messages = list(dict.fromkeys([*before.messages, *row.messages]))
            row.is_public = before.is_public and row.is_public
            row.confidence = max(before.confidence, row.confidence)
            row.quality = max(before.quality, row.quality)
        kept[key] = row
    return list(kept.values())


_BLACKBOARD = f"""
    SELECT content FROM (
      SELECT DISTINCT ON (content) content, created_at, quality FROM memories_scratchpadentry
      WHERE conversation_id = %(conversation)s AND expires_at > %(now)s
      ORDER BY content, created_at DESC, quality DESC
    ) entry ORDER BY created_at DESC, quality DESC, content LIMIT {BEST}
"""  # noqa: S608 - a constant


def blackboard(view: View, conversation_id: int, now: dt.datetime) -> list[str]:
    """What stands noted of a conversation, for whoever the view is opened for: its own notes and
    everybody's public ones, in short lines, the oldest first."""
    noted = view.planned(_BLACKBOARD, conversation=conversation_id, now=now)
    return [content for (content,) in reversed(noted)]


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of the notes of a conversation that ended."""

    promoted: int = 0
    expired: int = 0


def close(conversation_id: int, community_id: int | None, now: dt.datetime) -> Closed:
    """When a conversation is over, its best notes become memories and the others expire. Doing it
    again does nothing. May call an embedding server: not in a transaction."""
    standing = ScratchpadEntry.objects.filter(
        conversation=conversation_id, promoted_to__isnull=True, expires_at__gt=now
    )
    least = in_force(community=community_id).promote_from
    entries = _best(list(standing.filter(quality__gte=least).order_by("-quality", "pk")))
    vectors = embed_or_wait([entry.content for entry in entries])
    with transaction.atomic():
        held = set(
            standing.select_for_update(of=("self",))
            .filter(pk__in=[e.pk for e in entries])
            .values_list("pk", flat=True)
        )
        kept = [(e, v) for e, v in zip(entries, vectors, strict=True) if e.pk in held]
        stored = store_embedded(
            [_memory(entry, community_id, _level(entry)) for entry, _ in kept],
            [vector for _, vector in kept],
        )
        for (entry, _), memory in zip(kept, stored, strict=True):
            ScratchpadEntry.objects.filter(pk=entry.pk).update(
                promoted_to=memory.id, expires_at=now
            )
        expired = standing.update(expires_at=now)
    return Closed(len(kept), expired)


def _best(entries: Sequence[ScratchpadEntry]) -> list[ScratchpadEntry]:
    """Of each character's notes that say the same, the best alone."""
    best: list[ScratchpadEntry] = []
    for entry in entries:
        if not any(
            entry.character_id == one.character_id and overlap(entry.content, one.content) >= SAME
            for one in best
        ):
            best.append(entry)
    return best


def _level(entry: ScratchpadEntry) -> str:
    """How far a note may be carried: no farther than what its owner remembers of what was said."""
    own = Memory.Visibility.PUBLIC if entry.is_public else Memory.Visibility.PERSONAL
    said = Memory.objects.filter(owner=entry.character_id, source_message__in=entry.messages)
    return strictest(own, of_text(entry.content), *said.values_list("visibility", flat=True))


def _memory(entry: ScratchpadEntry, community_id: int | None, level: str) -> NewMemory:
    return NewMemory(
        owner_id=entry.character_id,
        kind=KINDS[ScratchpadPart(entry.part)],
        content=entry.content,
        occurred_at=entry.created_at,
        provenance=Memory.Provenance.DERIVED,
        visibility=level,
        importance=5.0,
        confidence=entry.confidence,
        community_id=community_id,
        source_conversation_id=entry.conversation_id,
        source_message_id=entry.message_id,
        session_key=f"conversation:{entry.conversation_id}:notes",
        from_messages=tuple(entry.messages),
    )


def forget_expired(now: dt.datetime) -> int:
    """Delete the notes that expired a day ago. Returns how many."""
    count, _ = ScratchpadEntry.objects.filter(expires_at__lt=now - dt.timedelta(days=1)).delete()
    return count
