"""Statements in one journey, and rows written without the ORM as it would have written them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import (
    DatabaseError,
    DataError,
    ProgrammingError,
    connection,
    connections,
    transaction,
)
from django.db.transaction import TransactionManagementError
from django.forms.models import model_to_dict

from audit.models import EndpointState
from characters.models import CharacterState
from conversations.models import Channel, Message
from fishbowl.statements import directly, inserting, loaded, saving, saving_all, stored, together
from tests.builders import NOON, make_channel, make_character, make_conversation
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)

RENAME = "UPDATE conversations_channel SET topic = %s WHERE id = %s"
TOPIC = "SELECT topic FROM conversations_channel WHERE id = %(id)s"


def test_each_statement_sees_what_those_before_it_did() -> None:
    pk = make_channel().pk
    assert together((TOPIC, {"id": pk}), (RENAME, ("100 % 'tea'", pk)), (TOPIC, {"id": pk})) == [
        [("",)],
        [],
        [("100 % 'tea'",)],
    ]


def test_the_same_statement_may_come_twice_in_a_journey_and_again_in_the_next() -> None:
    first, second = make_channel(topic="tea"), make_channel(topic="rain")
    asked = (TOPIC, {"id": first.pk}), (TOPIC, {"id": second.pk})
    assert together(*asked) == together(*asked) == [[("tea",)], [("rain",)]]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("NULL::text", None),
        ("'é'", "é"),
        ("7", 7),
        ("0.5::float8", 0.5),
        ("1.50", Decimal("1.50")),
        ("true", True),
        ("timestamptz '2026-03-29 03:30:00.25+02'", NOON.replace(2026, 3, 29, 1, 30, 0, 250_000)),
        ("date '2026-03-29'", date(2026, 3, 29)),
        ("interval '90 s'", timedelta(seconds=90)),
        ("ARRAY['a', NULL]", ["a", None]),
        ("ARRAY[1, 2]::bigint[]", [1, 2]),
        ("""'{"b": "é"}'::jsonb""", '{"b": "é"}'),
        ("""'{"b": "é"}'::json""", {"b": "é"}),
        ("'\\x00ff'::bytea", b"\x00\xff"),
    ],
)
def test_values_are_read_as_django_reads_them(value: str, read: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {value}")
        ((by_django,),) = cursor.fetchall()
    assert together((f"SELECT {value}", ())) == [[(read,)]] == [[(by_django,)]]


def test_of_a_journey_that_fails_nothing_has_happened() -> None:
    pk = make_channel().pk
    with pytest.raises(DatabaseError):
        together((RENAME, ("tea", pk)), ("SELECT 1 / %s", (0,)))
    assert Channel.objects.get().topic == ""
    assert together(("SELECT 1", ())) == [[(1,)]]  # the connection still serves


def test_nothing_is_asked_in_a_transaction_that_is_to_be_undone() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            together(("SELECT 1", ()))


def test_what_is_read_after_a_lock_is_what_its_last_holder_left() -> None:
    """The point of locking and reading in one journey."""
    pk = make_channel().pk
    held, seen = threading.Event(), []

    def read() -> None:
        try:
            with transaction.atomic():
                held.wait(PATIENCE_S)
                lock = "SELECT id FROM conversations_channel WHERE id = %s FOR UPDATE"
                seen.extend(together((lock, (pk,)), (TOPIC, {"id": pk})))
        finally:
            connections.close_all()

    reader = threading.Thread(target=read)
    reader.start()
    with transaction.atomic():
        together((RENAME, ("before", pk)))
        held.set()
        reader.join(0.5)
        assert reader.is_alive() and not seen
        together((RENAME, ("after", pk)))
    reader.join(10)
    assert seen == [[(pk,)], [("after",)]]


def test_a_row_is_inserted_as_the_orm_would() -> None:
    talk, mara = make_conversation(), make_character()
    fields = {"conversation": talk, "character": mara, "role": "assistant", "content": "It's 5 %."}
    by_orm = Message.objects.create(number=1, created_at=NOON, **fields)
    by_hand = Message(number=2, created_at=NOON, **fields)
    (((key,),),) = together(inserting(by_hand))
    stored(by_hand, key)
    again = Message.objects.get(pk=key)
    assert again == by_hand and not by_hand._state.adding
    assert again.search  # what the database generates is left to it
    assert model_to_dict(again, exclude=["id", "number"]) == model_to_dict(
        by_orm, exclude=["id", "number"]
    )


def test_a_row_is_inserted_only_if_what_it_needs_is_there() -> None:
    row = EndpointState(name="second")
    asked = inserting(row, "FROM audit_endpointstate WHERE name = %s", "first")
    assert together(asked) == [[]]
    EndpointState.objects.create(name="first")
    assert together(asked) != [[]]
    assert EndpointState.objects.count() == 2


def test_only_the_named_columns_are_saved() -> None:
    state = make_character().state
    CharacterState.objects.filter(pk=state.pk).update(energy=0.1)
    before = CharacterState.objects.get().updated_at
    state.mood_label, state.recent_interactions = "glad", [{"message": 1}]
    together(saving(state, "mood_label", "recent_interactions", "updated_at"))
    now = CharacterState.objects.get()
    assert (now.mood_label, now.recent_interactions, now.energy) == ("glad", [{"message": 1}], 0.1)
    assert now.updated_at > before


def test_a_row_is_loaded_from_columns_in_any_order() -> None:
    channel = make_channel("kitchen", topic="tea")
    some = loaded(Channel, ("name", "id"), ("kitchen", channel.pk))
    assert (some.pk, some.name) == (channel.pk, "kitchen")
    assert some.get_deferred_fields() >= {"topic", "pace"}
    assert some.topic == "tea"


def test_several_rows_are_stored_at_once_and_no_other_columns() -> None:
    first, second, other = make_channel(), make_channel(), make_channel()
    first.topic, first.watched_until, first.slow_mode_s = "100 % 'tea'", NOON, 5
    second.topic, second.watched_until, second.slow_mode_s = "rain", None, 7
    together(saving_all([first, second], "topic", "watched_until"))
    assert list(
        Channel.objects.order_by("pk").values_list("pk", "topic", "watched_until", "slow_mode_s")
    ) == [
        (first.pk, "100 % 'tea'", NOON, 0),
        (second.pk, "rain", None, 0),
        (other.pk, "", None, 0),
    ]


TRANSACTION = "SELECT pg_current_xact_id()::text"
RENAMING = f"{RENAME} RETURNING topic"


def is_free(lock: int) -> bool:
    """Whether another connection finds an advisory lock free."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
            return bool(cursor.fetchone()[0])
    finally:
        other.close()


