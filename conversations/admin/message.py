from __future__ import annotations

from django.contrib import admin
from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet
from django.http import HttpRequest

from characters.admin.lists import ReadOnlyAdmin, shorten
from conversations.models import Delivery, Message, Reaction

VECTORS = ["message__embedding", "message__search"]


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin[Message]):
    """All that was said, found by its words."""

    list_display = ["id", "created_at", "channel", "number", "author", "said", "role", "sentiment"]
    list_filter = ["role", "conversation__channel", "character"]
    search_fields = ["content"]
    search_help_text = 'Words, "a phrase", or -without.'
    list_select_related = ["character", "person", "conversation__channel"]
    ordering = ["-id"]
    heavy = ["image_urls"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """Search the index of words, not the texts."""
        if not search_term.strip():
            return queryset, False
        query = SearchQuery(search_term, search_type="websearch", config="english")
        return queryset.filter(search=query), False

    @admin.display(ordering="conversation__channel__name")
    def channel(self, message: Message) -> str:
        """Where it was said."""
        return str(message.conversation.channel)

    @admin.display(ordering="character__name")
    def author(self, message: Message) -> str:
        """Who said it; nobody, for a notice."""
        return str(message.character or message.person or "")

    @admin.display(ordering="content")
    def said(self, message: Message) -> str:
        """How it begins."""
        return shorten(message.content)


@admin.register(Reaction)
class ReactionAdmin(ReadOnlyAdmin[Reaction]):
    list_display = ["created_at", "who", "emoji", "under", "removed_at"]
    list_filter = ["character"]
    search_fields = ["emoji", "character__name", "person__username"]
    list_select_related = ["character", "person", "message"]
    ordering = ["-id"]
    heavy = VECTORS

    @admin.display(ordering="character__name")
    def who(self, reaction: Reaction) -> str:
        """The character or the person."""
        return str(reaction.character or reaction.person)

    @admin.display(description="message")
    def under(self, reaction: Reaction) -> str:
        """How the message begins."""
        return shorten(reaction.message.content, 60)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin[Delivery]):
    list_display = ["id", "what", "surface", "status", "attempts", "next_attempt_at", "sent_at"]
    list_filter = ["status", "surface"]
    search_fields = ["=nonce", "error"]
    list_select_related = ["message"]
    ordering = ["-id"]
    heavy = VECTORS

    @admin.display(description="message")
    def what(self, delivery: Delivery) -> str:
        """How the message begins."""
        return shorten(delivery.message.content, 60)
