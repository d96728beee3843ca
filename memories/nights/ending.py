"""What the row of a night, or of an audit, tells of its end."""

from __future__ import annotations

import datetime as dt
import logging
from types import TracebackType
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import QuerySet
from django.utils import timezone

log = logging.getLogger(__name__)


class Ending:
    """Around the work of a run that began, or was gone on with, at `now`: has its row say what cut
    it short, whatever that was, and knows when it ends."""

    def __init__(self, run: QuerySet[Any], now: dt.datetime) -> None:
        self._run, self._now, self._began = run, now, timezone.now()

    def __enter__(self) -> Ending:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not isinstance(error, Exception):
            return
        try:
            connection.close_if_unusable_or_obsolete()
            self._run.update(error=f"{type(error).__name__}: {error}"[:500])
        except (DatabaseError, InterfaceError) as away:
            log.info("What cut a run short can't be written down: %s", away)

    @property
    def at(self) -> dt.datetime:
        """This moment, by the clock of `now`."""
        return self._now + (timezone.now() - self._began)
