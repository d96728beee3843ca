import django.db.models.deletion
import pgvector.django.halfvec
from django.db import migrations, models

import characters.models.fields
from fishbowl.operations import together


class Migration(migrations.Migration):
    replaces = [
        ("conversations", "0001_initial"),
        ("conversations", "0002_rules_in_force"),
        ("conversations", "0003_memories_used"),
        ("conversations", "0004_discord_inbound"),
        ("conversations", "0005_discord_outbound"),
        ("conversations", "0006_calls"),
        ("conversations", "0007_commands"),
        ("conversations", "0008_off_record"),
        ("conversations", "0009_what_comes_again"),
        ("conversations", "0010_analytics"),
        ("conversations", "0011_tool_uses"),
    ]

    initial = True

    dependencies = [
        ("characters", "0001_cast"),
    ]

    operations = together(
        migrations.CreateModel(
            name="Agreement",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agreements",
                        to="characters.character",
                    ),
                ),
                (
                    "with_character",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agreed_with_by",
                        to="characters.character",
                    ),
                ),
                (
                    "with_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agreed_with_by",
                        to="characters.person",
                    ),
                ),
                ("day", models.DateField()),
                ("answers", models.PositiveIntegerField(help_text="To what wasn't a question.")),
                (
                    "agreed",
                    models.PositiveIntegerField(help_text="That agreed, and differed in nothing."),
                ),
            ],
            options={
                "verbose_name_plural": "agreement",
                "ordering": ["-day", "character"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("with_character__isnull", True),
                            ("with_person__isnull", True),
                            _connector="XOR",
                        ),
                        name="agreement_with_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("agreed__lte", models.F("answers"))),
                        name="agreement_no_more_than_answers",
                    ),
                    models.UniqueConstraint(
                        fields=("character", "with_character", "with_person", "day"),
                        name="agreement_once_a_day",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommunityHealth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="health",
                        to="characters.community",
                    ),
                ),
                ("day", models.DateField(help_text="Of the clock in UTC.")),
                ("messages", models.PositiveIntegerField(default=0)),
                ("speakers", models.PositiveIntegerField(default=0)),
                (
                    "participation_gini",
                    characters.models.fields.UnitField(
                        default=0.0, help_text="0: everybody there said as much; 1: one said all."
                    ),
                ),
                ("sentiment", characters.models.fields.SignedField(default=0.0)),
                (
                    "pair_diversity",
                    characters.models.fields.UnitField(
                        default=0.0,
                        help_text="How evenly answers are spread over the pairs there could be.",
                    ),
                ),
                (
                    "novelty",
                    characters.models.fields.UnitField(
                        blank=True,
                        help_text="How far its words are from those of the week before.",
                        null=True,
                    ),
                ),
                ("calculated_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "community health",
                "ordering": ["-day", "community"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community", "day"), name="communityhealth_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sentiment__gte", -1.0), ("sentiment__lte", 1.0)),
                        name="communityhealth_sentiment_range",
                        violation_error_message="Sentiment must lie between -1 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("participation_gini__gte", 0.0), ("participation_gini__lte", 1.0)
                        ),
                        name="communityhealth_participation_gini_range",
                        violation_error_message="Participation gini must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pair_diversity__gte", 0.0), ("pair_diversity__lte", 1.0)
                        ),
                        name="communityhealth_pair_diversity_range",
                        violation_error_message="Pair diversity must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("novelty__gte", 0.0), ("novelty__lte", 1.0)),
                        name="communityhealth_novelty_range",
                        violation_error_message="Novelty must lie between 0 and 1.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisteredCommands",
            fields=[
                ("application_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("registered_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "registered commands",
            },
        ),
        migrations.CreateModel(
            name="Reliance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reliances",
                        to="characters.person",
                    ),
                ),
                (
                    "day",
                    models.DateField(
                        help_text="By the person's own clock, where they have told it."
                    ),
                ),
                ("messages", models.PositiveIntegerField(default=0)),
                (
                    "hours",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="In how many hours they wrote."
                    ),
                ),
                (
                    "late",
                    models.PositiveIntegerField(
                        default=0, help_text="Messages from midnight to five."
                    ),
                ),
                (
                    "streak",
                    models.PositiveIntegerField(
                        default=0, help_text="Days in a row, this one included."
                    ),
                ),
                (
                    "clinging",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="How often they said that characters are all they have.",
                    ),
                ),
                (
                    "score",
                    characters.models.fields.UnitField(default=0.0, help_text="Of this day alone."),
                ),
                (
                    "level",
                    characters.models.fields.UnitField(
                        default=0.0, help_text="Of this day and those before it."
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "reliance",
                "ordering": ["-day", "-level"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 0.0), ("score__lte", 1.0)),
                        name="reliance_score_range",
                        violation_error_message="Score must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 0.0), ("level__lte", 1.0)),
                        name="reliance_level_range",
                        violation_error_message="Level must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours__lte", 24)), name="reliance_hours_of_a_day"
                    ),
                    models.UniqueConstraint(fields=("person", "day"), name="reliance_once_a_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Scenario",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("premise", models.TextField()),
                ("rules", models.TextField(blank=True, help_text="One a line.")),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Channel",
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
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channels",
                        to="characters.community",
                    ),
                ),
                ("discord_id", models.BigIntegerField(blank=True, null=True, unique=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        help_text="The channel that this thread hangs on.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="threads",
                        to="conversations.channel",
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("topic", models.CharField(blank=True, max_length=300)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("live", "live: may begin talk"),
                            ("watched", "watched: joins when there is something to say"),
                            ("quiet", "quiet: only when addressed"),
                            ("muted", "muted: never"),
                        ],
                        default="live",
                        max_length=10,
                    ),
                ),
                (
                    "pace",
                    models.CharField(
                        choices=[("calm", "Calm"), ("normal", "Normal"), ("lively", "Lively")],
                        default="calm",
                        max_length=10,
                    ),
                ),
                (
                    "scenario",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="channels",
                        to="conversations.scenario",
                    ),
                ),
                ("is_private", models.BooleanField(default=False)),
                (
                    "is_direct",
                    models.BooleanField(
                        default=False,
                        help_text="A person's own channel with the characters: everything said in it is said to them.",
                    ),
                ),
                (
                    "is_nsfw",
                    models.BooleanField(
                        default=False, help_text="Marked on Discord as for adults alone."
                    ),
                ),
                ("is_paused", models.BooleanField(default=False)),
                ("last_message_at", models.DateTimeField(blank=True, null=True)),
                (
                    "next_look_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the director looks again whether to begin talk.",
                        null=True,
                    ),
                ),
                (
                    "watched_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Somebody looks on until then; a tank nobody watches is calm.",
                        null=True,
                    ),
                ),
                (
                    "webhook_id",
                    models.BigIntegerField(
                        blank=True,
                        editable=False,
                        help_text="The webhook by which characters speak here.",
                        null=True,
                    ),
                ),
                (
                    "webhook_token",
                    models.TextField(
                        blank=True,
                        editable=False,
                        help_text="Its secret, encrypted (fishbowl.sealing).",
                    ),
                ),
                (
                    "send_trouble",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Why nothing can be sent to Discord from here; characters are silent meanwhile. Empty when all is well.",
                        max_length=300,
                    ),
                ),
                (
                    "seen_to",
                    models.BigIntegerField(
                        blank=True,
                        editable=False,
                        help_text="Discord's id of the last message taken in: what came later is caught up with.",
                        null=True,
                    ),
                ),
                (
                    "removed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="It is gone from Discord, or the bot was sent away.",
                        null=True,
                    ),
                ),
                (
                    "residents",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Who frequents this channel; empty means every character.",
                        related_name="channels",
                        to="characters.character",
                    ),
                ),
            ],
            options={
                "ordering": ["community", "name"],
                "indexes": [models.Index(fields=["next_look_at"], name="channel_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["live", "watched", "quiet", "muted"])),
                        name="channel_mode_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pace__in", ["calm", "normal", "lively"])),
                        name="channel_pace_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("discord_id__isnull", True)),
                        fields=("community", "name"),
                        name="channel_local_name_unique",
                        violation_error_message="There is a room of that name already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conversations",
                        to="conversations.channel",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ambient", "Ambient"),
                            ("with_people", "With People"),
                            ("direct", "Direct"),
                            ("scene", "Scene"),
                        ],
                        default="ambient",
                        max_length=12,
                    ),
                ),
                ("topic", models.CharField(blank=True, max_length=200)),
                (
                    "premise",
                    models.TextField(blank=True, help_text="The situation that a scene is set in."),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("paused", "Paused"), ("closed", "Closed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("last_message_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("close_reason", models.CharField(blank=True, max_length=40)),
                ("message_count", models.PositiveIntegerField(default=0)),
                ("turn_number", models.PositiveIntegerField(default=0)),
                (
                    "next_turn_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the director looks here next; empty: not by itself.",
                        null=True,
                    ),
                ),
                (
                    "chain_length",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Characters' turns since a person last spoke; only people reset it.",
                    ),
                ),
                ("summary", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-started_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["next_turn_at"],
                        name="conversation_due",
                    ),
                    models.Index(fields=["channel", "-closed_at"], name="conversation_closed"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["ambient", "with_people", "direct", "scene"])
                        ),
                        name="conversation_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "paused", "closed"])),
                        name="conversation_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("channel",),
                        name="conversation_one_open_a_channel",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("status", "closed")),
                            models.Q(
                                models.Q(("status", "closed"), _negated=True),
                                ("closed_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="conversation_closed_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConversationAnalytics",
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
                        related_name="analytics",
                        to="conversations.conversation",
                    ),
                ),
                (
                    "message_count",
                    models.PositiveIntegerField(help_text="How far the talk was when looked at."),
                ),
                (
                    "is_final",
                    models.BooleanField(default=False, help_text="The conversation was over."),
                ),
                ("sentiment_score", characters.models.fields.SignedField(default=0.0)),
                ("engagement_level", characters.models.fields.UnitField(default=0.0)),
                ("creativity_score", characters.models.fields.UnitField(default=0.0)),
                ("coherence_score", characters.models.fields.UnitField(default=0.0)),
                ("novelty_score", characters.models.fields.UnitField(default=0.0)),
                ("is_meta", models.BooleanField(default=False)),
                (
                    "meta_evidence",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="The messages, and the words that gave it away.",
                    ),
                ),
                ("calculated_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "conversation analytics",
                "ordering": ["-calculated_at"],
                "indexes": [models.Index(fields=["-calculated_at"], name="analytics_recent")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sentiment_score__gte", -1.0), ("sentiment_score__lte", 1.0)
                        ),
                        name="conversationanalytics_sentiment_score_range",
                        violation_error_message="Sentiment score must lie between -1 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("engagement_level__gte", 0.0), ("engagement_level__lte", 1.0)
                        ),
                        name="conversationanalytics_engagement_level_range",
                        violation_error_message="Engagement level must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("creativity_score__gte", 0.0), ("creativity_score__lte", 1.0)
                        ),
                        name="conversationanalytics_creativity_score_range",
                        violation_error_message="Creativity score must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("coherence_score__gte", 0.0), ("coherence_score__lte", 1.0)
                        ),
                        name="conversationanalytics_coherence_score_range",
                        violation_error_message="Coherence score must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("novelty_score__gte", 0.0), ("novelty_score__lte", 1.0)
                        ),
                        name="conversationanalytics_novelty_score_range",
                        violation_error_message="Novelty score must lie between 0 and 1.",
                    ),
                    models.UniqueConstraint(
                        fields=("conversation", "message_count"), name="analytics_once_a_length"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConversationContext",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "conversation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="context",
                        to="conversations.conversation",
                    ),
                ),
                ("energy_level", characters.models.fields.UnitField(default=0.8)),
                ("conversation_type", models.CharField(default="talk", max_length=40)),
                ("emotional_state", models.JSONField(blank=True, default=dict)),
                ("speaker_patterns", models.JSONField(blank=True, default=dict)),
                ("open_questions", models.JSONField(blank=True, default=list)),
                (
                    "topic_embedding",
                    pgvector.django.halfvec.HalfVectorField(blank=True, editable=False, null=True),
                ),
                (
                    "observed_to",
                    models.PositiveIntegerField(
                        default=0, help_text="Messages up to this number have become memories."
                    ),
                ),
                ("last_updated", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("energy_level__gte", 0.0), ("energy_level__lte", 1.0)),
                        name="conversationcontext_energy_level_range",
                        violation_error_message="Energy level must lie between 0 and 1.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Participant",
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
                        related_name="participants",
                        to="conversations.conversation",
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
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="characters.person",
                    ),
                ),
                ("joined_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                ("message_count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("character__isnull", False), ("person__isnull", True)),
                            models.Q(("character__isnull", True), ("person__isnull", False)),
                            _connector="OR",
                        ),
                        name="participant_one_of_two",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("character__isnull", False)),
                        fields=("conversation", "character"),
                        name="participant_unique_character",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False)),
                        fields=("conversation", "person"),
                        name="participant_unique_person",
                    ),
                ],
            },
        ),
    )
