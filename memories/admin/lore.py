from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from characters.admin.lists import KeptAdmin, in_cell, keys_of, shorten
from memories.admin.lineage import vectors_of
from memories.lore import lore
from memories.lore.lorekeys import KeyRefused, check_key, has_expressions
from memories.models import LoreChunk, LoreDocument


@admin.register(LoreDocument)
class LoreDocumentAdmin(KeptAdmin[LoreDocument]):
    """What is written about the world. `manage.py ingest_lore` brings it in and up to date."""

    icon = "menu_book"
    shelf = "knowledge"
    list_display = ["title", "source", "community", "character", "is_enabled", "is_adult"]
    list_filter = ["is_enabled", "is_adult", "community", "character"]
    search_fields = ["title", "source"]
    list_select_related = ["community", "character"]
    heavy = ["content"]
    fields = [
        "title",
        "source",
        ("community", "character"),
        ("is_enabled", "is_adult"),
        "content",
        "updated_at",
    ]
    readonly_fields = [
        "title",
        "source",
        "community",
        "character",
        "is_enabled",
        "is_adult",
        "content",
        "updated_at",
    ]
    actions = ["enable", "disable", "restrict", "release"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A document goes with the memories that it is."""
        return request.user.has_perm("memories.delete_loredocument")

    def delete_model(self, request: HttpRequest, obj: LoreDocument) -> None:
        """Through the service, which knows what other documents say too."""
        lore.remove([obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[LoreDocument]) -> None:
        """The same for several."""
        lore.remove(list(keys_of(queryset)))

    @admin.action(description="Let the selected documents be known", permissions=["change"])
    def enable(self, request: HttpRequest, rows: QuerySet[LoreDocument]) -> None:
        """Have them recalled again."""
        number = lore.set_enabled(list(keys_of(rows)), True)
        self.log_action(request, rows, "Enabled.")
        self.message_user(request, f"{number} enabled.", messages.SUCCESS)

    @admin.action(description="Keep the selected documents from all", permissions=["change"])
    def disable(self, request: HttpRequest, rows: QuerySet[LoreDocument]) -> None:
        """Have nobody know them, until they are enabled again."""
        number = lore.set_enabled(list(keys_of(rows)), False)
        self.log_action(request, rows, "Disabled.")
        self.message_user(request, f"{number} disabled.", messages.SUCCESS)

    @admin.action(description="Know them in age-restricted channels alone", permissions=["change"])
    def restrict(self, request: HttpRequest, rows: QuerySet[LoreDocument]) -> None:
        """For adults."""
        number = lore.set_adult(list(keys_of(rows)), True)
        self.log_action(request, rows, "For adults alone.")
        self.message_user(request, f"{number} for adults alone.", messages.SUCCESS)

    @admin.action(description="Know them in every channel", permissions=["change"])
    def release(self, request: HttpRequest, rows: QuerySet[LoreDocument]) -> None:
        """For everybody."""
        number = lore.set_adult(list(keys_of(rows)), False)
        self.log_action(request, rows, "For everybody.")
        self.message_user(request, f"{number} for everybody.", messages.SUCCESS)


class LoreChunkForm(forms.ModelForm[LoreChunk]):
    """When a piece comes up."""

    class Meta:
        model = LoreChunk
        fields = [
            "keys",
            "secondary_keys",
            "is_selective",
            "is_constant",
            "is_case_sensitive",
            "is_enabled",
            "insertion_order",
        ]

    def clean_keys(self) -> list[str]:
        """Refuse expressions that can't be looked for."""
        return self._checked("keys")

    def clean_secondary_keys(self) -> list[str]:
        """The same for those that stand beside them."""
        return self._checked("secondary_keys")

    def _checked(self, name: str) -> list[str]:
        keys: list[str] = self.cleaned_data[name]
        for key in keys:
            try:
                check_key(key, is_regex=has_expressions(self.instance.extensions))
            except KeyRefused as refused:
                raise forms.ValidationError(f"{key}: {refused}") from None
        return keys


@admin.register(LoreChunk)
class LoreChunkAdmin(KeptAdmin[LoreChunk]):
    """Pieces of documents, and the keys that bring them up. Their words are their memory's."""

    icon = "article"
    shelf = "knowledge"
    form = LoreChunkForm
    list_display = [
        "id",
        "document",
        "number",
        "says",
        "on",
        "is_constant",
        "is_enabled",
        "insertion_order",
    ]
    list_filter = ["is_enabled", "is_constant", "is_selective", "document"]
    search_fields = ["document__title", "=memory__id"]
    list_select_related = ["document", "memory"]
    ordering = ["-id"]
    heavy = ["document__content", "extensions", *vectors_of("memory")]
    fields = [
        ("document", "number"),
        "memory",
        "keys",
        "secondary_keys",
        ("is_selective", "is_constant", "is_case_sensitive"),
        ("is_enabled", "insertion_order"),
        "extensions",
    ]
    readonly_fields = ["document", "number", "memory", "extensions"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save through the service that brings the memory in line."""
        lore.save_chunk(obj)

    @admin.display(description="says")
    def says(self, chunk: LoreChunk) -> SafeString:
        """How it begins."""
        return in_cell(chunk.memory.content, 70)

    @admin.display(description="comes up on")
    def on(self, chunk: LoreChunk) -> str:
        """Its keys."""
        return shorten(", ".join(chunk.keys), 60)
