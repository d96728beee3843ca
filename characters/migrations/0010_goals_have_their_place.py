"""What a character came to want somewhere is spoken of there alone, and so is what it understood,
wrote and dreamt of one community: recalling something of no community beside it had made that
everybody's. What stands already gets its place by what it rests on. What rests on several
communities at once, or on nothing any more, is for nobody."""

import django.db.models.deletion
from django.db import migrations, models

from fishbowl.operations import together

HELP = "Where it came up, and is spoken of alone; empty: everywhere."
PLACED = """
    WITH places AS (
        SELECT e.goal_id, min(m.community_id) AS place,
          count(DISTINCT m.community_id) > 1 AS are_many
        FROM characters_goal_evidence_memories e JOIN memories_memory m ON m.id = e.memory_id
        GROUP BY e.goal_id
    )
    UPDATE characters_goal g SET community_id = p.place,
      status = CASE WHEN p.are_many AND g.status = 'active' THEN 'dropped' ELSE g.status END
    FROM places p WHERE p.goal_id = g.id AND g.origin <> 'keeper';
    UPDATE characters_goal g SET is_withheld = true
    WHERE g.origin <> 'keeper' AND NOT EXISTS (
        SELECT FROM characters_goal_evidence_memories e WHERE e.goal_id = g.id);
    WITH places AS (
        SELECT m.id, min(s.community_id) AS place,
          count(DISTINCT s.community_id) > 1 OR EXISTS (
            SELECT FROM memories_memory t
            WHERE t.owner_id = m.owner_id AND t.content_hash = m.content_hash AND t.id <> m.id
          ) AS is_for_nobody
        FROM memories_memory m
        JOIN memories_derivation d ON d.memory_id = m.id
        JOIN memories_memory s ON s.id = d.from_memory_id
        WHERE m.community_id IS NULL AND m.kind IN ('insight', 'diary', 'dream')
        GROUP BY m.id HAVING count(s.community_id) > 0
    )
    UPDATE memories_memory m SET
      community_id = CASE WHEN p.is_for_nobody THEN m.community_id ELSE p.place END,
      visibility = CASE WHEN p.is_for_nobody THEN 'private' ELSE m.visibility END
    FROM places p WHERE p.id = m.id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0009_withheld"),
        ("memories", "0014_words_of_one_owner"),
    ]

    operations = together(
        migrations.AddField(
            model_name="goal",
            name="community",
            field=models.ForeignKey(
                blank=True,
                help_text=HELP,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="characters.community",
            ),
        ),
        migrations.RunSQL(PLACED, migrations.RunSQL.noop),
    )
