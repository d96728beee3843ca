from django.db import migrations

from fishbowl.operations import together


class Migration(migrations.Migration):
    dependencies = [
        ("memories", "0012_common_ground"),
    ]

    operations = together(
        migrations.AlterModelOptions(
            name="entity",
            options={"ordering": ["name", "pk"], "verbose_name_plural": "entities"},
        ),
        migrations.AlterModelOptions(
            name="memory",
            options={"ordering": ["-occurred_at", "-pk"], "verbose_name_plural": "memories"},
        ),
        migrations.AlterModelOptions(
            name="memoryrevision",
            options={"ordering": ["-revised_at", "-pk"]},
        ),
        migrations.AlterModelOptions(
            name="memoryshare",
            options={"ordering": ["-shared_at", "-pk"]},
        ),
        migrations.AlterModelOptions(
            name="personfact",
            options={"ordering": ["-learned_at", "-pk"]},
        ),
        migrations.AlterModelOptions(
            name="scratchpadentry",
            options={"ordering": ["created_at", "pk"], "verbose_name_plural": "scratchpad entries"},
        ),
    )
