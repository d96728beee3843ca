"""That a server was paused as a whole holds for channels that are made there later, too."""

from django.db import migrations, models

HELP = "It was paused as a whole (/pause): a channel that is new there rests, too."


class Migration(migrations.Migration):
    dependencies = [("characters", "0011_goals_held_up")]

    operations = [
        migrations.AddField(
            model_name="community",
            name="is_paused",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, help_text=HELP
            ),
        ),
    ]
