import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import pgvector.django.halfvec
from django.db import migrations, models

from fishbowl.operations import together

# A server of somebody else's may be too old, or let its users make no extension: what to do about
# it is said, once, before any table is made.
GROUND = """
DO $$
BEGIN
    IF current_setting('server_version_num')::int < 160000 THEN
        RAISE EXCEPTION 'PostgreSQL % is too old: Fishbowl needs 16 or later.', current_setting('server_version');
    END IF;
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION 'The database % keeps text as %, which has no room for what people write: make one with the encoding UTF8.', current_database(), current_setting('server_encoding');
    END IF;
    BEGIN
        CREATE EXTENSION IF NOT EXISTS vector;
    EXCEPTION
        WHEN feature_not_supported OR undefined_file THEN
            RAISE EXCEPTION 'This PostgreSQL server has no pgvector: install it there (version 0.7 or later).';
        WHEN insufficient_privilege THEN
            RAISE EXCEPTION 'The database user % may not make the extension vector. Let an administrator run, in the database %: CREATE EXTENSION vector', current_user, current_database();
    END;
    IF to_regtype('halfvec') IS NULL THEN
        RAISE EXCEPTION 'The extension vector of the database % is too old: 0.7 or later is needed. Let an administrator run there: ALTER EXTENSION vector UPDATE', current_database();
    END IF;
END $$
"""


class Migration(migrations.Migration):
    replaces = [
        ("memories", "0001_initial"),
        ("memories", "0002_remembering"),
        ("memories", "0003_privacy"),
        ("memories", "0004_spaces"),
    ]

    initial = True

    dependencies = [
        ("characters", "0001_cast"),
    ]

    operations = together(
        # It stays when this is undone: it may be the whole server's, and its owner another.
        migrations.RunSQL(GROUND, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="CacheStatistic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cache", models.CharField(max_length=40)),
                ("hour", models.DateTimeField(help_text="Its beginning.")),
                ("hits", models.PositiveBigIntegerField(default=0)),
                ("misses", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "ordering": ["-hour", "cache"],
                "constraints": [
                    models.UniqueConstraint(fields=("cache", "hour"), name="cachestatistic_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsolidationRun",
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
                        related_name="consolidations",
                        to="characters.character",
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("examined", models.PositiveIntegerField(default=0)),
                ("merged", models.PositiveIntegerField(default=0)),
                ("summarised", models.PositiveIntegerField(default=0)),
                ("archived", models.PositiveIntegerField(default=0)),
                ("decayed", models.PositiveIntegerField(default=0)),
                ("forgotten", models.PositiveIntegerField(default=0)),
                ("tokens", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["-started_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=("character",),
                        name="consolidationrun_one_under_way",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contagion",
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
                        related_name="contagions",
                        to="characters.community",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("phrase", "Phrase"), ("topic", "Topic"), ("dream", "Dream")],
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(max_length=300)),
                (
                    "origin",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="spread",
                        to="characters.character",
                    ),
                ),
                (
                    "carriers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("uses", models.PositiveIntegerField(default=0)),
                ("first_seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("is_damped", models.BooleanField(default=True)),
                (
                    "is_allowed",
                    models.BooleanField(default=False, help_text="A keeper lets it be."),
                ),
            ],
            options={
                "ordering": ["-last_seen_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["phrase", "topic", "dream"])),
                        name="contagion_kind_known",
                    ),
                    models.UniqueConstraint(
                        fields=("community", "kind", "text"), name="contagion_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_allowed", False), ("is_damped", False), _connector="OR"
                        ),
                        name="contagion_allowed_is_not_damped",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EmbeddingModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True)),
                ("dimensions", models.PositiveIntegerField()),
                ("provider", models.CharField(max_length=60)),
                ("is_active", models.BooleanField(default=False)),
                ("activated_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("is_active",),
                        name="embeddingmodel_one_active",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dimensions__gte", 1), ("dimensions__lte", 16000)),
                        name="embeddingmodel_dimensions_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entity",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entities",
                        to="characters.community",
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "Person"),
                            ("character", "Character"),
                            ("place", "Place"),
                            ("organisation", "Organisation"),
                            ("animal", "Animal"),
                            ("work", "Work"),
                            ("event", "Event"),
                            ("thing", "Thing"),
                        ],
                        default="thing",
                        max_length=14,
                    ),
                ),
                (
                    "pronoun",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("she", "She"),
                            ("he", "He"),
                            ("they", "They"),
                            ("it", "It"),
                            ("", "unknown"),
                        ],
                        max_length=4,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entities",
                        to="characters.person",
                    ),
                ),
                (
                    "character",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entities",
                        to="characters.character",
                    ),
                ),
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
                "verbose_name_plural": "entities",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "person",
                                    "character",
                                    "place",
                                    "organisation",
                                    "animal",
                                    "work",
                                    "event",
                                    "thing",
                                ],
                            )
                        ),
                        name="entity_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pronoun__in", ["she", "he", "they", "it", ""])),
                        name="entity_pronoun_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="entity_has_name"
                    ),
                    models.UniqueConstraint(
                        models.F("community"),
                        django.db.models.functions.text.Lower("name"),
                        models.F("kind"),
                        name="entity_unique_name",
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
                        name="entity_embedding_names_model",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntityAlias",
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
                        related_name="aliases",
                        to="memories.entity",
                    ),
                ),
                ("alias", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "entity aliases",
                "indexes": [
                    models.Index(
                        django.db.models.functions.text.Lower("alias"), name="entityalias_lower"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("entity"),
                        django.db.models.functions.text.Lower("alias"),
                        name="entityalias_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("alias", ""), _negated=True),
                        name="entityalias_has_text",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ErasureReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "requested_by",
                    models.CharField(help_text="the person, a keeper, or retention", max_length=60),
                ),
                ("counts", models.JSONField(default=dict)),
                ("erased_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-erased_at"],
            },
        ),
        migrations.CreateModel(
            name="HygieneRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("examined", models.PositiveIntegerField(default=0)),
                ("found", models.PositiveIntegerField(default=0)),
                (
                    "false_recall",
                    models.FloatField(
                        blank=True,
                        help_text="Share of unrelated questions that brought up anything.",
                        null=True,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["-started_at"],
            },
        ),
        migrations.CreateModel(
            name="LoreDocument",
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
                        blank=True,
                        help_text="Who may know it; empty: every community.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lore",
                        to="characters.community",
                    ),
                ),
                (
                    "character",
                    models.ForeignKey(
                        blank=True,
                        help_text="The only character that knows it, as with a card's own book; empty: all.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lore",
                        to="characters.character",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "source",
                    models.CharField(
                        help_text="Where it came from: re-ingest finds it.", max_length=300
                    ),
                ),
                ("content", models.TextField()),
                ("content_hash", models.CharField(editable=False, max_length=64)),
                ("is_enabled", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["title"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community", "character", "source"),
                        name="loredocument_unique_source",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitingVector",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "embedding_model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waiting",
                        to="memories.embeddingmodel",
                    ),
                ),
                ("table", models.CharField(max_length=63)),
                ("row", models.BigIntegerField()),
                (
                    "text_hash",
                    models.CharField(help_text="Of the text that was embedded.", max_length=64),
                ),
                ("embedding", pgvector.django.halfvec.HalfVectorField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("embedding_model", "table", "row"), name="waitingvector_unique"
                    )
                ],
            },
        ),
    )
