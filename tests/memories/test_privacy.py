"""Attempts to read, in the role that prompts are composed in, what may not be said.

The attacker here writes any SQL it likes under an open view; what is promised of that, and what
isn't, stands in docs/privacy.md.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from audit.models import SecurityEvent
from characters.models import Character, Person
from fishbowl.embedded.postgres import programs
from memories.models import (
    Derivation,
    Entity,
    EntityAlias,
    EntityMention,
    EntityRelation,
    Memory,
    MemoryLink,
    MemoryRevision,
    MemoryShare,
    PersonFact,
    ScratchpadEntry,
)
from memories.models.memory import Visibility
from memories.view import Audience, View, seen_by
from tests.builders import (
    NOON,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_relationship,
)

pytestmark = pytest.mark.django_db

SECRET = "The will is behind the sundial at zubrowka."
READABLE = {
    "memories_memory",
    "memories_personfact",
    "memories_scratchpadentry",
    "memories_memorylink",
    "memories_entitymention",
    "memories_entity",
    "memories_entityalias",
    "memories_entityrelation",
    "memories_factassociation",
    "memories_loredocument",
    "memories_lorechunk",
    "memories_contagion",
    "memories_embeddingmodel",
}


class World:
    """Ada may say `known` before Sam, whom she hardly trusts; all else is hidden from them."""

    def __init__(self) -> None:
        self.ada, self.bram, self.sam = make_character("Ada"), make_character(), make_person("Sam")
        make_relationship(self.ada, self.sam, trust=0.35, community=None)
        self.conversation = make_conversation()
        self.message = make_message(self.conversation, self.sam, SECRET)
        self.known = make_memory(self.ada, "The harbour is quiet.", visibility=Visibility.BASIC)
        self.secret = make_memory(
            self.ada, SECRET, visibility=Visibility.INTIMATE, source_message_id=self.message.pk
        )
        self.private = make_memory(self.ada, f"Nobody knows: {SECRET}", visibility="private")
        self.others = make_memory(self.bram, f"Bram knows: {SECRET}", visibility=Visibility.PUBLIC)
        for one, two in ((self.known, self.secret), (self.secret, self.known)):
            MemoryLink.objects.create(from_memory=one, to_memory=two)
        self.harbour = Entity.objects.create(name="The harbour", kind="place")
        self.will = Entity.objects.create(name="The will of zubrowka", kind="thing")
        EntityAlias.objects.create(entity=self.will, alias="the testament")
        EntityAlias.objects.create(entity=self.will, alias="quiet")  # a word of what is known, too
        EntityAlias.objects.create(entity=self.harbour, alias="harbour")
        EntityAlias.objects.create(entity=self.harbour, alias="where zubrowka is buried")
        EntityMention.objects.create(entity=self.harbour, memory=self.known)
        EntityMention.objects.create(entity=self.will, memory=self.secret)
        EntityMention.objects.create(entity=self.harbour, memory=self.secret, start=3, end=9)
        EntityMention.objects.create(entity=self.will, message=self.message)
        EntityRelation.objects.create(
            subject=self.will,
            relation="hidden at",
            object=self.harbour,
            valid_from=NOON,
            evidence=self.secret,
        )
        Derivation.objects.create(memory=self.known, from_memory=self.secret)
        MemoryRevision.objects.create(
            memory=self.known, content_before=SECRET, reason="admin", revised_at=NOON
        )
        MemoryShare.objects.create(
            source_character=self.ada,
            target_character=self.bram,
            memory=self.secret,
            permission_level="intimate",
            trust_level_at_sharing=0.1,
            trust_required=0.7,
            status="refused",
            reason=SECRET,
            shared_at=NOON,
        )
        PersonFact.objects.create(
            person=self.sam,
            character=self.bram,
            fact_content=SECRET,
            visibility=Visibility.PUBLIC,
            learned_at=NOON,
        )
        PersonFact.objects.create(
            person=make_person(),
            character=self.ada,
            fact_content=SECRET,
            visibility=Visibility.PERSONAL,
            learned_at=NOON,
        )
        ScratchpadEntry.objects.create(
            conversation=self.conversation,
            character=self.bram,
            part="reasoning",
            content=SECRET,
            created_at=NOON,
            expires_at=NOON,
        )

    def view(self, *, people: tuple[Person, ...] | None = None) -> Any:
        listening = (self.sam,) if people is None else people
        return seen_by(
            self.ada.pk,
            Audience(people=frozenset(p.pk for p in listening), conversation=self.conversation.pk),
        )


@pytest.fixture
def world() -> World:
    return World()


def rows(view: View, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    view.cursor.execute(statement, values or None)
    return list(view.cursor.fetchall())


def refused(view: View, statement: str, match: str = "permission denied", *values: Any) -> None:
    """The statement fails for want of a right; the view goes on."""
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        view.cursor.execute(statement, values or None)


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM memories_memory",
        "TABLE memories_memory",
        "SELECT m FROM memories_memory m",
        "SELECT to_jsonb(m) FROM memories_memory m",
        "SELECT * FROM memories_memory WHERE visibility = 'intimate' OR true",
        "SELECT * FROM memories_memory WHERE id = ANY (SELECT id FROM memories_memory) OR 1 = 1",
        "SELECT b.* FROM memories_memory a RIGHT JOIN memories_memory b ON false",
        "SELECT b.* FROM memories_memory a, LATERAL (SELECT * FROM memories_memory) b",
        "SELECT * FROM (SELECT * FROM memories_memory OFFSET 0) m",
        "WITH m AS MATERIALIZED (SELECT * FROM memories_memory) SELECT * FROM m",
        "WITH RECURSIVE r AS (SELECT id, content FROM memories_memory UNION SELECT m.id, m.content"
        " FROM r JOIN memories_memory m ON m.id <> r.id) SELECT * FROM r",
        "SELECT * FROM memories_memory UNION ALL SELECT * FROM memories_memory",
        "SELECT max(content) FROM memories_memory GROUP BY id",
        "SELECT string_agg(content, ' ') OVER () FROM memories_memory",
        "SELECT content FROM memories_memorylink l JOIN memories_memory m ON m.id = to_memory_id",
        "SELECT * FROM memories_memorylink",
        "SELECT * FROM memories_entity e LEFT JOIN memories_entityalias a ON a.entity_id = e.id",
        "SELECT * FROM memories_entityalias",
        "SELECT * FROM memories_entityrelation",
        "SELECT * FROM memories_personfact",
        "SELECT * FROM memories_scratchpadentry",
        "SELECT search::text FROM memories_memory",
        "SELECT * FROM ts_stat('SELECT search FROM memories_memory')",
        "SELECT * FROM ts_stat('SELECT to_tsvector(content) FROM memories_memory')",
        "SELECT * FROM memories_memory TABLESAMPLE SYSTEM (100)",
        "SELECT * FROM ONLY memories_memory WHERE tableoid = 'memories_memory'::regclass",
        "SELECT embedding::text, content FROM memories_memory ORDER BY embedding <=>"
        " (SELECT embedding FROM memories_memory LIMIT 1)",
        "SELECT * FROM pg_stats_ext",
        "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats"
        " WHERE tablename LIKE 'memories%' OR tablename LIKE 'conversations%'",
        "SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
        "SELECT current_setting('fishbowl.view')",
    ],
)  # fmt: skip
def test_no_statement_brings_up_what_may_not_be_said(world: World, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE memories_memory, conversations_message")
    with world.view() as view:
        found = str(rows(view, statement))
    for hidden in ("zubrowka", "sundial", "testament"):
        assert hidden not in found
    if statement.startswith("SELECT * FROM memories_memory "):
        assert "harbour" in found  # it runs, and finds what is allowed


def test_it_sees_what_is_allowed(world: World) -> None:
    with world.view() as view:
        assert rows(view, "SELECT id FROM memories_memory") == [(world.known.pk,)]
        assert rows(view, "SELECT id FROM memories_entity") == [(world.harbour.pk,)]
        assert rows(view, "SELECT alias FROM memories_entityalias") == [("harbour",)]
        assert rows(view, "SELECT count(*) FROM memories_entitymention") == [(1,)]
    with world.view(people=()) as view:  # alone: everything that is Ada's
        assert len(rows(view, "SELECT id FROM memories_memory")) == 3
        assert len(rows(view, "SELECT id FROM memories_memorylink")) == 2
        assert len(rows(view, "SELECT id FROM memories_entityrelation")) == 1
        assert len(rows(view, "SELECT id FROM memories_entitymention")) == 3
        # Nobody's memory says so, so it isn't known from one.
        aliases = rows(view, "SELECT alias FROM memories_entityalias")
        assert ("where zubrowka is buried",) not in aliases


@pytest.mark.parametrize(
    "counted",
    [
        "SELECT count(*) FROM memories_memory WHERE id = %s",
        "SELECT count(*) FROM memories_memory WHERE id = %s OR content LIKE '%%zubrowka%%'",
        "SELECT count(*) FROM memories_memorylink WHERE to_memory_id = %s OR from_memory_id = 0",
        "SELECT count(*) FROM memories_entitymention WHERE memory_id = %s",
        "SELECT count(*) FROM memories_entityrelation WHERE evidence_id = %s",
        "SELECT count(*) FROM memories_memory WHERE search @@ 'sundial'::tsquery OR id = %s",
        "SELECT count(*) FROM memories_memory WHERE to_tsvector('english', content) @@"
        " 'sundial'::tsquery OR id = %s",
        "SELECT (EXISTS (SELECT FROM memories_memory WHERE id = %s))::int",
    ],
)
def test_no_count_tells_that_it_is_there(world: World, counted: str) -> None:
    with world.view() as view:
        assert rows(view, counted, world.secret.pk) == [(0,)]


@pytest.mark.parametrize(
    "tell_tale",
    [
        "SELECT id FROM memories_memory WHERE content::int > 0",
        "SELECT id FROM memories_memory"
        " WHERE 1 / (CASE WHEN content LIKE '%%zubrowka%%' THEN 0 ELSE 1 END) > 0",
        "SELECT id FROM memories_memory WHERE content::jsonb IS NOT NULL",
        "SELECT id FROM memories_memory"
        " ORDER BY CASE WHEN content LIKE '%%zubrowka%%' THEN 1 / (id - id) END",
        "SELECT id FROM memories_memory WHERE to_tsquery('english', content) IS NOT NULL",
    ],
)
def test_no_error_speaks_of_what_is_hidden(world: World, tell_tale: str) -> None:
    """A condition of the reader's own sees only rows that have passed the policy, however cheap."""
    world.known.content = "42"
    world.known.save(update_fields=["content"])
    with world.view() as view:
        assert rows(view, tell_tale) == [(world.known.pk,)]


