"""Migrations say what the models say, and run forward and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.migrations.recorder import MigrationRecorder

from audit.models import LLMCall
from memories.models import Memory, MemoryLink
from tests.builders import (
    make_call,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
)

OURS = ["characters", "audit", "memories", "conversations"]


def tables() -> set[str]:
    names = connection.introspection.table_names()
    return {name for name in names if name.partition("_")[0] in OURS}


def shape() -> dict[str, object]:
    """Columns, constraints and indexes of every table of ours, who may read which rows of it, and
    what the database itself does."""
    found: dict[str, object] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity
            FROM information_schema.columns WHERE table_schema = 'public'
            ORDER BY table_name, column_name
            """
        )
        found["columns"] = [row for row in cursor.fetchall() if row[0].partition("_")[0] in OURS]
        cursor.execute(
            """
            SELECT conrelid::regclass::text, pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2
            """
        )
        found["constraints"] = [
            row for row in cursor.fetchall() if row[0].partition("_")[0] in OURS
        ]
        cursor.execute(
            "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
        )
        found["indexes"] = sorted(
            (table, definition.partition(" USING ")[2])
            for table, definition in cursor.fetchall()
            if table.partition("_")[0] in OURS
        )
        found |= rules(cursor)
    return found


def rules(cursor: Any) -> dict[str, object]:
    """Policies, functions and triggers."""
    found: dict[str, object] = {}
    cursor.execute("SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies")
    found["policies"] = sorted(map(str, cursor.fetchall()))
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY 1"
    )
    found["guarded"] = cursor.fetchall()
    cursor.execute(
        """
        SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND NOT EXISTS (
          SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        ORDER BY 1, 2
        """
    )
    found["functions"] = cursor.fetchall()
    cursor.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
    )
    found["triggers"] = cursor.fetchall()
    return found


@pytest.mark.django_db
def test_it_says_in_migrations_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_it_migrates_each_app_back_to_nothing_and_forward_again() -> None:
    """And takes the calls along when their log is joined and parted: a way back and forth takes
    half a minute, so there is one."""
    before = shape()
    call = make_call(character=make_character(), response="The kettle is on.")
    try:
        call_command("migrate", "audit", "0002", verbosity=0)
        kept = LLMCall.objects.get(pk=call.pk)
        assert (kept.response, kept.started_at) == (call.response, call.started_at)
        assert make_call().pk != call.pk
        for app in reversed(OURS):
            call_command("migrate", app, "zero", verbosity=0)
            assert not {table for table in tables() if table.partition("_")[0] == app}
        assert not tables()
        with connection.cursor() as cursor:
            left = rules(cursor)
        assert left["policies"] == left["guarded"] == []
        assert not [name for name, _ in left["functions"] if name.partition("_")[0] in OURS]
        call_command("migrate", "audit", "0002", verbosity=0)
        calls = {make_call(response="It boils.").pk, make_call().pk}
    finally:
        call_command("migrate", verbosity=0)
    assert shape() == before
    assert before["policies"]
    assert set(LLMCall.objects.values_list("pk", flat=True)) == calls
    assert make_call().pk not in calls
    make_message(make_conversation(), make_person())


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_memories_written_anew_are_the_same_memories() -> None:
    """With all that belongs to them, and what recall looks through first in each row."""
    before, mara = shape(), make_character()
    kept = make_memory(mara, "The kettle is on.")
    MemoryLink.objects.create(from_memory=kept, to_memory=make_memory(mara, "It boils."))
    rows = whole(kept)
    call_command("migrate", "memories", "0014", verbosity=0)
    call_command("migrate", "memories", verbosity=0)
    assert shape() == before
    assert whole(kept) == rows
    assert make_memory(mara, "Tea.").pk > kept.pk + 1
    with connection.cursor() as cursor, pytest.raises(IntegrityError):
        cursor.execute("DELETE FROM memories_memory WHERE id = %s", [kept.pk])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'memories_memory'::regclass"
            " AND attnum > 0 ORDER BY attnum"
        )
        names = [name for (name,) in cursor.fetchall()]
    assert names.index("embedding") < names.index("content") < names.index("search")


def whole(memory: Memory) -> list[Any]:
    """Its row as it stands in the database, with the columns that Django doesn't know of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(m)::text FROM memories_memory m WHERE id = %s", [memory.pk])
        return cursor.fetchall()


@pytest.mark.django_db
def test_it_names_every_migration() -> None:
    applied = MigrationRecorder(connection).applied_migrations()
    assert not [name for app, name in applied if app in OURS and "auto_" in name]
