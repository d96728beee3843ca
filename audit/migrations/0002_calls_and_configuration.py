import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from fishbowl.operations import together


class Migration(migrations.Migration):
    replaces = [("audit", "0008_metrics_and_alerts")]

    dependencies = [
        ("audit", "0001_trail"),
        ("auth", "__first__"),
        ("characters", "0001_cast"),
        ("conversations", "0001_rooms"),
    ]

    operations = together(
        migrations.CreateModel(
            name="LLMCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=20)),
                ("provider", models.CharField(max_length=60)),
                ("model", models.CharField(max_length=200)),
                (
                    "character",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="characters.character",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="conversations.conversation",
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("prompt_tokens", models.PositiveIntegerField(default=0)),
                ("completion_tokens", models.PositiveIntegerField(default=0)),
                ("cached_tokens", models.PositiveIntegerField(default=0)),
                ("cost_usd", models.DecimalField(decimal_places=6, default=0, max_digits=12)),
                ("latency_ms", models.PositiveIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("abandoned", "Abandoned"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=500)),
                ("request", models.JSONField(blank=True, default=dict)),
                ("response", models.TextField(blank=True)),
                ("started_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "LLM call",
                "verbose_name_plural": "LLM calls",
                "ordering": ["-started_at"],
                "indexes": [
                    models.Index(fields=["-started_at"], name="llmcall_recent"),
                    models.Index(
                        condition=models.Q(("status", "running")),
                        fields=["provider", "started_at"],
                        name="llmcall_running",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["running", "done", "failed", "abandoned"])
                        ),
                        name="llmcall_status_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SystemConfiguration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("deployment", "Deployment"),
                            ("community", "Community"),
                            ("channel", "Channel"),
                            ("character", "Character"),
                        ],
                        default="deployment",
                        max_length=12,
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="characters.community",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="conversations.channel",
                    ),
                ),
                (
                    "character",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="characters.character",
                    ),
                ),
                ("config_section", models.CharField(max_length=60)),
                ("config_key", models.CharField(max_length=120)),
                ("config_value", models.JSONField(blank=True, null=True)),
                ("version", models.PositiveIntegerField()),
                ("is_active", models.BooleanField(default=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["config_section", "config_key", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "scope",
                            "community",
                            "channel",
                            "character",
                            "config_section",
                            "config_key",
                            "version",
                        ),
                        name="systemconfiguration_unique_version",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=(
                            "scope",
                            "community",
                            "channel",
                            "character",
                            "config_section",
                            "config_key",
                        ),
                        name="systemconfiguration_one_active",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scope__in", ["deployment", "community", "channel", "character"])
                        ),
                        name="systemconfiguration_scope_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("channel__isnull", True),
                                ("character__isnull", True),
                                ("community__isnull", True),
                                ("scope", "deployment"),
                            ),
                            models.Q(
                                ("channel__isnull", True),
                                ("character__isnull", True),
                                ("community__isnull", False),
                                ("scope", "community"),
                            ),
                            models.Q(
                                ("channel__isnull", False),
                                ("character__isnull", True),
                                ("community__isnull", True),
                                ("scope", "channel"),
                            ),
                            models.Q(
                                ("channel__isnull", True),
                                ("character__isnull", False),
                                ("community__isnull", True),
                                ("scope", "character"),
                            ),
                            _connector="OR",
                        ),
                        name="systemconfiguration_target_fits_scope",
                        violation_error_message="Name the community, the channel or the character that the scope says, and no other.",
                    ),
                ],
            },
        ),
    )
