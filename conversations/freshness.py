"""What a process remembers of rows for a second or two, so as not to read them at every turn."""

from __future__ import annotations

from audit.calls import budgets
from audit.configuration import configuration
from audit.security import security
from conversations.moderation import rulebook
from conversations.turns.briefing import forget_portraits
from memories.embedding import embedding
from memories.nights import contagion
from memories.recall import names


def read_anew() -> None:
    """Read everything anew at its next use: to a clock that leaps, a second is an hour."""
    budgets.forget_none()
    configuration.forget_cached()
    security.forget_seen()
    forget_portraits()
    rulebook.forget_cached()
    embedding.forget_cached()
    contagion.forget_damped()
    names.forget_names()
