"""What a character hasn't thought over yet: the importance of its new memories gathers on its
state, in the transaction that stores them, until it reflects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from characters.models import Character
from memories.models import Memory

# What reflection itself and tidying make gives nothing new to think over. Nor does what was learned
# among adults, but to characters for adults: what others think of it would be said anywhere.
MADE = frozenset(
    {
        Memory.Kind.INSIGHT,
        Memory.Kind.REFLECTION,
        Memory.Kind.DIARY,
        Memory.Kind.DREAM,
        Memory.Kind.SUMMARY,
        Memory.Kind.LORE,
        Memory.Kind.RAG,
    }
)
_together: ContextVar[Counter[int] | None] = ContextVar("gathering", default=None)

# Rows are locked one after the other by id, so that two who store at once never wait in a ring.
_GATHER = """
    WITH held AS (
      SELECT character_id FROM characters_characterstate
      WHERE character_id = ANY(%s) ORDER BY character_id FOR NO KEY UPDATE
    )
    UPDATE characters_characterstate s
    SET unreflected_importance = s.unreflected_importance + new.importance
    FROM unnest(%s::bigint[], %s::float8[]) AS new (character_id, importance), held
    WHERE s.character_id = new.character_id AND held.character_id = s.character_id
"""


def note(new: Iterable[Memory]) -> None:
    """Have new memories gather on their owners' states, within the caller's transaction."""
    gathered: Counter[int] = Counter()
    lived = [(one.owner_id, one) for one in new if one.owner_id and one.kind not in MADE]
    adults = _for_adults({owner for owner, one in lived if one.is_adult})
    for owner, memory in lived:
        if memory.is_adult == (owner in adults):
            gathered[owner] += memory.importance  # type: ignore[assignment]
    together = _together.get()
    if together is None:
        _write(gathered)
    else:
        together.update(gathered)


def _for_adults(owners: set[int]) -> set[int]:
    if not owners:
        return set()
    found = Character.objects.filter(pk__in=owners, is_adult=True)
    return set(found.values_list("pk", flat=True))


@contextmanager
def at_once() -> Iterator[None]:
    """Write what several stores gather in one statement, the last of the caller's transaction: so
    states are held only for a moment, and all in one order."""
    gathered: Counter[int] = Counter()
    token = _together.set(gathered)
    try:
        yield
    finally:
        _together.reset(token)
    _write(gathered)


def _write(gathered: Mapping[int, float]) -> None:
    if not gathered:
        return
    owners = sorted(gathered)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_GATHER, [owners, owners, [float(gathered[one]) for one in owners]])
