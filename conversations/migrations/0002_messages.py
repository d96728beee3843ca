import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import pgvector.django.halfvec
from django.conf import settings
from django.db import migrations, models

import characters.models.fields
from fishbowl.operations import together


class Migration(migrations.Migration):
    replaces = [("conversations", "0012_society_decides")]

    dependencies = [
        ("auth", "__first__"),
        ("characters", "0001_cast"),
        ("conversations", "0001_rooms"),
        ("memories", "0001_vectors_and_lore"),
    ]

    operations = together(
        migrations.CreateModel(
            name="Message",
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
                        related_name="messages",
                        to="conversations.conversation",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "character",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="characters.character",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="characters.person",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("user", "User"),
                            ("assistant", "Assistant"),
                            ("system", "System"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "content",
                    models.TextField(validators=[django.core.validators.MaxLengthValidator(4000)]),
                ),
                (
                    "reply_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replies",
                        to="conversations.message",
                    ),
                ),
                (
                    "client_nonce",
                    models.CharField(
                        blank=True,
                        help_text="Makes a re-sent message of a person the same message.",
                        max_length=64,
                    ),
                ),
                ("discord_message_id", models.BigIntegerField(blank=True, null=True, unique=True)),
                (
                    "is_call",
                    models.BooleanField(
                        default=False,
                        help_text="It speaks to whoever is here: on Discord, it mentions the bot.",
                    ),
                ),
                (
                    "is_off_record",
                    models.BooleanField(
                        default=False,
                        help_text="Nobody remembers it: whoever said it has asked for that.",
                    ),
                ),
                ("has_images", models.BooleanField(default=False)),
                ("image_urls", models.JSONField(blank=True, default=list)),
                ("token_count", models.PositiveIntegerField(default=0)),
                ("sentiment", models.FloatField(default=0.0)),
                ("emotion", models.CharField(blank=True, max_length=20)),
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
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector(
                            "content", config="english"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["conversation", "number"],
                "indexes": [
                    models.Index(fields=["-created_at"], name="message_recent"),
                    models.Index(fields=["character", "-created_at"], name="message_by_character"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search"], name="message_search"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["user", "assistant", "system"])),
                        name="message_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sentiment__gte", -1.0), ("sentiment__lte", 1.0)),
                        name="message_sentiment_range",
                        violation_error_message="Sentiment must lie between -1 and 1.",
                    ),
                    models.UniqueConstraint(
                        fields=("conversation", "number"), name="message_unique_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("character__isnull", False),
                                ("person__isnull", True),
                                ("role", "assistant"),
                            ),
                            models.Q(
                                ("character__isnull", True),
                                ("person__isnull", False),
                                ("role", "user"),
                            ),
                            models.Q(
                                ("character__isnull", True),
                                ("person__isnull", True),
                                ("role", "system"),
                            ),
                            _connector="OR",
                        ),
                        name="message_author_fits_role",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("client_nonce", ""), _negated=True),
                        fields=("person", "client_nonce"),
                        name="message_unique_nonce",
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
                        name="message_embedding_names_model",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CareNotice",
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
                        related_name="care_notices",
                        to="characters.person",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="care_notice",
                        to="conversations.message",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="conversations.channel"
                    ),
                ),
                ("noticed_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "seen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-noticed_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_at__isnull", True)),
                        fields=["noticed_at"],
                        name="carenotice_unseen",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seen_at__isnull", True),
                            ("seen_at__gte", models.F("noticed_at")),
                            _connector="OR",
                        ),
                        name="carenotice_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageEdit",
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
                        related_name="edits",
                        to="conversations.message",
                    ),
                ),
                ("content_before", models.TextField()),
                ("edited_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["message", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
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
                        related_name="proposals",
                        to="characters.community",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="conversations.channel",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        help_text="In which it was proposed.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposal",
                        to="conversations.message",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("event", "Event"),
                            ("tradition", "Tradition"),
                            ("norm", "Norm"),
                            ("decision", "Decision"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "content",
                    models.CharField(
                        help_text="What is to be done, after 'let us'.", max_length=200
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("kept", "Kept"), ("dropped", "Dropped")],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "present",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="How many were there when it was proposed, its proposer too.",
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-proposed_at"],
                "indexes": [
                    models.Index(
                        fields=["community", "status", "-proposed_at"], name="proposal_standing"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["event", "tradition", "norm", "decision"])
                        ),
                        name="proposal_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "kept", "dropped"])),
                        name="proposal_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("character__isnull", False), ("person__isnull", True)),
                            models.Q(("character__isnull", True), ("person__isnull", False)),
                            _connector="OR",
                        ),
                        name="proposal_by_one",
                        violation_error_message="A proposal is a character's or a person's.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("status", "open")),
                            models.Q(
                                models.Q(("status", "open"), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_decided_when_not_open",
                        violation_error_message="What is decided has a time, what is open has none.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalVote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="conversations.proposal",
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
                ("is_for", models.BooleanField(default=True)),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        help_text="In which it was said; none where it was a reaction.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="conversations.message",
                    ),
                ),
                ("voted_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["voted_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("character__isnull", False), ("person__isnull", True)),
                            models.Q(("character__isnull", True), ("person__isnull", False)),
                            _connector="OR",
                        ),
                        name="proposalvote_by_one",
                        violation_error_message="A vote is a character's or a person's.",
                    ),
                    models.UniqueConstraint(
                        fields=("proposal", "character"), name="proposalvote_once_a_character"
                    ),
                    models.UniqueConstraint(
                        fields=("proposal", "person"), name="proposalvote_once_a_person"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TopicTransition",
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
                        related_name="topic_transitions",
                        to="conversations.conversation",
                    ),
                ),
                ("from_topic", models.CharField(max_length=120)),
                ("to_topic", models.CharField(max_length=120)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="conversations.message"
                    ),
                ),
                (
                    "similarity",
                    characters.models.fields.SignedField(
                        help_text="Of the talk before to the talk after."
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["conversation", "message"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("similarity__gte", -1.0), ("similarity__lte", 1.0)),
                        name="topictransition_similarity_range",
                        violation_error_message="Similarity must lie between -1 and 1.",
                    ),
                    models.UniqueConstraint(
                        fields=("conversation", "message"), name="topictransition_once_a_message"
                    ),
                ],
            },
        ),
    )
