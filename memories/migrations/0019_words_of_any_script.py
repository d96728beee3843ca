"""Words are found in any script, and with or without their accents.

Full text takes what stands between blanks for a word. Chinese, Japanese, Korean and Thai put none
between words (or endings right behind them), so that a sentence was one word, which no question
holds. Such runs are now taken apart into pairs of characters (Thai and its neighbours, which have
few letters, into threes), Chinese characters also into single ones. Letters lose their accents, and
Russian words their endings. What is written in plain letters is read as before.

`memories_lexemes` is what both what is remembered and what is asked go through.
"""

from django.db import migrations

# Letters beyond plain ones; not quotation marks, dashes and symbols, which are in every other text.
OTHER = r"[\u00c0-\u1fff\u2c00-\u2dff\u3005-\ud7ff\uf900-\ufdff\ufe70-\uffdc]"
PAIRS = r"\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
THREES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
SINGLE = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"

FUNCTIONS = rf"""
-- Without accents, but for и and й, which are two letters, and the marks of other scripts.
CREATE FUNCTION memories_plain(said text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(replace(replace(replace(
    normalize(regexp_replace(normalize(said, NFD), '(?<![иИ])[\u0300-\u036f]', '', 'g'), NFC),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øØłŁđĐıİ', 'oOlLdDiI');

-- The lexemes of letters beyond plain ones.
CREATE FUNCTION memories_lexemes_of(plain text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT CASE WHEN spaced ~ '[\u0400-\u04ff]' THEN to_tsvector('pg_catalog.russian', spaced)
        ELSE to_tsvector('pg_catalog.english', spaced) END
        || array_to_tsvector(ARRAY(
            SELECT substr(run[1], at, 2) FROM regexp_matches(plain, '([{PAIRS}]{{2,}})', 'g') run,
                generate_series(1, length(run[1]) - 1) at
            UNION SELECT run[1] FROM regexp_matches(plain, '({SINGLE})', 'g') run
            UNION SELECT substr(run[1], at, 3)
            FROM regexp_matches(plain, '([{THREES}]{{3,}})', 'g') run,
                generate_series(1, length(run[1]) - 2) at
        ))
    FROM (SELECT regexp_replace(plain, '[{PAIRS}{THREES}]+', ' ', 'g') AS spaced) without
);

-- Not STRICT, which would have it called and not be part of what calls it.
CREATE FUNCTION memories_lexemes(said text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN said ~ '{OTHER}' THEN memories_lexemes_of(memories_plain(said))
    ELSE to_tsvector('pg_catalog.english', said) END;

-- What holds all words of a text.
CREATE FUNCTION memories_holding(said text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN said ~ '{OTHER}' THEN (
        SELECT coalesce(string_agg(quote_literal(lexeme), ' & '), '')::tsquery
        FROM unnest(tsvector_to_array(memories_lexemes(said))) lexeme
    ) ELSE plainto_tsquery('pg_catalog.english', said) END;

-- Names are taken apart under a view, too.
GRANT EXECUTE ON FUNCTION memories_plain(text), memories_lexemes_of(text), memories_lexemes(text)
    TO fishbowl_prompt;

CREATE OR REPLACE FUNCTION memories_search(found_by text, content text, owner bigint)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN strip(memories_lexemes(found_by || ' ' || content))
    || array_to_tsvector(ARRAY['owner:' || coalesce(owner::text, 'lore')]);

CREATE OR REPLACE FUNCTION memories_words(found_by text, content text) RETURNS sparsevec
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT ('{{' || coalesce(string_agg(number || ':1', ','), '') || '}}/1000000000')::sparsevec
    FROM (
        SELECT DISTINCT memories_word(lexeme) AS number
        FROM unnest(tsvector_to_array(memories_lexemes(found_by || ' ' || content))) AS lexeme
    ) numbered
);
"""
# What stands in plain letters has the same words as before.
AGAIN = rf"UPDATE memories_memory SET content = content WHERE found_by || content ~ '{OTHER}'"
BACK = """
CREATE OR REPLACE FUNCTION memories_search(found_by text, content text, owner bigint)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT strip(to_tsvector('pg_catalog.english', found_by || ' ' || content))
        || array_to_tsvector(ARRAY['owner:' || coalesce(owner::text, 'lore')])
$$;
CREATE OR REPLACE FUNCTION memories_words(found_by text, content text) RETURNS sparsevec
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT ('{' || coalesce(string_agg(number || ':1', ','), '') || '}/1000000000')::sparsevec
    FROM (
        SELECT DISTINCT memories_word(lexeme) AS number
        FROM unnest(tsvector_to_array(
            to_tsvector('pg_catalog.english', found_by || ' ' || content))) AS lexeme
    ) numbered
);
DROP FUNCTION memories_holding(text);
DROP FUNCTION memories_lexemes(text);
DROP FUNCTION memories_lexemes_of(text);
DROP FUNCTION memories_plain(text);
"""


class Migration(migrations.Migration):
    dependencies = [("memories", "0018_texts_for_adults")]

    operations = [
        migrations.RunSQL(FUNCTIONS, BACK),
        migrations.RunSQL(AGAIN, AGAIN),
    ]
