from django.db import migrations, models

# What began before this was kept is as its channel is now.
AS_THEIR_CHANNELS = """
UPDATE conversations_conversation SET is_adult = true
WHERE channel_id IN (SELECT id FROM conversations_channel WHERE is_nsfw)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0014_awaits_revision"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="is_adult",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="It began where the channel was age-restricted: it is for adults alone, "
                "whatever becomes of the channel.",
            ),
        ),
        migrations.RunSQL(AS_THEIR_CHANNELS, migrations.RunSQL.noop),
    ]
