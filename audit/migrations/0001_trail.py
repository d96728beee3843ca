import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from fishbowl.operations import together


class Migration(migrations.Migration):
    replaces = [
        ("audit", "0001_initial"),
        ("audit", "0002_relations"),
        ("audit", "0003_partition_llmcall"),
        ("audit", "0004_file_operation"),
        ("audit", "0005_scoped_configuration_and_dead_letters"),
        ("audit", "0006_who_did_what"),
        ("audit", "0007_append_only"),
    ]

    initial = True

    dependencies = [
        ("auth", "__first__"),
        ("characters", "0001_cast"),
    ]

    operations = together(
        migrations.CreateModel(
            name="AdminAction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "actor_name",
                    models.CharField(
                        blank=True,
                        help_text="The account's name then, or who it was without one.",
                        max_length=150,
                    ),
                ),
                (
                    "action_type",
                    models.CharField(
                        help_text="What was done, such as society.pause.", max_length=60
                    ),
                ),
                (
                    "resource_affected",
                    models.CharField(
                        blank=True,
                        help_text="What it was done to, such as characters.person:7.",
                        max_length=200,
                    ),
                ),
                ("changes_made", models.JSONField(blank=True, default=dict)),
                ("ip_address", models.GenericIPAddressField(blank=True, null=True)),
                ("user_agent", models.CharField(blank=True, max_length=300)),
                ("occurred_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-occurred_at", "-id"],
                "indexes": [
                    models.Index(fields=["-occurred_at", "-id"], name="adminaction_recent"),
                    models.Index(
                        fields=["action_type", "-occurred_at"], name="adminaction_by_type"
                    ),
                    models.Index(fields=["resource_affected"], name="adminaction_by_resource"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action_type__regex", "^[a-z_]+(\\.[a-z_]+)*$")),
                        name="adminaction_type_named",
                        violation_error_message="Name the action in small letters, as in society.pause.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=60)),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        help_text="What it is about, where a rule has several.",
                        max_length=200,
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("info", "Info"),
                            ("warning", "Warning"),
                            ("critical", "Critical"),
                        ],
                        max_length=8,
                    ),
                ),
                ("detail", models.CharField(max_length=500)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "told_at",
                    models.DateTimeField(
                        blank=True, help_text="When the webhook took it.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["info", "warning", "critical"])),
                        name="alert_severity_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("rule", "subject"),
                        name="alert_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True),
                            ("closed_at__gte", models.F("opened_at")),
                            _connector="OR",
                        ),
                        name="alert_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("deployment", "Deployment"),
                            ("community", "Community"),
                            ("character", "Character"),
                        ],
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
                    "character",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="characters.character",
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[("hour", "Hour"), ("day", "Day"), ("month", "Month")], max_length=6
                    ),
                ),
                ("limit_tokens", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "limit_usd",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["deployment", "community", "character"])),
                        name="budget_scope_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period__in", ["hour", "day", "month"])),
                        name="budget_period_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("character__isnull", True),
                                ("community__isnull", True),
                                ("scope", "deployment"),
                            ),
                            models.Q(
                                ("character__isnull", True),
                                ("community__isnull", False),
                                ("scope", "community"),
                            ),
                            models.Q(
                                ("character__isnull", False),
                                ("community__isnull", True),
                                ("scope", "character"),
                            ),
                            _connector="OR",
                        ),
                        name="budget_target_fits_scope",
                        violation_error_message="Name the community or the character that the scope says, and no other.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("limit_usd__isnull", True), ("limit_usd__gte", 0), _connector="OR"
                        ),
                        name="budget_usd_not_negative",
                        violation_error_message="The limit can't be below zero.",
                    ),
                    models.UniqueConstraint(
                        fields=("scope", "community", "character", "period"),
                        name="budget_unique",
                        nulls_distinct=False,
                        violation_error_message="There is a budget for that scope and period already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetSpend",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "budget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spends",
                        to="audit.budget",
                    ),
                ),
                ("period_start", models.DateTimeField()),
                ("tokens", models.PositiveBigIntegerField(default=0)),
                ("usd", models.DecimalField(decimal_places=6, default=0, max_digits=14)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("budget", "period_start"), name="budgetspend_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChainLink",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=63)),
                ("row_id", models.BigIntegerField()),
                ("facts", models.BinaryField()),
                ("content", models.BinaryField()),
                ("salt", models.CharField(max_length=36, null=True)),
                ("digest", models.BinaryField()),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "row_id"), name="chainlink_one_a_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("task", models.CharField(max_length=200)),
                (
                    "arguments",
                    models.JSONField(default=dict, help_text="args and kwargs, as they were sent."),
                ),
                (
                    "fingerprint",
                    models.CharField(help_text="Of the task and its arguments.", max_length=64),
                ),
                ("queue", models.CharField(blank=True, max_length=60)),
                ("error", models.TextField()),
                ("attempts", models.PositiveIntegerField(default=1)),
                ("first_failed_at", models.DateTimeField()),
                ("failed_at", models.DateTimeField()),
                ("retried_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("resolution", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-failed_at"],
                "indexes": [models.Index(fields=["-failed_at"], name="deadletter_recent")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resolved_at__isnull", True)),
                        fields=("fingerprint",),
                        name="deadletter_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attempts__gte", 1)),
                        name="deadletter_attempts_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EndpointState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("opened_until", models.DateTimeField(blank=True, null=True)),
                ("half_open", models.BooleanField(default=False)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("last_failure_at", models.DateTimeField(blank=True, null=True)),
                ("last_success_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FileOperation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "character",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who did it; empty for a keeper.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="file_operations",
                        to="characters.character",
                    ),
                ),
                (
                    "operation_type",
                    models.CharField(
                        choices=[
                            ("read", "Read"),
                            ("write", "Write"),
                            ("list", "List"),
                            ("delete", "Delete"),
                            ("denied", "Denied"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "file_path",
                    models.CharField(
                        help_text="As it was given; what can't be stored stands escaped.",
                        max_length=300,
                    ),
                ),
                ("success", models.BooleanField(default=True)),
                ("size", models.PositiveIntegerField(default=0, help_text="Bytes.")),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("occurred_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-occurred_at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["character", "-occurred_at"], name="fileoperation_of_character"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("operation_type__in", ["read", "write", "list", "delete", "denied"])
                        ),
                        name="fileoperation_operation_type_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HealthCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("component", models.CharField(max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[("ok", "Ok"), ("ailing", "Ailing"), ("down", "Down")], max_length=6
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("since", models.DateTimeField()),
                ("checked_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-checked_at", "component"],
                "indexes": [
                    models.Index(fields=["component", "-since"], name="healthcheck_latest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["ok", "ailing", "down"])),
                        name="healthcheck_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("checked_at__gte", models.F("since"))),
                        name="healthcheck_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MetricRollup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("metric_name", models.CharField(max_length=60)),
                ("unit", models.CharField(blank=True, max_length=12)),
                ("labels", models.JSONField(blank=True, default=dict)),
                ("hour", models.DateTimeField()),
                ("count", models.PositiveBigIntegerField()),
                ("total", models.FloatField()),
                ("least", models.FloatField()),
                ("most", models.FloatField()),
                ("median", models.FloatField()),
                ("p95", models.FloatField()),
            ],
            options={
                "ordering": ["-hour", "metric_name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("metric_name", "hour", "labels"), name="metricrollup_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__gte", 1)), name="metricrollup_count_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PerformanceMetric",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("metric_name", models.CharField(max_length=60)),
                ("metric_value", models.FloatField()),
                ("unit", models.CharField(blank=True, max_length=12)),
                (
                    "character",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="characters.character",
                    ),
                ),
                ("labels", models.JSONField(blank=True, default=dict)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-recorded_at"],
                "indexes": [
                    models.Index(fields=["-recorded_at"], name="metric_recent"),
                    models.Index(fields=["metric_name", "recorded_at"], name="metric_by_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SecurityEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event_type",
                    models.CharField(
                        choices=[
                            ("login", "signed in"),
                            ("logout", "signed out"),
                            ("login_failed", "sign-in failed"),
                            ("lockout", "locked out"),
                            ("second_factor_failed", "wrong code of the second factor"),
                            ("second_factor_changed", "second factor set up or removed"),
                            ("roles_changed", "roles or permissions changed"),
                            ("permission_denied", "permission denied"),
                            ("form_refused", "form without its token (CSRF)"),
                            ("bad_origin", "websocket of another site's page"),
                            ("flooded", "too much from one visitor"),
                            ("injection_attempt", "attempt to instruct the model"),
                            ("file_denied", "file path denied"),
                            ("file_refused", "hostile file refused"),
                            ("row_denied", "denied by row-level security"),
                            ("token_error", "token or key refused"),
                            ("chain_broken", "audit log tampered with"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("info", "Info"),
                            ("low", "Low"),
                            ("medium", "Medium"),
                            ("high", "High"),
                            ("critical", "Critical"),
                        ],
                        max_length=8,
                    ),
                ),
                ("source_ip", models.GenericIPAddressField(blank=True, null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                ("event_data", models.JSONField(blank=True, default=dict)),
                ("occurred_at", models.DateTimeField()),
                ("resolved", models.BooleanField(default=False)),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("resolution", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["-occurred_at", "-id"],
                "indexes": [
                    models.Index(fields=["-occurred_at", "-id"], name="securityevent_recent"),
                    models.Index(
                        fields=["event_type", "-occurred_at"], name="securityevent_by_type"
                    ),
                    models.Index(
                        condition=models.Q(("resolved", False)),
                        fields=["severity", "-occurred_at"],
                        name="securityevent_open",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "event_type__in",
                                [
                                    "login",
                                    "logout",
                                    "login_failed",
                                    "lockout",
                                    "second_factor_failed",
                                    "second_factor_changed",
                                    "roles_changed",
                                    "permission_denied",
                                    "form_refused",
                                    "bad_origin",
                                    "flooded",
                                    "injection_attempt",
                                    "file_denied",
                                    "file_refused",
                                    "row_denied",
                                    "token_error",
                                    "chain_broken",
                                ],
                            )
                        ),
                        name="securityevent_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("severity__in", ["info", "low", "medium", "high", "critical"])
                        ),
                        name="securityevent_severity_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("resolution", ""),
                                ("resolved", False),
                                ("resolved_at__isnull", True),
                            ),
                            models.Q(
                                ("resolved", True),
                                ("resolved_at__isnull", False),
                                models.Q(("resolution", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="securityevent_resolved_with_a_note",
                        violation_error_message="Say in a note how it was resolved.",
                    ),
                ],
            },
        ),
    )
