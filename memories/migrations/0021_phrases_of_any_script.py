"""A phrase is found in any script, and with or without its accents, as words are (0019)."""

from importlib import import_module

from django.db import migrations

words = import_module("memories.migrations.0019_words_of_any_script")

# What holds the words of a text beside each other. Where a script puts none apart, all of them.
FUNCTION = rf"""
CREATE FUNCTION memories_phrase(said text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
    WHEN said !~ '{words.OTHER}' THEN phraseto_tsquery('pg_catalog.english', said)
    WHEN said ~ '[{words.PAIRS}{words.THREES}]' THEN memories_holding(said)
    WHEN said ~ '[\u0400-\u04ff]'
        THEN phraseto_tsquery('pg_catalog.russian', memories_plain(said))
    ELSE phraseto_tsquery('pg_catalog.english', memories_plain(said))
END;
"""


class Migration(migrations.Migration):
    dependencies = [("memories", "0020_namesakes")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION memories_phrase(text)"),
    ]
