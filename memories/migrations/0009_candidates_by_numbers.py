"""What a big owner's recall looks at is weighed by numbers (migration 0007) in place of texts, and an
owner's index of vectors ends at a row: what was remembered since is looked through as it is, so that
storing doesn't wait for an index.
"""

from importlib import import_module

from django.db import migrations

SEEN = import_module("memories.migrations.0006_candidates_planned_once").SEEN
numbered = import_module("memories.migrations.0006_candidates_planned_once").numbered

# Which of the question's words a memory holds, as in recall's statement (`recall_sql`).
MASK = """(
            (- (m.words <#> code1))::bigint | coalesce((- (m.words <#> code2))::bigint << 24, 0)
            | coalesce((- (m.words <#> code3))::bigint << 48, 0)
            | CASE WHEN compounds IS NULL THEN 0 ELSE coalesce((
                SELECT bit_or(1::bigint << (3 * c.n - 3)::int)
                FROM unnest(compounds) WITH ORDINALITY c (query, n) WHERE m.search @@ c.query
            ), 0) END
        )"""
# Whether it holds what stands in a row of `asked`: a word, or another for it.
HOLDS = """CASE WHEN a.n <= width THEN mask >> (3 * a.word - 1)::int & 1 = 1
                ELSE mask >> (3 * a.word - 3)::int & 3 <> 0 END"""

OLD = "memories_candidates(halfvec, bigint, tsquery[], tsquery[], double precision, timestamptz, timestamptz, timestamptz)"
NEW = "memories_candidates(halfvec, bigint, tsquery[], tsquery[], sparsevec[], tsquery[], double precision, timestamptz, timestamptz, timestamptz, bigint)"

