import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import characters.models.character
import characters.models.fields
from fishbowl.operations import together


class Migration(migrations.Migration):
    replaces = [
        ("characters", "0001_initial"),
        ("characters", "0002_relations"),
        ("characters", "0003_memberships_end"),
        ("characters", "0004_commands"),
        ("characters", "0005_workspace_and_works"),
        ("characters", "0006_reflection"),
        ("characters", "0007_cards"),
    ]

    initial = True

    dependencies = [
        # All others first: what is done to the users' table once ours refer to it has Django render
        # ours again each time.
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auditlog", "0017_add_actor_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("axes", "0010_accessattemptexpiration"),
        ("otp_static", "0003_add_timestamps"),
        ("otp_totp", "0003_add_timestamps"),
        ("sessions", "0001_initial"),
    ]

    operations = together(
        migrations.CreateModel(
            name="Character",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=80, unique=True)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("tagline", models.CharField(blank=True, max_length=200)),
                ("avatar", models.FileField(blank=True, upload_to="avatars/")),
                ("avatar_url", models.URLField(blank=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("archived", "Archived"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                (
                    "timezone",
                    models.CharField(
                        default="UTC",
                        max_length=64,
                        validators=[characters.models.character.validate_timezone],
                    ),
                ),
                (
                    "active_hours_start",
                    models.TimeField(
                        blank=True,
                        help_text="Start of the active hours; empty means at any time.",
                        null=True,
                    ),
                ),
                (
                    "active_hours_end",
                    models.TimeField(
                        blank=True,
                        help_text="End of the active hours; may lie past midnight.",
                        null=True,
                    ),
                ),
                ("talkativeness", characters.models.fields.UnitField(default=0.5)),
                (
                    "system_note",
                    models.TextField(
                        blank=True, help_text="Added to the system part of the prompt."
                    ),
                ),
                ("llm_model", models.CharField(blank=True, max_length=200)),
                ("llm_temperature", models.FloatField(blank=True, null=True)),
                ("is_template", models.BooleanField(default=False)),
                (
                    "card",
                    models.JSONField(
                        blank=True, default=dict, help_text="The imported card, kept whole."
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "paused", "archived"])),
                        name="character_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("talkativeness__gte", 0.0), ("talkativeness__lte", 1.0)
                        ),
                        name="character_talkativeness_range",
                        violation_error_message="Talkativeness must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("llm_temperature__isnull", True),
                            models.Q(("llm_temperature__gte", 0), ("llm_temperature__lte", 2)),
                            _connector="OR",
                        ),
                        name="character_temperature_range",
                        violation_error_message="The temperature must lie between 0 and 2.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("active_hours_end__isnull", True),
                                ("active_hours_start__isnull", True),
                            ),
                            models.Q(
                                ("active_hours_end__isnull", False),
                                ("active_hours_start__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="character_active_hours_whole",
                        violation_error_message="Give both ends of the active hours, or neither.",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="character_name_unique_caseless",
                        violation_error_message="There is a character of that name already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CardSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "character",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="card_source",
                        to="characters.character",
                    ),
                ),
                (
                    "batch",
                    models.UUIDField(
                        editable=False, help_text="What was uploaded together and waits.", null=True
                    ),
                ),
                ("label", models.CharField(help_text="What the file was called.", max_length=300)),
                (
                    "format",
                    models.CharField(
                        choices=[("json", "Json"), ("png", "Png"), ("charx", "Charx")],
                        max_length=10,
                    ),
                ),
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("imported_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "character card",
                "ordering": ["-imported_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["json", "png", "charx"])),
                        name="cardsource_format_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CharacterState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "character",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="state",
                        to="characters.character",
                    ),
                ),
                ("mood_valence", characters.models.fields.SignedField(default=0.0)),
                ("mood_arousal", characters.models.fields.SignedField(default=0.0)),
                ("mood_label", models.CharField(default="even", max_length=40)),
                (
                    "is_mood_locked",
                    models.BooleanField(
                        default=False,
                        help_text="A keeper has fixed the mood: nothing that happens moves it.",
                    ),
                ),
                ("energy", characters.models.fields.UnitField(default=0.8)),
                ("social_battery", characters.models.fields.UnitField(default=1.0)),
                (
                    "battery_at",
                    models.DateTimeField(
                        auto_now_add=True,
                        help_text="When energy, battery and mood were last brought up to date.",
                    ),
                ),
                (
                    "mood_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When something other than talk last moved the mood.",
                        null=True,
                    ),
                ),
                ("conversation_count", models.PositiveIntegerField(default=0)),
                ("message_count", models.PositiveIntegerField(default=0)),
                ("recent_interactions", models.JSONField(blank=True, default=list)),
                ("current_activity", models.CharField(blank=True, max_length=200)),
                ("unreflected_importance", models.FloatField(default=0.0)),
                ("last_reflection_at", models.DateTimeField(blank=True, null=True)),
                ("last_spoke_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=0)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mood_valence__gte", -1.0), ("mood_valence__lte", 1.0)),
                        name="characterstate_mood_valence_range",
                        violation_error_message="Mood valence must lie between -1 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mood_arousal__gte", -1.0), ("mood_arousal__lte", 1.0)),
                        name="characterstate_mood_arousal_range",
                        violation_error_message="Mood arousal must lie between -1 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("energy__gte", 0.0), ("energy__lte", 1.0)),
                        name="characterstate_energy_range",
                        violation_error_message="Energy must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("social_battery__gte", 0.0), ("social_battery__lte", 1.0)
                        ),
                        name="characterstate_social_battery_range",
                        violation_error_message="Social battery must lie between 0 and 1.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CharacterVersion",
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
                        related_name="versions",
                        to="characters.character",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("snapshot", models.JSONField(help_text="Columns of persona and style, by name.")),
                ("reason", models.CharField(max_length=300)),
                (
                    "maker",
                    models.CharField(
                        choices=[
                            ("keeper", "its keeper"),
                            ("itself", "the character itself"),
                            ("first", "as it was found"),
                        ],
                        default="keeper",
                        max_length=10,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["character", "-number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("maker__in", ["keeper", "itself", "first"])),
                        name="characterversion_maker_known",
                    ),
                    models.UniqueConstraint(
                        fields=("character", "number"), name="characterversion_unique_number"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Community",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("discord_id", models.BigIntegerField(blank=True, null=True)),
                ("name", models.CharField(max_length=120)),
                ("settings", models.JSONField(blank=True, default=dict)),
                ("is_active", models.BooleanField(default=True)),
                ("joined_at", models.DateTimeField(auto_now_add=True)),
                (
                    "welcomed_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When the bot said there what it needs: once each time it is invited.",
                        null=True,
                    ),
                ),
                (
                    "norms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "traditions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "communities",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("discord_id",),
                        name="community_unique_discord_id",
                        nulls_distinct=False,
                        violation_error_message="There is a community with that Discord id already, or, where it is empty, the local one.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EmotionBaseline",
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
                        related_name="emotion_baselines",
                        to="characters.character",
                    ),
                ),
                (
                    "emotion",
                    models.CharField(
                        choices=[
                            ("anger", "Anger"),
                            ("anticipation", "Anticipation"),
                            ("disgust", "Disgust"),
                            ("fear", "Fear"),
                            ("joy", "Joy"),
                            ("love", "Love"),
                            ("optimism", "Optimism"),
                            ("pessimism", "Pessimism"),
                            ("sadness", "Sadness"),
                            ("surprise", "Surprise"),
                            ("trust", "Trust"),
                        ],
                        max_length=12,
                    ),
                ),
                ("value", characters.models.fields.UnitField()),
                (
                    "is_locked",
                    models.BooleanField(
                        default=False,
                        help_text="Set by a keeper: it no longer follows the character's traits.",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["character", "emotion"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "emotion__in",
                                [
                                    "anger",
                                    "anticipation",
                                    "disgust",
                                    "fear",
                                    "joy",
                                    "love",
                                    "optimism",
                                    "pessimism",
                                    "sadness",
                                    "surprise",
                                    "trust",
                                ],
                            )
                        ),
                        name="emotionbaseline_emotion_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0.0), ("value__lte", 1.0)),
                        name="emotionbaseline_value_range",
                        violation_error_message="Value must lie between 0 and 1.",
                    ),
                    models.UniqueConstraint(
                        fields=("character", "emotion"), name="emotionbaseline_unique"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EmotionLevel",
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
                        related_name="emotion_levels",
                        to="characters.character",
                    ),
                ),
                (
                    "emotion",
                    models.CharField(
                        choices=[
                            ("anger", "Anger"),
                            ("anticipation", "Anticipation"),
                            ("disgust", "Disgust"),
                            ("fear", "Fear"),
                            ("joy", "Joy"),
                            ("love", "Love"),
                            ("optimism", "Optimism"),
                            ("pessimism", "Pessimism"),
                            ("sadness", "Sadness"),
                            ("surprise", "Surprise"),
                            ("trust", "Trust"),
                        ],
                        max_length=12,
                    ),
                ),
                ("value", characters.models.fields.UnitField()),
                ("felt_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["character", "emotion"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "emotion__in",
                                [
                                    "anger",
                                    "anticipation",
                                    "disgust",
                                    "fear",
                                    "joy",
                                    "love",
                                    "optimism",
                                    "pessimism",
                                    "sadness",
                                    "surprise",
                                    "trust",
                                ],
                            )
                        ),
                        name="emotionlevel_emotion_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0.0), ("value__lte", 1.0)),
                        name="emotionlevel_value_range",
                        violation_error_message="Value must lie between 0 and 1.",
                    ),
                    models.UniqueConstraint(
                        fields=("character", "emotion"), name="emotionlevel_unique"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormativeMemory",
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
                        related_name="formative_memories",
                        to="characters.character",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("content", models.TextField()),
                ("age_or_date", models.CharField(blank=True, max_length=60)),
                ("emotional_valence", characters.models.fields.SignedField(default=0.0)),
                (
                    "triggers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        help_text="Words that bring it to mind.",
                        size=None,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "formative memories",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("emotional_valence__gte", -1.0), ("emotional_valence__lte", 1.0)
                        ),
                        name="formativememory_emotional_valence_range",
                        violation_error_message="Emotional valence must lie between -1 and 1.",
                    ),
                    models.UniqueConstraint(
                        fields=("character", "title"), name="formativememory_unique_title"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KnowledgeArea",
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
                        related_name="knowledge_areas",
                        to="characters.character",
                    ),
                ),
                ("topic", models.CharField(max_length=200)),
                ("expertise_level", characters.models.fields.UnitField(default=0.3)),
                ("passion", characters.models.fields.UnitField(default=0.5)),
                (
                    "evidence_count",
                    models.PositiveIntegerField(
                        default=0, help_text="Discussions that it has grown by."
                    ),
                ),
                (
                    "is_learned",
                    models.BooleanField(
                        default=False, editable=False, help_text="It came by talk; nobody wrote it."
                    ),
                ),
                ("is_locked", models.BooleanField(default=False, help_text="No talk changes it.")),
                ("grown_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ["-expertise_level", "topic"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expertise_level__gte", 0.0), ("expertise_level__lte", 1.0)
                        ),
                        name="knowledgearea_expertise_level_range",
                        violation_error_message="Expertise level must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("passion__gte", 0.0), ("passion__lte", 1.0)),
                        name="knowledgearea_passion_range",
                        violation_error_message="Passion must lie between 0 and 1.",
                    ),
                    models.UniqueConstraint(
                        fields=("character", "topic"), name="knowledgearea_unique_topic"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaterialUse",
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
                        related_name="material_uses",
                        to="characters.character",
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("used_count", models.PositiveIntegerField(default=0)),
                ("last_used_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("character", "key"), name="materialuse_unique_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Opinion",
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
                        related_name="opinions",
                        to="characters.character",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where it is held; empty means everywhere.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="characters.community",
                    ),
                ),
                (
                    "topic",
                    models.CharField(help_text="In lower case: “the ice house”.", max_length=120),
                ),
                (
                    "sentiment",
                    characters.models.fields.SignedField(
                        default=0.0, help_text="−1 is dead against it, 1 all for it."
                    ),
                ),
                (
                    "interest_level",
                    characters.models.fields.UnitField(
                        default=0.3, help_text="How much it occupies the character."
                    ),
                ),
                (
                    "confidence",
                    characters.models.fields.UnitField(
                        default=0.0, help_text="How much it rests on, and how much of one mind."
                    ),
                ),
                ("discussion_count", models.PositiveIntegerField(default=0)),
                ("reasoning", models.TextField(blank=True)),
                (
                    "is_locked",
                    models.BooleanField(
                        default=False,
                        help_text="No talk changes it, and it holds without any discussion.",
                    ),
                ),
                ("formed_at", models.DateTimeField(blank=True, null=True)),
                ("last_reinforced_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-interest_level", "topic"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("formed_at__isnull", False)),
                        fields=["character", "community"],
                        name="opinion_formed",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sentiment__gte", -1.0), ("sentiment__lte", 1.0)),
                        name="opinion_sentiment_range",
                        violation_error_message="Sentiment must lie between -1 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("interest_level__gte", 0.0), ("interest_level__lte", 1.0)
                        ),
                        name="opinion_interest_level_range",
                        violation_error_message="Interest level must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0.0), ("confidence__lte", 1.0)),
                        name="opinion_confidence_range",
                        violation_error_message="Confidence must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("topic", django.db.models.functions.text.Lower(models.F("topic"))),
                            models.Q(("topic", ""), _negated=True),
                        ),
                        name="opinion_topic_lowercase",
                        violation_error_message="Write the topic in lower case.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("formed_at__isnull", True),
                            ("discussion_count__gte", 3),
                            ("is_locked", True),
                            _connector="OR",
                        ),
                        name="opinion_formed_by_talk",
                        violation_error_message="A stance takes three discussions. Lock the opinion to have it hold without.",
                    ),
                    models.UniqueConstraint(
                        fields=("character", "community", "topic"),
                        name="opinion_unique_topic",
                        nulls_distinct=False,
                        violation_error_message="The character has an opinion on that topic already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("discord_id", models.BigIntegerField(blank=True, null=True, unique=True)),
                (
                    "web_key",
                    models.CharField(
                        blank=True, editable=False, max_length=64, null=True, unique=True
                    ),
                ),
                ("username", models.CharField(max_length=80)),
                ("display_name", models.CharField(blank=True, max_length=80)),
                ("custom_name", models.CharField(blank=True, max_length=80)),
                ("is_bot", models.BooleanField(default=False)),
                ("first_seen_at", models.DateTimeField(auto_now_add=True)),
                ("last_seen_at", models.DateTimeField(blank=True, null=True)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "timezone",
                    models.CharField(
                        blank=True,
                        max_length=64,
                        validators=[characters.models.character.validate_timezone],
                    ),
                ),
                ("quiet_hours", models.JSONField(blank=True, default=dict)),
                ("birthday", models.DateField(blank=True, null=True)),
                (
                    "consent_level",
                    models.CharField(
                        choices=[("none", "None"), ("minimal", "Minimal"), ("full", "Full")],
                        default="minimal",
                        max_length=10,
                    ),
                ),
                ("blocked_until", models.DateTimeField(blank=True, null=True)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "people",
                "ordering": ["username"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("consent_level__in", ["none", "minimal", "full"])),
                        name="person_consent_level_known",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("username"),
                        condition=models.Q(
                            ("discord_id__isnull", True), ("erased_at__isnull", True)
                        ),
                        name="person_local_username_unique",
                        violation_error_message="Somebody here is called that already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommunicationStyle",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="communication_styles",
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
                    "preferred_length",
                    models.CharField(
                        choices=[("short", "Short"), ("medium", "Medium"), ("long", "Long")],
                        default="medium",
                        max_length=10,
                    ),
                ),
                ("preferred_formality", characters.models.fields.UnitField(default=0.5)),
                ("emoji_affinity", characters.models.fields.UnitField(default=0.2)),
                ("humor_affinity", characters.models.fields.UnitField(default=0.3)),
                ("detail_preference", characters.models.fields.UnitField(default=0.4)),
                (
                    "engagement_signals",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Mean words a message; of lines of each length, how many they took up.",
                    ),
                ),
                ("samples_collected", models.PositiveIntegerField(default=0)),
                ("confidence", characters.models.fields.UnitField(default=0.0)),
                ("is_locked", models.BooleanField(default=False, help_text="No talk changes it.")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("preferred_length__in", ["short", "medium", "long"])),
                        name="communicationstyle_length_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("preferred_formality__gte", 0.0), ("preferred_formality__lte", 1.0)
                        ),
                        name="communicationstyle_preferred_formality_range",
                        violation_error_message="Preferred formality must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("emoji_affinity__gte", 0.0), ("emoji_affinity__lte", 1.0)
                        ),
                        name="communicationstyle_emoji_affinity_range",
                        violation_error_message="Emoji affinity must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("humor_affinity__gte", 0.0), ("humor_affinity__lte", 1.0)
                        ),
                        name="communicationstyle_humor_affinity_range",
                        violation_error_message="Humor affinity must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("detail_preference__gte", 0.0), ("detail_preference__lte", 1.0)
                        ),
                        name="communicationstyle_detail_preference_range",
                        violation_error_message="Detail preference must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0.0), ("confidence__lte", 1.0)),
                        name="communicationstyle_confidence_range",
                        violation_error_message="Confidence must lie between 0 and 1.",
                    ),
                    models.UniqueConstraint(
                        fields=("person", "character"),
                        name="communicationstyle_unique",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                        related_name="memberships",
                        to="characters.community",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="characters.person",
                    ),
                ),
                ("nickname", models.CharField(blank=True, max_length=80)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("joined_at", models.DateTimeField(auto_now_add=True)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community", "person"), name="membership_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Persona",
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="persona",
                        to="characters.character",
                    ),
                ),
                (
                    "nickname",
                    models.CharField(
                        blank=True,
                        help_text="What {{char}} stands for; empty: the name.",
                        max_length=80,
                    ),
                ),
                ("identity", models.TextField(blank=True)),
                (
                    "personality",
                    models.TextField(blank=True, help_text="Its nature in a few words."),
                ),
                ("appearance", models.TextField(blank=True)),
                ("background", models.TextField(blank=True)),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("openness", characters.models.fields.UnitField(default=0.5)),
                ("conscientiousness", characters.models.fields.UnitField(default=0.5)),
                ("extraversion", characters.models.fields.UnitField(default=0.5)),
                ("agreeableness", characters.models.fields.UnitField(default=0.5)),
                ("neuroticism", characters.models.fields.UnitField(default=0.5)),
                (
                    "drives",
                    models.JSONField(
                        blank=True, default=dict, help_text="Name of a drive → 0.0–1.0."
                    ),
                ),
                (
                    "constitution",
                    models.TextField(blank=True, help_text="Rules that stand last in the prompt."),
                ),
                (
                    "disclosure",
                    models.TextField(blank=True, help_text="How it speaks of being an AI."),
                ),
                ("example_dialogue", models.TextField(blank=True)),
                (
                    "scenario",
                    models.TextField(
                        blank=True, help_text="Its circumstances, where the room has no scenario."
                    ),
                ),
                (
                    "greetings",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Texts it may begin with: the first goes first.",
                    ),
                ),
                (
                    "group_greetings",
                    models.JSONField(
                        blank=True, default=list, help_text="The same, among several only."
                    ),
                ),
                (
                    "system_prompt",
                    models.TextField(
                        blank=True,
                        help_text="Stands in place of how prompts begin, which is {{original}} in it.",
                    ),
                ),
                (
                    "depth_note",
                    models.TextField(blank=True, help_text="Stands close to the last lines."),
                ),
                (
                    "post_history_note",
                    models.TextField(
                        blank=True,
                        help_text="Stands in place of the closing reminder, {{original}} in it.",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("openness__gte", 0.0), ("openness__lte", 1.0)),
                        name="persona_openness_range",
                        violation_error_message="Openness must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("conscientiousness__gte", 0.0), ("conscientiousness__lte", 1.0)
                        ),
                        name="persona_conscientiousness_range",
                        violation_error_message="Conscientiousness must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("extraversion__gte", 0.0), ("extraversion__lte", 1.0)),
                        name="persona_extraversion_range",
                        violation_error_message="Extraversion must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agreeableness__gte", 0.0), ("agreeableness__lte", 1.0)
                        ),
                        name="persona_agreeableness_range",
                        violation_error_message="Agreeableness must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("neuroticism__gte", 0.0), ("neuroticism__lte", 1.0)),
                        name="persona_neuroticism_range",
                        violation_error_message="Neuroticism must lie between 0 and 1.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonPreference",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preferences",
                        to="characters.person",
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("value", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "key"), name="personpreference_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Relationship",
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
                    "from_character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relationships",
                        to="characters.character",
                    ),
                ),
                (
                    "to_character",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="regarded_by",
                        to="characters.character",
                    ),
                ),
                (
                    "to_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="regarded_by",
                        to="characters.person",
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
                ("trust", characters.models.fields.UnitField(default=0.5)),
                ("affection", characters.models.fields.UnitField(default=0.4)),
                ("attunement", characters.models.fields.UnitField(default=0.3)),
                ("score", models.FloatField(default=0.0)),
                ("level", models.CharField(default="Stranger", max_length=40)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("total_interactions", models.PositiveIntegerField(default=0)),
                ("positive_interactions", models.PositiveIntegerField(default=0)),
                ("negative_interactions", models.PositiveIntegerField(default=0)),
                ("avg_message_length", models.FloatField(default=0.0)),
                ("conversation_depth_avg", models.FloatField(default=0.0)),
                ("shared_references", models.JSONField(blank=True, default=list)),
                (
                    "is_locked",
                    models.BooleanField(
                        default=False,
                        help_text="A keeper has fixed it: nothing that happens moves it.",
                    ),
                ),
                (
                    "usual_trust",
                    characters.models.fields.UnitField(
                        blank=True,
                        help_text="The trust that one is used to; empty: as it is now.",
                        null=True,
                    ),
                ),
                (
                    "repair_since",
                    models.DateTimeField(
                        blank=True, help_text="Since when a quarrel is to be mended.", null=True
                    ),
                ),
                (
                    "repair_from",
                    characters.models.fields.UnitField(
                        blank=True, help_text="The trust before the quarrel.", null=True
                    ),
                ),
                (
                    "repair_low",
                    characters.models.fields.UnitField(
                        blank=True, help_text="The least trust since.", null=True
                    ),
                ),
                (
                    "milestones",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="What has happened once between them.",
                        size=None,
                    ),
                ),
                (
                    "faded_at",
                    models.DateTimeField(
                        blank=True, help_text="Until when absence has been counted.", null=True
                    ),
                ),
                ("first_interaction_at", models.DateTimeField(blank=True, null=True)),
                ("last_interaction_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("trust__gte", 0.0), ("trust__lte", 1.0)),
                        name="relationship_trust_range",
                        violation_error_message="Trust must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("affection__gte", 0.0), ("affection__lte", 1.0)),
                        name="relationship_affection_range",
                        violation_error_message="Affection must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("attunement__gte", 0.0), ("attunement__lte", 1.0)),
                        name="relationship_attunement_range",
                        violation_error_message="Attunement must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 0), ("score__lte", 100)),
                        name="relationship_score_range",
                        violation_error_message="Score must lie between 0 and 100.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("usual_trust__gte", 0), ("usual_trust__lte", 1)),
                            ("usual_trust__isnull", True),
                            _connector="OR",
                        ),
                        name="relationship_usual_trust_range",
                        violation_error_message="Usual trust must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("repair_from__gte", 0), ("repair_from__lte", 1)),
                            ("repair_from__isnull", True),
                            _connector="OR",
                        ),
                        name="relationship_repair_from_range",
                        violation_error_message="Repair from must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("repair_low__gte", 0), ("repair_low__lte", 1)),
                            ("repair_low__isnull", True),
                            _connector="OR",
                        ),
                        name="relationship_repair_low_range",
                        violation_error_message="Repair low must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("repair_from__isnull", True),
                                ("repair_low__isnull", True),
                                ("repair_since__isnull", True),
                            ),
                            models.Q(
                                ("repair_from__isnull", False),
                                ("repair_low__isnull", False),
                                ("repair_since__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="relationship_repair_whole",
                        violation_error_message="A quarrel has a beginning, a trust before and a lowest.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("to_character__isnull", False), ("to_person__isnull", True)),
                            models.Q(("to_character__isnull", True), ("to_person__isnull", False)),
                            _connector="OR",
                        ),
                        name="relationship_one_target",
                        violation_error_message="Name one target: a character or a person.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_character__isnull", True),
                            models.Q(("to_character", models.F("from_character")), _negated=True),
                            _connector="OR",
                        ),
                        name="relationship_not_to_self",
                        violation_error_message="A character stands in no relationship to itself.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("to_character__isnull", False)),
                        fields=("from_character", "to_character", "community"),
                        name="relationship_unique_character",
                        nulls_distinct=False,
                        violation_error_message="This relationship is there already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("to_person__isnull", False)),
                        fields=("from_character", "to_person", "community"),
                        name="relationship_unique_person",
                        nulls_distinct=False,
                        violation_error_message="This relationship is there already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SpeechStyle",
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="style",
                        to="characters.character",
                    ),
                ),
                ("formality", characters.models.fields.UnitField(default=0.5)),
                ("verbosity", characters.models.fields.UnitField(default=0.5)),
                ("humour", characters.models.fields.UnitField(default=0.5)),
                ("emoji_use", characters.models.fields.UnitField(default=0.1)),
                (
                    "signature_phrases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "avoided_phrases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "preferred_words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("response_language", models.CharField(default="en", max_length=35)),
                ("improv", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("formality__gte", 0.0), ("formality__lte", 1.0)),
                        name="speechstyle_formality_range",
                        violation_error_message="Formality must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verbosity__gte", 0.0), ("verbosity__lte", 1.0)),
                        name="speechstyle_verbosity_range",
                        violation_error_message="Verbosity must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("humour__gte", 0.0), ("humour__lte", 1.0)),
                        name="speechstyle_humour_range",
                        violation_error_message="Humour must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("emoji_use__gte", 0.0), ("emoji_use__lte", 1.0)),
                        name="speechstyle_emoji_use_range",
                        violation_error_message="Emoji use must lie between 0 and 1.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Trigger",
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
                        related_name="triggers",
                        to="characters.character",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("topic", "Topic"),
                            ("emotion", "Emotion"),
                            ("phrase", "Phrase"),
                            ("person", "Person"),
                        ],
                        max_length=10,
                    ),
                ),
                ("pattern", models.CharField(max_length=200)),
                ("reaction", models.TextField(blank=True)),
                ("intensity", characters.models.fields.UnitField(default=0.5)),
                (
                    "valence",
                    characters.models.fields.SignedField(
                        default=0.0, help_text="Which way it moves the mood."
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["topic", "emotion", "phrase", "person"])),
                        name="trigger_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("intensity__gte", 0.0), ("intensity__lte", 1.0)),
                        name="trigger_intensity_range",
                        violation_error_message="Intensity must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valence__gte", -1.0), ("valence__lte", 1.0)),
                        name="trigger_valence_range",
                        violation_error_message="Valence must lie between -1 and 1.",
                    ),
                    models.UniqueConstraint(
                        fields=("character", "kind", "pattern"), name="trigger_unique_pattern"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkspaceFile",
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
                        blank=True,
                        help_text="Whose own it is; empty means that it is shared.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="characters.character",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where a shared one is shared.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="characters.community",
                    ),
                ),
                ("path", models.CharField(max_length=200)),
                ("content", models.TextField(blank=True)),
                ("mime_type", models.CharField(default="text/markdown", max_length=40)),
                ("size", models.IntegerField(default=0, help_text="Bytes.")),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ["character", "path"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size__gte", 0), ("size__lte", 1048576)),
                        name="workspacefile_size_range",
                        violation_error_message="A file has at most 1 MB.",
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
                        name="workspacefile_size_true",
                        violation_error_message="The size is that of the content.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("character__isnull", True),
                            ("community__isnull", True),
                            _connector="OR",
                        ),
                        name="workspacefile_one_space",
                        violation_error_message="A file is a character's own, or shared.",
                    ),
                    models.UniqueConstraint(
                        models.F("character"),
                        models.F("community"),
                        django.db.models.functions.text.Lower("path"),
                        name="workspacefile_unique_path",
                        nulls_distinct=False,
                        violation_error_message="There is a file of that name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("path__startswith", "/"), _negated=True),
                            models.Q(("path__contains", ".."), _negated=True),
                            models.Q(("path__contains", "\\"), _negated=True),
                            models.Q(("path", ""), _negated=True),
                        ),
                        name="workspacefile_path_plain",
                        violation_error_message="The path is relative and has no .. in it.",
                    ),
                ],
            },
        ),
    )
