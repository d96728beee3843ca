"""Pieces of lore in the same words, of one document or of several, are one memory."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("memories", "0004_spaces"),
    ]

    operations = [
        migrations.AlterField(
            model_name="lorechunk",
            name="memory",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="chunks",
                to="memories.memory",
            ),
        ),
    ]
