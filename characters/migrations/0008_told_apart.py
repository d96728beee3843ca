from django.db import migrations

from fishbowl.operations import together


class Migration(migrations.Migration):
    dependencies = [
        ("characters", "0007_heard_from"),
    ]

    operations = together(
        migrations.AlterModelOptions(
            name="creativeproject",
            options={"ordering": ["-started_at", "-pk"]},
        ),
        migrations.AlterModelOptions(
            name="insight",
            options={"ordering": ["-discovery_date", "-pk"]},
        ),
        migrations.AlterModelOptions(
            name="moodchange",
            options={"ordering": ["-recorded_at", "-pk"]},
        ),
        migrations.AlterModelOptions(
            name="projectmember",
            options={"ordering": ["project", "invited_at", "pk"]},
        ),
        migrations.AlterModelOptions(
            name="relationshipevent",
            options={"ordering": ["-occurred_at", "-pk"]},
        ),
    )
