"""Whom names mean: the names of all characters and people, kept for half a minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from fishbowl.statements import together

FRESH_FOR_S = 30.0
SHORTEST = 2  # letters of a first name that stands for the whole


@dataclass(frozen=True, slots=True)
class Named:
    """Those whom a text names, and by which of its words, in lower case."""

    names: tuple[str, ...]
    characters: tuple[int, ...]
    people: tuple[int, ...]


class Names:
    """Who goes by a name. First names count too."""

    def __init__(self, characters: dict[str, set[int]], people: dict[str, set[int]]) -> None:
        self.characters = characters
        self.people = people

    def __contains__(self, name: object) -> bool:
        return name in self.characters or name in self.people

    def among(self, candidates: Iterable[str]) -> Named:
        """Those who go by any of `candidates`, which are in lower case."""
        names = [n for n in candidates if n in self.characters or n in self.people]
        return Named(
            names=tuple(names),
            characters=tuple({pk for n in names for pk in self.characters.get(n, ())}),
            people=tuple({pk for n in names for pk in self.people.get(n, ())}),
        )


_lock = threading.Lock()
_kept: list[tuple[float, Names]] = []


def known_names() -> Names:
    """Everybody's names, at most half a minute old."""
    now = time.monotonic()
    with _lock:
        if _kept and now - _kept[0][0] < FRESH_FOR_S:
            return _kept[0][1]
    names = _read()
    with _lock:
        _kept[:] = [(now, names)]
    return names


def forget_names() -> None:
    """Read them anew at the next call."""
    with _lock:
        _kept.clear()


_CHARACTERS = "SELECT id, name FROM characters_character"
_PEOPLE = """
    SELECT id, username, display_name, custom_name FROM characters_person WHERE erased_at IS NULL
"""


def _read() -> Names:
    characters: dict[str, set[int]] = {}
    of_characters, of_people = together((_CHARACTERS, ()), (_PEOPLE, ()))
    for pk, name in of_characters:
        _add(characters, pk, name)
    people: dict[str, set[int]] = {}
    for pk, *names in of_people:
        for name in names:
            _add(people, pk, name)
    return Names(characters, people)


def _add(known: dict[str, set[int]], pk: int, name: str) -> None:
    whole = " ".join(name.lower().split())
    first = whole.split(" ")[0]
    for one in {whole, first}:
        if len(one) >= SHORTEST:
            known.setdefault(one, set()).add(pk)
