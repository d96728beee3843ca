"""That somebody may be in danger by what they said to a command stands in no message."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0015_talk_for_adults")]

    operations = [
        migrations.AlterField(
            model_name="carenotice",
            name="message",
            field=models.OneToOneField(
                null=True,
                blank=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="care_notice",
                to="conversations.message",
            ),
        ),
        migrations.AlterField(
            model_name="carenotice",
            name="channel",
            field=models.ForeignKey(
                null=True,
                blank=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="conversations.channel",
            ),
        ),
    ]
