from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from characters.admin.lists import KeptAdmin, ReadOnlyAdmin, keys_of, machine_columns, shorten
from conversations.corrections import edit_message, remove_message
from conversations.models import Delivery, DeliveryPart, Message, MessageEdit, Reaction
from conversations.outgoing import send_again
from conversations.text import Refused, clean_message
from memories.wordsearch import searched

VECTORS = ["message__embedding", "message__search"]


class MessageForm(forms.ModelForm[Message]):
    """What a message says."""

    class Meta:
        model = Message
        fields = ["content"]

    def clean_content(self) -> str:
        """Refuse what nobody may say."""
        try:
            return clean_message(self.cleaned_data["content"])
        except Refused as refused:
            raise forms.ValidationError(refused.remedy) from None


@admin.register(Message)
class MessageAdmin(KeptAdmin[Message]):
    """All that was said, found by its words. Its words alone can be mended, and it be removed."""

    icon = "chat"
    dated = "created_at"
    form = MessageForm
    list_display = ["id", "created_at", "channel", "number", "author", "said", "role", "sentiment"]
    actions = ["remove"]
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
        return searched(queryset, search_term, has_places=True), False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All but the words; those of a removed message too."""
        hidden = {"id", *machine_columns(Message)}
        shown = [f.name for f in Message._meta.concrete_fields if f.name not in hidden]
        is_gone = obj is not None and obj.deleted_at is not None
        return [name for name in shown if is_gone or name != "content"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Mend the words through the service; a message that was removed meanwhile stays so."""
        if "content" not in form.changed_data:
            return
        try:
            edit_message(obj.pk, obj.content)
        except Refused as refused:
            self.message_user(request, refused.remedy, messages.ERROR)

    @admin.action(description="Remove the selected messages", permissions=["change"])
    def remove(self, request: HttpRequest, rows: QuerySet[Message]) -> None:
        """Take them away from all who watch."""
        removed = 0
        standing = rows.filter(deleted_at__isnull=True)
        self.log_action(request, standing.defer("embedding", "search"), "Removed.")
        for pk in keys_of(rows):
            try:
                remove_message(pk)
            except Refused:
                continue
            removed += 1
        self.message_user(request, f"{removed} removed.", messages.SUCCESS)

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


@admin.register(MessageEdit)
class MessageEditAdmin(ReadOnlyAdmin[MessageEdit]):
    """What messages said before they were edited, here or on Discord."""

    icon = "edit_note"
    dated = "edited_at"
    list_display = ["edited_at", "before", "now"]
    search_fields = ["content_before", "=message__id"]
    list_select_related = ["message"]
    ordering = ["-id"]
    heavy = VECTORS

    @admin.display(ordering="content_before")
    def before(self, edit: MessageEdit) -> str:
        """How it began."""
        return shorten(edit.content_before, 60)

    @admin.display(description="now")
    def now(self, edit: MessageEdit) -> str:
        """How it begins."""
        return shorten(edit.message.content, 60)


@admin.register(Reaction)
class ReactionAdmin(ReadOnlyAdmin[Reaction]):
    icon = "add_reaction"
    dated = "created_at"
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
    """What goes out to the surfaces. What was given up can be sent all the same."""

    icon = "outbox"
    dated = "sent_at"
    shelf = "discord"
    list_display = [
        "id", "what", "surface", "status", "attempts", "next_attempt_at", "sent_at", "error",
    ]  # fmt: skip
    list_filter = ["status", "surface"]
    search_fields = ["=nonce", "error"]
    list_select_related = ["message", "reaction"]
    ordering = ["-id"]
    heavy = VECTORS
    actions = ["try_again"]

    @admin.display(description="message")
    def what(self, delivery: Delivery) -> str:
        """How the message begins, and the emoji put under it if that is what goes out."""
        begun = shorten(delivery.message.content, 60)
        return f"{delivery.reaction} under: {begun}" if delivery.reaction else begun

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Sending is the only change a keeper may make."""
        return request.user.has_perm("conversations.change_delivery")

    @admin.action(description="Send the selected all the same", permissions=["send"])
    def try_again(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        """Send what was given up, however late."""
        given_up = [Delivery.Status.FAILED, Delivery.Status.ABANDONED]
        self.log_action(request, rows.filter(status__in=given_up), "Sent again.")
        tried = send_again(keys_of(rows), timezone.now())
        self.message_user(request, f"{tried} will be tried again.", messages.SUCCESS)


@admin.register(DeliveryPart)
class DeliveryPartAdmin(ReadOnlyAdmin[DeliveryPart]):
    """The messages on Discord that deliveries have become."""

    icon = "stacks"
    shelf = "discord"
    list_display = ["id", "delivery", "number", "discord_id", "attempted_at"]
    search_fields = ["=discord_id", "=delivery__nonce"]
    list_select_related = ["delivery"]
    ordering = ["-id"]
