"""What the database itself holds to: vectors of their model's length, ten automatic links, and who
may see what. Prompts are composed in the role `fishbowl_prompt`, which owns nothing, may only read
memories, and sees only those of one speaker before one audience: the view that was opened for it.
"""

from django.db import migrations

ROLE = """
-- Roles are the whole server's: another database of it, or another worker of the tests, may make
-- it at the same moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fishbowl_prompt') THEN
        BEGIN
            CREATE ROLE fishbowl_prompt NOLOGIN NOINHERIT;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'The database user % may not create roles. Let an administrator run: CREATE ROLE fishbowl_prompt NOLOGIN; GRANT fishbowl_prompt TO %', current_user, quote_ident(current_user);
        END;
    END IF;
    FOR attempt IN 1..20 LOOP
        EXIT WHEN pg_has_role(current_user, 'fishbowl_prompt', 'SET');
        BEGIN
            EXECUTE format('GRANT fishbowl_prompt TO %I', current_user);
        EXCEPTION
            WHEN internal_error OR unique_violation THEN -- granted elsewhere at this moment
                PERFORM pg_sleep(0.05);
            WHEN insufficient_privilege THEN -- another society's user, or an administrator, made it
                RAISE EXCEPTION 'The database user % may not take the role fishbowl_prompt. Let an administrator run: GRANT fishbowl_prompt TO %', current_user, quote_ident(current_user);
        END;
    END LOOP;
END $$;
DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO fishbowl_prompt', current_schema()); END $$;
"""

VIEW = """
-- What proves that a view was opened by the application and not made up by who reads.
CREATE TABLE memories_view_key (key text NOT NULL);
INSERT INTO memories_view_key VALUES (gen_random_uuid()::text || gen_random_uuid()::text);
REVOKE ALL ON memories_view_key FROM PUBLIC;

CREATE FUNCTION memories_visible_at(trust double precision) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_remove(ARRAY[
        'public',
        CASE WHEN trust >= 0.30 THEN 'basic' END,
        CASE WHEN trust >= 0.50 THEN 'personal' END,
        CASE WHEN trust >= 0.70 THEN 'intimate' END,
        CASE WHEN trust >= 0.90 THEN 'full' END
    ], NULL)
$$;

-- Bodies without quotes are bound to what they name when they are made: whoever reads can't slip a
-- table or a function of the same name before it.
CREATE FUNCTION memories_view_signature(view text) RETURNS text
LANGUAGE sql STABLE
RETURN (
    SELECT encode(sha256(convert_to(
        key || view || pg_backend_pid() || '@' || extract(epoch FROM transaction_timestamp()),
        'UTF8'
    )), 'hex') FROM memories_view_key
);
REVOKE ALL ON FUNCTION memories_view_signature(text) FROM PUBLIC;

-- Become, until the transaction ends, who may read what `speaker` may say before these listeners,
-- and write nothing. Fields: speaker, community, conversation, visible, least person, least
-- character, visible but for them. The least trusted listener stands apart because one may always
-- be reminded of what one told oneself: it counts only how far the others are trusted.
CREATE FUNCTION memories_open_view(
    speaker bigint, community bigint, conversation bigint, characters bigint[], people bigint[]
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    lowest double precision;
    second double precision;
    least_character bigint;
    least_person bigint;
    visible text[] := ARRAY['public', 'basic', 'personal', 'intimate', 'full', 'private'];
    but_for text[];
    view text;
BEGIN
    SELECT (array_agg(l.trust ORDER BY l.trust))[1], (array_agg(l.trust ORDER BY l.trust))[2],
           (array_agg(l.character_id ORDER BY l.trust))[1],
           (array_agg(l.person_id ORDER BY l.trust))[1]
    INTO lowest, second, least_character, least_person
    FROM (
        SELECT one.character_id, one.person_id, coalesce((
            SELECT r.trust FROM characters_relationship r
            WHERE r.from_character_id = speaker
              AND (r.to_character_id = one.character_id OR r.to_person_id = one.person_id)
              AND (r.community_id = community OR r.community_id IS NULL)
            ORDER BY r.community_id NULLS LAST LIMIT 1
        ), 0) AS trust
        FROM (
            SELECT c AS character_id, NULL::bigint AS person_id
            FROM unnest(characters) c WHERE c <> speaker
            UNION SELECT NULL, p FROM unnest(people) p
        ) one
    ) l;
    IF lowest IS NOT NULL THEN
        visible := memories_visible_at(lowest);
        but_for := memories_visible_at(coalesce(second, 1));
    END IF;
    view := concat_ws('|', speaker, coalesce(community, 0), coalesce(conversation, 0),
        array_to_string(visible, ','), coalesce(least_person, 0), coalesce(least_character, 0),
        coalesce(array_to_string(but_for, ','), ''));
    PERFORM set_config('fishbowl.view', view || '|' || memories_view_signature(view), true);
    PERFORM set_config('jit', 'off', true);
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true);
    PERFORM set_config('transaction_read_only', 'on', true);
    PERFORM set_config('role', 'fishbowl_prompt', true);
    RETURN view;
END $$;
REVOKE ALL ON FUNCTION memories_open_view(bigint, bigint, bigint, bigint[], bigint[]) FROM PUBLIC;

-- One field of the view that stands open; null when none does. It alone reads the key, as its
-- owner, with names that a reader's temporary tables can't shadow.
CREATE FUNCTION memories_view(field integer) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER AS $$
DECLARE
    signed text := current_setting('fishbowl.view', true);
    view text;
BEGIN
    IF coalesce(signed, '') = '' THEN
        RETURN NULL;
    END IF;
    view := regexp_replace(signed, '[|][^|]*$', '');
    IF signed <> view || '|' || memories_view_signature(view) THEN
        RAISE insufficient_privilege USING MESSAGE = 'This view of the memories was not opened by the application.';
    END IF;
    RETURN split_part(view, '|', field);
END $$;
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION memories_view(integer) SET search_path = pg_catalog, %I, pg_temp', current_schema());
END $$;

CREATE FUNCTION memories_view_id(field integer) RETURNS bigint
LANGUAGE sql STABLE PARALLEL RESTRICTED RETURN nullif(memories_view(field), '0')::bigint;

CREATE FUNCTION memories_view_list(field integer) RETURNS text[]
LANGUAGE sql STABLE PARALLEL RESTRICTED RETURN string_to_array(nullif(memories_view(field), ''), ',');

-- Whether the least trusted listener said a message: what others said of them is no fact that they
-- told. As its owner, since prompts may not read messages.
CREATE FUNCTION memories_said_by_least(message bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER COST 1000
RETURN EXISTS (
    SELECT FROM conversations_message m
    WHERE m.id = message AND m.person_id = memories_view_id(5)
);
"""

