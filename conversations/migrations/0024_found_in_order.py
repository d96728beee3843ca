"""The latest talks of a room, and the latest words of a person, are found however much was said by
others since."""

from django.db import migrations, models

from fishbowl.operations import together


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0023_words_of_any_script"),
    ]

    operations = together(
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["channel", "-id"], name="conversation_in_order"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["person", "-created_at"], name="message_by_person"),
        ),
    )
