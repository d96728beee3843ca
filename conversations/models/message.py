from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from pgvector.django import HalfVectorField

from characters.models.fields import in_range, one_of
from conversations.models.conversation import Conversation

MAX_CONTENT = 4000


class MessageRole(models.TextChoices):
    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"


class Message(models.Model):
    """One thing that was said. Numbers run without gaps within a conversation."""

    Role = MessageRole

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    number = models.PositiveIntegerField()
    character = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="messages",
    )
    person = models.ForeignKey(
        "characters.Person",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="messages",
    )
    role = models.CharField(max_length=10, choices=Role)
    content = models.TextField(validators=[MaxLengthValidator(MAX_CONTENT)])
    reply_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies"
    )
    client_nonce = models.CharField(
        max_length=64, blank=True, help_text="Makes a re-sent message of a person the same message."
    )
    discord_message_id = models.BigIntegerField(null=True, blank=True, unique=True)
    is_call = models.BooleanField(
        default=False, help_text="It speaks to whoever is here: on Discord, it mentions the bot."
    )
    is_request = models.BooleanField(
        default=False,
        db_default=False,
        help_text="It asked for what a command does: a notice says so, and no character answers.",
    )
    is_off_record = models.BooleanField(
        default=False, help_text="Nobody remembers it: whoever said it has asked for that."
    )
    awaits_revision = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="What was made of it is still to follow what became of it.",
    )
    has_images = models.BooleanField(default=False)
    image_urls = models.JSONField(default=list, blank=True)
    token_count = models.PositiveIntegerField(default=0)
    sentiment = models.FloatField(default=0.0)
    emotion = models.CharField(max_length=20, blank=True)
    embedding = HalfVectorField(null=True, blank=True, editable=False)
    embedding_model = models.ForeignKey(
        "memories.EmbeddingModel", null=True, blank=True, on_delete=models.PROTECT, editable=False
    )
    search = models.GeneratedField(
        expression=models.Func(
            models.F("content"), function="memories_lexemes", output_field=SearchVectorField()
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    turn = models.OneToOneField(
        "conversations.Turn", null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["conversation", "number"]
        constraints = [
            one_of("message_role_known", "role", MessageRole),
            *in_range("message", -1.0, 1.0, "sentiment"),
            models.UniqueConstraint(
                fields=["conversation", "number"], name="message_unique_number"
            ),
            models.CheckConstraint(
                name="message_author_fits_role",
                condition=Q(role="assistant", character__isnull=False, person__isnull=True)
                | Q(role="user", character__isnull=True, person__isnull=False)
                | Q(role="system", character__isnull=True, person__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["person", "client_nonce"],
                condition=~Q(client_nonce=""),
                name="message_unique_nonce",
            ),
            models.CheckConstraint(
                name="message_embedding_names_model",
                condition=Q(embedding__isnull=True, embedding_model__isnull=True)
                | Q(embedding__isnull=False, embedding_model__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at"], name="message_recent"),
            models.Index(fields=["character", "-created_at"], name="message_by_character"),
            models.Index(fields=["person", "-created_at"], name="message_by_person"),
            GinIndex(fields=["search"], name="message_search"),
            models.Index(fields=["-id"], condition=Q(role="system"), name="message_by_system"),
            models.Index(
                fields=["id"], condition=Q(awaits_revision=True), name="message_to_revise"
            ),
            models.Index(fields=["id"], condition=Q(is_request=True), name="message_request"),
        ]

    def __str__(self) -> str:
        return self.content[:80]


class MessageEdit(models.Model):
    """What a message said before it was edited."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="edits")
    content_before = models.TextField()
    edited_at = models.DateTimeField()

    class Meta:
        ordering = ["message", "pk"]

    def __str__(self) -> str:
        return self.content_before[:80]


class Reaction(models.Model):
    """An emoji that somebody put under a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    person = models.ForeignKey("characters.Person", null=True, blank=True, on_delete=models.CASCADE)
    character = models.ForeignKey(
        "characters.Character", null=True, blank=True, on_delete=models.CASCADE
    )
    emoji = models.CharField(max_length=64)
    turn = models.OneToOneField(
        "conversations.Turn", null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reaction_one_of_two",
                condition=Q(character__isnull=False, person__isnull=True)
                | Q(character__isnull=True, person__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["message", "character", "emoji"],
                condition=Q(removed_at__isnull=True, character__isnull=False),
                name="reaction_unique_character",
            ),
            models.UniqueConstraint(
                fields=["message", "person", "emoji"],
                condition=Q(removed_at__isnull=True, person__isnull=False),
                name="reaction_unique_person",
            ),
        ]

    def __str__(self) -> str:
        return self.emoji


class DeliverySurface(models.TextChoices):
    DISCORD = "discord"
    WEB = "web"


class DeliveryStatus(models.TextChoices):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    ABANDONED = "abandoned"


class Delivery(models.Model):
    """The outbox: a message on its way to a surface, or a reaction to one. What has become of a
    message that was sent is carried after it: it is pending again."""

    Surface = DeliverySurface
    Status = DeliveryStatus

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    reaction = models.ForeignKey(
        Reaction, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    surface = models.CharField(max_length=10, choices=Surface)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    nonce = models.UUIDField(unique=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    wanted_at = models.DateTimeField(
        null=True, blank=True, help_text="When a keeper wanted it sent all the same, however late."
    )
    claimed_by = models.CharField(max_length=120, blank=True, db_default="", editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            one_of("delivery_surface_known", "surface", DeliverySurface),
            one_of("delivery_status_known", "status", DeliveryStatus),
            models.UniqueConstraint(
                fields=["message", "surface"],
                condition=Q(reaction__isnull=True),
                name="delivery_unique",
            ),
            models.UniqueConstraint(
                fields=["reaction", "surface"],
                condition=Q(reaction__isnull=False),
                name="delivery_unique_reaction",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(status="pending"), name="delivery_due"
            ),
            models.Index(
                fields=["id"],
                condition=Q(status="pending", surface="discord"),
                name="delivery_to_discord",
            ),
            models.Index(
                fields=["-id"],
                condition=Q(status__in=["failed", "abandoned"]),
                name="delivery_gone_wrong",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.surface}: {self.status}"


class DeliveryPart(models.Model):
    """One Discord message of a delivery: a long text takes several.

    `attempted_at` is committed before the part is sent and cleared when Discord refused it. So a
    part with that time and no `discord_id` may have been sent all the same: it is looked for
    before it is sent again. Its words are kept as a digest alone.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    webhook_id = models.BigIntegerField(
        null=True, blank=True, help_text="By which webhook it was sent; empty: by the bot itself."
    )
    attempted_at = models.DateTimeField(null=True, blank=True)
    sent_after = models.BigIntegerField(
        null=True, blank=True, help_text="Discord's id of a message that stood there before."
    )
    discord_id = models.BigIntegerField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ["delivery", "number"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="deliverypart_unique"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of delivery {self.delivery_id}"
