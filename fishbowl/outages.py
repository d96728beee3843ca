"""A database that goes away under somebody's work: how it shows, and how a command tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management import CommandError
from django.db import InterfaceError, OperationalError

_GONE = ("08", "57P")  # how the codes begin of a connection that is lost, or of a server that ends


def is_away(error: BaseException) -> bool:
    """Whether the database went away, or all that failed did so because of that."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_away(one) for one in error.exceptions)
    if isinstance(error, OperationalError | InterfaceError):
        error = error.__cause__ or error  # Django's of psycopg's
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(_GONE)


@contextmanager
def told_in_a_sentence(so_far: str) -> Iterator[None]:
    """Around the work of a command that goes on where it was when it is run again. `so_far` says
    what becomes of the work that is done.

    Raises:
        CommandError: the database went away, or couldn't do it at this moment.
    """
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        what = "went away" if is_away(error) else "can't do it now"
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise CommandError(
            f"The database {what} ({why}). {so_far}: run the same command again to go on."
        ) from None
