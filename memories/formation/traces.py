"""What was said, as each who heard it remembers it: the line itself, word for word, until it fades.

One row a witness (docs/decisions/0006): who wasn't there has none to find, the database's row
policy covers talk like any other memory, and every character forgets at its own pace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Q
from pgvector.django import CosineDistance

from memories import sharing
from memories.embedding.embedding import Vector, embed_or_wait
from memories.formation.discretion import strictest
from memories.formation.echo import SAME, overlap, repeats
from memories.formation.stretch import Heard, Stretch
from memories.models import Memory
from memories.recall.names import known_names
from memories.recall.smalltalk import to_nobody
from memories.rules import in_force
from memories.unspaced import count_words
from memories.writing import NewMemory, Stored, store_embedded

FEWEST_WORDS = 3
NEAR = 0.93  # cosine from which an echo is what one knows already


def worth_keeping(text: str) -> bool:
    """Whether a line says anything: not a command, not a bare greeting or nod."""
    says = any(char.isalnum() for char in text)
    return says and count_words(text) >= FEWEST_WORDS and not text.lstrip().startswith(("/", "!"))


def quoted(content: str) -> tuple[str, str] | None:
    """Who said a line that was stored here, and the line; None where `content` is no such line."""
    speaker, said, words = content.partition(" said: “")
    return (speaker, words.removesuffix("”")) if said else None


@dataclass(frozen=True, slots=True)
class Traces:
    """Traces ready to be stored, each with its vector (None: embedded later), and what characters
    told one another in those lines."""

    memories: tuple[NewMemory, ...]
    vectors: tuple[Vector | None, ...]
    told: tuple[sharing.Told, ...] = ()


@transaction.atomic
def keep(made: Traces) -> list[Stored]:
    """Store traces, and record what was shared with them."""
    stored = store_embedded(made.memories, made.vectors)
    sharing.record(made.told, stored)
    return stored


def trace(
    stretch: Stretch,
    importance: Mapping[int, float] | None = None,
    visibility: Mapping[int, str] | None = None,
) -> list[Stored]:
    """Store each line of `stretch` for each who heard it. `importance` (1–10) and `visibility` go
    by number; a line without its own may be repeated to anybody, or, when it was said in private,
    to whoever is trusted.

    A line in which a character says again what it recalled is nothing new to it, nor to whoever
    knows it already; to others it is told, by trust (`memories.sharing`): hearsay, trusted less
    than what it repeats, and no memory at all where it was not for them.
    """
    kept = embedded_texts(stretch)
    vectors = dict(zip(kept, embed_or_wait(list(kept.values())), strict=True))
    return keep(prepare(stretch, vectors, importance or {}, visibility or {}))


def worth_tracing(stretch: Stretch) -> list[Heard]:
    """The lines of a stretch that leave a trace in anybody."""
    return [
        line
        for line in stretch.lines
        if not line.is_off_record and worth_keeping(line.text) and stretch.witnesses[line.number]
    ]


def embedded_texts(stretch: Stretch) -> dict[int, str]:
    """What the vectors of the lines that leave a trace are made of, by number: what they say, and
    not to whom."""
    names = known_names()
    return {line.number: to_nobody(line.text, names) for line in worth_tracing(stretch)}


def prepare(
    stretch: Stretch,
    vectors: Mapping[int, Vector | None],
    importance: Mapping[int, float],
    visibility: Mapping[int, str],
) -> Traces:
    """What `trace` stores, with the vectors of the lines at hand, by number."""
    kept, texts = worth_tracing(stretch), embedded_texts(stretch)
    recalled = Memory.objects.defer("search", "embedding").in_bulk(
        {pk for line in kept for pk in line.recalled}
    )
    memories: list[NewMemory] = []
    theirs: list[Vector | None] = []
    told: list[sharing.Told] = []
    for line in kept:
        vector = vectors.get(line.number)
        repeated = [
            recalled[pk]
            for pk in line.recalled
            if pk in recalled and repeats(recalled[pk].content, line.text)
        ]
        witnesses = stretch.witnesses[line.number]
        hearers = (
            sharing.hearers(line.character_id, witnesses, stretch.community_id)
            if repeated and line.character_id
            else {}
        )
        for owner in sorted(witnesses):
            if repeated and owner == line.character_id:
                continue
            knows = bool(repeated) and knows_already(
                owner, line.text, vector, stretch.community_id, is_adult=stretch.is_adult
            )
            offered: dict[int, sharing.Verdict] = {}
            if line.character_id and owner in hearers:
                offered = sharing.verdicts(
                    line.character_id,
                    repeated,
                    hearers[owner],
                    knows=knows,
                    community_id=stretch.community_id,
                )
            is_kept = not knows and all(one.may_hear for one in offered.values())
            told += [
                sharing.Told(
                    pk, owner, line.message_id, line.at, one, len(memories) if is_kept else None
                )
                for pk, one in offered.items()
            ]
            if not is_kept:
                continue
            level = strictest(
                visibility.get(line.number, Memory.Visibility.PUBLIC),
                Memory.Visibility.PERSONAL if stretch.is_private else Memory.Visibility.PUBLIC,
                *(memory.visibility for memory in repeated),
            )
            if owner == line.character_id and level == Memory.Visibility.FULL:
                level = Memory.Visibility.PRIVATE  # its own secret: it was confided once
            weight = importance.get(line.number, 4.0)
            trace = _memory(stretch, line, texts[line.number], owner, repeated, weight, level)
            memories.append(_as_told(trace, repeated, offered, hearers.get(owner)))
            theirs.append(vector)
    return Traces(tuple(memories), tuple(theirs), tuple(told))


def _as_told(
    trace: NewMemory,
    repeated: Sequence[Memory],
    offered: Mapping[int, sharing.Verdict],
    hearer: sharing.Hearer | None,
) -> NewMemory:
    """The trace of a line that repeats what its speaker recalled: trusted as the speaker is, and
    known from it where the memory was accepted."""
    if not repeated:
        return trace
    belief = hearer.belief if hearer else sharing.UNKNOWN
    trace = replace(
        trace,
        confidence=min(memory.confidence for memory in repeated)
        * sharing.discount(belief, trace.community_id),
    )
    if not any(one.is_accepted for one in offered.values()):
        return trace
    return replace(
        trace,
        provenance=Memory.Provenance.TOLD,
        importance=max(
            trace.importance,
            in_force(community=trace.community_id).told_importance * _heaviest(repeated),
        ),
    )


def _heaviest(repeated: Sequence[Memory]) -> float:
    return max(memory.importance for memory in repeated)


def _memory(
    stretch: Stretch,
    line: Heard,
    embedded_text: str,
    owner: int,
    repeated: Sequence[Memory],
    importance: float,
    visibility: str,
) -> NewMemory:
    day = f"{line.at:%A} {line.at.day} {line.at:%B %Y}"
    between = (owner, line.character_id or owner)
    is_hearsay = any(sharing.is_gossip(memory, *between) for memory in repeated)
    return NewMemory(
        owner_id=owner,
        kind=Memory.Kind.GOSSIP if is_hearsay else Memory.Kind.CONVERSATION,
        content=f"{line.speaker} said: “{line.text}”",
        embedded_text=embedded_text,
        found_by=f"{day} {line.seen}".strip(),
        occurred_at=line.at,
        importance=importance,
        visibility=visibility,
        about_person_id=next((m.about_person_id for m in repeated if m.about_person_id), None),
        about_character_id=next(
            (m.about_character_id for m in repeated if m.about_character_id), None
        ),
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


def knows_already(
    owner: int,
    text: str,
    vector: Vector | None,
    community_id: int | None,
    *,
    is_adult: bool = False,
) -> bool:
    """Whether `owner` remembers what a text says, by its words or by its meaning, where it may
    speak of it: in that community, and, with `is_adult`, among adults."""
    known = (
        Memory.objects.recallable()
        .filter(Q(community=None) | Q(community=community_id), owner=owner)
        .filter(is_adult__in=[False, is_adult])
    )
    if vector is None:
        said = known.values_list("content", flat=True)
        return any(overlap(content, text) >= SAME for content in said.iterator())
    nearest = (
        known.filter(embedding_model=vector.model_id)
        .annotate(distance=CosineDistance("embedding", vector))
        .order_by("distance")
    )
    return any(
        1 - distance >= NEAR or overlap(content, text) >= SAME
        for content, distance in nearest.values_list("content", "distance")[:10]
    )
