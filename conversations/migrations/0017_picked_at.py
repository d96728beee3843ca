from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0016_care_without_message")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="picked_at",
            field=models.DateTimeField(
                null=True,
                blank=True,
                editable=False,
                help_text="When a keeper last picked it after it was muted: nothing is read that "
                "was said or changed there before, and isn't known.",
            ),
        ),
    ]
