"""Which pronoun people use of those who speak: read of a character's persona, and for a person kept
with their entity. '' where nobody knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from characters.models import Persona
from memories.formation.stretch import Heard
from memories.models import Entity


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
    for key, identity in Persona.objects.filter(character__in=characters).values_list(
        "character_id", "identity"
    ):
        found[characters[key]] = of_text(identity)
    for person, pronoun in Entity.objects.filter(person__in=people).values_list(
        "person_id", "pronoun"
    ):
        if person is not None and pronoun:
            found[people[person]] = pronoun
    return found
