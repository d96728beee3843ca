from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from characters.admin.lists import KeptAdmin, ReadOnlyAdmin
from characters.models import CharacterState, EmotionBaseline, EmotionLevel, MoodChange
from characters.services import set_mood


@admin.register(CharacterState)
class CharacterStateAdmin(KeptAdmin[CharacterState]):
    """How everybody is now. It is lived; a keeper may put a mood right and fix it, and that is
    written down as its cause."""

    icon = "battery_horiz_075"
    list_display = [
        "character",
        "mood_label",
        "mood_valence",
        "mood_arousal",
        "is_mood_locked",
        "energy",
        "social_battery",
        "message_count",
        "last_spoke_at",
    ]
    list_filter = ["mood_label", "is_mood_locked"]
    search_fields = ["character__name"]
    list_select_related = ["character"]
    heavy = ["recent_interactions"]
    corrected = ("mood_valence", "mood_arousal", "is_mood_locked")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All but the mood."""
        names = [field.name for field in CharacterState._meta.fields]
        return [name for name in names if name not in self.corrected]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save through the service that writes the cause."""
        set_mood(
            obj.character_id,
            obj.mood_valence,
            obj.mood_arousal,
            is_locked=obj.is_mood_locked,
            by=str(request.user),
        )


@admin.register(EmotionBaseline)
class EmotionBaselineAdmin(KeptAdmin[EmotionBaseline]):
    """Where emotions rest. They follow the character's traits unless a keeper fixes them."""

    icon = "anchor"
    list_display = ["character", "emotion", "value", "is_locked", "updated_at"]
    list_filter = ["emotion", "is_locked", "character"]
    search_fields = ["character__name"]
    list_select_related = ["character"]
    readonly_fields = ["character", "emotion"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """What a keeper sets stays."""
        obj.is_locked = obj.is_locked or "value" in form.changed_data
        super().save_model(request, obj, form, change)


@admin.register(EmotionLevel)
class EmotionLevelAdmin(ReadOnlyAdmin[EmotionLevel]):
    """How strongly something was felt when it was last moved; since then it has been returning."""

    icon = "sentiment_satisfied"
    list_display = ["character", "emotion", "value", "felt_at"]
    list_filter = ["emotion", "character"]
    search_fields = ["character__name"]
    list_select_related = ["character"]


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
