from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("memories", "0016_around_the_best"),
    ]

    operations = [
        migrations.AddField(
            model_name="scratchpadentry",
            name="messages",
            field=ArrayField(
                base_field=models.BigIntegerField(),
                blank=True,
                default=list,
                help_text="All that it rests on: where one of them is taken back, it goes.",
                size=None,
            ),
        ),
        migrations.RunSQL(
            "UPDATE memories_scratchpadentry SET messages = ARRAY[message_id]"
            " WHERE message_id IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