def test_a_function_that_tells_what_it_sees_is_called_after_the_policy(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION public.blab(text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE NOTICE 'heard: %', $1; RETURN true; END $$"
        )
    heard: list[str] = []
    raw = connection.connection
    raw.add_notice_handler(lambda notice: heard.append(str(notice.message_primary)))
    with world.view() as view:
        rows(view, "SELECT count(*) FROM memories_memory WHERE blab(content)")
        rows(view, "SELECT count(*) FROM memories_memory WHERE blab(content) AND search @@ 'will'")
    assert heard[:1] == ["heard: The harbour is quiet."]
    assert not [line for line in heard if "zubrowka" in line]


def test_the_planner_s_estimates_don_t_know_what_stands_there(world: World) -> None:
    """Figures from the statistics are used only with functions that can't leak."""
    for n in range(30):
        make_memory(world.bram, f"{SECRET} {n}", keywords=("sundial",))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE memories_memory")
    with world.view() as view:
        plans = [
            rows(
                view,
                f"EXPLAIN SELECT FROM memories_memory WHERE content LIKE '%%{word}%%'",
            )
            for word in ("sundial", "moondial")
        ]
    assert str(plans[0]).replace("sundial", "") == str(plans[1]).replace("moondial", "")


# --- other doors ----------------------------------------------------------------------------------


def relations() -> set[str]:
    """Every table, partition, view and sequence that isn't PostgreSQL's own, of whichever app or
    schema."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c"
            " WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relpersistence <> 't'"
            " AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN"
            " ('pg_catalog', 'information_schema', 'pg_toast'))"
        )
        return {name for (name,) in cursor.fetchall()}


def test_it_reads_these_tables_and_no_others(world: World) -> None:
    """Not by a column either, nor by a partition: that has its own rights, and no policy of its
    table's."""
    ours = relations()
    models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class c"
                       " ON c.oid = inhrelid AND relkind = 'r'")  # fmt: skip
        partitions = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S'")
        sequences = {name for (name,) in cursor.fetchall()}
    assert partitions and sequences
    assert ours > READABLE | models | partitions | sequences
    with world.view() as view:
        may_read = {
            table
            for table in ours - sequences
            if rows(view, "SELECT has_any_column_privilege(%s, 'SELECT')", table)[0][0]
        }
        assert may_read == READABLE
        for table in sorted(ours - READABLE):
            refused(view, f"TABLE {table}")
        writable = "INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN"
        for table in sorted(ours - sequences):
            assert rows(view, "SELECT has_table_privilege(%s, %s)", table, writable) == [(False,)]
            columns = "INSERT, UPDATE, REFERENCES"
            assert rows(view, "SELECT has_any_column_privilege(%s, %s)", table, columns) == [
                (False,)
            ]
        for name in sorted(sequences):
            assert rows(view, "SELECT has_sequence_privilege(%s, %s)", name,
                        "USAGE, SELECT, UPDATE") == [(False,)]  # fmt: skip


