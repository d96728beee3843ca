from __future__ import annotations

from django.contrib import admin

from characters.admin.character import CharacterAdmin
from characters.models import Character
from conversations.admin.deleting import DeletedByWorker

admin.site.unregister(Character)


@admin.register(Character)
class KnownCharacterAdmin(DeletedByWorker[Character], CharacterAdmin):
    """Characters, of whom one with much talk is deleted by a worker."""

    counted = "rows"
    list_display = [*CharacterAdmin.list_display, "deleting"]
