from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from characters import versions
from characters.admin.lists import HouseAdmin, KeptAdmin, M, ReadOnlyAdmin
from characters.models import (
    FormativeMemory,
    Goal,
    Interest,
    KnowledgeArea,
    MaterialUse,
    Persona,
    SpeechStyle,
    Trigger,
)


class InterestForm(forms.ModelForm[Interest]):
    """An interest whose topic changes gives up its vector; upkeep makes the new one."""

    class Meta:
        model = Interest
        fields = ["character", "topic", "weight"]

    def save(self, commit: bool = True) -> Any:
        if self.instance.pk and "topic" in self.changed_data:
            self.instance.embedding = None
            self.instance.embedding_model = None
        return super().save(commit)


class VersionedAdmin(KeptAdmin[M]):
    """A part of who a character is: what it was and what it becomes are kept as versions."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep what it was, save it, and keep what it is."""
        versions.ensure(obj.character_id)
        super().save_model(request, obj, form, change)
        versions.record(obj.character_id, "edited by its keeper", by=request.user)


@admin.register(Persona)
class PersonaAdmin(VersionedAdmin[Persona]):
    icon = "id_card"
    list_display = ["character", *Persona.TRAITS, "updated_at"]
    search_fields = ["character__name", "identity"]
    list_select_related = ["character"]
    raw_id_fields = ["character"]
    heavy = ["background", "example_dialogue", "constitution", "post_history_note"]


@admin.register(SpeechStyle)
class SpeechStyleAdmin(VersionedAdmin[SpeechStyle]):
    icon = "record_voice_over"
    list_display = ["character", "formality", "verbosity", "humour", "emoji_use", "updated_at"]
    search_fields = ["character__name"]
    list_select_related = ["character"]
    raw_id_fields = ["character"]
    heavy = ["improv"]


@admin.register(Interest)
class InterestAdmin(HouseAdmin[Interest]):
    icon = "interests"
    form = InterestForm
    list_display = ["topic", "character", "weight", "embedding_model"]
    list_filter = ["character"]
    search_fields = ["topic", "character__name"]
    list_select_related = ["character", "embedding_model"]
    autocomplete_fields = ["character"]


@admin.register(KnowledgeArea)
class KnowledgeAreaAdmin(HouseAdmin[KnowledgeArea]):
    icon = "school"
    list_display = [
        "topic", "character", "expertise_level", "passion", "evidence_count", "is_learned",
        "is_locked", "grown_at",
    ]  # fmt: skip
    list_filter = ["is_learned", "is_locked", "character"]
    search_fields = ["topic", "character__name"]
    list_select_related = ["character"]
    autocomplete_fields = ["character"]


@admin.register(Trigger)
class TriggerAdmin(HouseAdmin[Trigger]):
    icon = "bolt"
    list_display = ["pattern", "kind", "character", "intensity", "valence"]
    list_filter = ["kind", "character"]
    search_fields = ["pattern", "reaction", "character__name"]
    list_select_related = ["character"]
    autocomplete_fields = ["character"]


@admin.register(FormativeMemory)
class FormativeMemoryAdmin(HouseAdmin[FormativeMemory]):
    icon = "child_care"
    list_display = ["title", "character", "age_or_date", "emotional_valence"]
    list_filter = ["character"]
    search_fields = ["title", "content", "character__name"]
    list_select_related = ["character"]
    autocomplete_fields = ["character"]


@admin.register(Goal)
class GoalAdmin(HouseAdmin[Goal]):
    icon = "flag"
    list_display = ["goal_id", "character", "status", "progress", "priority", "due_at"]
    list_filter = ["status", "character"]
    readonly_fields = ["blocked_for"]
    search_fields = ["goal_id", "description", "character__name"]
    list_select_related = ["character"]
    autocomplete_fields = [
        "character", "community", "seeks_character", "seeks_person", "evidence_memories",
    ]  # fmt: skip


@admin.register(MaterialUse)
class MaterialUseAdmin(ReadOnlyAdmin[MaterialUse]):
    icon = "repeat"
    list_display = ["key", "character", "used_count", "last_used_at"]
    list_filter = ["character"]
    search_fields = ["key", "character__name"]
    list_select_related = ["character"]
