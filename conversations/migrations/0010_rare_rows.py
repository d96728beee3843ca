from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from fishbowl.operations import together


class Migration(migrations.Migration):
    """Indexes of what is rare in large tables: a keeper's list looked for it in every row. They are
    built while the society talks."""

    atomic = False

    dependencies = [("conversations", "0009_scenario_versions")]

    operations = together(
        AddIndexConcurrently(
            model_name="turn",
            index=models.Index(
                fields=["chosen", "-decided_at"], include=["id"], name="turn_of_character"
            ),
        ),
        RemoveIndexConcurrently(model_name="turn", name="turn_by_character"),
        AddIndexConcurrently(
            model_name="turn",
            index=models.Index(
                fields=["-decided_at", "-id"],
                condition=models.Q(("action", "speak"), _negated=True),
                name="turn_without_words",
            ),
        ),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                fields=["-id"], condition=models.Q(("role", "system")), name="message_by_system"
            ),
        ),
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                fields=["-id"],
                condition=models.Q(("status__in", ["failed", "abandoned"])),
                name="delivery_gone_wrong",
            ),
        ),
    )
