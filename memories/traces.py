"""What was said, as each who heard it remembers it: the line itself, word for word, until it fades.

One row a witness (docs/decisions/0006): who wasn't there has none to find, the database's row
policy covers talk like any other memory, and every character forgets at its own pace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection
from pgvector import HalfVector

from memories.echo import ECHO, SAME, coverage, overlap
from memories.embedding import active_model_id, embed
from memories.models import Memory
from memories.stretch import Heard, Stretch
from memories.writing import NewMemory, Stored, store_embedded

FEWEST_WORDS = 3
HEARSAY = 0.8  # what is told again is trusted this much of what it was
NEAR = 0.93  # cosine from which an echo is what one knows already


def worth_keeping(text: str) -> bool:
    """Whether a line says anything: not a command, not a bare greeting or nod."""
    return len(text.split()) >= FEWEST_WORDS and not text.lstrip().startswith(("/", "!"))


def trace(stretch: Stretch, importance: Mapping[int, float] | None = None) -> list[Stored]:
    """Store each line of `stretch` for each who heard it. `importance` (1–10) goes by number.

    A line in which a character says again what it recalled is nothing new to it, nor to whoever
    knows it already; to others it is hearsay, trusted less than what it repeats.
    """
    kept = [
        line
        for line in stretch.lines
        if not line.is_off_record and worth_keeping(line.text) and stretch.witnesses[line.number]
    ]
    if not kept:
        return []
    vectors = dict(zip((x.number for x in kept), embed([x.text for x in kept]), strict=True))
    recalled = Memory.objects.in_bulk({pk for line in kept for pk in line.recalled})
    memories, theirs = [], []
    for line in kept:
        repeated = [
            recalled[pk]
            for pk in line.recalled
            if pk in recalled and coverage(recalled[pk].content, line.text) >= ECHO
        ]
        for owner in sorted(stretch.witnesses[line.number]):
            if repeated and (
                owner == line.character_id or _knows(owner, line, vectors[line.number])
            ):
                continue
            memories.append(
                _memory(stretch, line, owner, repeated, (importance or {}).get(line.number, 4.0))
            )
            theirs.append(vectors[line.number])
    return store_embedded(memories, theirs)


def _memory(
    stretch: Stretch, line: Heard, owner: int, repeated: Sequence[Memory], importance: float
) -> NewMemory:
    day = f"{line.at:%A} {line.at.day} {line.at:%B %Y}"
    is_hearsay = any(
        memory.about_person_id or memory.told_by_character_id or memory.told_by_person_id
        for memory in repeated
    )
    return NewMemory(
        owner_id=owner,
        kind=Memory.Kind.GOSSIP if is_hearsay else Memory.Kind.CONVERSATION,
        content=f"{line.speaker} said: “{line.text}”",
        embedded_text=line.text,
        found_by=f"{day} {line.seen}".strip(),
        occurred_at=line.at,
        importance=importance,
        confidence=HEARSAY * min((m.confidence for m in repeated), default=1.0)
        if repeated
        else 1.0,
        visibility=(Memory.Visibility.PERSONAL if stretch.is_private else Memory.Visibility.PUBLIC),
        community_id=stretch.community_id,
        source_conversation_id=stretch.conversation_id,
        source_message_id=line.message_id,
        told_by_character_id=line.character_id if line.character_id != owner else None,
        told_by_person_id=line.person_id,
        session_key=stretch.session_key,
        sequence=line.number,
        metadata={"seen": line.seen} if line.seen else {},
        from_memories=tuple(memory.pk for memory in repeated),
    )


def _knows(owner: int, line: Heard, vector: HalfVector) -> bool:
    """Whether `owner` remembers what an echoing line says: by its words, or by its meaning."""
    literal = vector.to_text()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT content, 1 - (embedding <=> %s::halfvec) FROM memories_memory
            WHERE owner_id = %s AND embedding_model_id = %s
            ORDER BY embedding <=> %s::halfvec LIMIT 10
            """,
            [literal, owner, active_model_id(), literal],
        )
        return any(
            near >= NEAR or overlap(content, line.text) >= SAME
            for content, near in cursor.fetchall()
        )
