"""Statements for the steps that run for every turn: several go to the database in one journey, and
rows are written without Django's building a query anew each time.

Everywhere else the ORM does as well and says it shorter. Here the building of its queries took
more of a worker's time than everything that the society does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NoReturn, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model
from django.db.transaction import TransactionManagementError
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format
from psycopg.types.numeric import Int8Dumper

from fishbowl.pipeline import Pipeline
from fishbowl.pipeline import Row as Row
from fishbowl.pipeline import Statement as Statement

M = TypeVar("M", bound=Model)

# Has the transaction commit without waiting for the disk. It is on it before any later commit that
# waits, so of use where a server that dies meanwhile leaves nothing worse than dying a moment
# sooner would have.
UNHURRIED: Statement = ("SELECT set_config('synchronous_commit', 'off', true)", ())


class Sent(bytes):
    """A value in the form in which the database sends it itself (`…_send`, `…_recv` of its type),
    which costs neither side a text. It needs a cast, or its type isn't known."""


class _SentDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Sent) -> Sent:
        return obj


def together(*statements: Statement) -> list[list[Row]]:
    """Run statements one after the other in one journey; the rows of each, in order.

    Each sees what those before it did, and in a transaction what others committed until it began:
    so a row may be locked and then read in one journey. Outside a transaction all of them happen
    or none. The database plans each once a connection, and takes its parameters apart from its
    text: one whose type nothing tells needs a cast. Values come back in binary, which is read by C
    alone: a type that psycopg knows only as text needs a cast too.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.validate_no_broken_transaction()
    pipeline = _pipeline(database)

    def run() -> list[list[Row]]:
        with database.wrap_database_errors, pipeline.opened():
            return pipeline.ask(statements, is_last=True)

    return _watched(run, database.execute_wrappers, statements)


def _watched(
    run: Callable[[], list[list[Row]]], by: Sequence[Any], statements: Sequence[Statement]
) -> list[list[Row]]:
    """Run statements before those who look on, as Django's own cursors let them."""
    if not by:
        return run()

    def called(sql: str, values: object, many: bool, context: object) -> list[list[Row]]:
        return run()

    for wrapper in by:
        called = partial(wrapper, called)
    sql, values = zip(*statements, strict=True)
    return called(";".join(sql), values, False, {"connection": connection})


@dataclass
class Direct:
    """Asks in the transaction of `directly`."""

    pipeline: Pipeline
    watching: Sequence[Any]  # those who look on
    is_over: bool = False

    def together(
        self,
        *statements: Statement,
        meanwhile: Callable[[], object] | None = None,
        is_last: bool = False,
    ) -> list[list[Row]]:
        """As `together`. `meanwhile` is done while the database is at it, and asks nothing of it.
        With what `is_last` the transaction ends, and nothing more is asked."""
        if self.is_over:
            _refuse()
        self.is_over = is_last
        ask = partial(self.pipeline.ask, statements, meanwhile, is_last=is_last)
        return _watched(ask, self.watching, statements)


@contextmanager
def directly() -> Iterator[Direct]:
    """Several journeys in a transaction that nobody begins or ends, so that neither costs one: the
    database holds together what is sent to it before a `Sync`, which is sent with the last of them.
    Within a transaction they are part of it. For reading: each statement finds rows, and what the
    block raises undoes nothing.

    Whatever else asks something of the connection meanwhile is refused with Django's error for
    broken transactions: it could end this one, unseen by whoever goes on in it.
    """
    database = connections[DEFAULT_DB_ALIAS]
    pipeline, watching = _pipeline(database), tuple(database.execute_wrappers)
    refusing, errors = database.execute_wrapper(_refuse), database.wrap_database_errors
    with refusing, errors, pipeline.opened():
        yield Direct(pipeline, watching)


def _refuse(*_: object) -> NoReturn:
    raise TransactionManagementError(
        "This transaction is asked directly, and by nothing else of this connection before its end."
    )


def planned(sql: str, **values: object) -> list[Row]:
    """The rows that a statement finds, planned once a connection as in `together`."""
    return together((sql, values))[0]


