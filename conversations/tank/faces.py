"""How those who talk are shown: name, initials, hue and picture. Pure functions of their rows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from characters.models import Character, Person

HUES = 24


@dataclass(frozen=True, slots=True)
class Face:
    """What stands beside somebody's words. Only characters have a `slug`."""

    name: str
    initials: str
    hue: int
    slug: str = ""
    image: str = ""


def face_of(someone: Character | Person | None) -> Face:
    """The face of a character or a person; an empty one for nobody."""
    if someone is None:
        return Face("", "", 0)
    if isinstance(someone, Character):
        image = someone.avatar.url if someone.avatar else someone.avatar_url
        return Face(someone.name, initials(someone.name), hue(someone.pk), someone.slug, image)
    return Face(someone.name, initials(someone.name), hue(someone.pk))


def hue(pk: int) -> int:
    """One of 24 hues, its own for each of 24 that were made one after the other."""
    return pk * 7 % HUES


def initials(name: str) -> str:
    """One or two letters for a name."""
    words = re.findall(r"\w+", name)
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
