from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from characters.admin.lists import ReadOnlyAdmin, shorten
from conversations.models import ConversationAnalytics, Message, TopicTransition


@admin.register(ConversationAnalytics)
class ConversationAnalyticsAdmin(ReadOnlyAdmin[ConversationAnalytics]):
    """What kind of talk each conversation was, in figures (docs/analytics.md)."""

    icon = "monitoring"
    list_display = [
        "conversation", "message_count", "is_final", "sentiment_score", "engagement_level",
        "creativity_score", "coherence_score", "novelty_score", "is_meta", "calculated_at",
    ]  # fmt: skip
    list_filter = ["is_final", "is_meta", "conversation__kind", "conversation__channel"]
    search_fields = ["conversation__topic", "conversation__channel__name"]
    list_select_related = ["conversation__channel"]
    dated = "calculated_at"
    fields = [
        "conversation", ("message_count", "is_final"), "sentiment_score",
        ("engagement_level", "creativity_score"), ("coherence_score", "novelty_score"),
        "is_meta", "evidence", "turns_of_topic", "calculated_at",
    ]  # fmt: skip
    readonly_fields = ["evidence", "turns_of_topic"]

    @admin.display(description="talk of being made")
    def evidence(self, row: ConversationAnalytics) -> SafeString | str:
        """The messages in which somebody spoke of what they are, as they read today."""
        marks = {one["message"]: one["mark"] for one in row.meta_evidence}
        messages = Message.objects.filter(pk__in=marks).select_related("character", "person")
        return (
            format_html_join(
                "",
                '<p><a href="{}">{}</a>: {} <em>({})</em></p>',
                (
                    (
                        reverse("admin:conversations_message_change", args=[one.pk]),
                        one.character or one.person or "the system",
                        shorten(one.content, 200),
                        marks[one.pk],
                    )
                    for one in messages.defer("embedding", "search").order_by("pk")
                ),
            )
            or "none"
        )

    @admin.display(description="turns of topic")
    def turns_of_topic(self, row: ConversationAnalytics) -> SafeString | str:
        """Where the talk turned from one thing to another."""
        turns = TopicTransition.objects.filter(conversation=row.conversation_id).order_by(
            "message_id"
        )
        return (
            format_html_join(
                "",
                "<p>{} → {} ({})</p>",
                ((one.from_topic, one.to_topic, f"{one.similarity:.2f}") for one in turns),
            )
            or "none"
        )


@admin.register(TopicTransition)
class TopicTransitionAdmin(ReadOnlyAdmin[TopicTransition]):
    icon = "alt_route"
    list_display = ["occurred_at", "from_topic", "to_topic", "similarity", "conversation", "line"]
    search_fields = ["from_topic", "to_topic", "conversation__channel__name"]
    list_select_related = ["conversation", "message"]
    heavy = ["message__embedding", "message__search"]
    dated = "occurred_at"

    @admin.display(description="at")
    def line(self, row: TopicTransition) -> SafeString:
        """The message that turned it."""
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:conversations_message_change", args=[row.message_id]),
            shorten(row.message.content, 80),
        )
