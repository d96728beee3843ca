from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from characters.admin.lists import HouseAdmin
from characters.models import Community, Membership, Person, PersonPreference


@admin.register(Community)
class CommunityAdmin(HouseAdmin[Community]):
    icon = "home_work"
    shelf = "people"
    list_display = ["name", "discord_id", "is_active", "is_paused", "joined_at"]
    list_filter = ["is_active", "is_paused"]
    search_fields = ["name", "=discord_id"]
    readonly_fields = ["is_paused", "joined_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The local community is the house itself."""
        if obj is not None and obj.discord_id is None:
            return False
        return super().has_delete_permission(request, obj)


@admin.register(Person)
class PersonAdmin(HouseAdmin[Person]):
    icon = "person"
    dated = "last_seen_at"
    shelf = "people"
    list_display = [
        "name",
        "username",
        "discord_id",
        "is_active",
        "consent_level",
        "last_seen_at",
        "blocked_until",
    ]
    list_filter = ["is_active", "consent_level", "is_bot"]
    search_fields = ["username", "display_name", "custom_name", "=discord_id"]
    readonly_fields = ["first_seen_at", "last_seen_at", "heard_from", "erased_at"]

    def save_model(
        self, request: HttpRequest, obj: Person, form: ModelForm[Person], change: bool
    ) -> None:
        """Save, and keep since when a person is heard who wasn't."""
        if form.initial.get("consent_level") == Person.Consent.NONE != obj.consent_level:
            obj.heard_from = timezone.now()
        super().save_model(request, obj, form, change)

    @admin.display(ordering="username")
    def name(self, person: Person) -> str:
        """What characters call this person."""
        return person.name


@admin.register(Membership)
class MembershipAdmin(HouseAdmin[Membership]):
    icon = "badge"
    dated = "joined_at"
    shelf = "people"
    list_display = ["person", "community", "nickname", "joined_at"]
    list_filter = ["community"]
    search_fields = ["person__username", "person__display_name", "nickname"]
    list_select_related = ["person", "community"]
    autocomplete_fields = ["person", "community"]
    readonly_fields = ["joined_at"]


@admin.register(PersonPreference)
class PersonPreferenceAdmin(HouseAdmin[PersonPreference]):
    icon = "tune"
    shelf = "people"
    list_display = ["person", "key", "value", "updated_at"]
    list_filter = ["key"]
    search_fields = ["person__username", "person__display_name", "key", "value"]
    list_select_related = ["person"]
    autocomplete_fields = ["person"]
