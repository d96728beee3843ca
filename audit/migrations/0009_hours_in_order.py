"""Hourly figures are asked for by their hour: the last, the oldest, and those of the desk's list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_what_servers_taught"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="metricrollup",
            index=models.Index(fields=["-hour", "-id"], name="metricrollup_recent"),
        ),
    ]
