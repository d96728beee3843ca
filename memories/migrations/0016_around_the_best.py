"""Of what a big owner's indexes find, only the best have the lines around them heard: as many, and
by the same measure, as where everything is looked through. The lines around all of it were six
times as many, and to weigh them a third of the time.
"""

from importlib import import_module

from django.db import migrations

words = import_module("memories.migrations.0014_words_of_one_owner")
numbers = words.before

AROUND = r"""
    -- All of that, and the lines around the best of it, which pass on to one another what they have
    -- to do with the question; as `seeds` in recall's statement.
    WITH found AS MATERIALIZED (
        SELECT m.id, m.session_key, m.sequence, {mask} AS mask,
            CASE WHEN m.embedding_model_id = model
                THEN greatest(0, 1 - (m.embedding <=> question)) ELSE 0 END AS likeness
        FROM memories_memory m WHERE m.id = ANY (near || alike)
    ),
    worth AS MATERIALIZED (
        SELECT mask, coalesce((
            SELECT sum(CASE WHEN mask >> (3 * word - 1)::int & 1 = 1 THEN weight
                            WHEN mask >> (3 * word - 3)::int & 3 <> 0 THEN otherwise ELSE 0 END)
            FROM unnest(weights, weights_of_others) WITH ORDINALITY w (weight, otherwise, word)
        ), 0) AS weight
        FROM (SELECT DISTINCT mask FROM found) d
    ),
    tops AS MATERIALIZED (
        SELECT (SELECT nullif(max(weight), 0) FROM worth) AS weight,
            (SELECT nullif(max(likeness), 0) FROM found) AS likeness
    ),
    seeds AS MATERIALIZED (
        (SELECT f.session_key, f.sequence FROM found f JOIN worth w USING (mask) CROSS JOIN tops t
         ORDER BY coalesce(w.weight / t.weight, 0)
             + coalesce(nearness * f.likeness / t.likeness, 0) DESC, f.id LIMIT most)
        UNION ALL
        SELECT m.session_key, m.sequence FROM memories_memory m WHERE m.id = ANY (timely)
    )
    SELECT ARRAY(
        SELECT unnest(near || alike || timely) UNION
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
"""
BEFORE = words.changed(numbers.CANDIDATES).replace("CREATE OR REPLACE FUNCTION", "CREATE FUNCTION")
ADDED = ", nearness double precision, most integer"
NEW = numbers.NEW.replace(", bigint)", ", bigint, double precision, integer)")


def changed(function):
    """The function with the lines around the best in place of those around all."""
    function = function[: function.index("    -- And those around them.")] + AROUND.lstrip("\n")
    return (
        function.replace("indexed bigint\n)", f"indexed bigint{ADDED}\n)", 1)
        .replace("{mask}", numbers.MASK)
        .replace("{seen}", numbers.SEEN)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("memories", "0015_looked_through_first"),
    ]

    operations = [
        migrations.RunSQL(
            f"DROP FUNCTION {numbers.NEW};" + changed(BEFORE) + numbers.RIGHTS.format(name=NEW),
            f"DROP FUNCTION {NEW};" + BEFORE + numbers.RIGHTS.format(name=numbers.NEW),
        )
    ]
