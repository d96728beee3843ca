from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from characters.admin.lists import KeptAdmin, ReadOnlyAdmin, in_cell, keys_of
from characters.models import Insight, InsightLink
from memories.insights import CorrectionRefused, check_insight, correct_insight, set_held


class InsightForm(forms.ModelForm[Insight]):
    """What a keeper may change of an insight."""

    importance_level = forms.FloatField(min_value=1, max_value=10, help_text="1–10")

    def clean_insight_content(self) -> str:
        """Refuse what it can't say."""
        try:
            return check_insight(self.instance, self.cleaned_data["insight_content"])
        except CorrectionRefused as refused:
            raise forms.ValidationError(str(refused)) from None


@admin.register(Insight)
class InsightAdmin(KeptAdmin[Insight]):
    """What characters have understood, with the evidence. Insights come by reflection; here they
    are corrected, which locks them, or taken from their character's mind."""

    icon = "emoji_objects"
    shelf = "growth"
    dated = "discovery_date"
    form = InsightForm
    list_display = [
        "says", "character", "insight_type", "confidence_score", "importance_level",
        "surfaced_count", "is_active", "is_locked", "discovery_date",
    ]  # fmt: skip
    list_display_links = ["says"]
    list_filter = ["insight_type", "is_active", "is_locked", "character"]
    search_fields = ["insight_content", "character__name"]
    list_select_related = ["character"]
    heavy = ["supporting_evidence", "conversation_context"]
    fields = [
        "character", "insight_content", "insight_type", "confidence_score", "importance_level",
        "emotional_valence", "triggers", "is_active", "is_locked", "evidence",
        ("about_character", "about_person"), "memory", "discovery_date",
        ("surfaced_count", "last_surfaced_at"),
    ]  # fmt: skip
    readonly_fields = [
        "character", "insight_type", "evidence", "about_character", "about_person", "memory",
        "discovery_date", "surfaced_count", "last_surfaced_at",
    ]  # fmt: skip
    actions = ["hold", "let_go"]

    @admin.display(description="insight")
    def says(self, insight: Insight) -> str:
        """What it says, as far as there is room."""
        return in_cell(insight.insight_content, 140)

    @admin.display(description="what it rests on")
    def evidence(self, insight: Insight) -> str:
        """The evidence in words, with the numbers of its memories."""
        numbers = ", ".join(map(str, insight.evidence_memories.values_list("pk", flat=True)))
        return "\n".join([*insight.supporting_evidence, f"Memories: {numbers or 'none'}."])

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Correct it, and the memory that recall finds with it."""
        correct_insight(obj, by=str(request.user))

    @admin.action(description="Have them hold the selected insights again", permissions=["change"])
    def hold(self, request: HttpRequest, rows: QuerySet[Insight]) -> None:
        """Let them come up again."""
        self._set(request, rows, True)

    @admin.action(description="Take the selected insights from their minds", permissions=["change"])
    def let_go(self, request: HttpRequest, rows: QuerySet[Insight]) -> None:
        """Let them come up no more."""
        self._set(request, rows, False)

    def _set(self, request: HttpRequest, rows: QuerySet[Insight], is_active: bool) -> None:
        said = "held again" if is_active else "let go"
        self.log_action(request, rows, f"{said} by an action")
        number = set_held(list(keys_of(rows)), is_active)
        self.message_user(request, f"{number} {said}.", messages.SUCCESS)


@admin.register(InsightLink)
class InsightLinkAdmin(ReadOnlyAdmin[InsightLink]):
    icon = "share"
    shelf = "growth"
    list_display = ["from_insight", "relationship_type", "to_insight", "strength", "created_at"]
    list_filter = ["relationship_type"]
    search_fields = ["from_insight__insight_content", "to_insight__insight_content"]
    list_select_related = ["from_insight", "to_insight"]
