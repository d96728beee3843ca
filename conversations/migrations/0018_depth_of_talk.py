from django.db import migrations

# What two exchanged before this was kept, by the talks in which each move of their bond was.
FROM_EVENTS = """
UPDATE characters_relationship r
SET conversation_depth_avg = r.total_interactions::float8 / had.talks
FROM (
    SELECT e.relationship_id, count(DISTINCT m.conversation_id) AS talks
    FROM characters_relationshipevent e JOIN conversations_message m ON m.id = e.message_id
    WHERE e.kind = 'exchange' GROUP BY e.relationship_id
) had
WHERE had.relationship_id = r.id AND had.talks > 0
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0017_picked_at"),
    ]

    operations = [
        migrations.RunSQL(FROM_EVENTS, migrations.RunSQL.noop),
    ]