# A sub-select is computed once a statement, a bare call once a row.
SPEAKER, COMMUNITY, CONVERSATION = (f"(SELECT memories_view_id({n}))" for n in (1, 2, 3))
VISIBLE, BUT_FOR = (f"(SELECT memories_view_list({n}))::text[]" for n in (4, 7))
LEAST_PERSON, LEAST_CHARACTER = (f"(SELECT memories_view_id({n}))" for n in (5, 6))
SAYABLE = f"""(
    visibility = ANY ({VISIBLE})
    OR ({{person}} = {LEAST_PERSON} AND visibility = ANY ({BUT_FOR}))
    {{more}}
)"""

POLICIES = {
    "memories_memory": f"""
        (owner_id = {SPEAKER} OR owner_id IS NULL)
        AND (community_id IS NULL OR community_id = {COMMUNITY})
        AND """
    + SAYABLE.format(
        person="told_by_person_id",
        more=f"OR (told_by_character_id = {LEAST_CHARACTER} AND visibility = ANY ({BUT_FOR}))",
    ),
    "memories_personfact": f"""
        (character_id = {SPEAKER} OR character_id IS NULL)
        AND (community_id IS NULL OR community_id = {COMMUNITY})
        AND """
    + SAYABLE.format(
        person="memories_said_by_least(extracted_from_message_id) AND person_id", more=""
    ),
    # Notes are of one conversation; only alone does a character look through those of all.
    "memories_scratchpadentry": f"""
        (conversation_id = {CONVERSATION} AND (is_public OR character_id = {SPEAKER}))
        OR (character_id = {SPEAKER} AND 'private' = ANY ({VISIBLE}))
    """,
    # What hangs on a memory is seen by who sees the memory: these look at it through its policy.
    "memories_memorylink": """
        EXISTS (SELECT FROM memories_memory m WHERE m.id = from_memory_id)
        AND EXISTS (SELECT FROM memories_memory m WHERE m.id = to_memory_id)
    """,
    "memories_entitymention": "EXISTS (SELECT FROM memories_memory m WHERE m.id = memory_id)",
    "memories_entity": """
        EXISTS (SELECT FROM memories_entitymention n WHERE n.entity_id = memories_entity.id)
    """,
    # Another name may be what was confided: it is known to who sees a memory that says it.
    "memories_entityalias": """
        EXISTS (
            SELECT FROM memories_entitymention n JOIN memories_memory m ON m.id = n.memory_id
            WHERE n.entity_id = memories_entityalias.entity_id
              AND strpos(lower(m.content), lower(alias)) > 0
        )
    """,
    "memories_entityrelation": "EXISTS (SELECT FROM memories_memory m WHERE m.id = evidence_id)",
    "memories_loredocument": f"""
        is_enabled AND (community_id IS NULL OR community_id = {COMMUNITY})
        AND (character_id IS NULL OR character_id = {SPEAKER})
    """,
    "memories_lorechunk": """
        EXISTS (SELECT FROM memories_memory m WHERE m.id = memory_id)
        AND EXISTS (SELECT FROM memories_loredocument d WHERE d.id = document_id)
    """,
    "memories_contagion": f"community_id = {COMMUNITY}",
}