def test_what_is_asked_directly_is_one_transaction_with_no_begin_and_no_end() -> None:
    sent: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        sent.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note), directly() as direct:
        ((first,),), ((setting,),) = direct.together(
            (TRANSACTION, ()), ("SELECT set_config('fishbowl.view', 'x', true)", ())
        )
        direct.together(("SELECT pg_advisory_xact_lock(77)::text", ()))
        assert not is_free(77)
        ((again,),), ((kept,),) = direct.together(
            (TRANSACTION, ()), ("SELECT current_setting('fishbowl.view')", ()), is_last=True
        )
        assert is_free(77)
    assert (again, kept) == (first, setting) == (first, "x")
    assert len(sent) == 3 and "BEGIN" not in "".join(sent)
    ((later,),), ((over,),) = together(
        (TRANSACTION, ()), ("SELECT current_setting('fishbowl.view', true)", ())
    )
    assert later != first and not over


def test_what_is_asked_directly_stays_and_what_fails_leaves_nothing() -> None:
    pk = make_channel().pk
    with directly() as direct:
        direct.together((RENAMING, ("tea", pk)))
    with pytest.raises(DataError, match="division by zero"), directly() as direct:
        direct.together((RENAMING, ("rain", pk)))
        direct.together(("SELECT 1 / %(by)s::bigint", {"by": 0}))
    assert together((TOPIC, {"id": pk})) == [[("tea",)]]


def test_meanwhile_something_else_is_done_which_may_fail() -> None:
    done: list[str] = []
    with directly() as direct:
        found = direct.together(
            ("SELECT 1", ()), ("SELECT 2", ()), meanwhile=lambda: done.append("x")
        )
        assert (found, done) == ([[(1,)], [(2,)]], ["x"])
    with pytest.raises(ZeroDivisionError), directly() as direct:
        direct.together(("SELECT 1", ()), meanwhile=lambda: 1 // 0)
    assert together(("SELECT 3", ())) == [[(3,)]]


@pytest.mark.parametrize("is_over", [False, True])
def test_nothing_else_asks_before_the_end_of_what_is_asked_directly(is_over: bool) -> None:
    channel = make_channel(topic="tea")

    def in_a_transaction() -> None:
        with transaction.atomic():
            Channel.objects.count()

    with directly() as direct:
        direct.together((TRANSACTION, ()), is_last=is_over)
        others: list[Callable[[], object]] = [
            Channel.objects.count,
            channel.save,
            in_a_transaction,
            lambda: together(("SELECT 1", ())),
            lambda: connection.cursor().execute("COMMIT"),
        ]
        if is_over:
            others.append(lambda: direct.together(("SELECT 1", ())))
        for ask in others:
            with pytest.raises(ProgrammingError):
                ask()
        if not is_over:
            assert direct.together((TOPIC, {"id": channel.pk})) == [[("tea",)]]
    assert Channel.objects.count() == 1


def test_within_a_transaction_it_is_part_of_it() -> None:
    pk = make_channel().pk
    with transaction.atomic():
        ((whole,),) = together((TRANSACTION, ()))
        with directly() as direct:
            assert direct.together((TRANSACTION, ()), (RENAMING, ("tea", pk)), is_last=True)[0] == [
                whole
            ]
            with pytest.raises(TransactionManagementError):
                Channel.objects.count()
        assert Channel.objects.get().topic == "tea"
        transaction.set_rollback(True)
    assert Channel.objects.get().topic == ""


def test_what_is_planned_stays_with_its_connection_whatever_thread_asks() -> None:
    asked = (
        "SELECT name FROM pg_prepared_statements WHERE statement LIKE '%%whatever thread%%'",
        (),
    )
    mine = together(asked)
    connection.inc_thread_sharing()
    theirs = []

    def ask(shared: Any) -> None:
        connections["default"] = shared
        theirs.append(together(asked))

    thread = threading.Thread(target=ask, args=(connections["default"],))
    thread.start()
    thread.join(PATIENCE_S)
    connection.dec_thread_sharing()
    assert theirs == [mine] and len(mine[0]) == 1
