"""The only way in which a prompt reads memories: as one speaker, before one audience, in a role of
the database that sees nothing else (migration `memories.0003_what_prompts_may_see`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from django.db import ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import InsufficientPrivilege

from audit.models import SecurityEventType
from audit.security.security import record_event
from fishbowl.statements import Direct, Row, Statement, directly, planned, together

SOMEBODY = 0  # no person's id: one who listens, of whom nothing is known, so trusted with nothing


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears what is said, and where. Ids; the speaker itself may stand among them.

    With nobody listening, a character is alone with its thoughts: private memories come too.
    """

    characters: frozenset[int] = field(default_factory=frozenset)
    people: frozenset[int] = field(default_factory=frozenset)
    community: int | None = None
    conversation: int | None = None


@dataclass(frozen=True)
class View:
    """An open view. `key` names who sees what; two views of one key see the same, so it may stand
    in the key of a cache. `first` is what the statements found that went before it."""

    key: str
    first: Sequence[list[Row]] = ()
    direct: Direct | None = None

    @cached_property
    def cursor(self) -> CursorWrapper:
        """Reads under it, where it isn't direct."""
        return connection.cursor()

    def planned(self, sql: str, *, is_last: bool = False, **values: object) -> list[Row]:
        """As `fishbowl.statements.planned`, under the view. With what `is_last` a direct view may
        close, in the same journey: whatever else is asked before its block ends is refused, with
        Django's error for broken transactions."""
        if self.direct is None:
            return planned(sql, **values)
        return self.direct.together((sql, values), is_last=is_last)[0]


@contextmanager
def seen_by(speaker_id: int, audience: Audience) -> Iterator[View]:
    """Read as `speaker_id` before `audience`. Inside, every statement of the default connection,
    the ORM's too, runs in the role that sees only what may be said; writes fail."""
    is_inner = connection.in_atomic_block
    with _recording(speaker_id), transaction.atomic():
        (((key,),),) = together(_opening(speaker_id, audience))
        yield View(key)
        # Nothing was written, and the role ends with the transaction. Inside another one, rolling
        # back ends it.
        if is_inner:
            transaction.set_rollback(True)


@contextmanager
def directly_seen_by(
    speaker_id: int,
    audience: Audience,
    *,
    first: Sequence[Statement] = (),
    meanwhile: Callable[[], object] | None = None,
) -> Iterator[View]:
    """As `seen_by`, with fewer journeys: nothing but the view itself asks anything of the
    connection inside, and all else is refused (`fishbowl.statements.directly`).

    Args:
        first: what the application asks in the same journey before the view opens, as itself.
        meanwhile: done while the database is at that; asks nothing of it.
    """
    with _recording(speaker_id), _within_another(), directly() as direct:
        opening = _opening(speaker_id, audience)
        *found, ((key,),) = direct.together(*first, opening, meanwhile=meanwhile)
        yield View(key, found, direct)


@contextmanager
def _within_another() -> Iterator[None]:
    """Inside a transaction, what the role of a view ends with."""
    if connection.get_autocommit():
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _recording(speaker_id: int) -> Iterator[None]:
    try:
        yield
    except ProgrammingError as error:
        # A view within a view can't write: the outer one records it.
        if isinstance(error.__cause__, InsufficientPrivilege) and not _is_in_view():
            refused = str(error.__cause__.diag.message_primary)
            record_event(
                SecurityEventType.ROW_DENIED, data={"character": speaker_id, "refused": refused}
            )
        raise


def _is_in_view() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only') = 'on'")
        return bool(cursor.fetchone()[0])


_OPEN = """
SELECT memories_open_view(%(speaker)s::bigint, %(community)s::bigint,
    %(conversation)s::bigint, %(characters)s::bigint[], %(people)s::bigint[])
"""


def _opening(speaker_id: int, audience: Audience) -> Statement:
    return _OPEN, {
        "speaker": speaker_id,
        "community": audience.community,
        "conversation": audience.conversation,
        "characters": sorted(audience.characters),
        "people": sorted(audience.people),
    }
