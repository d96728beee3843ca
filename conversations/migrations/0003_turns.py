import django.db.models.deletion
from django.db import migrations, models

from fishbowl.operations import together


class Migration(migrations.Migration):
    replaces = [("conversations", "0013_care_for_people")]

    dependencies = [
        ("audit", "0002_calls_and_configuration"),
        ("characters", "0001_cast"),
        ("conversations", "0002_messages"),
        ("memories", "0002_memories"),
    ]

    operations = together(
        migrations.CreateModel(
            name="Turn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="turns",
                        to="conversations.conversation",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("speaking", "Speaking"),
                            ("done", "Done"),
                            ("silent", "Silent"),
                            ("failed", "Failed"),
                            ("abandoned", "Abandoned"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("speak", "Speak"),
                            ("react", "React"),
                            ("silence", "Silence"),
                            ("close", "Close"),
                        ],
                        default="speak",
                        max_length=10,
                    ),
                ),
                ("move", models.CharField(blank=True, max_length=20)),
                ("trigger", models.CharField(blank=True, max_length=20)),
                (
                    "chosen",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="turns",
                        to="characters.character",
                    ),
                ),
                (
                    "answers",
                    models.ForeignKey(
                        blank=True,
                        help_text="The last message that stood when the decision was made.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="answered_by",
                        to="conversations.message",
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("scores", models.JSONField(default=dict)),
                ("floor", models.JSONField(default=dict)),
                (
                    "rules",
                    models.JSONField(
                        default=dict,
                        help_text="The director's settings in force, defaults and pace included.",
                    ),
                ),
                ("random_seed", models.BigIntegerField()),
                ("prompt_parts", models.JSONField(default=list)),
                ("guard_edits", models.JSONField(default=list)),
                (
                    "llm_call",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="turns",
                        to="audit.llmcall",
                    ),
                ),
                ("claimed_by", models.CharField(blank=True, max_length=120)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("emoji", models.CharField(blank=True, max_length=16)),
                ("draft", models.TextField(blank=True)),
                ("draft_spent", models.JSONField(default=list)),
                (
                    "reservation",
                    models.JSONField(default=dict, help_text="Budget set aside for the call."),
                ),
                ("due_at", models.DateTimeField()),
                ("say_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "memories_used",
                    models.ManyToManyField(
                        help_text="What came to the speaker's mind.",
                        related_name="turns",
                        through="conversations.TurnMemory",
                        to="memories.memory",
                    ),
                ),
            ],
            options={
                "ordering": ["-decided_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["planned", "speaking"])),
                        fields=["due_at"],
                        name="turn_under_way",
                    ),
                    models.Index(fields=["chosen", "-decided_at"], name="turn_by_character"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["planned", "speaking", "done", "silent", "failed", "abandoned"],
                            )
                        ),
                        name="turn_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["speak", "react", "silence", "close"])),
                        name="turn_action_known",
                    ),
                    models.UniqueConstraint(
                        fields=("conversation", "number"), name="turn_unique_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["planned", "speaking"])),
                        fields=("conversation",),
                        name="turn_one_under_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("action__in", ["silence", "close"]),
                            ("chosen__isnull", False),
                            _connector="OR",
                        ),
                        name="turn_actor_is_chosen",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reactions",
                        to="conversations.message",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="characters.person",
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
                ("emoji", models.CharField(max_length=64)),
                (
                    "turn",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="conversations.turn",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("character__isnull", False), ("person__isnull", True)),
                            models.Q(("character__isnull", True), ("person__isnull", False)),
                            _connector="OR",
                        ),
                        name="reaction_one_of_two",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("character__isnull", False), ("removed_at__isnull", True)
                        ),
                        fields=("message", "character", "emoji"),
                        name="reaction_unique_character",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False), ("removed_at__isnull", True)),
                        fields=("message", "person", "emoji"),
                        name="reaction_unique_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="conversations.message",
                    ),
                ),
                (
                    "reaction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="conversations.reaction",
                    ),
                ),
                (
                    "surface",
                    models.CharField(
                        choices=[("discord", "Discord"), ("web", "Web")], max_length=10
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("abandoned", "Abandoned"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("nonce", models.UUIDField(unique=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                (
                    "wanted_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When a keeper wanted it sent all the same, however late.",
                        null=True,
                    ),
                ),
                (
                    "claimed_by",
                    models.CharField(blank=True, db_default="", editable=False, max_length=120),
                ),
                ("claimed_until", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["next_attempt_at"],
                        name="delivery_due",
                    ),
                    models.Index(
                        condition=models.Q(("status", "pending"), ("surface", "discord")),
                        fields=["id"],
                        name="delivery_to_discord",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("surface__in", ["discord", "web"])),
                        name="delivery_surface_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["pending", "sent", "failed", "abandoned"])
                        ),
                        name="delivery_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reaction__isnull", True)),
                        fields=("message", "surface"),
                        name="delivery_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reaction__isnull", False)),
                        fields=("reaction", "surface"),
                        name="delivery_unique_reaction",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="conversations.delivery",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "webhook_id",
                    models.BigIntegerField(
                        blank=True,
                        help_text="By which webhook it was sent; empty: by the bot itself.",
                        null=True,
                    ),
                ),
                ("attempted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "sent_after",
                    models.BigIntegerField(
                        blank=True,
                        help_text="Discord's id of a message that stood there before.",
                        null=True,
                    ),
                ),
                ("discord_id", models.BigIntegerField(blank=True, null=True, unique=True)),
            ],
            options={
                "ordering": ["delivery", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("delivery", "number"), name="deliverypart_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduledEvent",
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
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="characters.person",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="conversations.channel",
                    ),
                ),
                (
                    "event_type",
                    models.CharField(
                        choices=[
                            ("birthday", "Birthday"),
                            ("follow_up", "Follow Up"),
                            ("reminder", "Reminder"),
                            ("absence", "Absence"),
                            ("anniversary", "Anniversary"),
                        ],
                        max_length=12,
                    ),
                ),
                ("trigger_at", models.DateTimeField()),
                ("title", models.CharField(max_length=200)),
                ("context", models.JSONField(blank=True, default=dict)),
                ("is_recurring", models.BooleanField(default=False)),
                (
                    "recurrence_rule",
                    models.CharField(
                        blank=True,
                        help_text="RFC 5545, such as FREQ=WEEKLY;BYDAY=MO. Each time is a row of its own.",
                        max_length=200,
                    ),
                ),
                (
                    "recurs_since",
                    models.DateTimeField(
                        blank=True,
                        help_text="When it first was: the rule counts from there.",
                        null=True,
                    ),
                ),
                (
                    "recurs_in",
                    models.CharField(
                        blank=True,
                        help_text="The time zone of the clock that it goes by.",
                        max_length=64,
                    ),
                ),
                (
                    "found_in",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="What was said that it follows up.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scheduled",
                        to="conversations.message",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="What was agreed on, that it is the time of.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="conversations.proposal",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("triggered", "Triggered"),
                            ("cancelled", "Cancelled"),
                            ("missed", "Missed"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("triggered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "turn",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="The turn that was to say it.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="events",
                        to="conversations.turn",
                    ),
                ),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, help_text="How many turns were to say it."
                    ),
                ),
            ],
            options={
                "ordering": ["trigger_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["trigger_at"],
                        name="scheduledevent_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "event_type__in",
                                ["birthday", "follow_up", "reminder", "absence", "anniversary"],
                            )
                        ),
                        name="scheduledevent_event_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["pending", "triggered", "cancelled", "missed"])
                        ),
                        name="scheduledevent_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("is_recurring", True),
                                ("recurs_since__isnull", False),
                                models.Q(("recurrence_rule", ""), _negated=True),
                            ),
                            models.Q(("is_recurring", False), ("recurrence_rule", "")),
                            _connector="OR",
                        ),
                        name="scheduledevent_recurring_has_rule",
                        violation_error_message="What recurs has a rule, and a time since when.",
                    ),
                    models.UniqueConstraint(
                        fields=("found_in", "event_type"), name="scheduledevent_found_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ToolUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "turn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tool_uses",
                        to="conversations.turn",
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1)),
                (
                    "key",
                    models.CharField(
                        help_text="What was asked, as a hash: a turn that begins anew does it once.",
                        max_length=64,
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("arguments", models.JSONField(default=dict)),
                (
                    "origin",
                    models.CharField(
                        choices=[("called", "Called"), ("observed", "Observed")],
                        default="called",
                        max_length=10,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("done", "Done"), ("refused", "Refused")], max_length=10
                    ),
                ),
                ("result", models.TextField(blank=True)),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["turn", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["done", "refused"])),
                        name="tooluse_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["called", "observed"])),
                        name="tooluse_origin_known",
                    ),
                    models.UniqueConstraint(fields=("turn", "key"), name="tooluse_once_a_turn"),
                ],
            },
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
                (
                    "turn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recollections",
                        to="conversations.turn",
                    ),
                ),
                (
                    "memory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recollected",
                        to="memories.memory",
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField()),
                ("score", models.FloatField()),
                ("parts", models.JSONField(default=dict, help_text="The score by its parts.")),
            ],
            options={
                "ordering": ["turn", "rank"],
                "constraints": [
                    models.UniqueConstraint(fields=("turn", "memory"), name="turnmemory_unique")
                ],
            },
        ),
        migrations.AddField(
            model_name="message",
            name="turn",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="conversations.turn",
            ),
        ),
    )
