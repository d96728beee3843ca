from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from characters import opinion as formula
from characters.admin.lists import HouseAdmin, KeptAdmin, ReadOnlyAdmin, as_json, in_cell
from characters.admin.workspace import ReadOnlyInline
from characters.models import FORMED_AFTER, CommunicationStyle, Opinion, OpinionEvidence


class EvidenceInline(ReadOnlyInline):
    """What an opinion rests on, on its page."""

    model = OpinionEvidence
    fields = ["argued_at", "character", "person", "sentiment", "weight", "quote", "conversation"]
    ordering = ["-argued_at"]
    show_change_link = False


@admin.register(Opinion)
class OpinionAdmin(HouseAdmin[Opinion]):
    """What characters think. A keeper may write an opinion and lock it: it holds at once, and no
    talk changes it."""

    icon = "psychology_alt"
    list_display = [
        "topic", "character", "stance", "sentiment", "confidence", "interest_level",
        "discussion_count", "is_locked", "community", "last_reinforced_at",
    ]  # fmt: skip
    list_filter = [
        ("formed_at", admin.EmptyFieldListFilter), "is_locked", "community", "character",
    ]  # fmt: skip
    search_fields = ["topic", "reasoning", "character__name"]
    list_select_related = ["character", "community"]
    autocomplete_fields = ["character", "community"]
    heavy = ["reasoning"]
    fields = [
        "character", "community", "topic", ("sentiment", "interest_level"), "reasoning",
        "is_locked", "confidence", "discussion_count", "formed_at", "last_reinforced_at",
    ]  # fmt: skip
    readonly_fields = ["confidence", "discussion_count", "formed_at", "last_reinforced_at"]
    inlines = [EvidenceInline]
    actions = ["lock", "unlock"]

    @admin.display(description="what it thinks", ordering="sentiment")
    def stance(self, row: Opinion) -> str:
        """In words; nothing before it is formed."""
        return formula.words(row.sentiment) if row.formed_at else "has no opinion yet"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A locked opinion holds from now on; one that is unlocked too early waits for talk."""
        if obj.is_locked and obj.formed_at is None:
            obj.formed_at = timezone.now()
        elif not obj.is_locked and obj.discussion_count < FORMED_AFTER:
            obj.formed_at = None
        super().save_model(request, obj, form, change)

    @admin.action(description="Lock the selected opinions", permissions=["change"])
    def lock(self, request: HttpRequest, rows: Any) -> None:
        """Let no talk change them."""
        self._lock(request, rows, True)

    @admin.action(description="Unlock the selected opinions", permissions=["change"])
    def unlock(self, request: HttpRequest, rows: Any) -> None:
        """Let talk change them again."""
        self._lock(request, rows, False)

    def _lock(self, request: HttpRequest, rows: Any, is_locked: bool) -> None:
        chosen = list(rows)
        for row in chosen:
            row.is_locked = is_locked
            self.save_model(request, row, None, True)
        self.log_action(request, chosen, "locked" if is_locked else "unlocked")
        self.message_user(request, f"{len(chosen)} {'locked' if is_locked else 'unlocked'}.")


@admin.register(OpinionEvidence)
class OpinionEvidenceAdmin(ReadOnlyAdmin[OpinionEvidence]):
    icon = "format_quote"
    list_display = ["argued_at", "opinion", "who", "sentiment", "weight", "words"]
    search_fields = ["quote", "opinion__topic", "character__name", "person__username"]
    list_select_related = ["opinion", "character", "person"]
    dated = "argued_at"

    @admin.display(description="by")
    def who(self, row: OpinionEvidence) -> str:
        """The character or the person."""
        return str(row.character or row.person)

    @admin.display(description="words", ordering="quote")
    def words(self, row: OpinionEvidence) -> str:
        """As far as there is room."""
        return in_cell(row.quote)


@admin.register(CommunicationStyle)
class CommunicationStyleAdmin(KeptAdmin[CommunicationStyle]):
    """How people like to be talked to, as it was learned. What they asked for stands with their
    preferences, and counts for more."""

    icon = "record_voice_over"
    shelf = "people"
    icon, shelf = "record_voice_over", "people"
    list_display = [
        "person", "character", "preferred_length", "preferred_formality", "emoji_affinity",
        "humor_affinity", "detail_preference", "samples_collected", "confidence", "is_locked",
    ]  # fmt: skip
    list_filter = ["preferred_length", "is_locked"]
    search_fields = ["person__username", "person__display_name", "person__custom_name"]
    list_select_related = ["person", "character"]
    fields = [
        "person", "character", "preferred_length",
        ("preferred_formality", "emoji_affinity", "humor_affinity", "detail_preference"),
        "is_locked", ("samples_collected", "confidence"), "signals",
    ]  # fmt: skip
    signals = as_json("engagement_signals")
    readonly_fields = ["person", "character", "samples_collected", "confidence", "signals"]
