"""What a process remembers of rows for a second or two, so as not to read them at every turn."""

from __future__ import annotations

from audit.calls import budgets
from audit.configuration import configuration
from audit.security import security
from conversations.moderation import rulebook
from conversations.turns.portraits import forget_portraits
from memories.embedding import embedding
from memories.nights import contagion
from memories.recall import names


def read_anew() -> None:
    """Read everything anew at its next use: the rows are another database's, or this is as good as
    another process."""
    configuration.forget_cached()
    forget_portraits()
    embedding.forget_cached()
    rulebook.forget_cached()
    look_again()


def look_again() -> None:
    """Let nothing that is remembered count as fresh: to a clock that leaps, a second is an hour.
    What tells by its key or edition that it has changed is asked for that; the rest is read anew.
    """
    budgets.forget_none()
    configuration.look_again()
    security.forget_seen()
    contagion.forget_damped()
    names.forget_names()
