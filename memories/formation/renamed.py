"""What was said of somebody while they went by another name, under the one they go by now: what
speaks against it is told by how it begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from memories.models import Entity


def as_called_now(contents: Sequence[str], subject: str, person_id: int | None) -> list[str]:
    """These statements about a person, each beginning with `subject` where it begins with another
    name that they have gone by."""
    if person_id is None or all(_begins(content, subject) for content in contents):
        return list(contents)
    known = Entity.objects.filter(person=person_id).values_list("name", "aliases__alias")
    names = sorted({name for row in known for name in row if name}, key=len, reverse=True)
    return [_under(subject, content, names) for content in contents]


def _under(subject: str, content: str, names: Sequence[str]) -> str:
    if _begins(content, subject):
        return content
    name = next((name for name in names if _begins(content, name)), None)
    return content if name is None else f"{subject}{content[len(name) :]}"


def _begins(content: str, name: str) -> bool:
    return re.match(rf"{re.escape(name)}(?!\w)", content, re.IGNORECASE) is not None
