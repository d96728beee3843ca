"""Rooms that a keeper has deleted, while a worker takes their talk away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0021_who_rests_has_left"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="deleting_since",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When a keeper deleted it: a worker takes its talk away since then.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="channel",
            name="lines_to_delete",
            field=models.PositiveIntegerField(
                db_default=0, default=0, editable=False, help_text="How many lines it had then."
            ),
        ),
    ]
