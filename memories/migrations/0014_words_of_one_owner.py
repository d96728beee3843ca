"""A big owner's recall looks for words in an index of that owner's alone, as it does for vectors.

In the index of everybody's words what holds a word is listed for all owners together, and read
through whoever asks: of a million memories, 20,000 of them one's own, that was a third of the time,
and more than half where a question had many words that are neither rare nor common.
"""

import re
from importlib import import_module

from django.db import migrations

before = import_module("memories.migrations.0009_candidates_by_numbers")
SEEN, MASK, HOLDS = before.SEEN, before.MASK, before.HOLDS


def numbered(condition):
    """What stands in a statement that is run as a text: its variables are numbered."""
    for number, name in enumerate(("code1", "code2", "code3", "compounds"), 8):
        condition = re.sub(rf"(?<![\w.]){name}(?!\w)", f"${number}", condition)
    return before.numbered(condition)


GIVEN = "at, community, visible, least_person, least_character, but_for, adult, code1, code2, code3, compounds"

# In place of one statement, which found both what holds a rare word and what that tells.
WORDS = r"""
    -- What holds a rare word, and of how many; common ones only decide among those.
    SELECT string_agg(query::text, ' | ')::tsquery INTO rare
    FROM unnest(words || synonyms, counts) WITH ORDINALITY a (query, count, n)
    WHERE count <= CASE WHEN n > width THEN 150 ELSE 400 END;
    -- By the owner's own index: its condition must stand here as it does there.
    EXECUTE format($$
        SELECT coalesce(array_agg(m.id), '{}'), coalesce(array_agg({numbered_mask}), '{}')
        FROM memories_memory m
        WHERE m.owner_id = %1$s AND m.id <= %2$s AND m.search @@ $12 AND {numbered_seen}
        $$, speaker, indexed) INTO own, own_masks
        USING {given}, rare;
    -- What came after it was built is looked through; and lore holds words, too.
    SELECT own || coalesce(array_agg(m.id), '{}'), own_masks || coalesce(array_agg({mask}), '{}')
    INTO own, own_masks
    FROM memories_memory m
    WHERE m.owner_id = speaker AND m.id > indexed
        -- Hidden from the planner, which would take the index of everybody's words.
        AND CASE WHEN m.search @@ rare THEN true END AND {seen};
    lore_masks := ARRAY(
        SELECT {mask} FROM memories_memory m
        WHERE m.search @@ ('''owner:lore'''::tsquery && rare)
            AND CASE WHEN m.owner_id IS NULL THEN true END AND {seen}
    );
    -- What each word weighs, and the pairs of common ones.
    WITH held AS MATERIALIZED (
        SELECT mask, count(*) AS held FROM unnest(own_masks || lore_masks) u (mask) GROUP BY mask
    ),
    counted AS MATERIALIZED (
        SELECT a.*, CASE WHEN is_rare
            THEN coalesce((SELECT sum(held) FROM held WHERE {holds}), 0)
            ELSE a.count END AS known
        FROM (
            SELECT n, (n - 1) % width + 1 AS word, query, count,
                count <= CASE WHEN n > width THEN 150 ELSE 400 END AS is_rare
            FROM unnest(words || synonyms, counts) WITH ORDINALITY a (query, count, n)
            WHERE query IS NOT NULL
        ) a
    ),
    weighed AS MATERIALIZED (
        SELECT *, CASE WHEN n > width THEN 0.5 ELSE 1 END * power(
            ln(1 + greatest(0, total - known + .5) / (known + .5)), rarity) AS weight
        FROM counted
    ),
    -- What is common counts by the word itself alone.
    by_word AS MATERIALIZED (
        SELECT word, max(weight) FILTER (WHERE n <= width) AS weight,
            coalesce(max(weight) FILTER (WHERE n > width AND is_rare), 0) AS otherwise
        FROM weighed GROUP BY word
    ),
    usual AS MATERIALIZED (
        SELECT query, row_number() OVER (ORDER BY weight DESC, n) AS n
        FROM weighed WHERE NOT is_rare AND n <= width
    )
    SELECT ARRAY(
        SELECT coalesce(c.known, 0) FROM generate_series(1, 2 * width) g (n)
        LEFT JOIN counted c ON c.n = g.n ORDER BY g.n
    ), ARRAY(
        SELECT b.weight FROM generate_series(1, width) g (word)
        LEFT JOIN by_word b ON b.word = g.word ORDER BY g.word
    ), ARRAY(
        SELECT coalesce(b.otherwise, 0) FROM generate_series(1, width) g (word)
        LEFT JOIN by_word b ON b.word = g.word ORDER BY g.word
    ), (
        SELECT coalesce(array_agg(a.query && b.query) FILTER (WHERE a.n < b.n),
                        array_agg(a.query))
        FROM usual a, usual b WHERE a.n <= 4 AND b.n <= 4
    )
    INTO counts, weights, weights_of_others, pairs;
    exact := counts[:width];
    others := counts[width + 1:];
    -- Where that is little: what holds two common ones.
    IF cardinality(own) < 200 AND pairs IS NOT NULL THEN
        EXECUTE format($$
            SELECT $13 || coalesce(array_agg(id), '{}'), $14 || coalesce(array_agg(mask), '{}')
            FROM unnest($12) q (query), LATERAL (
                SELECT m.id, {numbered_mask} AS mask FROM memories_memory m
                WHERE m.owner_id = %1$s AND m.id <= %2$s AND m.search @@ q.query
                    AND {numbered_seen} LIMIT 300
            ) m
            $$, speaker, indexed) INTO own, own_masks
            USING {given}, pairs, own, own_masks;
        SELECT own || coalesce(array_agg(m.id), '{}'), own_masks || coalesce(array_agg({mask}), '{}')
        INTO own, own_masks
        FROM memories_memory m
        WHERE m.owner_id = speaker AND m.id > indexed
            AND CASE WHEN m.search @@ ANY (pairs) THEN true END AND {seen};
    END IF;
    WITH found AS MATERIALIZED (
        SELECT DISTINCT f.* FROM unnest(own, own_masks) f (id, mask)
    ),
    worth AS MATERIALIZED (
        SELECT mask, (
            SELECT sum(CASE WHEN mask >> (3 * word - 1)::int & 1 = 1 THEN weight
                            WHEN mask >> (3 * word - 3)::int & 3 <> 0 THEN otherwise ELSE 0 END)
            FROM unnest(weights, weights_of_others) WITH ORDINALITY w (weight, otherwise, word)
        ) AS weight
        FROM (SELECT DISTINCT mask FROM found) d
    )
    SELECT ARRAY(
        SELECT f.id FROM found f JOIN worth w USING (mask) ORDER BY w.weight DESC, f.id LIMIT 64
    )
    INTO alike;
"""
DECLARED = """
    rare tsquery;
    own bigint[];
    own_masks bigint[];
    lore_masks bigint[];
    weights double precision[];
    weights_of_others double precision[];
    pairs tsquery[];
    sampled bigint[];"""


def changed(function):
    """The function with what finds by words in place of what did."""
    start = function.index("    whose := format(")
    end = function.index("    -- The nearest, by the owner's own index")
    words = (
        WORDS.replace("{numbered_mask}", numbered(MASK))
        .replace("{numbered_seen}", numbered(SEEN))
        .replace("{given}", GIVEN)
        .replace("{mask}", MASK)
        .replace("{holds}", HOLDS)
        .replace("{seen}", SEEN)
    )
    function = function[:start] + words.lstrip("\n") + function[end:]
    function = function.replace("    whose tsquery;\n", "").replace(
        "\n    sampled bigint[];", DECLARED
    )
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


class Migration(migrations.Migration):
    dependencies = [
        ("memories", "0013_told_apart"),
    ]

    operations = [
        migrations.RunSQL(
            changed(before.CANDIDATES) + before.RIGHTS.format(name=before.NEW),
            before.CANDIDATES.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
            + before.RIGHTS.format(name=before.NEW),
        ),
    ]
