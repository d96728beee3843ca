"""What was learned in age-restricted channels comes to mind only in one: the database holds it."""

from django.db import migrations, models

from fishbowl.operations import together

AGES = """
-- Whether the view that stands open may see what is for adults alone: in the conversation of an
-- age-restricted channel, and where nobody listens. As its owner, since prompts may not read
-- channels.
CREATE FUNCTION memories_view_is_adult() RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER
RETURN 'private' = ANY (coalesce(memories_view_list(4), '{}')) OR EXISTS (
    SELECT FROM conversations_conversation c JOIN conversations_channel h ON h.id = c.channel_id
    WHERE c.id = memories_view_id(3) AND h.is_nsfw
);
-- These narrow what the policies beside them allow.
CREATE POLICY age_fits ON memories_memory AS RESTRICTIVE FOR SELECT TO fishbowl_prompt
    USING (NOT is_adult OR (SELECT memories_view_is_adult()));
CREATE POLICY age_fits ON memories_personfact AS RESTRICTIVE FOR SELECT TO fishbowl_prompt
    USING (NOT is_adult OR (SELECT memories_view_is_adult()));
"""
NO_AGES = """
DROP POLICY age_fits ON memories_personfact;
DROP POLICY age_fits ON memories_memory;
DROP FUNCTION memories_view_is_adult();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("memories", "0004_candidates"),
        ("conversations", "0003_turns"),
    ]

    operations = together(
        migrations.AddField(
            model_name="loredocument",
            name="is_adult",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="For adults: known only in channels that are age-restricted.",
            ),
        ),
        migrations.AddField(
            model_name="memory",
            name="is_adult",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Learned in an age-restricted channel, or made of what was: it comes to mind only in one.",
            ),
        ),
        migrations.AddField(
            model_name="personfact",
            name="is_adult",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Learned in an age-restricted channel: it is said only in one.",
            ),
        ),
        migrations.RunSQL(AGES, NO_AGES),
    )