def test_a_table_that_is_made_later_is_readable_to_nobody_unasked() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_default_acl")
        assert cursor.fetchone() == (0,)
        cursor.execute("CREATE TABLE public.made_later (said text)")
        cursor.execute("SELECT has_any_column_privilege('fishbowl_prompt', 'made_later', 'SELECT')")
        assert cursor.fetchone() == (False,)
    assert "made_later" in relations()


def test_every_readable_table_has_a_policy() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c WHERE relname = ANY (%s) AND relrowsecurity"
            " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)",
            [sorted(READABLE)],
        )
        guarded = {name for (name,) in cursor.fetchall()}
    assert guarded == READABLE - {"memories_embeddingmodel"}  # which says nothing of anybody


def test_the_role_is_nobody_and_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,"
            " rolbypassrls FROM pg_roles WHERE rolname = 'fishbowl_prompt'"
        )
        assert cursor.fetchall() == [(False,) * 7]
        cursor.execute(
            "SELECT count(*) FROM pg_auth_members WHERE member = 'fishbowl_prompt'::regrole"
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'fishbowl_prompt'::regrole"
            " AND deptype = 'o'"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO memories_memory (content) VALUES ('x')",
        "UPDATE memories_memory SET visibility = 'public'",
        "DELETE FROM memories_memory",
        "TRUNCATE memories_memory",
        "MERGE INTO memories_memory m USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
        "SELECT * FROM memories_memory FOR UPDATE",
        "SELECT * FROM memories_memory FOR KEY SHARE",
        "ALTER TABLE memories_memory DISABLE ROW LEVEL SECURITY",
        "DROP POLICY prompt_reads ON memories_memory",
        "CREATE POLICY mine ON memories_memory USING (true)",
        "GRANT ALL ON memories_memory TO PUBLIC",
        "CREATE TABLE public.copied AS SELECT * FROM memories_memory",
        "CREATE TEMP TABLE copied AS SELECT * FROM memories_memory",
        "CREATE VIEW public.seen AS SELECT * FROM memories_memory",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE EXTENSION dblink",
        "SELECT nextval('memories_memory_id_seq')",
        "SELECT setval('memories_memory_id_seq', 1)",
        "SELECT last_value FROM memories_memory_id_seq",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_import('/etc/hostname')",
        "SELECT pg_read_file('/etc/hostname')",
        "SELECT * FROM pg_statistic",
        "SELECT * FROM pg_authid",
        "COPY memories_memory FROM PROGRAM 'true'",
        "COPY memories_memory TO PROGRAM 'cat'",
        "COPY memories_memory TO '/tmp/memories.txt'",
        "COPY memories_derivation TO STDOUT",
        "LISTEN memories; NOTIFY memories; VACUUM memories_memory",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usesysid <> 0",
        "SELECT memories_open_view(1, NULL, NULL, '{}', '{}')",
        "SELECT memories_view_signature('1')",
        "SELECT * FROM memories_view_key",
        "SET transaction_read_only = off",
        "SET TRANSACTION READ WRITE",
        "SELECT set_config('transaction_read_only', 'off', false)",
    ],
)
def test_it_writes_nothing_and_takes_nothing_away(world: World, statement: str) -> None:
    with world.view() as view:
        refused(
            view,
            statement,
            "permission denied|must be owner|read-only transaction|cannot set transaction|"
            "only roles with|must be superuser|Only superusers|cannot be executed|cannot run",
        )
    assert Memory.objects.count() == 4


