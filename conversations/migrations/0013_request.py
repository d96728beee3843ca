from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0012_told_apart"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="is_request",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="It asked for what a command does: a notice says so, and no character answers.",
            ),
        ),
    ]
