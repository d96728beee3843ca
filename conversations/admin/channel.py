from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from characters.admin.lists import HouseAdmin
from characters.admin.restoring import VersionAdmin
from conversations import scenarios
from conversations.admin.deleting import DeletedByWorker
from conversations.discord import places
from conversations.models import Channel, Scenario, ScenarioVersion
from conversations.rooms import look_who_watches, set_channel_paused, set_restricted


@admin.register(Channel)
class ChannelAdmin(DeletedByWorker[Channel]):
    """Rooms. Pausing and resuming one are actions of the list."""

    counted = "lines"
    icon = "meeting_room"
    list_display = [
        "name",
        "community",
        "mode",
        "pace",
        "is_paused",
        "scenario",
        "last_message_at",
        "send_trouble",
        "deleting",
    ]
    list_filter = ["is_paused", "is_nsfw", "mode", "pace", "community"]
    search_fields = ["name", "topic", "=discord_id"]
    list_select_related = ["community", "scenario"]
    autocomplete_fields = ["community", "scenario", "residents", "parent"]
    readonly_fields = [
        "is_paused",
        "last_message_at",
        "watched_until",
        "next_look_at",
        "is_direct",
        "removed_at",
        "send_trouble",
        "read_trouble",
        "webhook_id",
        "deleting",
    ]
    actions = ["pause", "resume"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and have the director look at a new room: the sweep finds it by the time."""
        if not change:
            obj.next_look_at = timezone.now()
            super().save_model(request, obj, form, change)
            return
        # Only what was edited: the director writes the rest of this row all the time.
        changed = [name for name in form.changed_data if name not in ("residents", "mode")]
        if changed:
            obj.save(update_fields=[*changed, "updated_at"])
        if "mode" in form.changed_data:
            mode, obj.mode = obj.mode, form.initial["mode"]
            places.set_mode(obj, mode)
        if "is_nsfw" in changed:
            set_restricted(obj, obj.is_nsfw, timezone.now())
        if {"is_nsfw", "is_private"} & set(changed):
            look_who_watches(obj)

    @admin.action(description="Pause the selected channels", permissions=["change"])
    def pause(self, request: HttpRequest, rows: QuerySet[Channel]) -> None:
        """Let nobody speak there."""
        self._set_paused(request, rows.filter(is_paused=False), True)

    @admin.action(description="Resume the selected channels", permissions=["change"])
    def resume(self, request: HttpRequest, rows: QuerySet[Channel]) -> None:
        """Let them go on."""
        self._set_paused(request, rows.filter(is_paused=True), False)

    def _set_paused(self, request: HttpRequest, rows: QuerySet[Channel], paused: bool) -> None:
        channels = list(rows)
        for channel in channels:
            set_channel_paused(channel, paused)
        done = "paused" if paused else "resumed"
        self.log_action(request, channels, f"{done.capitalize()}.")
        self.message_user(request, f"{len(channels)} {done}.", messages.SUCCESS)


@admin.register(Scenario)
class ScenarioAdmin(HouseAdmin[Scenario]):
    icon = "theater_comedy"
    list_display = ["name", "slug", "is_adult", "updated_at"]
    search_fields = ["name", "slug", "premise"]
    prepopulated_fields = {"slug": ["name"]}
    heavy = ["premise", "rules"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and keep what it was and what it becomes as versions."""
        before = scenarios.snapshot(obj.pk) if change else None
        super().save_model(request, obj, form, change)
        scenarios.record(obj.pk, "edited by its keeper", by=request.user, before=before)


@admin.register(ScenarioVersion)
class ScenarioVersionAdmin(VersionAdmin[ScenarioVersion]):
    """What scenarios were, version by version."""

    whose = "scenario"
    service = staticmethod(scenarios.restore)
    restored_by = "conversations.change_scenario"
    list_display = ["scenario", "number", "reason", "created_by", "created_at"]
    list_filter = ["scenario"]
    search_fields = ["scenario__name", "reason"]
    list_select_related = ["scenario", "created_by"]
    fields = ["scenario", "number", "reason", "created_by", "created_at", "changed", "kept"]
    readonly_fields = ["changed", "kept"]

    @admin.display(description="what changed")
    def changed(self, version: ScenarioVersion) -> str:
        """Lines that went and lines that came."""
        return format_html("<pre>{}</pre>", scenarios.difference(version))
