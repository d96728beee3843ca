"""Who and what is spoken of, and what is known of people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget

from characters.admin.lists import (
    HouseAdmin,
    ReadOnlyAdmin,
    TabularInline,
    in_cell,
    keys_of,
)
from memories.admin.lineage import vectors_of
from memories.formation.facts import FactsDiffer, merge_facts
from memories.models import (
    Entity,
    EntityAlias,
    EntityMention,
    EntityRelation,
    FactAssociation,
    PersonFact,
    ScratchpadEntry,
)


class EntityForm(forms.ModelForm[Entity]):
    """An entity whose name changes gives up its vector; upkeep makes the new one."""

    class Meta:
        model = Entity
        fields = ["name", "kind", "pronoun", "community", "person", "character"]

    def save(self, commit: bool = True) -> Any:
        if self.instance.pk and "name" in self.changed_data:
            self.instance.embedding = None
            self.instance.embedding_model = None
        return super().save(commit)


class EntityAliasInline(TabularInline[EntityAlias, Entity]):
    model = EntityAlias
    extra = 0


@admin.register(Entity)
class EntityAdmin(HouseAdmin[Entity]):
    icon = "category"
    shelf = "knowledge"
    form = EntityForm
    list_display = ["name", "kind", "pronoun", "community", "person", "character", "updated_at"]
    list_filter = ["kind", "pronoun", "community"]
    search_fields = ["name", "aliases__alias"]
    list_select_related = ["community", "person", "character"]
    autocomplete_fields = ["community", "person", "character"]
    inlines = [EntityAliasInline]


@admin.register(EntityAlias)
class EntityAliasAdmin(HouseAdmin[EntityAlias]):
    icon = "alternate_email"
    shelf = "knowledge"
    list_display = ["alias", "entity", "created_at"]
    search_fields = ["alias", "entity__name"]
    list_select_related = ["entity"]
    autocomplete_fields = ["entity"]
    heavy = ["entity__embedding"]


@admin.register(EntityMention)
class EntityMentionAdmin(ReadOnlyAdmin[EntityMention]):
    icon = "format_quote"
    shelf = "knowledge"
    list_display = ["id", "entity", "where", "start", "end"]
    list_filter = ["entity__kind"]
    search_fields = ["entity__name", "=memory__id"]
    list_select_related = ["entity", "memory", "message"]
    ordering = ["-id"]
    heavy = ["entity__embedding", *vectors_of("memory", "message")]

    @admin.display(description="in")
    def where(self, row: EntityMention) -> SafeString:
        """The memory or the message."""
        place = row.memory or row.message
        return in_cell(place.content if place else "", 70)


@admin.register(EntityRelation)
class EntityRelationAdmin(HouseAdmin[EntityRelation]):
    """What one is to another, and when. One that ended stays, with the day it ended."""

    icon = "polyline"
    shelf = "knowledge"
    list_display = ["subject", "relation", "object", "confidence", "valid_from", "valid_to"]
    list_filter = ["relation"]
    search_fields = ["subject__name", "relation", "object__name"]
    list_select_related = ["subject", "object"]
    raw_id_fields = ["evidence"]
    autocomplete_fields = ["subject", "object"]
    ordering = ["-id"]
    heavy = ["subject__embedding", "object__embedding"]


class PersonFactForm(forms.ModelForm[PersonFact]):
    """A fact whose words change gives up its vector; upkeep makes the new one."""

    class Meta:
        model = PersonFact
        exclude = ["embedding", "embedding_model"]  # noqa: DJ006 - the admin names the fields
        widgets = {"fact_content": UnfoldAdminTextareaWidget(attrs={"rows": 2})}

    def save(self, commit: bool = True) -> Any:
        if self.instance.pk and "fact_content" in self.changed_data:
            self.instance.embedding = None
            self.instance.embedding_model = None
        return super().save(commit)


@admin.register(PersonFact)
class PersonFactAdmin(HouseAdmin[PersonFact]):
    """What is known of people, and by whom."""

    icon = "fact_check"
    dated = "learned_at"
    shelf = "knowledge"
    form = PersonFactForm
    list_display = [
        "fact_content",
        "person",
        "character",
        "fact_type",
        "confidence",
        "visibility",
        "is_active",
        "is_locked",
        "learned_at",
        "expiry_date",
    ]
    list_filter = ["is_active", "is_locked", "fact_type", "source", "visibility", "character"]
    search_fields = ["fact_content", "person__username", "person__display_name"]
    list_select_related = ["person", "character"]
    autocomplete_fields = ["person", "character", "community"]
    raw_id_fields = ["superseded_by"]
    readonly_fields = ["extracted_from_message_id", "extraction_context", "last_referenced_at"]
    fields = [
        "fact_content",
        ("person", "character", "community"),
        ("fact_type", "category", "temporal_relevance"),
        ("confidence", "importance", "visibility"),
        ("is_active", "is_locked", "superseded_by"),
        ("learned_at", "expiry_date", "source"),
        ("extracted_from_message_id", "extraction_context", "last_referenced_at"),
    ]
    actions = ["activate", "deactivate", "merge", "lock", "unlock"]

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        """A fact that is written here was learned from a keeper, now."""
        given = super().get_changeform_initial_data(request)
        return {"learned_at": timezone.now(), "source": PersonFact.Source.MANUAL, **given}

    def _set(self, request: HttpRequest, rows: QuerySet[PersonFact], said: str, **to: bool) -> None:
        changed = PersonFact.objects.filter(pk__in=list(keys_of(rows))).exclude(**to)
        self.log_action(request, changed.defer("embedding"), f"{said.capitalize()}.")
        number = changed.update(**to, updated_at=timezone.now())
        self.message_user(request, f"{number} {said}.", messages.SUCCESS)

    @admin.action(description="Believe the selected facts again", permissions=["change"])
    def activate(self, request: HttpRequest, rows: QuerySet[PersonFact]) -> None:
        """Let them come to mind."""
        self._set(request, rows, "activated", is_active=True)

    @admin.action(description="No longer believe the selected facts", permissions=["change"])
    def deactivate(self, request: HttpRequest, rows: QuerySet[PersonFact]) -> None:
        """Keep them, and never say them."""
        self._set(request, rows, "deactivated", is_active=False)

    @admin.action(description="Merge the selected facts into the surest", permissions=["change"])
    def merge(self, request: HttpRequest, rows: QuerySet[PersonFact]) -> None:
        """Let one stand for several that say the same."""
        keys = list(keys_of(rows))
        try:
            kept = merge_facts(keys, timezone.now())
        except FactsDiffer as why:
            self.message_user(request, str(why), messages.ERROR)
            return
        merged = PersonFact.objects.filter(pk__in=keys).defer("embedding")
        self.log_action(request, merged, f"Merged into {kept.pk}.")
        self.message_user(request, f"“{kept}” stands for all of them now.", messages.SUCCESS)

    @admin.action(description="Lock the selected facts", permissions=["change"])
    def lock(self, request: HttpRequest, rows: QuerySet[PersonFact]) -> None:
        """Let nothing that is learned change them."""
        self._set(request, rows, "locked", is_locked=True)

    @admin.action(description="Unlock the selected facts", permissions=["change"])
    def unlock(self, request: HttpRequest, rows: QuerySet[PersonFact]) -> None:
        """Let them change."""
        self._set(request, rows, "unlocked", is_locked=False)


@admin.register(FactAssociation)
class FactAssociationAdmin(ReadOnlyAdmin[FactAssociation]):
    icon = "link"
    shelf = "knowledge"
    list_display = ["id", "fact_1", "association_type", "fact_2", "strength", "discovered_at"]
    list_filter = ["association_type"]
    search_fields = ["fact_1__fact_content", "fact_2__fact_content"]
    list_select_related = ["fact_1", "fact_2"]
    ordering = ["-id"]
    heavy = ["fact_1__embedding", "fact_2__embedding"]


@admin.register(ScratchpadEntry)
class ScratchpadEntryAdmin(ReadOnlyAdmin[ScratchpadEntry]):
    icon = "sticky_note_2"
    dated = "created_at"
    list_display = [
        "created_at",
        "character",
        "part",
        "content",
        "is_public",
        "quality",
        "promoted_to_id",
        "expires_at",
    ]
    list_filter = ["part", "is_public", "character"]
    search_fields = ["content", "character__name"]
    list_select_related = ["character"]
    ordering = ["-id"]
