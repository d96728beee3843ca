"""Migrations say what the models say, and run forward and back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import StateApps
from django.utils import timezone

from audit.models import LLMCall
from characters.models import Goal
from memories.models import Memory, MemoryLink
from tests.builders import (
    make_call,
    make_character,
    make_community,
    make_conversation,
    make_memory,
    make_message,
    make_person,
)

OURS = ["characters", "audit", "memories", "conversations"]
# The part of a log for a month: the hourly upkeep makes it, no migration does.
MONTH = re.compile(r"_\d{4}_\d{2}$")


def is_ours(table: str) -> bool:
    return table.partition("_")[0] in OURS and not MONTH.search(table)


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
        found["columns"] = [row for row in cursor.fetchall() if is_ours(row[0])]
        cursor.execute(
            """
            SELECT conrelid::regclass::text, pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2
            """
        )
        found["constraints"] = [row for row in cursor.fetchall() if is_ours(row[0])]
        cursor.execute(
            "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
        )
        found["indexes"] = sorted(
            (table, definition.partition(" USING ")[2])
            for table, definition in cursor.fetchall()
            if is_ours(table)
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


def as_it_was(app: str, migration: str) -> StateApps:
    """The models as they were when the tables were as that migration left them."""
    return MigrationExecutor(connection).loader.project_state((app, migration)).apps


def a_call(model: Any, **fields: Any) -> Any:
    return model.objects.create(
        purpose="speak", provider="test", model="a", started_at=timezone.now(), **fields
    )


@pytest.mark.django_db(transaction=True)
def test_it_migrates_each_app_back_to_nothing_and_forward_again() -> None:
    """And takes the calls along when their log is joined and parted: a way back and forth takes
    half a minute, so there is one."""
    before = shape()
    call = make_call(character=make_character(), response="The kettle is on.")
    try:
        call_command("migrate", "audit", "0002", verbosity=0)
        then = as_it_was("audit", "0002_calls_and_configuration").get_model("audit", "LLMCall")
        kept = then.objects.get(pk=call.pk)
        assert (kept.response, kept.started_at) == (call.response, call.started_at)
        assert a_call(then).pk != call.pk
        for app in reversed(OURS):
            call_command("migrate", app, "zero", verbosity=0)
            assert not {table for table in tables() if table.partition("_")[0] == app}
        assert not tables()
        with connection.cursor() as cursor:
            left = rules(cursor)
        assert left["policies"] == left["guarded"] == []
        assert not [name for name, _ in left["functions"] if name.partition("_")[0] in OURS]
        call_command("migrate", "audit", "0002", verbosity=0)
        calls = {a_call(then, response="It boils.").pk, a_call(then).pk}
    finally:
        call_command("migrate", verbosity=0)
    assert shape() == before
    assert before["policies"]
    assert set(LLMCall.objects.values_list("pk", flat=True)) == calls
    assert make_call().pk not in calls
    make_message(make_conversation(), make_person())


@pytest.mark.django_db(transaction=True)
def test_memories_written_anew_are_the_same_memories() -> None:
    """With all that belongs to them, and what recall looks through first in each row."""
    before, mara = shape(), make_character()
    kept = make_memory(mara, "The kettle is on.")
    MemoryLink.objects.create(from_memory=kept, to_memory=make_memory(mara, "It boils."))
    rows = whole(kept)
    call_command("migrate", "memories", "0014", verbosity=0)
    call_command("migrate", verbosity=0)  # with what rests on it in other apps
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


@pytest.mark.django_db(transaction=True)
def test_what_was_made_of_one_community_gets_its_place() -> None:
    """What rests on several, or on nothing any more, is for nobody."""
    mara, here, there = make_character(), make_community(), make_community(discord_id=77)
    call_command("migrate", "characters", "0009", verbosity=0)
    past = make_memory(mara, "As a girl she kept bees.")
    heard = [make_memory(mara, community_id=one.pk).pk for one in (here, there)]
    of_one = make_memory(mara, "She dreamt.", kind="dream", visibility="basic",
                         from_memories=(past.pk, heard[1]))  # fmt: skip
    of_both = make_memory(mara, "She understood.", kind="insight", visibility="basic",
                          from_memories=tuple(heard))  # fmt: skip
    own = make_memory(mara, "She wrote.", kind="diary", visibility="basic",
                      from_memories=(past.pk,))  # fmt: skip
    goals = {}
    with connection.cursor() as cursor:
        for name, origin, grounds in (
            ("one", "reflection", heard[1:]), ("both", "reflection", heard),
            ("none", "talk", []), ("set", "keeper", []),
        ):  # fmt: skip
            cursor.execute(
                """
                INSERT INTO characters_goal (character_id, goal_id, description, status, progress,
                  success_criteria, strategy, priority, origin, question, is_locked, is_withheld,
                  created_at, updated_at)
                VALUES (%s, %s, 'x', 'active', 0, '', '', 5, %s, '', false, false, now(), now())
                RETURNING id
                """,
                [mara.pk, name, origin],
            )
            goals[name] = cursor.fetchone()[0]
            for memory in grounds:
                cursor.execute(
                    "INSERT INTO characters_goal_evidence_memories (goal_id, memory_id)"
                    " VALUES (%s, %s)",
                    [goals[name], memory],
                )
    call_command("migrate", "characters", verbosity=0)
    rows = Memory.objects.in_bulk([of_one.pk, of_both.pk, own.pk])
    assert {pk: (row.community_id, row.visibility) for pk, row in rows.items()} == {
        of_one.pk: (there.pk, "basic"), of_both.pk: (None, "private"), own.pk: (None, "basic"),
    }  # fmt: skip
    found = {goal.goal_id: goal for goal in Goal.objects.all()}
    assert (found["one"].community_id, found["one"].status) == (there.pk, "active")
    assert found["both"].status == "dropped"
    assert (found["none"].community_id, found["none"].is_withheld) == (None, True)
    assert (found["set"].community_id, found["set"].is_withheld) == (None, False)


@pytest.mark.django_db
def test_it_names_every_migration() -> None:
    applied = MigrationRecorder(connection).applied_migrations()
    assert not [name for app, name in applied if app in OURS and "auto_" in name]
