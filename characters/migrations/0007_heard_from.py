from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0006_adults"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="heard_from",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
