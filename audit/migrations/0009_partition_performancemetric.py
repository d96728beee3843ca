"""Partition the measurements by month, while there are none; to go back is to begin anew."""

from django.db import migrations

FORWARD = """
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

BACKWARD = """
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
    dependencies = [("audit", "0008_metrics_and_alerts")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
