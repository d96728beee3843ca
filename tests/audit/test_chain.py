"""What was done stays as it was written: the database refuses changes, and the chain shows those
that somebody made who may alter tables."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from audit.models import AdminAction, ChainLink, FileOperation, SecurityEvent
from audit.security.security import record_event
from audit.trail import chain
from audit.trail.actions import record_action
from tests.builders import (
    NOON,
    make_character,
    make_mood_change,
    make_person,
    make_relationship,
    make_relationship_event,
)
from tests.constraints import put, refused_by

TABLES = ["audit_adminaction", "audit_securityevent", "auditlog_logentry", "audit_chainlink"]


def log_entry() -> LogEntry:
    kind = ContentType.objects.get_for_model(AdminAction)
    return LogEntry.objects.create(
        content_type=kind,
        object_pk="1",
        object_id=1,
        object_repr="Ada",
        action=LogEntry.Action.UPDATE,
        changes={"name": ["Ada", "Bea"]},
    )


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def commit() -> None:
    """What the database does at the end of a transaction, in the middle of the test's."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def tampering() -> Iterator[None]:
    """Be somebody who may alter tables; undo what was done."""
    with transaction.atomic():
        for table in TABLES:
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_it_refuses_every_change_and_shows_the_first_that_was_made_all_the_same() -> None:
    rows = [record_action("society.pause"), record_event("login"), log_entry(), log_entry()]
    commit()
    verdict = chain.verify()
    assert (verdict.is_whole, verdict.links, verdict.erased) == (True, 4, 0)

    for table in TABLES:
        for refused in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):  # noqa: S608
            with refused_by("append_only"):
                run(refused)
    action, event, entry, last = rows
    for row, column, value in (
        (action, "actor_name", "Mallory"),
        (action, "changes_made", '{"a": 1}'),
        (event, "severity", "high"),
        (event, "event_data", '{"erased": false}'),
        (entry, "changes", "{}"),
        (entry, "timestamp", "2020-01-01T00:00Z"),
        (entry, "actor_id", 7),
    ):
        with refused_by("append_only"):
            put(row, **{column: value})
    for column, value in (("salt", "another"), ("number", 9), ("digest", b"")):
        with refused_by("append_only"):
            run(f"UPDATE audit_chainlink SET {column} = %s WHERE number = 2", value)  # noqa: S608

    tampered: list[tuple[Callable[[], None], int | None, str]] = [
        (lambda: put(action, actor_name="Mallory"), 1, "altered"),
        (lambda: put(event, severity="critical"), 2, "altered"),
        (lambda: put(entry, changes="{}"), 3, "altered"),
        (lambda: put(entry, object_pk="2"), 3, "altered"),
        (lambda: run("DELETE FROM auditlog_logentry WHERE id = %s", entry.pk), 3, "taken out"),
        (lambda: run("DELETE FROM audit_chainlink WHERE number = 2"), 2, "missing"),
        (lambda: run("UPDATE audit_chainlink SET facts = '' WHERE number = 3"), 3, "link that was"),
        (lambda: run("UPDATE audit_chainlink SET salt = NULL WHERE number = 1"), 1, "blanked"),
        (lambda: record_action("society.resume"), None, "put in behind"),
    ]
    for tamper, number, what in tampered:
        with tampering():
            tamper()
            found = chain.verify().first_break
            assert found is not None and found.number == number, what
            assert what in str(found)

    # Cutting off the end leaves a whole chain: that shows by a head noted before.
    with tampering():
        run("DELETE FROM audit_chainlink WHERE number = 4")
        run("DELETE FROM auditlog_logentry WHERE id = %s", last.pk)
        assert chain.verify().is_whole
        assert chain.verify(anchor=verdict.head).first_break is not None
    assert chain.verify(anchor=verdict.head).is_whole


@pytest.mark.django_db
def test_it_lets_content_be_blanked_whole_and_stays_verified() -> None:
    action = record_action("person.export", "characters.person:7", changes={"note": "Ada"})
    entry = log_entry()
    event = record_event("login", source="192.0.2.7")
    commit()
    for row, some in (
        (action, {"changes_made": {"erased": True}}),
        (entry, {"object_repr": "(erased)"}),
        (event, {"source_ip": None}),
    ):
        blank = chain.SOURCES[row._meta.db_table].blank
        with refused_by("append_only"):  # a part of it would be a change like any other
            type(row).objects.filter(pk=row.pk).update(**some)
        assert type(row).objects.filter(pk=row.pk).update(**blank) == 1
        with refused_by("append_only"):
            type(row).objects.filter(pk=row.pk).update(**{next(iter(blank)): "anew"})
    verdict = chain.verify()
    assert (verdict.is_whole, verdict.erased) == (True, 3)
    assert set(ChainLink.objects.values_list("salt", flat=True)) == {None}


@pytest.mark.django_db(transaction=True)
def test_it_keeps_one_chain_under_many_writers() -> None:
    def write() -> None:
        for _ in range(5):
            with transaction.atomic():
                record_action("society.pause")
                record_event("login")
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (AdminAction.objects.count(), SecurityEvent.objects.count()) == (20, 20)
    assert (chain.verify().is_whole, chain.verify().links) == (True, 40)


@pytest.mark.django_db
def test_it_keeps_the_figures_of_what_may_be_forgotten() -> None:
    mood = make_mood_change(make_character(), description="told of Ada")
    bond = make_relationship_event(make_relationship(make_character(), make_person()))
    file = FileOperation.objects.create(operation_type="read", file_path="a.md", occurred_at=NOON)
    for row, column, value in (
        (mood, "valence", 0.111),
        (mood, "recorded_at", "2020-01-01T00:00Z"),
        (bond, "delta_trust", 0.111),
        (bond, "after", '{"a": 1}'),
        (file, "success", False),
    ):
        with refused_by("append_only"):
            put(row, **{column: value})
    put(mood, description="", trigger_person_id=None)  # as when somebody is forgotten
    for row in (mood, bond, file):
        assert row.delete()[0] == 1
