import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import characters.models.fields
from fishbowl.operations import together


class Migration(migrations.Migration):
    replaces = [("characters", "0009_opinions")]

    dependencies = [
        ("audit", "0002_calls_and_configuration"),
        ("auth", "__first__"),
        ("characters", "0002_interests"),
        ("conversations", "0002_messages"),
        ("memories", "0002_memories"),
    ]

    operations = together(
        migrations.CreateModel(
            name="Goal",
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
                    "character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goals",
                        to="characters.character",
                    ),
                ),
                ("goal_id", models.CharField(max_length=120, unique=True)),
                ("description", models.TextField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("done", "Done"),
                            ("dropped", "Dropped"),
                            ("blocked", "Blocked"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("progress", characters.models.fields.UnitField(default=0.0)),
                ("success_criteria", models.TextField(blank=True)),
                ("strategy", models.TextField(blank=True)),
                ("priority", models.PositiveSmallIntegerField(default=5)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("keeper", "set by its keeper"),
                            ("reflection", "its own, of reflection"),
                            ("talk", "its own, set while talking"),
                        ],
                        default="keeper",
                        max_length=10,
                    ),
                ),
                (
                    "question",
                    models.CharField(blank=True, help_text="What it wants to ask.", max_length=300),
                ),
                (
                    "seeks_character",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sought_for",
                        to="characters.character",
                    ),
                ),
                (
                    "seeks_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sought_for",
                        to="characters.person",
                    ),
                ),
                ("last_progress_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("reviewed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "is_locked",
                    models.BooleanField(default=False, help_text="Only its keeper moves it."),
                ),
                (
                    "evidence_memories",
                    models.ManyToManyField(
                        blank=True, related_name="gave_rise_to_goals", to="memories.memory"
                    ),
                ),
            ],
            options={
                "ordering": ["-priority", "goal_id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["active", "done", "dropped", "blocked"])
                        ),
                        name="goal_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["keeper", "reflection", "talk"])),
                        name="goal_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("progress__gte", 0.0), ("progress__lte", 1.0)),
                        name="goal_progress_range",
                        violation_error_message="Progress must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__gte", 1), ("priority__lte", 10)),
                        name="goal_priority_range",
                        violation_error_message="Priority must lie between 1 and 10.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MoodChange",
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
                        related_name="mood_changes",
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
                ("valence", characters.models.fields.SignedField()),
                ("arousal", characters.models.fields.SignedField()),
                ("delta_valence", models.FloatField()),
                ("delta_arousal", models.FloatField()),
                (
                    "trigger_type",
                    models.CharField(
                        choices=[
                            ("conversation", "Conversation"),
                            ("time_decay", "Time Decay"),
                            ("event", "Event"),
                            ("reflection", "Reflection"),
                            ("admin", "Admin"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "trigger_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="characters.person",
                    ),
                ),
                (
                    "trigger_message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="conversations.message",
                    ),
                ),
                ("description", models.CharField(max_length=300)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-recorded_at"],
                "indexes": [
                    models.Index(fields=["character", "-recorded_at"], name="moodchange_recent")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "trigger_type__in",
                                ["conversation", "time_decay", "event", "reflection", "admin"],
                            )
                        ),
                        name="moodchange_trigger_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valence__gte", -1.0), ("valence__lte", 1.0)),
                        name="moodchange_valence_range",
                        violation_error_message="Valence must lie between -1 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("arousal__gte", -1.0), ("arousal__lte", 1.0)),
                        name="moodchange_arousal_range",
                        violation_error_message="Arousal must lie between -1 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("delta_arousal__gte", -0.2000001),
                                ("delta_arousal__lte", 0.2000001),
                                ("delta_valence__gte", -0.2000001),
                                ("delta_valence__lte", 0.2000001),
                            ),
                            ("trigger_type", "time_decay"),
                            ("trigger_type", "admin"),
                            _connector="OR",
                        ),
                        name="moodchange_delta_capped",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpinionEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "opinion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="characters.opinion",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="conversations.conversation",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="conversations.message",
                    ),
                ),
                (
                    "character",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="arguments",
                        to="characters.character",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="arguments",
                        to="characters.person",
                    ),
                ),
                (
                    "sentiment",
                    characters.models.fields.SignedField(
                        help_text="How the argument leans, as the holder takes it."
                    ),
                ),
                (
                    "weight",
                    characters.models.fields.UnitField(
                        help_text="How much it counts: by whose it is and how far they are trusted."
                    ),
                ),
                ("quote", models.CharField(blank=True, max_length=300)),
                ("argued_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "opinion evidence",
                "ordering": ["argued_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sentiment__gte", -1.0), ("sentiment__lte", 1.0)),
                        name="opinionevidence_sentiment_range",
                        violation_error_message="Sentiment must lie between -1 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 0.0), ("weight__lte", 1.0)),
                        name="opinionevidence_weight_range",
                        violation_error_message="Weight must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("character__isnull", False), ("person__isnull", True)),
                            models.Q(("character__isnull", True), ("person__isnull", False)),
                            _connector="OR",
                        ),
                        name="opinionevidence_one_of_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reflection",
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
                        related_name="reflections",
                        to="characters.character",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("importance", "enough had gathered"),
                            ("interval", "it was time"),
                            ("event", "something stirred it"),
                            ("diary", "Diary"),
                            ("dream", "Dream"),
                        ],
                        max_length=10,
                    ),
                ),
                ("question", models.TextField(blank=True, help_text="What it asked itself.")),
                (
                    "content",
                    models.TextField(blank=True, help_text="What came of it, in its own words."),
                ),
                (
                    "memory",
                    models.OneToOneField(
                        blank=True,
                        help_text="The memory of a page or a dream.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="written_as",
                        to="memories.memory",
                    ),
                ),
                (
                    "day",
                    models.DateField(
                        blank=True, help_text="Of a page or a dream: its own day.", null=True
                    ),
                ),
                (
                    "richness",
                    characters.models.fields.UnitField(
                        default=0.0, help_text="How much the day held, for a page or a dream."
                    ),
                ),
                (
                    "gathered",
                    models.FloatField(default=0.0, help_text="The importance that had gathered."),
                ),
                (
                    "effectiveness",
                    characters.models.fields.UnitField(
                        default=0.0, help_text="Share of what it found that was new."
                    ),
                ),
                (
                    "authenticity",
                    characters.models.fields.UnitField(
                        default=0.0, help_text="Share of its words that memories bear out."
                    ),
                ),
                (
                    "resonance",
                    characters.models.fields.UnitField(
                        default=0.0, help_text="How much feeling was in what it thought of."
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="Why it came to nothing.", max_length=300
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        default="personal",
                        help_text="Of the strictest memory in it.",
                        max_length=10,
                    ),
                ),
                (
                    "llm_call",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reflections",
                        to="audit.llmcall",
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                (
                    "input_memories",
                    models.ManyToManyField(
                        blank=True, related_name="reflected_on_in", to="memories.memory"
                    ),
                ),
            ],
            options={
                "ordering": ["-occurred_at", "-id"],
                "indexes": [
                    models.Index(fields=["character", "-occurred_at"], name="reflection_recent")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["importance", "interval", "event", "diary", "dream"])
                        ),
                        name="reflection_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("richness__gte", 0.0), ("richness__lte", 1.0)),
                        name="reflection_richness_range",
                        violation_error_message="Richness must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effectiveness__gte", 0.0), ("effectiveness__lte", 1.0)
                        ),
                        name="reflection_effectiveness_range",
                        violation_error_message="Effectiveness must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("authenticity__gte", 0.0), ("authenticity__lte", 1.0)),
                        name="reflection_authenticity_range",
                        violation_error_message="Authenticity must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("resonance__gte", 0.0), ("resonance__lte", 1.0)),
                        name="reflection_resonance_range",
                        violation_error_message="Resonance must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("day__isnull", False), ("kind__in", ["diary", "dream"])),
                            models.Q(
                                models.Q(("kind__in", ["diary", "dream"]), _negated=True),
                                ("day__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="reflection_day_of_pages",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("day__isnull", False)),
                        fields=("character", "kind", "day"),
                        name="reflection_one_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Insight",
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
                    "character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="insights",
                        to="characters.character",
                    ),
                ),
                (
                    "insight_type",
                    models.CharField(
                        choices=[
                            ("relationship", "how it stands to somebody"),
                            ("person", "what somebody is like"),
                            ("topic", "what is talked about"),
                            ("self", "what it is like itself"),
                            ("mood", "what moves its mood"),
                            ("contradiction", "what doesn't go together"),
                            ("goal", "what it wants"),
                        ],
                        max_length=20,
                    ),
                ),
                ("insight_content", models.TextField(help_text="In the third person, with names.")),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="What it is of, for reflection.",
                        max_length=160,
                    ),
                ),
                ("confidence_score", characters.models.fields.UnitField(default=0.6)),
                ("importance_level", models.FloatField(default=5.0, help_text="1–10")),
                ("emotional_valence", characters.models.fields.SignedField(default=0.0)),
                (
                    "triggers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        help_text="Words that bring it up.",
                        size=None,
                    ),
                ),
                (
                    "supporting_evidence",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=400),
                        blank=True,
                        default=list,
                        help_text="What it rests on, in words.",
                        size=None,
                    ),
                ),
                (
                    "memory",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="insight",
                        to="memories.memory",
                    ),
                ),
                (
                    "about_character",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="insights_about",
                        to="characters.character",
                    ),
                ),
                (
                    "about_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="insights_about",
                        to="characters.person",
                    ),
                ),
                (
                    "reflection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="insights",
                        to="characters.reflection",
                    ),
                ),
                ("conversation_context", models.CharField(blank=True, max_length=300)),
                ("discovery_date", models.DateTimeField()),
                ("last_surfaced_at", models.DateTimeField(blank=True, null=True)),
                ("surfaced_count", models.PositiveIntegerField(default=0)),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Off: the character no longer holds it; it never comes up.",
                    ),
                ),
                (
                    "is_locked",
                    models.BooleanField(default=False, help_text="Reflection leaves it as it is."),
                ),
                (
                    "evidence_memories",
                    models.ManyToManyField(
                        blank=True, related_name="supports_insights", to="memories.memory"
                    ),
                ),
            ],
            options={
                "ordering": ["-discovery_date"],
                "indexes": [
                    models.Index(fields=["character", "-discovery_date"], name="insight_recent"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["triggers"], name="insight_triggers"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "insight_type__in",
                                [
                                    "relationship",
                                    "person",
                                    "topic",
                                    "self",
                                    "mood",
                                    "contradiction",
                                    "goal",
                                ],
                            )
                        ),
                        name="insight_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confidence_score__gte", 0.0), ("confidence_score__lte", 1.0)
                        ),
                        name="insight_confidence_score_range",
                        violation_error_message="Confidence score must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("importance_level__gte", 1), ("importance_level__lte", 10)
                        ),
                        name="insight_importance_level_range",
                        violation_error_message="Importance level must lie between 1 and 10.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("emotional_valence__gte", -1.0), ("emotional_valence__lte", 1.0)
                        ),
                        name="insight_emotional_valence_range",
                        violation_error_message="Emotional valence must lie between -1 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("insight_content", ""), _negated=True),
                        name="insight_has_content",
                    ),
                    models.UniqueConstraint(
                        fields=("character", "insight_content"), name="insight_unique_content"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InsightLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "from_insight",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="characters.insight",
                    ),
                ),
                (
                    "to_insight",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="linked_by",
                        to="characters.insight",
                    ),
                ),
                (
                    "relationship_type",
                    models.CharField(
                        choices=[
                            ("supports", "Supports"),
                            ("contradicts", "Contradicts"),
                            ("leads_to", "Leads To"),
                            ("builds_on", "Builds On"),
                        ],
                        max_length=12,
                    ),
                ),
                ("strength", characters.models.fields.UnitField(default=0.5)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "relationship_type__in",
                                ["supports", "contradicts", "leads_to", "builds_on"],
                            )
                        ),
                        name="insightlink_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("strength__gte", 0.0), ("strength__lte", 1.0)),
                        name="insightlink_strength_range",
                        violation_error_message="Strength must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_insight", models.F("to_insight")), _negated=True),
                        name="insightlink_not_to_itself",
                    ),
                    models.UniqueConstraint(
                        fields=("from_insight", "to_insight", "relationship_type"),
                        name="insightlink_unique",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SelfModification",
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
                    "character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="self_modifications",
                        to="characters.character",
                    ),
                ),
                ("field", models.CharField(max_length=60)),
                ("old_value", models.JSONField(null=True)),
                ("new_value", models.JSONField(null=True)),
                ("reason", models.TextField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("applied", "Applied"),
                            ("rejected", "Rejected"),
                            ("reverted", "Reverted"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                (
                    "safety_report",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="By which bounds it was judged, and what they said.",
                    ),
                ),
                (
                    "reflection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="modifications",
                        to="characters.reflection",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["proposed", "approved", "applied", "rejected", "reverted"],
                            )
                        ),
                        name="selfmodification_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "proposed")),
                        fields=("character", "field"),
                        name="selfmodification_one_proposal",
                        violation_error_message="A change of this field waits already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LearningEvent",
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
                        related_name="learning_events",
                        to="characters.character",
                    ),
                ),
                ("learning_event", models.TextField()),
                (
                    "learning_type",
                    models.CharField(
                        choices=[
                            ("insight", "understood something"),
                            ("changed_mind", "understood it differently"),
                            ("goal", "a goal moved"),
                            ("trait", "changed itself"),
                            ("relationship", "came closer or grew apart"),
                        ],
                        max_length=15,
                    ),
                ),
                ("before_state", models.TextField(blank=True)),
                ("after_state", models.TextField(blank=True)),
                (
                    "trigger_conversation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="conversations.conversation",
                    ),
                ),
                (
                    "trigger_message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="conversations.message",
                    ),
                ),
                (
                    "insight",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="learning_events",
                        to="characters.insight",
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="learning_events",
                        to="characters.goal",
                    ),
                ),
                (
                    "modification",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="learning_events",
                        to="characters.selfmodification",
                    ),
                ),
                ("significance_score", characters.models.fields.UnitField(default=0.5)),
                ("learning_date", models.DateTimeField()),
                (
                    "evidence_memories",
                    models.ManyToManyField(blank=True, related_name="taught", to="memories.memory"),
                ),
            ],
            options={
                "ordering": ["-learning_date", "-id"],
                "indexes": [
                    models.Index(fields=["character", "-learning_date"], name="learning_recent")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "learning_type__in",
                                ["insight", "changed_mind", "goal", "trait", "relationship"],
                            )
                        ),
                        name="learningevent_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("significance_score__gte", 0.0), ("significance_score__lte", 1.0)
                        ),
                        name="learningevent_significance_score_range",
                        violation_error_message="Significance score must lie between 0 and 1.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkspaceFileVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="characters.workspacefile",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.TextField(blank=True)),
                ("size", models.IntegerField(default=0, help_text="Bytes.")),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="characters.character",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("written_at", models.DateTimeField()),
                (
                    "from_messages",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="conversations.message"
                    ),
                ),
                (
                    "from_memories",
                    models.ManyToManyField(blank=True, related_name="+", to="memories.memory"),
                ),
            ],
            options={
                "ordering": ["file", "-number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size__gte", 0), ("size__lte", 1048576)),
                        name="workspacefileversion_size_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "size",
                                models.Func(
                                    models.F("content"),
                                    function="octet_length",
                                    output_field=models.IntegerField(),
                                ),
                            )
                        ),
                        name="workspacefileversion_size_true",
                        violation_error_message="The size is that of the content.",
                    ),
                    models.UniqueConstraint(
                        fields=("file", "number"), name="workspacefileversion_unique_number"
                    ),
                ],
            },
        ),
    )