def test_a_copy_of_the_table_holds_what_is_allowed(world: World) -> None:
    with world.view() as view, view.cursor.cursor.copy("COPY memories_memory TO STDOUT") as copied:
        lines = b"".join(bytes(line) for line in copied).decode()
    assert "harbour" in lines
    assert "zubrowka" not in lines


def test_what_was_planned_before_the_view_is_planned_anew_under_it(world: World) -> None:
    """A statement prepared by the application, with all rights, is no way around a view; nor is one
    that was prepared in another view."""
    with connection.cursor() as cursor:
        cursor.execute("PREPARE every AS SELECT id FROM memories_memory ORDER BY id")
        cursor.execute("PREPARE told AS SELECT content FROM conversations_message")
        for _ in range(7):  # until its plan is a generic one
            cursor.execute("EXECUTE every")
            assert len(cursor.fetchall()) == 4
        cursor.execute("EXECUTE told")
    with world.view(people=()) as view:
        assert len(rows(view, "EXECUTE every")) == 3
    with world.view() as view:
        assert rows(view, "EXECUTE every") == [(world.known.pk,)]
        refused(view, "EXECUTE told")
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE every; DEALLOCATE told")


def test_policies_can_t_be_switched_off(world: World) -> None:
    with world.view() as view:
        rows(view, "SELECT set_config('row_security', 'off', true)")
        refused(view, "SELECT * FROM memories_memory", "affected by row-level security")


