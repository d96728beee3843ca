"""Partition the log of calls and the measurements by month, while there are none."""

from django.db import migrations

FOREIGN_KEYS = """
ALTER TABLE audit_llmcall ADD CONSTRAINT audit_llmcall_character_fk
    FOREIGN KEY (character_id) REFERENCES characters_character (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE audit_llmcall ADD CONSTRAINT audit_llmcall_conversation_fk
    FOREIGN KEY (conversation_id) REFERENCES conversations_conversation (id)
    DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX llmcall_recent ON audit_llmcall (started_at DESC);
CREATE INDEX llmcall_running ON audit_llmcall (provider, started_at) WHERE status = 'running';
CREATE INDEX llmcall_character ON audit_llmcall (character_id);
CREATE INDEX llmcall_conversation ON audit_llmcall (conversation_id);
"""

# The new table's numbers go on where the old one's ended.
NUMBERS = """
SELECT setval(
    pg_get_serial_sequence('audit_llmcall', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL
) FROM audit_llmcall;
"""

CALLS = (
    """
ALTER TABLE audit_llmcall RENAME TO audit_llmcall_whole;
CREATE TABLE audit_llmcall (
    LIKE audit_llmcall_whole INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING CONSTRAINTS
) PARTITION BY RANGE (started_at);
ALTER TABLE audit_llmcall ADD PRIMARY KEY (id, started_at);
CREATE TABLE audit_llmcall_default PARTITION OF audit_llmcall DEFAULT;
INSERT INTO audit_llmcall OVERRIDING SYSTEM VALUE SELECT * FROM audit_llmcall_whole;
DROP TABLE audit_llmcall_whole;
"""
    + NUMBERS
    + FOREIGN_KEYS
)

CALLS_WHOLE = (
    """
ALTER TABLE audit_llmcall RENAME TO audit_llmcall_parts;
CREATE TABLE audit_llmcall (
    LIKE audit_llmcall_parts INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING CONSTRAINTS
);
ALTER TABLE audit_llmcall ADD PRIMARY KEY (id);
INSERT INTO audit_llmcall OVERRIDING SYSTEM VALUE SELECT * FROM audit_llmcall_parts;
DROP TABLE audit_llmcall_parts;
"""
    + NUMBERS
    + FOREIGN_KEYS
)


MEASUREMENTS = """
ALTER TABLE audit_performancemetric RENAME TO audit_performancemetric_whole;
CREATE TABLE audit_performancemetric (
    LIKE audit_performancemetric_whole INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING CONSTRAINTS
) PARTITION BY RANGE (recorded_at);
DROP TABLE audit_performancemetric_whole;
ALTER TABLE audit_performancemetric ADD PRIMARY KEY (id, recorded_at);
CREATE TABLE audit_performancemetric_default PARTITION OF audit_performancemetric DEFAULT;
CREATE INDEX metric_recent ON audit_performancemetric (recorded_at DESC);
CREATE INDEX metric_by_name ON audit_performancemetric (metric_name, recorded_at);
CREATE INDEX metric_character ON audit_performancemetric (character_id);
"""

# To go back is to begin anew.
MEASUREMENTS_WHOLE = """
ALTER TABLE audit_performancemetric RENAME TO audit_performancemetric_parts;
CREATE TABLE audit_performancemetric (
    LIKE audit_performancemetric_parts INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING CONSTRAINTS
);
DROP TABLE audit_performancemetric_parts;
ALTER TABLE audit_performancemetric ADD PRIMARY KEY (id);
CREATE INDEX metric_recent ON audit_performancemetric (recorded_at DESC);
CREATE INDEX metric_by_name ON audit_performancemetric (metric_name, recorded_at);
CREATE INDEX audit_performancemetric_character_id ON audit_performancemetric (character_id);
"""


class Migration(migrations.Migration):
    replaces = [("audit", "0009_partition_performancemetric")]

    dependencies = [
        ("audit", "0002_calls_and_configuration"),
        ("conversations", "0001_rooms"),
        ("characters", "0001_cast"),
    ]

    operations = [
        migrations.RunSQL(CALLS, CALLS_WHOLE),
        migrations.RunSQL(MEASUREMENTS, MEASUREMENTS_WHOLE),
    ]
