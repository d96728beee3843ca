from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0019_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="read_trouble",
            field=models.CharField(
                blank=True,
                db_default="",
                editable=False,
                help_text="Why what was said on Discord while the bot was away can't be read here. "
                "Empty when all is well.",
                max_length=300,
            ),
        ),
    ]
