from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0006_adults"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="hushed_until",
            field=models.DateTimeField(
                blank=True,
                help_text="Until then nobody speaks unless a person addresses them: somebody who may has asked for quiet.",
                null=True,
            ),
        ),
    ]
