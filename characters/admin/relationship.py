from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from characters.admin.lists import HouseAdmin, ReadOnlyAdmin, as_figure, as_json
from characters.models import Relationship, RelationshipEvent
from characters.services import lock_bonds, set_bond


@admin.register(Relationship)
class RelationshipAdmin(HouseAdmin[Relationship]):
    """How everybody stands to one another. A keeper's change is written down as an event."""

    icon = "diversity_3"
    list_display = [
        "from_character",
        "towards",
        "community",
        "level",
        "score",
        "trust",
        "affection",
        "attunement",
        "is_locked",
        "last_interaction_at",
    ]
    list_filter = [
        "level",
        "is_locked",
        ("repair_since", admin.EmptyFieldListFilter),
        "community",
        "from_character",
    ]
    search_fields = ["from_character__name", "to_character__name", "to_person__username", "note"]
    list_select_related = ["from_character", "to_character", "to_person", "community"]
    autocomplete_fields = ["from_character", "to_character", "to_person", "community"]
    heavy = ["shared_references"]
    actions = ["lock", "unlock"]
    fields = [
        "from_character",
        "to_character",
        "to_person",
        "community",
        ("trust", "affection", "attunement"),
        ("score", "level"),
        "note",
        "is_locked",
        ("repair_since", "repair_from", "repair_low"),
        "milestones",
        ("total_interactions", "positive_interactions", "negative_interactions"),
        ("conversation_depth_avg", "avg_message_length"),
        ("first_interaction_at", "last_interaction_at"),
        "shared",
    ]
    shared = as_json("shared_references")
    lived = [
        "score",
        "level",
        "repair_since",
        "repair_from",
        "repair_low",
        "milestones",
        "total_interactions",
        "positive_interactions",
        "negative_interactions",
        "conversation_depth_avg",
        "avg_message_length",
        "first_interaction_at",
        "last_interaction_at",
        "shared",
    ]
    target = ["from_character", "to_character", "to_person", "community"]

    @admin.action(description="Lock the selected relationships", permissions=["change"])
    def lock(self, request: HttpRequest, rows: QuerySet[Relationship]) -> None:
        """Let nothing that is said move them."""
        self._lock(request, rows, True)

    @admin.action(description="Unlock the selected relationships", permissions=["change"])
    def unlock(self, request: HttpRequest, rows: QuerySet[Relationship]) -> None:
        """Let them move again."""
        self._lock(request, rows, False)

    def _lock(self, request: HttpRequest, rows: QuerySet[Relationship], is_locked: bool) -> None:
        said = "locked" if is_locked else "unlocked"
        changed = list(rows.exclude(is_locked=is_locked))
        lock_bonds([row.pk for row in changed], is_locked)
        self.log_action(request, changed, f"{said.capitalize()}.")
        self.message_user(request, f"{len(changed)} {said}.", messages.SUCCESS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What was lived is only read; and whom a relationship joins never changes."""
        return [*self.lived, *self.target] if obj else self.lived

    @admin.display(description="to", ordering="to_character__name")
    def towards(self, row: Relationship) -> str:
        """The character or the person."""
        return str(row.to_character or row.to_person)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save through the service that writes the event."""
        set_bond(obj, by=str(request.user))


@admin.register(RelationshipEvent)
class RelationshipEventAdmin(ReadOnlyAdmin[RelationshipEvent]):
    icon = "sync_alt"
    dated = "occurred_at"
    list_display = [
        "occurred_at",
        "relationship",
        "kind",
        "cause",
        "trust",
        "affection",
        "attunement",
    ]
    trust = as_figure("delta_trust")
    affection = as_figure("delta_affection")
    attunement = as_figure("delta_attunement")
    list_filter = ["kind"]
    search_fields = [
        "cause",
        "relationship__from_character__name",
        "relationship__to_character__name",
        "relationship__to_person__username",
    ]
    list_select_related = ["relationship"]
    heavy = ["before", "after"]
    fields = [
        "relationship",
        "kind",
        "cause",
        ("trust", "affection", "attunement"),
        "was",
        "became",
        "milestone",
        "message",
        "reaction",
        "occurred_at",
    ]
    readonly_fields = ["trust", "affection", "attunement", "was", "became"]
    was = as_json("before")
    became = as_json("after")
