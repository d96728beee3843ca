from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0005_moderation"),
    ]

    operations = [
        migrations.AddField(
            model_name="scenario",
            name="is_adult",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="For adults: it is played only in channels that are age-restricted.",
            ),
        ),
        migrations.AlterField(
            model_name="channel",
            name="is_nsfw",
            field=models.BooleanField(
                default=False,
                help_text="Age-restricted: for adults alone, as Discord has marked it.",
            ),
        ),
    ]
