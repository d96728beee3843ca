from __future__ import annotations

from django.contrib import admin

from characters.admin.lists import ReadOnlyAdmin
from memories.models import EmbeddingModel


@admin.register(EmbeddingModel)
class EmbeddingModelAdmin(ReadOnlyAdmin[EmbeddingModel]):
    """The spaces of vectors. Changing the active one is a command, since all rows must follow."""

    list_display = ["name", "dimensions", "provider", "is_active", "activated_at"]
    list_filter = ["is_active", "provider"]
    search_fields = ["name"]
    ordering = ["-is_active", "name"]
