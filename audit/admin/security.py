"""What whoever keeps this place safe wants to know of, and what was done about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest

from audit.models import SecurityEvent
from audit.security.security import resolve
from characters.admin.lists import KeptAdmin, as_json


class ResolutionForm(forms.ModelForm[SecurityEvent]):
    """How an event was resolved."""

    class Meta:
        model = SecurityEvent
        fields = ["resolution"]
        widgets = {"resolution": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"resolution": "What it was, or what was done about it. Saving resolves it."}

    def clean_resolution(self) -> str:
        """Refuse an empty note."""
        note = str(self.cleaned_data["resolution"]).strip()
        if not note:
            raise forms.ValidationError("Say in a note what it was, or what was done about it.")
        return note


@admin.register(SecurityEvent)
class SecurityEventAdmin(KeptAdmin[SecurityEvent]):
    icon = "shield"
    shelf = "security"
    dated = "occurred_at"
    form = ResolutionForm
    list_display = ["occurred_at", "severity", "event_type", "source_ip", "actor_name", "resolved"]
    list_filter = ["resolved", "severity", "event_type"]
    search_fields = ["source_ip", "actor_name", "event_type", "resolution"]
    heavy = ["event_data"]
    fields = [
        ("occurred_at", "severity", "event_type"),
        ("source_ip", "actor_name"),
        "data",
        ("resolved", "resolved_by_name", "resolved_at"),
        "resolution",
    ]
    readonly_fields = [
        "occurred_at",
        "severity",
        "event_type",
        "source_ip",
        "actor_name",
        "data",
        "resolved",
        "resolved_by_name",
        "resolved_at",
    ]
    data = as_json("event_data")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is resolved stays so."""
        return super().has_change_permission(request, obj) and not (obj and obj.resolved)

    @admin.display(description="resolved by")
    def resolved_by_name(self, event: SecurityEvent) -> str:
        """The account, if it is still there."""
        user = SecurityEvent.resolved_by.get_queryset().filter(pk=event.resolved_by_id).first()
        return user.get_username() if user else "-"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Resolve through the service."""
        if not resolve(obj, form.cleaned_data["resolution"], user=request.user):
            self.message_user(request, "Somebody else resolved it already.", messages.WARNING)
