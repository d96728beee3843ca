"""Finds whose time it is to think, write or dream, and has it done: by rows alone, so that what a
lost nudge or a killed worker left is found the next time."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial

from audit.calls import ledger
from audit.calls.budgets import BudgetExhausted
from characters.models import Reflection
from memories.reflection import days, thinking
from memories.reflection.claims import ReflectionRefused

log = logging.getLogger(__name__)


def due(now: dt.datetime) -> list[int]:
    """The characters that have something to do with themselves."""
    return sorted({*thinking.due(now), *(pk for pk, _ in days.due(now))})


def live(character_id: int, now: dt.datetime) -> None:
    """Do all that is due of a character's inner life; what can't be done now stays due."""
    deeds: list[Callable[..., Reflection | None]] = [
        thinking.reflect,
        partial(days.write, kind=Reflection.Kind.DIARY),
        partial(days.write, kind=Reflection.Kind.DREAM),
    ]
    for deed in deeds:
        try:
            deed(character_id, now=now)
        except (ReflectionRefused, BudgetExhausted, ledger.NoVoice) as why:
            log.info("Character %s: %s", character_id, why)
