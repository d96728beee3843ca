"""Statements that are planned once a connection and sent together, in libpq's pipeline mode.

psycopg's cursors can do it too, but what they do beside took an eighth of a worker's time
(docs/decisions/0031). So this asks `psycopg.pq`, the libpq that psycopg opens to its users, and
leaves to psycopg how values are written and read, its errors, and whatever else is asked of the
connection.
"""

from __future__ import annotations

import re
import select
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

Statement = tuple[str, Sequence[Any] | Mapping[str, Any]]
Row = tuple[Any, ...]
PLANNED = 300  # texts that a connection keeps planned, the latest
CANCELLED_IN_S = 5.0

_PLACE = re.compile(r"%(?:\((\w+)\)s|s|%)")


class _Plan:
    """What the database knows by a name, and what reads its rows."""

    def __init__(self, name: bytes, driver: psycopg.Connection[Row]) -> None:
        self.name, self._reader, self._knows_columns = name, Transformer(driver), False

    def rows(self, result: PGresult) -> list[Row]:
        if not result.nfields:
            return []
        # A plan's columns never change their types: it would be refused.
        self._reader.set_pgresult(result, set_loaders=not self._knows_columns)
        self._knows_columns = True
        rows = self._reader.load_rows(0, result.ntuples, tuple)
        self._reader.set_pgresult(None, set_loaders=False)
        return rows


