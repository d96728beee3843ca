import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import pgvector.django.halfvec
from django.db import migrations, models

import characters.models.fields
from fishbowl.operations import together


class Migration(migrations.Migration):
    replaces = [("memories", "0005_same_words_one_memory")]

    dependencies = [
        ("characters", "0001_cast"),
        ("conversations", "0002_messages"),
        ("memories", "0001_vectors_and_lore"),
    ]

    operations = together(
        migrations.RunSQL(
            """
            CREATE FUNCTION memories_search(found_by text, content text, owner bigint)
            RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                SELECT strip(to_tsvector('pg_catalog.english', found_by || ' ' || content))
                    || array_to_tsvector(ARRAY['owner:' || coalesce(owner::text, 'lore')])
            $$
            """,
            "DROP FUNCTION memories_search(text, text, bigint)",
        ),
        migrations.CreateModel(
            name="Memory",
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
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Whose memory it is; empty: the community's lore.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memories",
                        to="characters.character",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("conversation", "Conversation"),
                            ("relationship", "Relationship"),
                            ("reflection", "Reflection"),
                            ("creative", "Creative"),
                            ("experience", "Experience"),
                            ("fact", "Fact"),
                            ("diary", "Diary"),
                            ("dream", "Dream"),
                            ("gossip", "Gossip"),
                            ("summary", "Summary"),
                            ("lore", "Lore"),
                            ("project", "Project"),
                            ("agent", "Agent"),
                            ("rag", "Rag"),
                            ("insight", "Insight"),
                        ],
                        max_length=12,
                    ),
                ),
                ("content", models.TextField(help_text="In the third person.")),
                (
                    "found_by",
                    models.TextField(blank=True, help_text="Other words that it is found by."),
                ),
                (
                    "about_person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remembered_in",
                        to="characters.person",
                    ),
                ),
                (
                    "about_character",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="remembered_in",
                        to="characters.character",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Where it was learned; empty: anywhere.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memories",
                        to="characters.community",
                    ),
                ),
                (
                    "source_conversation",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="memories",
                        to="conversations.conversation",
                    ),
                ),
                (
                    "source_message",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memories",
                        to="conversations.message",
                    ),
                ),
                (
                    "told_by_character",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Who said it.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="told",
                        to="characters.character",
                    ),
                ),
                (
                    "told_by_person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Who said it. It may always be spoken of with them alone.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="told",
                        to="characters.person",
                    ),
                ),
                (
                    "provenance",
                    models.CharField(
                        choices=[
                            ("own", "its own life or thought"),
                            ("witnessed", "was there when it was said or done"),
                            ("told", "told by another character"),
                            ("derived", "concluded from other memories"),
                            ("read", "read in lore"),
                        ],
                        default="witnessed",
                        max_length=10,
                    ),
                ),
                ("importance", models.FloatField(default=5.0, help_text="1–10")),
                ("emotional_valence", characters.models.fields.SignedField(default=0.0)),
                (
                    "confidence",
                    characters.models.fields.UnitField(
                        default=1.0,
                        help_text="How far it is trusted: never more than the least of its sources.",
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("private", "private: before nobody"),
                            ("basic", "basic: whoever is trusted a little (.30)"),
                            ("personal", "personal: whoever is trusted (.50)"),
                            ("intimate", "intimate: friends (.70)"),
                            ("full", "full: the closest (.90)"),
                            ("public", "public: anybody"),
                        ],
                        default="personal",
                        max_length=10,
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("working", "Working"),
                            ("short", "Short"),
                            ("long", "Long"),
                            ("archived", "archived: no longer recalled"),
                        ],
                        default="short",
                        max_length=10,
                    ),
                ),
                ("strength", characters.models.fields.UnitField(default=1.0)),
                (
                    "decayed_on",
                    models.DateField(
                        blank=True,
                        editable=False,
                        help_text="The last night that weakened it.",
                        null=True,
                    ),
                ),
                ("access_count", models.PositiveIntegerField(default=0)),
                ("last_accessed_at", models.DateTimeField(blank=True, null=True)),
                ("occurred_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "is_locked",
                    models.BooleanField(
                        default=False, help_text="Never merged, weakened, archived or forgotten."
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The memory that speaks for it since a consolidation.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="merged_from",
                        to="memories.memory",
                    ),
                ),
                ("content_hash", models.CharField(editable=False, max_length=64)),
                (
                    "embedding",
                    pgvector.django.halfvec.HalfVectorField(blank=True, editable=False, null=True),
                ),
                (
                    "embedding_model",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="memories.embeddingmodel",
                    ),
                ),
                ("session_key", models.CharField(blank=True, max_length=64)),
                ("sequence", models.PositiveIntegerField(default=0)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("found_by"),
                            models.F("content"),
                            models.F("owner"),
                            function="memories_search",
                            output_field=django.contrib.postgres.search.SearchVectorField(),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "is_question",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.ExpressionWrapper(
                            models.Q(
                                ("content__endswith", "?"),
                                ("content__endswith", "?”"),
                                ("content__endswith", '?"'),
                                _connector="OR",
                            ),
                            output_field=models.BooleanField(),
                        ),
                        output_field=models.BooleanField(),
                    ),
                ),
                (
                    "keywords",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("metadata", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name_plural": "memories",
                "ordering": ["-occurred_at"],
                "indexes": [
                    models.Index(
                        fields=["owner", "session_key", "sequence"], name="memory_by_owner"
                    ),
                    models.Index(fields=["owner", "-occurred_at"], name="memory_recent"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search"], name="memory_search"
                    ),
                    models.Index(fields=["embedding_model"], name="memory_by_space"),
                    models.Index(
                        condition=models.Q(("about_person__isnull", False)),
                        fields=["about_person"],
                        name="memory_about_person",
                    ),
                    models.Index(
                        condition=models.Q(("about_character__isnull", False)),
                        fields=["about_character"],
                        name="memory_about_character",
                    ),
                    models.Index(
                        condition=models.Q(("told_by_person__isnull", False)),
                        fields=["told_by_person"],
                        name="memory_told_by_person",
                    ),
                    models.Index(
                        condition=models.Q(("told_by_character__isnull", False)),
                        fields=["told_by_character"],
                        name="memory_told_by_character",
                    ),
                    models.Index(
                        condition=models.Q(("source_conversation__isnull", False)),
                        fields=["source_conversation"],
                        name="memory_source_conversation",
                    ),
                    models.Index(
                        condition=models.Q(("source_message__isnull", False)),
                        fields=["source_message"],
                        name="memory_source_message",
                    ),
                    models.Index(
                        condition=models.Q(("merged_into__isnull", False)),
                        fields=["merged_into"],
                        name="memory_merged_into",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "conversation",
                                    "relationship",
                                    "reflection",
                                    "creative",
                                    "experience",
                                    "fact",
                                    "diary",
                                    "dream",
                                    "gossip",
                                    "summary",
                                    "lore",
                                    "project",
                                    "agent",
                                    "rag",
                                    "insight",
                                ],
                            )
                        ),
                        name="memory_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "visibility__in",
                                ["private", "basic", "personal", "intimate", "full", "public"],
                            )
                        ),
                        name="memory_visibility_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["working", "short", "long", "archived"])),
                        name="memory_tier_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("provenance__in", ["own", "witnessed", "told", "derived", "read"])
                        ),
                        name="memory_provenance_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("importance__gte", 1.0), ("importance__lte", 10.0)),
                        name="memory_importance_range",
                        violation_error_message="Importance must lie between 1 and 10.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("emotional_valence__gte", -1.0), ("emotional_valence__lte", 1.0)
                        ),
                        name="memory_emotional_valence_range",
                        violation_error_message="Emotional valence must lie between -1 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0.0), ("confidence__lte", 1.0)),
                        name="memory_confidence_range",
                        violation_error_message="Confidence must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("strength__gte", 0.0), ("strength__lte", 1.0)),
                        name="memory_strength_range",
                        violation_error_message="Strength must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("content", ""), _negated=True),
                        name="memory_has_content",
                    ),
                    models.UniqueConstraint(
                        fields=("owner", "community", "content_hash"),
                        name="memory_unique_content",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("embedding__isnull", True), ("embedding_model__isnull", True)
                            ),
                            models.Q(
                                ("embedding__isnull", False), ("embedding_model__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="memory_embedding_names_model",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("told_by_character__isnull", True),
                            ("told_by_person__isnull", True),
                            _connector="OR",
                        ),
                        name="memory_one_teller",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("owner__isnull", False), ("kind__in", ["lore", "rag"]), _connector="OR"
                        ),
                        name="memory_only_lore_has_no_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("merged_into__isnull", True),
                            models.Q(("merged_into", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="memory_not_merged_into_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Derivation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "memory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sources",
                        to="memories.memory",
                    ),
                ),
                (
                    "from_memory",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="derived",
                        to="memories.memory",
                    ),
                ),
                (
                    "from_message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="derived_memories",
                        to="conversations.message",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("from_memory__isnull", False), ("from_message__isnull", True)
                            ),
                            models.Q(
                                ("from_memory__isnull", True), ("from_message__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="derivation_one_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_memory__isnull", True),
                            models.Q(("from_memory", models.F("memory")), _negated=True),
                            _connector="OR",
                        ),
                        name="derivation_not_from_itself",
                    ),
                    models.UniqueConstraint(
                        fields=("memory", "from_memory", "from_message"),
                        name="derivation_unique",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntityMention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="memories.entity",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="conversations.message",
                    ),
                ),
                (
                    "memory",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="memories.memory",
                    ),
                ),
                ("start", models.PositiveIntegerField(default=0)),
                ("end", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("memory__isnull", True), ("message__isnull", False)),
                            models.Q(("memory__isnull", False), ("message__isnull", True)),
                            _connector="OR",
                        ),
                        name="entitymention_one_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end__gte", models.F("start"))),
                        name="entitymention_span",
                    ),
                    models.UniqueConstraint(
                        fields=("entity", "message", "memory", "start"),
                        name="entitymention_unique",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntityRelation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations",
                        to="memories.entity",
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        help_text="lower case, e.g. 'works at', 'sister of'", max_length=60
                    ),
                ),
                (
                    "object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="related_by",
                        to="memories.entity",
                    ),
                ),
                ("confidence", characters.models.fields.UnitField(default=0.6)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                (
                    "evidence",
                    models.ForeignKey(
                        help_text="The memory it was learned from; who may know the one may know the other.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations",
                        to="memories.memory",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0.0), ("confidence__lte", 1.0)),
                        name="entityrelation_confidence_range",
                        violation_error_message="Confidence must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="entityrelation_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject", models.F("object")), _negated=True),
                        name="entityrelation_not_to_itself",
                    ),
                    models.UniqueConstraint(
                        fields=("subject", "relation", "object", "evidence"),
                        name="entityrelation_unique",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HygieneFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="memories.hygienerun",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("duplicate", "Duplicate"),
                            ("vague", "Vague"),
                            ("self_echo", "Self Echo"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "memory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="memories.memory",
                    ),
                ),
                (
                    "beside",
                    models.ForeignKey(
                        blank=True,
                        help_text="What it repeats.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="memories.memory",
                    ),
                ),
                ("tier_before", models.CharField(max_length=10)),
                ("detail", models.CharField(max_length=300)),
                ("found_at", models.DateTimeField()),
                ("reverted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-found_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["duplicate", "vague", "self_echo"])),
                        name="hygienefinding_kind_known",
                    ),
                    models.UniqueConstraint(
                        fields=("run", "memory"), name="hygienefinding_once_a_run"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LoreChunk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="memories.loredocument",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "memory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="memories.memory",
                    ),
                ),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "secondary_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "is_selective",
                    models.BooleanField(
                        default=False, help_text="A secondary key must stand beside a key."
                    ),
                ),
                (
                    "is_constant",
                    models.BooleanField(default=False, help_text="Always before the mind."),
                ),
                ("is_case_sensitive", models.BooleanField(default=False)),
                ("is_enabled", models.BooleanField(default=True)),
                (
                    "insertion_order",
                    models.IntegerField(default=100, help_text="Lower stands earlier."),
                ),
                ("extensions", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["document", "number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("is_enabled", True),
                            models.Q(
                                models.Q(("keys", []), _negated=True),
                                ("is_constant", True),
                                _connector="OR",
                            ),
                        ),
                        fields=["document"],
                        name="lorechunk_triggered",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "number"), name="lorechunk_unique_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MemoryLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "from_memory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="memories.memory",
                    ),
                ),
                (
                    "to_memory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="linked_from",
                        to="memories.memory",
                    ),
                ),
                (
                    "link_type",
                    models.CharField(
                        choices=[
                            ("related", "Related"),
                            ("elaborates", "Elaborates"),
                            ("contradicts", "Contradicts"),
                            ("causes", "Causes"),
                            ("same_event", "Same Event"),
                            ("about_same", "About Same"),
                            ("supersedes", "Supersedes"),
                        ],
                        default="related",
                        max_length=12,
                    ),
                ),
                ("strength", characters.models.fields.UnitField(default=0.7)),
                (
                    "origin",
                    models.CharField(
                        choices=[("auto", "Auto"), ("explicit", "Explicit")],
                        default="auto",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "link_type__in",
                                [
                                    "related",
                                    "elaborates",
                                    "contradicts",
                                    "causes",
                                    "same_event",
                                    "about_same",
                                    "supersedes",
                                ],
                            )
                        ),
                        name="memorylink_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["auto", "explicit"])),
                        name="memorylink_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("strength__gte", 0.0), ("strength__lte", 1.0)),
                        name="memorylink_strength_range",
                        violation_error_message="Strength must lie between 0 and 1.",
                    ),
                    models.UniqueConstraint(
                        fields=("from_memory", "to_memory", "link_type"), name="memorylink_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_memory", models.F("to_memory")), _negated=True),
                        name="memorylink_not_to_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MemoryRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "memory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="memories.memory",
                    ),
                ),
                ("content_before", models.TextField()),
                ("content_after", models.TextField(blank=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("contradiction", "Contradiction"),
                            ("consolidation", "Consolidation"),
                            ("admin", "Admin"),
                            ("forgetting", "Forgetting"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replaces",
                        to="memories.memory",
                    ),
                ),
                ("revised_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-revised_at"],
                "indexes": [
                    models.Index(fields=["memory", "-revised_at"], name="memoryrevision_recent")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                ["contradiction", "consolidation", "admin", "forgetting"],
                            )
                        ),
                        name="memoryrevision_reason_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MemoryShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source_character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares_given",
                        to="characters.character",
                    ),
                ),
                (
                    "target_character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares_received",
                        to="characters.character",
                    ),
                ),
                (
                    "memory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="memories.memory",
                    ),
                ),
                (
                    "copy",
                    models.OneToOneField(
                        blank=True,
                        help_text="What the other now remembers, when it was accepted.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="shared_as",
                        to="memories.memory",
                    ),
                ),
                (
                    "permission_level",
                    models.CharField(
                        choices=[
                            ("basic", "Basic"),
                            ("personal", "Personal"),
                            ("intimate", "Intimate"),
                            ("full", "Full"),
                        ],
                        max_length=10,
                    ),
                ),
                ("trust_level_at_sharing", characters.models.fields.UnitField()),
                ("trust_required", characters.models.fields.UnitField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                        ],
                        default="offered",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        help_text="The words it was told in.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="shares",
                        to="conversations.message",
                    ),
                ),
                ("shared_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-shared_at"],
                "indexes": [
                    models.Index(
                        fields=["target_character", "-shared_at"], name="memoryshare_received"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("permission_level__in", ["basic", "personal", "intimate", "full"])
                        ),
                        name="memoryshare_level_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["offered", "accepted", "refused"])),
                        name="memoryshare_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("trust_level_at_sharing__gte", 0.0),
                            ("trust_level_at_sharing__lte", 1.0),
                        ),
                        name="memoryshare_trust_level_at_sharing_range",
                        violation_error_message="Trust level at sharing must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("trust_required__gte", 0.0), ("trust_required__lte", 1.0)
                        ),
                        name="memoryshare_trust_required_range",
                        violation_error_message="Trust required must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source_character", models.F("target_character")), _negated=True
                        ),
                        name="memoryshare_not_to_self",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "accepted"), _negated=True),
                            ("trust_level_at_sharing__gte", models.F("trust_required")),
                            _connector="OR",
                        ),
                        name="memoryshare_accepted_is_trusted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("copy__isnull", True), ("status", "accepted"), _connector="OR"
                        ),
                        name="memoryshare_only_accepted_has_copy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "accepted")),
                        fields=("memory", "target_character"),
                        name="memoryshare_accepted_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonFact",
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
                        related_name="facts",
                        to="characters.person",
                    ),
                ),
                (
                    "character",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who knows it; empty: the whole community.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="person_facts",
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
                    "fact_type",
                    models.CharField(
                        choices=[
                            ("hobby", "Hobby"),
                            ("work", "Work"),
                            ("family", "Family"),
                            ("preference", "Preference"),
                            ("location", "Location"),
                            ("event", "Event"),
                            ("relationship", "Relationship"),
                            ("general", "General"),
                            ("attachment_pattern", "Attachment Pattern"),
                            ("grief_context", "Grief Context"),
                            ("coping_mechanism", "Coping Mechanism"),
                        ],
                        default="general",
                        max_length=20,
                    ),
                ),
                (
                    "fact_content",
                    models.CharField(help_text="In the third person.", max_length=500),
                ),
                ("category", models.CharField(blank=True, max_length=60)),
                ("confidence", characters.models.fields.UnitField(default=0.6)),
                ("importance", characters.models.fields.UnitField(default=0.5)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("conversation", "Conversation"),
                            ("auto_extraction", "Auto Extraction"),
                            ("manual", "Manual"),
                        ],
                        default="auto_extraction",
                        max_length=16,
                    ),
                ),
                (
                    "temporal_relevance",
                    models.CharField(
                        choices=[
                            ("past", "Past"),
                            ("present", "Present"),
                            ("future", "Future"),
                            ("timeless", "Timeless"),
                        ],
                        default="present",
                        max_length=10,
                    ),
                ),
                ("expiry_date", models.DateTimeField(blank=True, null=True)),
                (
                    "visibility",
                    models.CharField(
                        choices=[
                            ("private", "private: before nobody"),
                            ("basic", "basic: whoever is trusted a little (.30)"),
                            ("personal", "personal: whoever is trusted (.50)"),
                            ("intimate", "intimate: friends (.70)"),
                            ("full", "full: the closest (.90)"),
                            ("public", "public: anybody"),
                        ],
                        default="personal",
                        max_length=10,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("is_locked", models.BooleanField(default=False)),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="The stronger and newer fact that speaks against it.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="supersedes",
                        to="memories.personfact",
                    ),
                ),
                ("learned_at", models.DateTimeField()),
                ("last_referenced_at", models.DateTimeField(blank=True, null=True)),
                (
                    "extracted_from_message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facts",
                        to="conversations.message",
                    ),
                ),
                ("extraction_context", models.CharField(blank=True, max_length=500)),
                (
                    "embedding",
                    pgvector.django.halfvec.HalfVectorField(blank=True, editable=False, null=True),
                ),
                (
                    "embedding_model",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="memories.embeddingmodel",
                    ),
                ),
            ],
            options={
                "ordering": ["-learned_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["character", "person"],
                        name="personfact_known",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "fact_type__in",
                                [
                                    "hobby",
                                    "work",
                                    "family",
                                    "preference",
                                    "location",
                                    "event",
                                    "relationship",
                                    "general",
                                    "attachment_pattern",
                                    "grief_context",
                                    "coping_mechanism",
                                ],
                            )
                        ),
                        name="personfact_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source__in", ["conversation", "auto_extraction", "manual"])
                        ),
                        name="personfact_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("temporal_relevance__in", ["past", "present", "future", "timeless"])
                        ),
                        name="personfact_temporal_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "visibility__in",
                                ["private", "basic", "personal", "intimate", "full", "public"],
                            )
                        ),
                        name="personfact_visibility_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0.0), ("confidence__lte", 1.0)),
                        name="personfact_confidence_range",
                        violation_error_message="Confidence must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("importance__gte", 0.0), ("importance__lte", 1.0)),
                        name="personfact_importance_range",
                        violation_error_message="Importance must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fact_content", ""), _negated=True),
                        name="personfact_has_content",
                    ),
                    models.UniqueConstraint(
                        fields=("person", "character", "community", "fact_content"),
                        name="personfact_unique",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("embedding__isnull", True), ("embedding_model__isnull", True)
                            ),
                            models.Q(
                                ("embedding__isnull", False), ("embedding_model__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="personfact_embedding_names_model",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FactAssociation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "fact_1",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="associations",
                        to="memories.personfact",
                    ),
                ),
                (
                    "fact_2",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="associated_by",
                        to="memories.personfact",
                    ),
                ),
                ("association_type", models.CharField(max_length=40)),
                ("strength", characters.models.fields.UnitField(default=0.5)),
                ("discovered_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("strength__gte", 0.0), ("strength__lte", 1.0)),
                        name="factassociation_strength_range",
                        violation_error_message="Strength must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fact_1__lt", models.F("fact_2"))),
                        name="factassociation_in_order",
                    ),
                    models.UniqueConstraint(
                        fields=("fact_1", "fact_2", "association_type"),
                        name="factassociation_unique",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScratchpadEntry",
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
                        related_name="scratchpad",
                        to="conversations.conversation",
                    ),
                ),
                (
                    "character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scratchpad",
                        to="characters.character",
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("observation", "Observation"),
                            ("reasoning", "Reasoning"),
                            ("example", "Example"),
                            ("trajectory", "Trajectory"),
                        ],
                        max_length=12,
                    ),
                ),
                ("content", models.CharField(max_length=500)),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scratchpad",
                        to="conversations.message",
                    ),
                ),
                ("is_public", models.BooleanField(default=False)),
                ("confidence", characters.models.fields.UnitField(default=0.5)),
                ("quality", characters.models.fields.UnitField(default=0.0)),
                (
                    "promoted_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="promoted_from",
                        to="memories.memory",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "scratchpad entries",
                "ordering": ["created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("part__in", ["observation", "reasoning", "example", "trajectory"])
                        ),
                        name="scratchpadentry_part_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0.0), ("confidence__lte", 1.0)),
                        name="scratchpadentry_confidence_range",
                        violation_error_message="Confidence must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quality__gte", 0.0), ("quality__lte", 1.0)),
                        name="scratchpadentry_quality_range",
                        violation_error_message="Quality must lie between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("content", ""), _negated=True),
                        name="scratchpadentry_has_content",
                    ),
                    models.UniqueConstraint(
                        fields=("conversation", "character", "part", "content"),
                        name="scratchpadentry_unique",
                    ),
                ],
            },
        ),
    )
