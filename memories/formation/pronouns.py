"""Which pronoun people use of those who speak: read of a character's persona, and for a person kept
with their entity. '' where nobody knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from fishbowl.statements import together
from memories.formation.stretch import Heard


@lru_cache(maxsize=1_000)
def of_text(text: str) -> str:
    """The pronoun by which a text speaks of its subject, where one prevails. Pure."""
    she, he = (len(re.findall(rf"\b{word}\b", text, re.IGNORECASE)) for word in ("she", "he"))
    if max(she, he) >= 1 and max(she, he) > 2 * min(she, he):
        return "she" if she > he else "he"
    return ""


def pronouns_of(lines: Sequence[Heard]) -> dict[str, str]:
    """The pronouns of the speakers of these lines, by name."""
    characters = {line.character_id: line.speaker for line in lines if line.character_id}
    people = {line.person_id: line.speaker for line in lines if line.person_id}
    found: dict[str, str] = {}
    identities, pronouns = together(
        (_IDENTITIES, {"characters": list(characters)}), (_PRONOUNS, {"people": list(people)})
    )
    for key, identity in identities:
        found[characters[key]] = of_text(identity)
    for person, pronoun in pronouns:
        found[people[person]] = pronoun
    return found


_IDENTITIES = """
    SELECT character_id, identity FROM characters_persona
    WHERE character_id = ANY(%(characters)s::bigint[]) ORDER BY id
"""
_PRONOUNS = """
    SELECT person_id, pronoun FROM memories_entity
    WHERE person_id = ANY(%(people)s::bigint[]) AND pronoun <> '' ORDER BY id
"""
