"""What came to a speaker's mind in a turn, and why, for those who may read it. Only reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.models import Turn, TurnMemory
from memories import knowledge
from memories.models import Memory

# What speaks for a memory adds up, in this order; what it is worth then multiplies that.
EVIDENCE = {
    "text": "the same words",
    "vector": "the same meaning",
    "neighbours": "what was said around it",
    "talk": "the same talk",
    "speaker": "who said it is named",
    "about": "whom it is about is named",
    "entity": "who or what it names is meant",
    "time": "the time that is meant",
    "phrase": "the very phrase",
    "lore": "a keyword of lore",
    "linked": "it hangs together with what came to mind",
}
WORTH = {
    "telling": "opens a subject, or tells when it was",
    "recency": "how long ago",
    "importance": "how important",
    "strength": "how strong",
    "provenance": "how trusted",
    "damped": "in everybody's mouth",
}
KNOWN_FROM = {
    Memory.Provenance.OWN: "its own life or thought",
    Memory.Provenance.WITNESSED: "it was there",
    Memory.Provenance.TOLD: "it was told",
    Memory.Provenance.DERIVED: "it concluded it",
    Memory.Provenance.READ: "it read it in the lore of this world",
}


@dataclass(frozen=True, slots=True)
class Thought:
    """A memory that came to mind. `width` is percent of the best's score; `reasons` and `worth`
    are words with what they added, or multiplied with."""

    memory_id: int
    rank: int
    content: str
    score: float
    width: float
    known_from: str
    is_public: bool
    is_theirs: bool
    reasons: tuple[tuple[str, float], ...]
    worth: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Mind:
    """All that came to mind, as far as it may be shown, and how much besides."""

    thoughts: tuple[Thought, ...] = ()
    hidden: int = 0


def came_to_mind(turn: Turn, *, is_staff: bool, reader: int | None = None) -> Mind:
    """What came to mind in a turn. Visitors read what anybody might hear, as its owner keeps it
    now, and only how many others there were; a person, `reader`, also what they told and what is
    known of them, if it rests on nothing that others told. Asks the database once, for a person
    twice."""
    rows = list(
        TurnMemory.objects.filter(turn=turn)
        .order_by("rank", "pk")
        .values_list(
            "rank", "score", "parts", "memory", "memory__content", "memory__provenance",
            "memory__visibility", "memory__told_by_character__name",
        )
    )  # fmt: skip
    theirs: set[int] = set()
    if reader is not None:
        read = knowledge.theirs(reader).filter(pk__in=[row[3] for row in rows])
        theirs = set(read.values_list("pk", flat=True))
    top = max((score for _, score, *_ in rows), default=0.0)
    thoughts = tuple(
        Thought(
            memory_id=key,
            rank=rank,
            content=content,
            score=score,
            width=max(0.0, 100 * score / top) if top > 0 else 0.0,
            known_from=_known_from(provenance, teller),
            is_public=visibility == Memory.Visibility.PUBLIC,
            is_theirs=key in theirs,
            reasons=_parts(parts, EVIDENCE, 0.0),
            worth=_parts(parts, WORTH, 1.0),
        )
        for rank, score, parts, key, content, provenance, visibility, teller in rows
    )
    shown = tuple(one for one in thoughts if is_staff or one.is_public or one.is_theirs)
    return Mind(shown, len(thoughts) - len(shown))


def _known_from(provenance: str, teller: str | None) -> str:
    if provenance == Memory.Provenance.TOLD and teller:
        return f"{teller} told it"
    return KNOWN_FROM.get(Memory.Provenance(provenance), provenance)


def _parts(
    parts: Mapping[str, Any], names: Mapping[str, str], neutral: float
) -> tuple[tuple[str, float], ...]:
    """Those parts of a score that made a difference."""
    return tuple(
        (words, parts[name])
        for name, words in names.items()
        if isinstance(parts.get(name), int | float) and abs(parts[name] - neutral) >= 0.005
    )