CANDIDATES = (
    r"""
CREATE FUNCTION memories_candidates(
    question halfvec, model bigint, words tsquery[], synonyms tsquery[], codes sparsevec[],
    compounds tsquery[], rarity double precision, since timestamptz, until timestamptz,
    at timestamptz, indexed bigint
) RETURNS TABLE (
    ids bigint[], total double precision, exact double precision[], others double precision[]
) LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER AS $body$
#variable_conflict use_variable
DECLARE
    speaker bigint := memories_view_id(1);
    community bigint := memories_view_id(2);
    visible text[] := memories_view_list(4);
    least_person bigint := memories_view_id(5);
    least_character bigint := memories_view_id(6);
    but_for text[] := memories_view_list(7);
    adult boolean := memories_view_is_adult();
    width integer := cardinality(words);
    length integer := vector_dims(question);
    code1 sparsevec := codes[1];
    code2 sparsevec := codes[2];
    code3 sparsevec := codes[3];
    whose tsquery;
    sampled bigint[];
    step integer;
    counts double precision[];
    near bigint[];
    fresh bigint[];
    alike bigint[];
    timely bigint[];
BEGIN
    IF speaker IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('hnsw.ef_search', '100', true),
        set_config('hnsw.iterative_scan', 'relaxed_order', true);
    -- A sample of what is seen, of some five hundred: how much it is, and how common each word.
    sampled := ARRAY(
        SELECT m.id FROM memories_memory m WHERE m.owner_id = speaker AND m.id % 16 = 0
    );
    step := 1 + cardinality(sampled) / 512;
    WITH sample AS MATERIALIZED (
        SELECT mask, count(*) AS held FROM (
            SELECT {mask} AS mask FROM memories_memory m WHERE m.id = ANY (ARRAY(
                SELECT one FROM unnest(sampled) WITH ORDINALITY s (one, n) WHERE n % step = 0
            )) AND {seen}
        ) s GROUP BY mask
    )
    SELECT 16.0 * step * coalesce((SELECT sum(held) FROM sample), 0), ARRAY(
        SELECT 16.0 * step * coalesce((SELECT sum(held) FROM sample WHERE {holds}), 0)
        FROM (SELECT n, (n - 1) % width + 1 AS word FROM generate_series(1, 2 * width) g (n)) a
        ORDER BY a.n)
    INTO total, counts;
    whose := format('%L | %L', 'owner:' || speaker, 'owner:lore')::tsquery;
    -- What holds a rare word, and of how many; common ones only decide among those.
    WITH asked AS MATERIALIZED (
        SELECT n, (n - 1) % width + 1 AS word, query, count,
            count <= CASE WHEN n > width THEN 150 ELSE 400 END AS is_rare
        FROM unnest(words || synonyms, counts) WITH ORDINALITY a (query, count, n)
        WHERE query IS NOT NULL
    ),
    any_rare AS MATERIALIZED (
        SELECT string_agg(query::text, ' | ')::tsquery AS query FROM asked WHERE is_rare
    ),
    holding AS MATERIALIZED (
        SELECT m.id, m.owner_id = speaker AS is_own, {mask} AS mask FROM memories_memory m
        WHERE m.search @@ (SELECT coalesce(whose && query, query) FROM any_rare)
            -- Hidden from the planner, which would read the owner's whole index beside that of words.
            AND CASE WHEN m.owner_id = speaker OR m.owner_id IS NULL THEN true END AND {seen}
    ),
    masks AS MATERIALIZED (SELECT mask, count(*) AS held FROM holding GROUP BY mask),
    counted AS MATERIALIZED (
        SELECT a.*, CASE WHEN is_rare
            THEN coalesce((SELECT sum(held) FROM masks WHERE {holds}), 0)
            ELSE a.count END AS known
        FROM asked a
    ),
    weighed AS MATERIALIZED (
        SELECT *, CASE WHEN n > width THEN 0.5 ELSE 1 END * power(
            ln(1 + greatest(0, total - known + .5) / (known + .5)), rarity) AS weight
        FROM counted
    ),
    usual AS MATERIALIZED (
        SELECT query, weight, row_number() OVER (ORDER BY weight DESC) AS n
        FROM weighed WHERE NOT is_rare AND n <= width
    ),
    pairs AS MATERIALIZED (
        SELECT coalesce(array_agg(a.query && b.query) FILTER (WHERE a.n < b.n),
                        array_agg(a.query)) AS queries
        FROM usual a, usual b WHERE a.n <= 4 AND b.n <= 4
    ),
    more AS MATERIALIZED (
        SELECT m.id, m.mask FROM pairs, unnest(queries) q (query), LATERAL (
            SELECT m.id, {mask} AS mask FROM memories_memory m
            WHERE m.search @@ (format('%L', 'owner:' || speaker)::tsquery && q.query) AND {seen} LIMIT 300
        ) m
        WHERE (SELECT count(*) FROM holding WHERE is_own) < 200
    ),
    found AS MATERIALIZED (
        SELECT id, mask FROM holding WHERE is_own UNION SELECT id, mask FROM more
    ),
    -- What is common counts by the word itself alone.
    by_word AS MATERIALIZED (
        SELECT word, max(weight) FILTER (WHERE n <= width) AS weight,
            coalesce(max(weight) FILTER (WHERE n > width AND is_rare), 0) AS otherwise
        FROM weighed GROUP BY word
    ),
    worth AS MATERIALIZED (
        SELECT mask, (
            SELECT sum(CASE WHEN mask >> (3 * word - 1)::int & 1 = 1 THEN weight
                            WHEN mask >> (3 * word - 3)::int & 3 <> 0 THEN otherwise ELSE 0 END)
            FROM by_word
        ) AS weight
        FROM (SELECT DISTINCT mask FROM found) d
    )
    SELECT ARRAY(
        SELECT f.id FROM found f JOIN worth w USING (mask) ORDER BY w.weight DESC, f.id LIMIT 64
    ), ARRAY(
        SELECT coalesce(c.known, 0) FROM generate_series(1, 2 * width) g (n)
        LEFT JOIN counted c ON c.n = g.n ORDER BY g.n
    )
    INTO alike, counts;
    exact := counts[:width];
    others := counts[width + 1:];
    -- The nearest, by the owner's own index: its condition must stand here as it does there. What
    -- came after it was built is looked through.
    IF model <> 0 THEN
        EXECUTE format($$
            SELECT array_agg(id) FROM (
                SELECT m.id FROM memories_memory m
                WHERE m.owner_id = %1$s AND m.embedding_model_id = %2$s AND m.id <= %4$s AND {numbered}
                ORDER BY m.embedding::halfvec(%3$s) <=> $8::halfvec(%3$s) LIMIT 48
            ) n
            $$, speaker, model, length, indexed) INTO near
            USING at, community, visible, least_person, least_character, but_for, adult, question;
        fresh := ARRAY(
            SELECT m.id FROM memories_memory m
            WHERE m.owner_id = speaker AND m.id > indexed AND m.embedding_model_id = model AND {seen}
            ORDER BY m.embedding <=> question LIMIT 48
        );
        IF fresh <> '{}' THEN
            near := ARRAY(
                SELECT m.id FROM memories_memory m WHERE m.id = ANY (near || fresh)
                ORDER BY m.embedding <=> question LIMIT 48
            );
        END IF;
    END IF;
    -- What happened when it is asked about.
    IF since IS NOT NULL THEN
        SELECT array_agg(id) FROM (
            SELECT m.id FROM memories_memory m
            WHERE m.owner_id = speaker AND m.occurred_at >= since AND m.occurred_at < until
                AND {seen}
            ORDER BY (m.search @@ ANY (words))::int DESC, CASE WHEN m.embedding_model_id = model
                THEN m.embedding <=> question ELSE 1 END LIMIT 100
        ) t
        INTO timely;
    END IF;
    -- And those around them.
    WITH seeds AS MATERIALIZED (
        SELECT m.id, m.session_key, m.sequence FROM memories_memory m WHERE m.id = ANY (near || alike || timely)
    )
    SELECT ARRAY(
        SELECT id FROM seeds UNION
        SELECT m.id FROM (
            SELECT DISTINCT session_key, sequence FROM seeds WHERE session_key <> ''
        ) s JOIN memories_memory m
            ON m.owner_id = speaker AND m.session_key = s.session_key
            AND m.sequence BETWEEN s.sequence - 3 AND s.sequence + 3
        WHERE {seen}
    )
    INTO ids;
    RETURN NEXT;
END $body$;
""".replace("{mask}", MASK)
    .replace("{holds}", HOLDS)
    .replace("{seen}", SEEN)
    .replace("{numbered}", numbered(SEEN))
)
# What an owner has remembered since its index was built.
FRESH = "CREATE INDEX memory_fresh ON memories_memory (owner_id, id)"
RIGHTS = """
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION {name} SET search_path = pg_catalog, %I, pg_temp', current_schema());
END $$;
REVOKE ALL ON FUNCTION {name} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {name} TO fishbowl_prompt;
"""
BEFORE = import_module("memories.migrations.0006_candidates_planned_once").CANDIDATES


class Migration(migrations.Migration):
    dependencies = [
        ("memories", "0008_views_planned_once"),
    ]

    operations = [
        migrations.RunSQL(FRESH, "DROP INDEX memory_fresh"),
        migrations.RunSQL(f"DROP FUNCTION {OLD}", BEFORE + RIGHTS.format(name=OLD)),
        migrations.RunSQL(CANDIDATES + RIGHTS.format(name=NEW), f"DROP FUNCTION {NEW}"),
    ]
