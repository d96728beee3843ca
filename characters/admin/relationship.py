from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from characters.admin.lists import HouseAdmin, ReadOnlyAdmin, as_json
from characters.models import Relationship, RelationshipEvent
from characters.services import set_bond


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
        "first_interaction_at",
        "last_interaction_at",
        "shared",
    ]
    target = ["from_character", "to_character", "to_person", "community"]

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
        "delta_trust",
        "delta_affection",
        "delta_attunement",
    ]
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
        ("delta_trust", "delta_affection", "delta_attunement"),
        "was",
        "became",
        "milestone",
        "message",
        "reaction",
        "occurred_at",
    ]
    readonly_fields = ["was", "became"]
    was = as_json("before")
    became = as_json("after")
