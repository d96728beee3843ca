"""Whose a call is that is of no conversation: a reflection, a diary page, a dream."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0006_held_for_calls"),
        ("characters", "0001_cast"),
    ]

    operations = [
        migrations.AddField(
            model_name="llmcall",
            name="community",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Whose budget it was charged to, where it is of no conversation.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="characters.community",
            ),
        ),
    ]