class _UnreadJson(Loader):
    """Leaves JSON as text, as Django has it: a field reads it by a decoder of its own."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return str(memoryview(data)[1:], "utf-8")  # the first byte is the format's version


def _pipeline(database: BaseDatabaseWrapper) -> Pipeline:
    """That of its connection, with a driver that writes whole numbers always as bigint: by their
    size, as it would, each mixture of sizes would be a statement of its own."""
    database.ensure_connection()
    driver: psycopg.Connection[Row] = database.connection
    # Beside its connection, and so for all threads and tasks that it serves.
    pipeline: Pipeline | None = vars(database).get("fishbowl_pipeline")
    if pipeline is None or pipeline.driver is not driver:
        driver.adapters.register_dumper(int, Int8Dumper)
        driver.adapters.register_dumper(Sent, _SentDumper)
        driver.adapters.register_loader("jsonb", _UnreadJson)
        pipeline = vars(database)["fishbowl_pipeline"] = Pipeline(driver)
    return pipeline


def loaded(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """A model's row from some of its columns. The others are read when they are asked for."""
    return model.from_db(DEFAULT_DB_ALIAS, names, [values[at] for at in _order(model, names)])


def inserting(row: Model, only_if: str = "", *values: Any, also: str = "") -> Statement:
    """The statement that stores a new row, and answers with its key. `only_if` begins with FROM
    and names what must be there, or nothing is stored; `also` is what else it answers with."""
    sql, fields = _insertion(type(row))
    asked = [_prepared(field, field.pre_save(row, add=True)) for field in fields]
    places = ", ".join(["%s"] * len(fields))
    source = f"SELECT {places} {only_if}" if only_if else f"VALUES ({places})"
    answer = f"id, {also}" if also else "id"
    return f"{sql} {source} RETURNING {answer}", [*asked, *values]


def stored(row: M, key: int) -> M:
    """Note the key of a row that `inserting` has stored."""
    row.pk = key
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def saving(row: Model, *names: str) -> Statement:
    """The statement that stores these columns of a row that is there already."""
    sql, fields = _saving(type(row), names)
    return sql, [*(_prepared(f, f.pre_save(row, add=False)) for f in fields), row.pk]


def saving_all(rows: Sequence[M], *names: str) -> Statement:
    """The statement that stores these columns of several rows of one model that are there already.
    Django's `bulk_update` says it with a condition for each value, and takes so long to write it
    that a statement a row is quicker."""
    sql, fields = _saving_all(type(rows[0]), names)
    values = [[_prepared(f, f.pre_save(row, add=False)) for row in rows] for f in fields]
    return sql, [[row.pk for row in rows], *values]


def _prepared(field: Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


@cache
def _order(model: type[Model], names: Sequence[str]) -> list[int]:
    """Where the columns stand in `names`, in the order of the model's own."""
    return [names.index(f.attname) for f in model._meta.concrete_fields if f.attname in names]


@cache
def _insertion(model: type[Model]) -> tuple[str, list[Field[Any, Any]]]:
    fields = [f for f in model._meta.local_concrete_fields if not (f.primary_key or f.generated)]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    return f'INSERT INTO "{model._meta.db_table}" ({columns})', fields


@cache
def _saving(model: type[Model], names: Sequence[str]) -> tuple[str, list[Field[Any, Any]]]:
    fields: list[Field[Any, Any]] = [model._meta.get_field(name) for name in names]  # type: ignore[misc]
    places = ", ".join(f'"{f.column}" = %s' for f in fields)
    return f'UPDATE "{model._meta.db_table}" SET {places} WHERE id = %s', fields  # noqa: S608


@cache
def _saving_all(model: type[Model], names: Sequence[str]) -> tuple[str, list[Field[Any, Any]]]:
    fields: list[Field[Any, Any]] = [model._meta.get_field(name) for name in names]  # type: ignore[misc]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    places = ", ".join(f'"{f.column}" = new."{f.column}"' for f in fields)
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{f.db_type(connection)}[]" for f in fields)])
    table = model._meta.db_table
    return (
        f'UPDATE "{table}" SET {places} FROM unnest({arrays}) AS new (id, {columns})'  # noqa: S608
        f' WHERE "{table}".id = new.id',
        fields,
    )