# --- forging a view -------------------------------------------------------------------------------


def test_without_a_view_it_sees_nothing(world: World) -> None:
    with world.view() as view:
        rows(view, "SELECT set_config('fishbowl.view', '', true)")
        for table in sorted(READABLE - {"memories_embeddingmodel"}):
            assert rows(view, f"TABLE {table}") == []


@pytest.mark.parametrize("made_up", ["full", "|", "a|b", "1|0|0|private|0|0|", "x" * 10_000])
def test_a_view_that_was_made_up_is_refused(world: World, made_up: str) -> None:
    with world.view() as view:
        rows(view, "SELECT set_config('fishbowl.view', %s, true)", made_up)
        refused(view, "SELECT * FROM memories_memory", "not opened by the application")


def test_a_field_can_t_be_changed_under_the_signature(world: World) -> None:
    with world.view() as view:
        ((signed,),) = rows(view, "SELECT current_setting('fishbowl.view')")
        for forged in (
            signed.replace("public,basic", "public,basic,intimate"),
            f"{world.bram.pk}{signed[signed.index('|') :]}",
            "x|" + signed,
            signed.upper(),
        ):
            assert forged != signed
            rows(view, "SELECT set_config('fishbowl.view', %s, true)", forged)
            refused(view, "SELECT * FROM memories_memory", "not opened by the application")
        rows(view, "SELECT set_config('fishbowl.view', %s, true)", signed)
        assert len(rows(view, "SELECT * FROM memories_memory")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_signed_view_is_of_no_use_in_another_transaction(world: World) -> None:
    with world.view(people=()) as view:
        ((signed,),) = rows(view, "SELECT current_setting('fishbowl.view')")
    with world.view() as view:
        rows(view, "SELECT set_config('fishbowl.view', %s, true)", signed)
        refused(view, "SELECT * FROM memories_memory", "not opened by the application")


def test_a_view_can_t_be_opened_from_within_one(world: World) -> None:
    with (
        world.view(),
        pytest.raises(DatabaseError, match="permission denied"),
        seen_by(world.ada.pk, Audience()),
    ):
        pytest.fail("it opened")


def test_what_is_denied_to_a_prompt_is_a_security_event(world: World) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), world.view() as view:
        rows(view, "SELECT * FROM auth_user")
    event = SecurityEvent.objects.get(event_type="row_denied")
    assert "auth_user" in event.event_data["refused"]
    assert event.severity == "high"


