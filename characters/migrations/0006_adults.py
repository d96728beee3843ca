from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0005_by_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="character",
            name="is_adult",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="For adults: it speaks only in channels that are age-restricted.",
            ),
        ),
    ]
