"""Whose mind is whose: no two workers think for one character at once, and none thinks for one that
is paused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from audit.configuration.configuration import is_society_paused
from characters.models import Character
from fishbowl.alone import alone as alone_at


class ReflectionRefused(Exception):
    """A sentence that says why a character doesn't reflect now."""


def may_think(character_id: int) -> bool:
    """Whether a character may think, write and dream at all."""
    return Character.objects.active().filter(pk=character_id).exists() and not is_society_paused()


@contextmanager
def alone(character_id: int) -> Iterator[None]:
    """Think for a character alone. The database lets go of it when the process dies.

    Raises:
        ReflectionRefused: it is paused, or another worker thinks for it.
    """
    if not may_think(character_id):
        raise ReflectionRefused("A paused character doesn't think, write or dream.")
    with alone_at("memories.reflection", character_id) as is_mine:
        if not is_mine:
            raise ReflectionRefused("Another worker thinks for this character now.")
        yield
