"""That two came closer or fell out is a step of a character's timeline: it says of which bond."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0014_shapes_of_a_persona"),
    ]

    operations = [
        migrations.AddField(
            model_name="learningevent",
            name="relationship",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="learning_events",
                to="characters.relationship",
            ),
        ),
    ]
