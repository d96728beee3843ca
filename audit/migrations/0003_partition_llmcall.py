"""Partition the log of calls by month, while it is empty."""

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

FORWARD = (
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

BACKWARD = (
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


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_relations"),
        ("conversations", "0001_initial"),
        ("characters", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
