from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from characters.admin.lists import ReadOnlyAdmin
from memories.models import EmbeddingModel


@admin.register(EmbeddingModel)
class EmbeddingModelAdmin(ReadOnlyAdmin[EmbeddingModel]):
    """The spaces of vectors. Changing the active one is a command, since all rows must follow."""

    icon = "grain"
    shelf = "nights"
    list_display = ["name", "dimensions", "provider", "is_active", "activated_at"]
    list_filter = ["is_active", "provider"]
    search_fields = ["name"]
    ordering = ["-is_active", "name"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, and how to change what it shows."""
        hint = "To change the active one: manage.py reembed --model NAME"
        return super().changelist_view(request, {"subtitle": hint, **(extra_context or {})})
