"""What a big owner's recall looks at: candidates found through indexes, instead of all it remembers.

Indexes of words and of vectors can't be used under a row policy: their conditions might tell what
they see. So this function reads as the table's owner, holds to the very condition of the policy of
`memories_memory` (migration 0003) for the view that stands open, and tells nothing that the view
doesn't show: ids of memories that it shows, and counts among those.
"""

from django.db import migrations

SAMPLE = """
-- One memory in 16, by owner: how common a word is among what somebody remembers is seen there.
CREATE INDEX memory_sample ON memories_memory (owner_id, id) WHERE id % 16 = 0;
"""

CANDIDATES = r"""
CREATE FUNCTION memories_candidates(
    question halfvec, model bigint, words tsquery[], synonyms tsquery[], rarity double precision,
    since timestamptz, until timestamptz, at timestamptz
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
    -- The policy of the table, word for word, and what recall leaves out.
    seen text := $$ (m.community_id IS NULL OR m.community_id = $2)
        AND (m.visibility = ANY ($3)
            OR (m.told_by_person_id = $4 AND m.visibility = ANY ($6))
            OR (m.told_by_character_id = $5 AND m.visibility = ANY ($6)))
        AND m.tier <> 'archived' AND (m.expires_at IS NULL OR m.expires_at > $1) $$;
    asked tsquery[] := words || synonyms;
    width integer := cardinality(words);
    length integer := vector_dims(question);
    whose tsquery;
    sampled bigint[];
    step integer;
    counts double precision[];
    near bigint[];
    alike bigint[];
    timely bigint[];
BEGIN
    IF speaker IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('hnsw.ef_search', '130', true),
        set_config('hnsw.iterative_scan', 'relaxed_order', true);
    -- A sample of what is seen, of some five hundred: how much it is, and how common each word.
    sampled := ARRAY(
        SELECT m.id FROM memories_memory m WHERE m.owner_id = speaker AND m.id % 16 = 0
    );
    step := 1 + cardinality(sampled) / 512;
    EXECUTE $$
        WITH sample AS MATERIALIZED (
            SELECT m.search FROM memories_memory m WHERE m.id = ANY ($7) AND $$ || seen || $$
        )
        SELECT 16.0 * $8 * (SELECT count(*) FROM sample), ARRAY(
            SELECT 16.0 * $8 * (SELECT count(*) FROM sample WHERE search @@ a.query)
            FROM unnest($9) WITH ORDINALITY a (query, n) ORDER BY n)
        $$ INTO total, counts
        USING at, community, visible, least_person, least_character, but_for,
            ARRAY(SELECT one FROM unnest(sampled) WITH ORDINALITY s (one, n) WHERE n % step = 0),
            step, asked;
    -- Looking each find up among the owner's is dear, and saves little where most are the owner's.
    IF total < 0.2 * (SELECT reltuples FROM pg_class WHERE oid = 'memories_memory'::regclass) THEN
        whose := format('%L | %L', 'owner:' || speaker, 'owner:lore')::tsquery;
    END IF;
    -- What holds a rare word, and of how many; common ones only decide among those.
    EXECUTE $$
        WITH asked AS MATERIALIZED (
            SELECT n, (n - 1) % $10 AS word, query, count, count <= CASE WHEN n > $10 THEN 150 ELSE 400 END AS is_rare
            FROM unnest($7, $8) WITH ORDINALITY a (query, count, n) WHERE query IS NOT NULL
        ),
        any_rare AS MATERIALIZED (
            SELECT string_agg(query::text, ' | ')::tsquery AS query FROM asked WHERE is_rare
        ),
        holding AS MATERIALIZED (
            SELECT m.id, m.owner_id, m.search FROM memories_memory m
            WHERE m.search @@ (SELECT coalesce($9 && query, query) FROM any_rare)
                AND (m.owner_id = $13 OR m.owner_id IS NULL) AND $$ || seen || $$
        ),
        rare AS MATERIALIZED (
            SELECT a.n, h.id, h.owner_id FROM asked a JOIN holding h ON h.search @@ a.query
            WHERE a.is_rare
        ),
        counted AS MATERIALIZED (
            SELECT a.*, CASE WHEN is_rare THEN (SELECT count(*) FROM rare r WHERE r.n = a.n)
                ELSE a.count END AS known
            FROM asked a
        ),
        weighed AS MATERIALIZED (
            SELECT *, CASE WHEN n > $10 THEN 0.5 ELSE 1 END * power(
                ln(1 + greatest(0, $11 - known + .5) / (known + .5)), $12) AS weight
            FROM counted
        ),
        found AS MATERIALIZED (
            SELECT id, sum(weight) AS weight FROM (
                SELECT r.id, w.word, max(w.weight) AS weight
                FROM rare r JOIN weighed w USING (n) WHERE r.owner_id = $13 GROUP BY 1, 2
            ) f GROUP BY id ORDER BY weight DESC LIMIT 400
        ),
        usual AS MATERIALIZED (
            SELECT query, weight, row_number() OVER (ORDER BY weight DESC) AS n
            FROM weighed WHERE NOT is_rare AND n <= $10
        ),
        pairs AS MATERIALIZED (
            SELECT coalesce(array_agg(a.query && b.query) FILTER (WHERE a.n < b.n),
                            array_agg(a.query)) AS queries
            FROM usual a, usual b WHERE a.n <= 4 AND b.n <= 4
        ),
        more AS MATERIALIZED (
            SELECT DISTINCT m.id FROM pairs, unnest(queries) q (query), LATERAL (
                SELECT m.id FROM memories_memory m
                WHERE m.search @@ ($14 && q.query) AND $$ || seen || $$ LIMIT 300
            ) m
            WHERE (SELECT count(*) FROM found) < 200
        ),
        all_found AS (
            SELECT id, weight FROM found
            UNION ALL
            SELECT id, 0 FROM more WHERE id NOT IN (SELECT id FROM found)
        )
        SELECT ARRAY(
            SELECT b.id FROM all_found b JOIN memories_memory m USING (id)
            ORDER BY b.weight + coalesce(
                (SELECT sum(u.weight) FROM usual u WHERE m.search @@ u.query), 0) DESC, b.id
            LIMIT 100
        ), ARRAY(
            SELECT coalesce(c.known, 0) FROM generate_series(1, 2 * $10) g (n)
            LEFT JOIN counted c ON c.n = g.n ORDER BY g.n
        )
        $$ INTO alike, counts
        USING at, community, visible, least_person, least_character, but_for, asked, counts,
            whose, width, total, rarity,
            speaker, format('%L', 'owner:' || speaker)::tsquery;
    exact := counts[:width];
    others := counts[width + 1:];
    -- The nearest, by the owner's own index: its condition must stand here as it does there.
    IF model <> 0 THEN
        EXECUTE format($$
            SELECT array_agg(id) FROM (
                SELECT m.id FROM memories_memory m
                WHERE m.owner_id = %1$s AND m.embedding_model_id = %2$s AND $$ || seen || $$
                ORDER BY m.embedding::halfvec(%3$s) <=> $7::halfvec(%3$s) LIMIT 64
            ) n
            $$, speaker, model, length) INTO near
            USING at, community, visible, least_person, least_character, but_for, question;
    END IF;
    -- What happened when it is asked about.
    IF since IS NOT NULL THEN
        EXECUTE $$
            SELECT array_agg(id) FROM (
                SELECT m.id FROM memories_memory m
                WHERE m.owner_id = $7 AND m.occurred_at >= $8 AND m.occurred_at < $9 AND $$ || seen || $$
                ORDER BY (m.search @@ ANY ($10))::int DESC, CASE WHEN m.embedding_model_id = $11
                    THEN m.embedding <=> $12 ELSE 1 END LIMIT 100
            ) t
            $$ INTO timely
            USING at, community, visible, least_person, least_character, but_for, speaker, since,
                until, words, model, question;
    END IF;
    -- And those around them.
    EXECUTE $$
        WITH seeds AS MATERIALIZED (
            SELECT m.id, m.session_key, m.sequence FROM memories_memory m WHERE m.id = ANY ($7)
        )
        SELECT ARRAY(
            SELECT id FROM seeds UNION
            SELECT m.id FROM (
                SELECT DISTINCT session_key, sequence FROM seeds WHERE session_key <> ''
            ) s JOIN memories_memory m
                ON m.owner_id = $8 AND m.session_key = s.session_key
                AND m.sequence BETWEEN s.sequence - 3 AND s.sequence + 3
            WHERE $$ || seen || $$
        )
        $$ INTO ids
        USING at, community, visible, least_person, least_character, but_for,
            near || alike || timely, speaker;
    RETURN NEXT;
END $body$;

DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION memories_candidates SET search_path = pg_catalog, %I, pg_temp', current_schema());
END $$;
REVOKE ALL ON FUNCTION memories_candidates FROM PUBLIC;
GRANT EXECUTE ON FUNCTION memories_candidates TO fishbowl_prompt;
"""


class Migration(migrations.Migration):
    replaces = [("memories", "0007_questions")]

    dependencies = [
        ("memories", "0003_what_prompts_may_see"),
    ]

    operations = [
        migrations.RunSQL(SAMPLE, "DROP INDEX memory_sample"),
        migrations.RunSQL(CANDIDATES, "DROP FUNCTION memories_candidates"),
    ]