def test_a_temporary_table_in_the_place_of_the_key_is_not_read(world: World) -> None:
    """Were the key looked up by its bare name, whoever may make temporary tables would sign."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE memories_view_key (key) AS SELECT 'mine'::text")
        cursor.execute("GRANT SELECT ON memories_view_key TO PUBLIC")
    forged = f"{world.ada.pk}|0|0|intimate,private|0|0|"
    with world.view() as view:
        rows(
            view,
            "SELECT set_config('fishbowl.view', %s || '|' || encode(sha256(convert_to('mine' || %s"
            " || pg_backend_pid() || '@' || extract(epoch FROM transaction_timestamp()), 'UTF8')),"
            " 'hex'), true)",
            forged,
            forged,
        )
        refused(view, "SELECT * FROM memories_memory", "not opened by the application")


def test_a_function_in_another_schema_does_not_stand_in_for_ours(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO PUBLIC")
        cursor.execute(
            "CREATE FUNCTION elsewhere.memories_view(integer) RETURNS text LANGUAGE sql AS"
            " $$ SELECT 'private,intimate' $$"
        )
        cursor.execute(
            "CREATE FUNCTION elsewhere.memories_view_signature(text) RETURNS text LANGUAGE sql AS"
            " $$ SELECT 'mine' $$"
        )
    with world.view() as view:
        rows(view, "SELECT set_config('search_path', 'elsewhere, pg_temp, public', true)")
        assert rows(view, "SELECT id FROM memories_memory") == [(world.known.pk,)]
        rows(view, "SELECT set_config('fishbowl.view', 'x|mine', true)")
        refused(view, "SELECT * FROM memories_memory", "not opened by the application")


def test_only_functions_that_are_known_to_be_safe_run_with_more_rights() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc p WHERE prosecdef"
            " AND has_function_privilege('fishbowl_prompt', oid, 'EXECUTE')"
        )
        assert {name for (name,) in cursor.fetchall()} == {
            "memories_view",
            "memories_view_is_adult",
            "memories_said_by_least",
            "memories_consented",
            "memories_candidates",
        }


def test_a_parameter_stays_a_value(world: World) -> None:
    """Leaving the role takes a statement, and statements are the program's own: what people and
    characters say is only ever a parameter."""
    said = "'; RESET ROLE; SELECT content FROM memories_memory; --\\'"
    with world.view() as view:
        assert rows(view, "SELECT %s::text", said) == [(said,)]
        assert rows(view, "SELECT id FROM memories_memory WHERE content = %s", said) == []
        assert rows(view, "SELECT current_user::text") == [("fishbowl_prompt",)]
        assert list(Memory.objects.filter(content__icontains=said)) == []


def test_who_leaves_the_role_still_writes_nothing(world: World) -> None:
    """What is not promised: SQL of one's own can leave the role. What holds all the same."""
    with world.view() as view:
        rows(view, "SELECT set_config('role', 'none', true)")
        assert len(rows(view, "SELECT id FROM memories_memory")) == 4
        refused(view, "UPDATE memories_memory SET visibility = 'public'", "read-only transaction")


