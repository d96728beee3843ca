from __future__ import annotations

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from characters.admin.lists import ReadOnlyAdmin, as_json, keys_of
from conversations.models import Channel, Conversation, ConversationContext, Participant
from conversations.services import close_conversation


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin[Conversation]):
    icon = "forum"
    dated = "started_at"
    list_display = [
        "id",
        "channel",
        "kind",
        "topic",
        "status",
        "started_at",
        "last_message_at",
        "message_count",
        "chain_length",
        "close_reason",
    ]
    list_filter = ["status", "kind", "channel"]
    search_fields = ["topic", "close_reason", "channel__name"]
    list_select_related = ["channel"]
    ordering = ["-id"]
    heavy = ["summary", "premise"]
    actions = ["close"]

    @admin.action(description="Close the selected conversations", permissions=["close"])
    def close(self, request: HttpRequest, rows: QuerySet[Conversation]) -> None:
        """End them now, under the lock that whoever speaks there takes."""
        closed = 0
        self.log_action(request, rows.filter(status=Conversation.Status.OPEN), "Closed.")
        for pk in keys_of(rows):
            with transaction.atomic():
                Channel.objects.select_for_update(no_key=True).filter(conversations=pk).first()
                conversation = Conversation.objects.filter(pk=pk).first()
                if conversation is not None:
                    closed += close_conversation(conversation, "by a keeper", timezone.now())
        self.message_user(request, f"{closed} closed.", messages.SUCCESS)

    def has_close_permission(self, request: HttpRequest) -> bool:
        """Rows can't be edited here, but whoever might edit them may close."""
        return request.user.has_perm("conversations.change_conversation")


@admin.register(ConversationContext)
class ConversationContextAdmin(ReadOnlyAdmin[ConversationContext]):
    icon = "thermostat"
    list_display = ["conversation", "channel", "energy_level", "conversation_type", "last_updated"]
    search_fields = ["conversation__channel__name", "conversation__topic"]
    list_select_related = ["conversation__channel"]
    ordering = ["-id"]
    heavy = ["emotional_state", "speaker_patterns", "open_questions"]
    fields = [
        "conversation",
        ("energy_level", "conversation_type"),
        "questions",
        "emotions",
        "patterns",
        "last_updated",
    ]
    readonly_fields = ["questions", "emotions", "patterns", "last_updated"]
    questions = as_json("open_questions")
    emotions = as_json("emotional_state")
    patterns = as_json("speaker_patterns")

    @admin.display(ordering="conversation__channel__name")
    def channel(self, row: ConversationContext) -> str:
        """Where it is."""
        return str(row.conversation.channel)


@admin.register(Participant)
class ParticipantAdmin(ReadOnlyAdmin[Participant]):
    icon = "groups"
    list_display = ["who", "conversation", "joined_at", "left_at", "message_count"]
    list_filter = ["character"]
    search_fields = ["character__name", "person__username", "conversation__topic"]
    list_select_related = ["character", "person", "conversation"]
    ordering = ["-id"]

    @admin.display(ordering="character__name")
    def who(self, row: Participant) -> str:
        """The character or the person."""
        return str(row.character or row.person)
