import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0002_rules_in_force"),
        ("memories", "0002_remembering"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversationcontext",
            name="observed_to",
            field=models.PositiveIntegerField(
                default=0, help_text="Messages up to this number have become memories."
            ),
        ),
        migrations.CreateModel(
            name="TurnMemory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField()),
                ("score", models.FloatField()),
                ("parts", models.JSONField(default=dict, help_text="The score by its parts.")),
                (
                    "memory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recollected",
                        to="memories.memory",
                    ),
                ),
                (
                    "turn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recollections",
                        to="conversations.turn",
                    ),
                ),
            ],
            options={
                "ordering": ["turn", "rank"],
            },
        ),
        migrations.AddField(
            model_name="turn",
            name="memories_used",
            field=models.ManyToManyField(
                help_text="What came to the speaker's mind.",
                related_name="turns",
                through="conversations.TurnMemory",
                to="memories.memory",
            ),
        ),
        migrations.AddConstraint(
            model_name="turnmemory",
            constraint=models.UniqueConstraint(fields=("turn", "memory"), name="turnmemory_unique"),
        ),
    ]