# --- the servers around it ------------------------------------------------------------------------


def role_sql(role: str) -> str:
    from importlib import import_module

    return str(import_module("memories.migrations.0003_what_prompts_may_see").ROLE).replace(
        "fishbowl_prompt", role
    )


def connect(database: str) -> psycopg.Connection[Any]:
    settings = connection.settings_dict
    return psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"] or None,
        user=settings["USER"],
        password=settings["PASSWORD"] or None,
        dbname=database,
        autocommit=True,
    )


@pytest.fixture
def second_database() -> Iterator[str]:
    """An empty database beside that of the tests."""
    name = f"{connection.settings_dict['NAME']}_second"
    with connect("postgres") as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield name
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def test_databases_of_one_server_may_make_the_role_at_once(second_database: str) -> None:
    databases = [connection.settings_dict["NAME"], second_database, "postgres"]
    role = f"{connection.settings_dict['NAME']}_race"
    for _ in range(5):
        failures: list[Exception] = []
        gate = threading.Barrier(len(databases))

        def make(database: str, gate: Any = gate, failures: list[Exception] = failures) -> None:
            with connect(database) as session:
                gate.wait()
                try:
                    session.execute(role_sql(role))
                except psycopg.Error as error:
                    failures.append(error)

        racing = [threading.Thread(target=make, args=(name,)) for name in databases]
        for thread in racing:
            thread.start()
        for thread in racing:
            thread.join()
        assert not failures
        for database in databases:
            with connect(database) as session:
                session.execute(f"DROP OWNED BY {role}")
        with connect("postgres") as session:
            assert session.execute(
                "SELECT count(*) FROM pg_roles WHERE rolname = %s", [role]
            ).fetchone() == (1,)
            session.execute(f"DROP ROLE {role}")


@pytest.mark.django_db(transaction=True)
def test_a_dump_holds_everything_and_its_restoration_keeps_the_policies(
    world: World, second_database: str, tmp_path: Any
) -> None:
    settings = connection.settings_dict
    where = ["-h", settings["HOST"], "-p", str(settings["PORT"]), "-U", settings["USER"]]
    dump = tmp_path / "dump"
    subprocess.run(
        [programs() / "pg_dump", *where, "-Fc", "-f", dump, settings["NAME"]], check=True
    )
    subprocess.run(
        [
            *(programs() / "pg_restore", *where, "--exit-on-error", "--no-comments"),
            *("-d", second_database, dump),
        ],
        check=True,
    )
    with connect(second_database) as session, session.transaction():
        assert session.execute("SELECT count(*) FROM memories_memory").fetchone() == (4,)
        session.execute(
            "SELECT memories_open_view(%s, NULL, NULL, '{}', %s)", [world.ada.pk, [world.sam.pk]]
        )
        found = session.execute("SELECT content FROM memories_memory").fetchall()
    assert found == [("The harbour is quiet.",)]


def test_no_model_of_memories_is_readable_by_accident() -> None:
    """A new table is for nobody's prompt until a policy says whose."""
    named = {
        model._meta.db_table
        for model in apps.get_app_config("memories").get_models()
        if not model._meta.proxy
    }
    assert named >= READABLE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t FROM unnest(%s::text[]) t"
            " WHERE has_any_column_privilege('fishbowl_prompt', t, 'SELECT')",
            [sorted(named)],
        )
        assert {name for (name,) in cursor.fetchall()} == READABLE


def test_characters_read_each_only_their_own(world: World) -> None:
    """The same statement, two speakers: each finds its own."""
    found = {}
    for speaker in (world.ada, world.bram):
        with seen_by(speaker.pk, Audience()) as view:
            found[speaker.pk] = {pk for (pk,) in rows(view, "SELECT id FROM memories_memory")}
    assert found[world.bram.pk] == {world.others.pk}
    assert world.others.pk not in found[world.ada.pk]
    assert isinstance(world.ada, Character)
