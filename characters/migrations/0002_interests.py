import django.db.models.deletion
import pgvector.django.halfvec
from django.db import migrations, models

import characters.models.fields


class Migration(migrations.Migration):
    replaces = [("characters", "0008_feelings_and_quarrels")]

    dependencies = [
        ("characters", "0001_cast"),
        ("memories", "0001_vectors_and_lore"),
    ]

    operations = [
        migrations.CreateModel(
            name="Interest",
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
                        related_name="interests",
                        to="characters.character",
                    ),
                ),
                ("topic", models.CharField(max_length=200)),
                ("weight", characters.models.fields.UnitField(default=0.5)),
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
                "ordering": ["-weight", "topic"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 0.0), ("weight__lte", 1.0)),
                        name="interest_weight_range",
                        violation_error_message="Weight must lie between 0 and 1.",
                    ),
                    models.UniqueConstraint(
                        fields=("character", "topic"), name="interest_unique_topic"
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
                        name="interest_embedding_names_model",
                    ),
                ],
            },
        ),
    ]
