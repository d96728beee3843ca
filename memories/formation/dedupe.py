"""What is known already: a memory that says the same grows stronger, and no second one is made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Least

from fishbowl.llm.offline.lexicon import NUMBERS
from memories.embedding.embedding import Vector
from memories.formation.contradictions import contradict
from memories.formation.echo import SAME, content_words, overlap
from memories.formation.patterns import KIN_PRONOUN, PETS
from memories.formation.reasons import is_reason, without_reason
from memories.models import Memory
from memories.recall import caches
from memories.writing import REPEATED, NewMemory

MOST = 400  # memories about one subject that are looked through
TALK = (Memory.Kind.CONVERSATION, Memory.Kind.GOSSIP)
_NAME = re.compile(r"(?<!^)(?<![.!?] )\b[A-ZÀ-Þ][\w'-]+")
_NUMBER = re.compile(r"\b\d[\d:.,]*\b")
_TELLING = KIN_PRONOUN.keys() | PETS | NUMBERS | {"one"}


@dataclass(frozen=True, slots=True)
class Known:
    """A memory that stands already. `likeness` is the cosine to what it was compared with."""

    id: int
    content: str
    confidence: float
    is_locked: bool
    likeness: float = 0.0


def say_the_same(
    one: str, other: str, *, subject: str = "", likeness: float = 0.0, same_meaning: float = 0.93
) -> bool:
    """Whether two statements about one subject say the same thing, by their words or, as a cosine
    tells, by their meaning. With other numbers, names or kin the same words say something else."""
    if contradict(one, other, subject):
        return False
    first, second = _particulars(one, subject), _particulars(other, subject)
    if first - second and second - first:
        return False
    if is_reason(one, other) or is_reason(other, one):  # 'her boat sank': not, she is low for it
        main, other_main = without_reason(one), without_reason(other)
        return main != one and other_main != other and overlap(main, other_main) >= SAME
    about = re.compile(rf"\b{re.escape(subject)}(?:'s)?\b") if subject else None
    plain, plain_other = (about.sub("", x) if about else x for x in (one, other))
    return overlap(plain, plain_other) >= SAME or likeness >= same_meaning


def _particulars(text: str, subject: str) -> frozenset[str]:
    names = {n.removesuffix("'s").lower() for n in _NAME.findall(text)}
    kin = {w for w in re.findall(r"[\w-]+", text.lower()) if w in _TELLING}
    return frozenset(names | set(_NUMBER.findall(text)) | kin) - content_words(subject)


def subjects(
    new: Sequence[NewMemory], vectors: Sequence[Vector | None]
) -> Mapping[int, list[Known]]:
    """For each new memory, by its place, what its owner knows about the same subject, nearest
    first. The lines of talk themselves don't count: a statement repeats its line by nature. Nor
    does what is known among adults alone, for what is heard where all may hear it."""
    found: dict[int, list[Known]] = {}
    with connection.cursor() as cursor:
        for at, (memory, vector) in enumerate(zip(new, vectors, strict=True)):
            if memory.about_person_id is None and memory.about_character_id is None:
                found[at] = []
                continue
            cursor.execute(
                """
                SELECT id, content, confidence, is_locked, CASE WHEN embedding_model_id = %(model)s
                  THEN coalesce(1 - (embedding <=> %(vector)s::halfvec), 0) ELSE 0 END AS likeness
                FROM memories_memory
                WHERE owner_id = %(owner)s AND kind <> ALL(%(talk)s) AND tier <> 'archived'
                  AND (NOT is_adult OR %(adult)s)
                  AND about_person_id IS NOT DISTINCT FROM %(person)s
                  AND about_character_id IS NOT DISTINCT FROM %(character)s
                ORDER BY likeness DESC, id LIMIT %(most)s
                """,
                {
                    "model": vector.model_id if vector is not None else None,
                    "vector": vector.to_text() if vector is not None else None,
                    "owner": memory.owner_id,
                    "talk": list(TALK),
                    "adult": memory.is_adult,
                    "person": memory.about_person_id,
                    "character": memory.about_character_id,
                    "most": MOST,
                },
            )
            found[at] = [Known(*row) for row in cursor.fetchall()]
    return found


def strengthen(ids: Sequence[int]) -> int:
    """What came up again is remembered better; a locked memory stays as it is."""
    again = Memory.objects.filter(pk__in=ids, is_locked=False)
    caches.touch(again.values_list("owner_id", flat=True))
    return again.update(
        strength=Least(F("strength") + REPEATED, Value(1.0)), access_count=F("access_count") + 1
    )
