from __future__ import annotations

from django.contrib import admin

from characters.admin.lists import ReadOnlyAdmin
from conversations.models import RegisteredCommands


@admin.register(RegisteredCommands)
class RegisteredCommandsAdmin(ReadOnlyAdmin[RegisteredCommands]):
    icon = "terminal"
    shelf = "discord"
    list_display = ["application_id", "registered_at", "digest"]
    search_fields = ["=application_id"]
    ordering = ["-registered_at"]
