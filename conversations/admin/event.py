from __future__ import annotations

from django.contrib import admin

from characters.admin.lists import HouseAdmin
from conversations.models import ScheduledEvent


@admin.register(ScheduledEvent)
class ScheduledEventAdmin(HouseAdmin[ScheduledEvent]):
    icon = "event"
    dated = "trigger_at"
    list_display = ["trigger_at", "title", "event_type", "channel", "character", "person", "status"]
    list_filter = ["status", "event_type", "channel"]
    search_fields = ["title", "character__name", "person__username"]
    list_select_related = ["channel", "character", "person"]
    autocomplete_fields = ["channel", "character", "person", "community"]
    readonly_fields = ["triggered_at", "is_recurring"]
    heavy = ["context"]
