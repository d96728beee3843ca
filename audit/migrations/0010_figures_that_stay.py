"""Mood changes, relationship events and file operations keep their figures and times.

They go with a character or a person, and lose a reference or words when somebody is forgotten; so
they stand outside the chain, and only what was measured is held.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION audit_freeze() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    column_name text;
BEGIN
    FOREACH column_name IN ARRAY TG_ARGV[0]::text[] LOOP
        IF to_jsonb(NEW) -> column_name IS DISTINCT FROM to_jsonb(OLD) -> column_name THEN
            RAISE EXCEPTION '% of % never changes', column_name, TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only',
                      TABLE = TG_TABLE_NAME;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""

FROZEN = {
    "characters_moodchange": (
        "{valence,arousal,delta_valence,delta_arousal,trigger_type,recorded_at}"
    ),
    "characters_relationshipevent": (
        "{kind,delta_trust,delta_affection,delta_attunement,before,after,occurred_at}"
    ),
    "audit_fileoperation": "{operation_type,success,size,occurred_at}",
}


def freeze(table, columns):
    return (
        f"CREATE TRIGGER figures_stay AFTER UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION audit_freeze('{columns}');"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0009_partition_performancemetric"),
        ("characters", "0002_relations"),
    ]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION audit_freeze();"),
        *(
            migrations.RunSQL(freeze(table, columns), f"DROP TRIGGER figures_stay ON {table};")
            for table, columns in FROZEN.items()
        ),
    ]
