"""What goes to the database together: planned once, all of it or none, and out of nobody's way
when it fails."""

from __future__ import annotations

import signal

import pytest
from django.db import (
    DataError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from psycopg.pq import TransactionStatus

from audit.models import EndpointState
from fishbowl import pipeline
from fishbowl.pipeline import Statement
from fishbowl.statements import directly, inserting, together

pytestmark = pytest.mark.django_db(transaction=True)

ECHO = "SELECT %(a)s::text, %(b)s::bigint, %(a)s::text, '100 %%'"


def named(name: str) -> Statement:
    return inserting(EndpointState(name=name))


def names() -> list[str]:
    return sorted(EndpointState.objects.values_list("name", flat=True))


def plans(like: str) -> int:
    """How many plans of ours the database keeps for this connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [like]
        )
        return int(cursor.fetchone()[0])


def test_a_value_may_be_named_twice_or_not_at_all() -> None:
    for values in ({"a": "x", "b": 1}, {"b": None, "a": None, "c": "unused"}):
        ((row,),) = together((ECHO, values))
        assert row == (values["a"], values["b"], values["a"], "100 %")


def test_a_text_is_planned_once_for_each_types_of_its_values() -> None:
    asked = "SELECT 'once', %s::text"
    for value in ("a", "b", None, "c", None):
        with transaction.atomic():
            assert together((asked, (value,)), (asked, (value,))) == [[("once", value)]] * 2
            transaction.set_rollback(True)
    assert plans("SELECT 'once', $1::text") == 1
    together((asked, (7,)))
    assert plans("SELECT 'once', $1::text") == 2


def test_what_was_not_asked_for_long_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setattr(pipeline, "PLANNED", 3)
    own = "SELECT name, 'often' FROM pg_prepared_statements WHERE statement LIKE '%%often%%'"
    first = together((own, ()))
    for n in (1, 2, 3, 4):
        assert together((f"SELECT 'seldom {n}'", ())) == [[(f"seldom {n}",)]]
        assert together((own, ())) == first  # never planned anew
    assert [plans(f"SELECT 'seldom {n}'") for n in (1, 2, 3, 4)] == [0, 0, 1, 1]
    connection.close()


def test_what_can_t_be_written_sends_nothing() -> None:
    for wrong in (("SELECT %s", (object(),)), ("SELECT %s, %s", (1,)), ("SELECT 1", (1,))):
        with pytest.raises(ProgrammingError):
            together(named("first"), wrong)
    assert names() == []
    together(named("first"))
    assert names() == ["first"]


def test_of_what_fails_nothing_stays_and_it_may_be_asked_again() -> None:
    share = "SELECT 12 / %s::bigint"
    for _ in range(2):
        with pytest.raises(DataError, match="division by zero"):
            together(named("first"), (share, (0,)), named("second"))
        with pytest.raises(ProgrammingError, match="syntax error"):
            together(named("first"), ("SELEC 1", ()))
    assert names() == []
    assert together((share, (4,)), named("second"))[0] == [(3,)]
    assert names() == ["second"]


def test_a_transaction_begins_with_what_it_is_asked_first() -> None:
    with transaction.atomic():
        assert connection.connection.info.transaction_status == TransactionStatus.IDLE
        together(named("first"))
        assert connection.connection.info.transaction_status == TransactionStatus.INTRANS
        together(named("second"))
        transaction.set_rollback(True)
    assert names() == []
    with transaction.atomic():
        together(named("third"))
    assert names() == ["third"]
    with pytest.raises(DataError), transaction.atomic():
        together(named("fourth"), ("SELECT 1 / %s::bigint", (0,)))
    assert names() == ["third"]


def test_much_goes_both_ways_at_once() -> None:
    """More than fits into a socket, while as much comes back."""
    much = "é" * 4_000_000
    assert together(*[("SELECT %s::text", (much,))] * 4) == [[(much,)]] * 4


def test_a_connection_that_breaks_is_told_and_another_serves() -> None:
    with pytest.raises(OperationalError, match="terminating connection"), directly() as direct:
        direct.together(("SELECT pg_terminate_backend(pg_backend_pid())", ()))
    connection.close_if_unusable_or_obsolete()
    assert together(("SELECT 1", ())) == [[(1,)]]


def test_who_interrupts_doesn_t_wait_for_the_end() -> None:
    """It would come with another's lock."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(78)")
        with pytest.raises(KeyboardInterrupt), directly() as direct:
            direct.together(
                ("SELECT pg_advisory_xact_lock(78)::text", ()),
                meanwhile=lambda: signal.raise_signal(signal.SIGINT),
            )
    finally:
        other.close()
    assert together(("SELECT 1", ())) == [[(1,)]]
