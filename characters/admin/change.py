from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from characters import changes, versions
from characters.admin.lists import ReadOnlyAdmin, as_json, in_cell
from characters.admin.restoring import VersionAdmin
from characters.models import CharacterVersion, LearningEvent, Reflection, SelfModification


@admin.register(SelfModification)
class SelfModificationAdmin(ReadOnlyAdmin[SelfModification]):
    """What characters changed in themselves, and what they ask for."""

    icon = "how_to_vote"
    shelf = "growth"
    dated = "created_at"
    list_display = ["character", "field", "old_value", "new_value", "why", "status", "created_at"]
    list_filter = ["status", "character", "field"]
    search_fields = ["character__name", "field", "reason"]
    list_select_related = ["character"]
    fields = [
        "character", "field", "old_value", "new_value", "reason", "status", "report",
        "reviewed_by", "reviewed_at", "created_at",
    ]  # fmt: skip
    report = as_json("safety_report")
    readonly_fields = ["report"]
    actions = ["approve", "reject", "revert"]

    @admin.display(description="reason")
    def why(self, change: SelfModification) -> str:
        """Why, as far as there is room."""
        return in_cell(change.reason)

    def has_review_permission(self, request: HttpRequest) -> bool:
        """Whoever may change these rows decides on them."""
        return request.user.has_perm("characters.change_selfmodification")

    @admin.action(description="Approve and make the selected changes", permissions=["review"])
    def approve(self, request: HttpRequest, rows: QuerySet[SelfModification]) -> None:
        """Make what waited."""
        self._decide(request, rows, "approve", "approved and made")

    @admin.action(description="Reject the selected changes", permissions=["review"])
    def reject(self, request: HttpRequest, rows: QuerySet[SelfModification]) -> None:
        """Leave them as they are."""
        self._decide(request, rows, "reject", "rejected")

    @admin.action(description="Take the selected changes back", permissions=["review"])
    def revert(self, request: HttpRequest, rows: QuerySet[SelfModification]) -> None:
        """Bring the fields back to exactly what they were."""
        self._decide(request, rows, "revert", "taken back")

    def _decide(
        self, request: HttpRequest, rows: QuerySet[SelfModification], deed: str, done: str
    ) -> None:
        decide = {"approve": changes.approve, "reject": changes.reject, "revert": changes.revert}
        made = []
        for change in rows.order_by("-created_at", "-pk"):  # the latest is taken back first
            try:
                decide[deed](change, by=request.user)
            except changes.ChangeRefused as why:
                self.message_user(request, f"{change.character}: {why}", messages.ERROR)
            else:
                made.append(change)
        if made:
            self.log_action(request, made, f"{done} by an action")
            self.message_user(request, f"{len(made)} {done}.", messages.SUCCESS)


@admin.register(CharacterVersion)
class CharacterVersionAdmin(VersionAdmin[CharacterVersion]):
    """What characters were, version by version."""

    shelf = "growth"
    whose = "character"
    service = staticmethod(versions.restore)
    restored_by = "characters.change_persona"
    list_display = ["character", "number", "reason", "maker", "created_by", "created_at"]
    list_filter = ["maker", "character"]
    search_fields = ["character__name", "reason"]
    list_select_related = ["character", "created_by"]
    fields = ["character", "number", "reason", "maker", "created_by", "created_at", "kept"]
    readonly_fields = ["kept"]


@admin.register(LearningEvent)
class LearningEventAdmin(ReadOnlyAdmin[LearningEvent]):
    icon = "timeline"
    shelf = "growth"
    dated = "learning_date"
    list_display = ["character", "learned", "learning_type", "significance_score", "learning_date"]
    list_filter = ["learning_type", "character"]
    search_fields = ["character__name", "learning_event"]
    list_select_related = ["character"]
    raw_id_fields = ["evidence_memories"]

    @admin.display(description="what")
    def learned(self, event: LearningEvent) -> str:
        """What, as far as there is room."""
        return in_cell(event.learning_event)


@admin.register(Reflection)
class ReflectionAdmin(ReadOnlyAdmin[Reflection]):
    """When characters thought things over, wrote their day down, or dreamt."""

    icon = "self_improvement"
    shelf = "growth"
    dated = "occurred_at"
    list_display = [
        "character", "kind", "came_to", "richness", "effectiveness", "authenticity", "occurred_at",
    ]  # fmt: skip
    list_filter = ["kind", "character"]
    search_fields = ["character__name", "content", "question"]
    list_select_related = ["character"]

    @admin.display(description="what came of it")
    def came_to(self, reflection: Reflection) -> str:
        """What came of it, or why nothing did."""
        return in_cell(reflection.content or reflection.note)
