from django.db import migrations

from fishbowl.operations import together


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0011_turn_memories"),
    ]

    operations = together(
        migrations.AlterModelOptions(
            name="conversation",
            options={"ordering": ["-started_at", "-pk"]},
        ),
        migrations.AlterModelOptions(
            name="conversationanalytics",
            options={
                "ordering": ["-calculated_at", "-pk"],
                "verbose_name_plural": "conversation analytics",
            },
        ),
        migrations.AlterModelOptions(
            name="proposal",
            options={"ordering": ["-proposed_at", "-pk"]},
        ),
        migrations.AlterModelOptions(
            name="scheduledevent",
            options={"ordering": ["trigger_at", "pk"]},
        ),
        migrations.AlterModelOptions(
            name="turn",
            options={"ordering": ["-decided_at", "-pk"]},
        ),
    )
