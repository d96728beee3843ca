"""What model servers taught by refusing calls, kept for every process and restart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0007_call_community"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServerLesson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "server",
                    models.CharField(
                        help_text="What it is called in the settings.", max_length=200
                    ),
                ),
                (
                    "address_digest",
                    models.CharField(
                        help_text="Of its address, which may hold a key: SHA-256.", max_length=64
                    ),
                ),
                ("model", models.TextField()),
                (
                    "lesson",
                    models.CharField(
                        choices=[
                            ("max_completion_tokens", "max_completion_tokens"),
                            ("system first", "system first"),
                            ("system nowhere", "system nowhere"),
                            ("no images", "no images"),
                            ("no json_schema", "no json_schema"),
                            ("no name", "no name"),
                            ("no response_format", "no response_format"),
                            ("no stop", "no stop"),
                            ("no stream_options", "no stream_options"),
                            ("no temperature", "no temperature"),
                            ("no tools", "no tools"),
                            ("room 1", "room 1"),
                            ("room 2", "room 2"),
                            ("no room 1", "no room 1"),
                            ("no room 2", "no room 2"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "refusal",
                    models.CharField(help_text="What it was learned from.", max_length=500),
                ),
                ("learned_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "lesson of a model server",
                "verbose_name_plural": "lessons of model servers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("address_digest", "model", "lesson"), name="serverlesson_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "lesson__in",
                                [
                                    "max_completion_tokens",
                                    "system first",
                                    "system nowhere",
                                    "no images",
                                    "no json_schema",
                                    "no name",
                                    "no response_format",
                                    "no stop",
                                    "no stream_options",
                                    "no temperature",
                                    "no tools",
                                    "room 1",
                                    "room 2",
                                    "no room 1",
                                    "no room 2",
                                ],
                            )
                        ),
                        name="serverlesson_known",
                    ),
                ],
            },
        ),
    ]
