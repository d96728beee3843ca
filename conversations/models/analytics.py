from __future__ import annotations

from django.db import models

from characters.models.fields import SignedField, UnitField, in_signed, in_unit
from conversations.models.conversation import Conversation
from conversations.models.message import Message


class ConversationAnalytics(models.Model):
    """What kind of talk a conversation was, in figures (docs/analytics.md says how each is got):
    once when it is over, and of long ones on the way. Quotes aren't kept: `meta_evidence` names
    the messages in which somebody spoke of being made."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="analytics"
    )
    message_count = models.PositiveIntegerField(help_text="How far the talk was when looked at.")
    is_final = models.BooleanField(default=False, help_text="The conversation was over.")
    sentiment_score = SignedField(default=0.0)
    engagement_level = UnitField(default=0.0)
    creativity_score = UnitField(default=0.0)
    coherence_score = UnitField(default=0.0)
    novelty_score = UnitField(default=0.0)
    is_meta = models.BooleanField(default=False)
    meta_evidence = models.JSONField(
        default=list, blank=True, help_text="The messages, and the words that gave it away."
    )
    calculated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "conversation analytics"
        ordering = ["-calculated_at", "-pk"]
        indexes = [models.Index(fields=["-calculated_at"], name="analytics_recent")]
        constraints = [
            *in_signed("conversationanalytics", "sentiment_score"),
            *in_unit(
                "conversationanalytics",
                "engagement_level",
                "creativity_score",
                "coherence_score",
                "novelty_score",
            ),
            models.UniqueConstraint(
                fields=["conversation", "message_count"], name="analytics_once_a_length"
            ),
        ]

    def __str__(self) -> str:
        return f"conversation {self.conversation_id} at {self.message_count}"


class TopicTransition(models.Model):
    """Where a conversation turned from one topic to another: the message that did it."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="topic_transitions"
    )
    from_topic = models.CharField(max_length=120)
    to_topic = models.CharField(max_length=120)
    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    similarity = SignedField(help_text="Of the talk before to the talk after.")
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["conversation", "message"]
        constraints = [
            *in_signed("topictransition", "similarity"),
            models.UniqueConstraint(
                fields=["conversation", "message"], name="topictransition_once_a_message"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_topic} → {self.to_topic}"