def forward(apps, schema_editor):
    for table, condition in POLICIES.items():
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", None)
        schema_editor.execute(
            f"CREATE POLICY prompt_reads ON {table} FOR SELECT TO fishbowl_prompt "
            f"USING ({condition})",
            None,
        )
        schema_editor.execute(f"GRANT SELECT ON {table} TO fishbowl_prompt", None)
    schema_editor.execute("GRANT SELECT ON memories_embeddingmodel TO fishbowl_prompt", None)


def backward(apps, schema_editor):
    for table in POLICIES:
        schema_editor.execute(f"DROP POLICY prompt_reads ON {table}", None)
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", None)
        schema_editor.execute(f"REVOKE ALL ON {table} FROM fishbowl_prompt", None)
    schema_editor.execute("REVOKE ALL ON memories_embeddingmodel FROM fishbowl_prompt", None)


# The role itself stays: it may be another database's too.
NO_VIEW = """
DROP FUNCTION memories_said_by_least(bigint);
DROP FUNCTION memories_view_list(integer);
DROP FUNCTION memories_view_id(integer);
DROP FUNCTION memories_view(integer);
DROP FUNCTION memories_open_view(bigint, bigint, bigint, bigint[], bigint[]);
DROP FUNCTION memories_view_signature(text);
DROP FUNCTION memories_visible_at(double precision);
DROP TABLE memories_view_key;
"""

RULES = """
CREATE FUNCTION memories_check_dimensions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    expected integer;
BEGIN
    SELECT dimensions INTO expected FROM memories_embeddingmodel WHERE id = NEW.embedding_model_id;
    IF vector_dims(NEW.embedding) <> expected THEN
        RAISE check_violation USING MESSAGE = format(
            'A vector of %s dimensions is none of its model, which has %s.',
            vector_dims(NEW.embedding), expected);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION memories_check_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM memories_memory WHERE id = NEW.from_memory_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM memories_memorylink
        WHERE from_memory_id = NEW.from_memory_id AND origin = 'auto') >= 10 THEN
        RAISE check_violation USING MESSAGE = 'A memory has at most ten automatic links.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ten_links BEFORE INSERT ON memories_memorylink
    FOR EACH ROW WHEN (NEW.origin = 'auto') EXECUTE FUNCTION memories_check_links();
"""
NO_RULES = """
DROP TRIGGER ten_links ON memories_memorylink;
DROP FUNCTION memories_check_links();
DROP FUNCTION memories_check_dimensions();
"""
WITH_VECTORS = (
    "memories_memory",
    "memories_personfact",
    "memories_entity",
    "memories_waitingvector",
)


class Migration(migrations.Migration):
    replaces = [("memories", "0006_narrowing")]

    dependencies = [
        ("memories", "0002_memories"),
        ("characters", "0001_cast"),
        ("conversations", "0002_messages"),
    ]

    operations = [
        migrations.RunSQL(RULES, NO_RULES),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER vector_fits_model BEFORE INSERT OR UPDATE OF embedding, "
                f"embedding_model_id ON {table} FOR EACH ROW WHEN (NEW.embedding IS NOT NULL) "
                f"EXECUTE FUNCTION memories_check_dimensions()",
                f"DROP TRIGGER vector_fits_model ON {table}",
            )
            for table in WITH_VECTORS
        ),
        migrations.RunSQL(ROLE, migrations.RunSQL.noop),
        migrations.RunSQL(VIEW, NO_VIEW),
        migrations.RunPython(forward, backward),
    ]