class _Text:
    """A statement's text, with a plan for each combination of the types of its values."""

    def __init__(self, sql: str, driver: psycopg.Connection[Row]) -> None:
        self.places: list[Any] = []  # by number or name, where the value of $1, $2 … stands
        self.sql = _PLACE.sub(self._numbered, sql).encode()
        self._writer = Transformer(driver)
        self._formats = [PyFormat.AUTO] * len(self.places)
        self.plans: dict[tuple[int, ...], _Plan] = {}

    def _numbered(self, found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        place = found[1] or len(self.places)
        if place not in self.places:
            self.places.append(place)
        return f"${self.places.index(place) + 1}"

    def written(self, given: Sequence[Any] | Mapping[str, Any]) -> _Written:
        if type(given) is not dict and len(given) != len(self.places):
            raise psycopg.ProgrammingError(
                f"{len(given)} values for {len(self.places)} places: {self.sql.decode()}"
            )
        placed = [given[place] for place in self.places]
        values = self._writer.dump_sequence(placed, self._formats)
        return self, self._writer.types or (), self._writer.formats, values


# A text, and of its values the types, the formats and themselves.
_Written = tuple[_Text, tuple[int, ...], Sequence[Format] | None, Sequence[Buffer | None]]


class Pipeline:
    """Of one connection. Where a statement fails, psycopg's error of it is raised, and nothing has
    happened of what was sent since the pipeline was opened."""

    def __init__(self, driver: psycopg.Connection[Row]) -> None:
        self.driver, self._libpq = driver, driver.pgconn
        self._texts: OrderedDict[str, _Text] = OrderedDict()
        self._new: list[tuple[_Text, tuple[int, ...]]] = []  # plans that may come to nothing
        self._forgotten: list[_Plan] = []  # which the database is to forget too
        self._numbers = count()
        self._begins = False
        self._is_synced = True
        self._answers = select.poll()
        self._answers.register(self._libpq.socket, select.POLLIN)

    @contextmanager
    def opened(self) -> Iterator[Pipeline]:
        """What is asked inside is a transaction, or part of the one that stands open."""
        is_idle = self._libpq.transaction_status == TransactionStatus.IDLE
        self._begins = is_idle and not self.driver.autocommit
        self._libpq.enter_pipeline_mode()
        self._is_synced = False
        try:
            yield self
        except BaseException:
            with suppress(psycopg.OperationalError):  # the connection is lost: it was said why
                self._close()
            raise
        self._close()

    def ask(
        self,
        statements: Sequence[Statement],
        meanwhile: Callable[[], object] | None = None,
        *,
        is_last: bool = False,
    ) -> list[list[Row]]:
        """Send statements and wait for the rows of each. `meanwhile` is done while the database is
        at it. With what `is_last` the transaction ends, if nobody began it, and the pipeline."""
        # What can't be written is found before anything is on its way.
        written = [self._text(sql).written(values) for sql, values in statements]
        commands = self._send_commands()
        plans = [self._send(one) for one in written]
        if is_last:
            self._sync()
        else:
            self._libpq.send_flush_request()  # else what they find waits for who fetches it
        self._flush()
        try:
            if meanwhile is not None:
                meanwhile()
            for _ in range(commands):
                self._answer()
            found = [self._rows(plan, is_new=is_new) for plan, is_new in plans]
        except (KeyboardInterrupt, SystemExit):
            self.driver.cancel_safe(timeout=CANCELLED_IN_S)  # else its end is waited for
            raise
        self._new.clear()
        if is_last:
            self._end()
        return found

    def _send_commands(self) -> int:
        commands = [b"DEALLOCATE " + plan.name for plan in self._forgotten]
        if self._begins:
            commands.insert(0, b"BEGIN")
        for command in commands:
            self._libpq.send_query_params(command, None)
        self._forgotten, self._begins = [], False
        return len(commands)

    def _send(self, written: _Written) -> tuple[_Plan, bool]:
        """Returns with the plan whether the database has to make it first."""
        text, types, formats, values = written
        plan = text.plans.get(types)
        is_new = plan is None
        if plan is None:
            plan = text.plans[types] = _Plan(b"fishbowl_%d" % next(self._numbers), self.driver)
            self._new.append((text, types))
            self._libpq.send_prepare(plan.name, text.sql, types)
        self._libpq.send_query_prepared(plan.name, values, formats, Format.BINARY)
        return plan, is_new

    def _text(self, sql: str) -> _Text:
        text = self._texts.get(sql)
        if text is not None:
            self._texts.move_to_end(sql)
            return text
        text = self._texts[sql] = _Text(sql, self.driver)
        if len(self._texts) > PLANNED:
            _, old = self._texts.popitem(last=False)
            self._forgotten += old.plans.values()
        return text

    def _rows(self, plan: _Plan, *, is_new: bool) -> list[Row]:
        if is_new:
            self._answer()
        return plan.rows(self._answer())

    def _answer(self) -> PGresult:
        """What the database answers to one of those that were sent."""
        result = self._result()
        if result is None:
            raise psycopg.OperationalError("The database answered less than it was asked.")
        if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise error_from_result(result)
        self._result()  # none: the end of that one
        return result

    def _result(self) -> PGresult | None:
        while self._libpq.is_busy():
            self._answers.poll()
            self._libpq.consume_input()
        return self._libpq.get_result()

    def _flush(self) -> None:
        """Have all on its way, while the database may be answering already."""
        socket = self._libpq.socket
        while self._libpq.flush():
            self._answers.modify(socket, select.POLLIN | select.POLLOUT)
            if any(event & select.POLLIN for _, event in self._answers.poll()):
                self._libpq.consume_input()
            self._answers.modify(socket, select.POLLIN)

    def _sync(self) -> None:
        self._libpq.pipeline_sync()
        self._is_synced = True

    def _end(self) -> None:
        """Let go what else is answered, until the end."""
        while True:
            result = self._result()
            if result is not None and result.status == ExecStatus.PIPELINE_SYNC:
                break
            if result is None and self._libpq.status != ConnStatus.OK:
                raise psycopg.OperationalError("The connection to the database is lost.")
        self._libpq.exit_pipeline_mode()

    def _close(self) -> None:
        for text, types in self._new:
            del text.plans[types]
        self._new.clear()
        if self._libpq.status != ConnStatus.OK or not self._libpq.pipeline_status:
            return
        if not self._is_synced:
            self._sync()
            self._flush()
        self._end()
