from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from characters.admin.lists import HouseAdmin, KeptAdmin, ReadOnlyAdmin
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


@admin.register(Persona)
class PersonaAdmin(KeptAdmin[Persona]):
    list_display = ["character", *Persona.TRAITS, "updated_at"]
    search_fields = ["character__name", "identity"]
    list_select_related = ["character"]
    raw_id_fields = ["character"]
    heavy = ["background", "example_dialogue", "constitution", "post_history_note"]


@admin.register(SpeechStyle)
class SpeechStyleAdmin(KeptAdmin[SpeechStyle]):
    list_display = ["character", "formality", "verbosity", "humour", "emoji_use", "updated_at"]
    search_fields = ["character__name"]
    list_select_related = ["character"]
    raw_id_fields = ["character"]
    heavy = ["improv"]


@admin.register(Interest)
class InterestAdmin(HouseAdmin[Interest]):
    form = InterestForm
    list_display = ["topic", "character", "weight", "embedding_model"]
    list_filter = ["character"]
    search_fields = ["topic", "character__name"]
    list_select_related = ["character", "embedding_model"]
    autocomplete_fields = ["character"]


@admin.register(KnowledgeArea)
class KnowledgeAreaAdmin(HouseAdmin[KnowledgeArea]):
    list_display = ["topic", "character", "expertise_level", "passion", "evidence_count"]
    list_filter = ["character"]
    search_fields = ["topic", "character__name"]
    list_select_related = ["character"]
    autocomplete_fields = ["character"]


@admin.register(Trigger)
class TriggerAdmin(HouseAdmin[Trigger]):
    list_display = ["pattern", "kind", "character", "intensity", "valence"]
    list_filter = ["kind", "character"]
    search_fields = ["pattern", "reaction", "character__name"]
    list_select_related = ["character"]
    autocomplete_fields = ["character"]


@admin.register(FormativeMemory)
class FormativeMemoryAdmin(HouseAdmin[FormativeMemory]):
    list_display = ["title", "character", "age_or_date", "emotional_valence"]
    list_filter = ["character"]
    search_fields = ["title", "content", "character__name"]
    list_select_related = ["character"]
    autocomplete_fields = ["character"]


@admin.register(Goal)
class GoalAdmin(HouseAdmin[Goal]):
    list_display = ["goal_id", "character", "status", "progress", "priority", "due_at"]
    list_filter = ["status", "character"]
    search_fields = ["goal_id", "description", "character__name"]
    list_select_related = ["character"]
    autocomplete_fields = ["character"]


@admin.register(MaterialUse)
class MaterialUseAdmin(ReadOnlyAdmin[MaterialUse]):
    list_display = ["key", "character", "used_count", "last_used_at"]
    list_filter = ["character"]
    search_fields = ["key", "character__name"]
    list_select_related = ["character"]
