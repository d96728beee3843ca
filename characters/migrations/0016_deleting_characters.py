"""Characters that a keeper has deleted, while a worker takes their talk and memories away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0015_steps_of_bonds"),
    ]

    operations = [
        migrations.AddField(
            model_name="character",
            name="deleting_since",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When a keeper deleted it: a worker takes its talk and memories away since then.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="character",
            name="rows_to_delete",
            field=models.PositiveIntegerField(
                db_default=0, default=0, editable=False, help_text="How many of these it had then."
            ),
        ),
    ]
