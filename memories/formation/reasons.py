"""What a statement gives as its reason: 'Ada is low because her boat sank'. Pure."""

from __future__ import annotations

import re

from memories.formation.echo import content_words, coverage

GIVEN = 0.6  # share of a memory's words that a reason must hold to be what it tells
TOLD_OF = 0.8  # or of the reason's words, two at least, that the memory holds
_REASON = re.compile(r"\b(?:because|due to|thanks to)\b(?P<why>.+)", re.IGNORECASE | re.DOTALL)


def without_reason(said: str) -> str:
    """A statement up to the reason it gives."""
    return _REASON.sub("", said).rstrip(" ,")


def is_reason(known: str, said: str) -> bool:
    """Whether one statement is what the other gives as its reason."""
    given = _REASON.search(said)
    if given is None:
        return False
    why = given["why"]
    is_told = len(content_words(why)) >= 2 and coverage(why, known) >= TOLD_OF
    return is_told or coverage(known, why) >= GIVEN
