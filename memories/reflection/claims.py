"""Whose mind is whose: no two workers think for one character at once, and none thinks for one that
is paused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from audit.configuration.configuration import is_society_paused
from characters.models import Character


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
    key = "hashtext('memories.reflection'), %s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({key})", [character_id])
        if not cursor.fetchone()[0]:
            raise ReflectionRefused("Another worker thinks for this character now.")
    try:
        yield
    finally:
        # A connection that broke has let go of it already.
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({key})", [character_id])
