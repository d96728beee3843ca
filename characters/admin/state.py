from __future__ import annotations

from django.contrib import admin

from characters.admin.lists import ReadOnlyAdmin
from characters.models import CharacterState, MoodChange


@admin.register(CharacterState)
class CharacterStateAdmin(ReadOnlyAdmin[CharacterState]):
    """How everybody is now. It is lived, not edited: a mood never moves without a cause."""

    icon = "battery_horiz_075"
    list_display = [
        "character",
        "mood_label",
        "mood_valence",
        "mood_arousal",
        "energy",
        "social_battery",
        "message_count",
        "last_spoke_at",
    ]
    list_filter = ["mood_label"]
    search_fields = ["character__name"]
    list_select_related = ["character"]
    heavy = ["recent_interactions"]


@admin.register(MoodChange)
class MoodChangeAdmin(ReadOnlyAdmin[MoodChange]):
    icon = "mood"
    dated = "recorded_at"
    list_display = [
        "recorded_at",
        "character",
        "description",
        "delta_valence",
        "delta_arousal",
        "trigger_type",
        "trigger_person",
    ]
    list_filter = ["trigger_type", "character"]
    search_fields = ["description", "character__name"]
    list_select_related = ["character", "trigger_person"]
