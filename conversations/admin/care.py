from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from characters.admin.lists import ReadOnlyAdmin, keys_of
from conversations.care import care
from conversations.models import Agreement, CareNotice, Reliance


@admin.register(CareNotice)
class CareNoticeAdmin(ReadOnlyAdmin[CareNotice]):
    """People who may be in danger (docs/care.md). Mark them once you have seen to it."""

    icon = "emergency_heat"
    shelf = "people"
    dated = "noticed_at"
    list_display = ["noticed_at", "person", "channel", "where", "seen_at", "seen_by"]
    list_filter = [("seen_at", admin.EmptyFieldListFilter), "channel"]
    search_fields = ["person__username", "person__display_name", "channel__name"]
    list_select_related = ["person", "channel", "seen_by"]
    fields = ["noticed_at", "person", "channel", "where", ("seen_at", "seen_by")]
    readonly_fields = ["where"]
    actions = ["mark_seen"]

    @admin.display(description="message")
    def where(self, row: CareNotice) -> SafeString:
        """Where it was said: whoever may read messages finds it there."""
        if row.message_id is None:
            return format_html("{}", "said to a command, whose words are not kept")
        return format_html(
            '<a href="{}">message {}</a>',
            reverse("admin:conversations_message_change", args=[row.message_id]),
            row.message_id,
        )

    def has_mark_permission(self, request: HttpRequest) -> bool:
        """Who may change a notice may say that it was seen to."""
        return request.user.has_perm("conversations.change_carenotice")

    @admin.action(description="Mark as seen to", permissions=["mark"])
    def mark_seen(self, request: HttpRequest, queryset: QuerySet[CareNotice]) -> None:
        """Close the alerts of these."""
        now = timezone.now()
        done = sum(care.see(pk, request.user, now) for pk in keys_of(queryset))
        self.message_user(request, f"{done} marked as seen to.", messages.SUCCESS)


@admin.register(Reliance)
class RelianceAdmin(ReadOnlyAdmin[Reliance]):
    """How much of their days people spend here, and how far they lean on characters."""

    icon = "monitor_heart"
    shelf = "people"
    list_display = [
        "day", "person", "level", "score", "messages", "hours", "late", "streak", "clinging",
    ]  # fmt: skip
    list_filter = ["day"]
    search_fields = ["person__username", "person__display_name", "person__custom_name"]
    list_select_related = ["person"]


@admin.register(Agreement)
class AgreementAdmin(ReadOnlyAdmin[Agreement]):
    """How readily characters agree, with whom, by the day."""

    icon = "thumbs_up_down"
    shelf = "growth"
    list_display = ["day", "character", "with_character", "with_person", "agreed", "answers"]
    list_filter = ["day", "character"]
    search_fields = ["character__name", "with_character__name", "with_person__username"]
    list_select_related = ["character", "with_character", "with_person"]
