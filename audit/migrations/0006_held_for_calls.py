"""What a call holds of a budget is a row, so that it is given back when its process dies."""

import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0005_moderation_outages"),
    ]

    operations = [
        migrations.CreateModel(
            name="BudgetHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "spends",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="Ids of the periods that hold it.",
                        size=None,
                    ),
                ),
                ("tokens", models.PositiveBigIntegerField()),
                ("usd", models.DecimalField(decimal_places=6, max_digits=14)),
                (
                    "held_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "ordering": ["-held_at"],
            },
        ),
    ]
