from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from audit.configuration import check_value, pause_society, set_value
from audit.models import SystemConfiguration
from characters.admin.lists import HouseAdmin


class VersionForm(forms.ModelForm[SystemConfiguration]):
    """A new version of a setting."""

    class Meta:
        model = SystemConfiguration
        fields = ["config_section", "config_key", "config_value", "note"]

    def clean(self) -> dict[str, Any]:
        """Refuse what the section's reader can't use."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_value(
                    cleaned["config_section"], cleaned["config_key"], cleaned["config_value"]
                )
            except ValueError as error:
                raise forms.ValidationError(str(error)) from None
        return cleaned


@admin.register(SystemConfiguration)
class SystemConfigurationAdmin(HouseAdmin[SystemConfiguration]):
    """Versions of settings: a change is a new version, and so is going back to an old one."""

    icon = "settings"
    dated = "created_at"
    form = VersionForm
    list_display = [
        "config_section",
        "config_key",
        "config_value",
        "version",
        "is_active",
        "created_by",
        "created_at",
        "note",
    ]
    list_filter = ["is_active", "config_section"]
    search_fields = ["config_section", "config_key", "note"]
    list_select_related = ["created_by"]
    actions = ["make_active"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A version never changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nor does it go."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Add the version through the service; `obj` then stands for its row."""
        row = set_value(
            obj.config_section, obj.config_key, obj.config_value, user=request.user, note=obj.note
        )
        obj.pk, obj.version = row.pk, row.version

    @admin.action(description="Make the selected versions active again", permissions=["add"])
    def make_active(self, request: HttpRequest, rows: QuerySet[SystemConfiguration]) -> None:
        """Add a version with the value of each."""
        for row in rows.order_by("pk"):
            note = f"back to version {row.version}"
            try:
                set_value(
                    row.config_section,
                    row.config_key,
                    row.config_value,
                    user=request.user,
                    note=note,
                )
            except ValueError as error:
                self.message_user(request, f"{row}: {error}", messages.ERROR)
            else:
                self.message_user(
                    request, f"{row.config_section}.{row.config_key}: {note}.", messages.SUCCESS
                )

    def get_urls(self) -> list[URLPattern]:
        """Besides the usual: the switch of the whole society."""
        switch = path(
            "society/", self.admin_site.admin_view(self.switch_society), name="audit_society"
        )
        return [switch, *super().get_urls()]

    def switch_society(self, request: HttpRequest) -> HttpResponse:
        """Pause everything, or resume it: `paused` is yes or no."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        paused = request.POST.get("paused")
        if paused in ("yes", "no"):
            pause_society(paused == "yes", user=request.user)
            said = "Everything is paused." if paused == "yes" else "Everything goes on."
            self.message_user(request, said, messages.SUCCESS)
        else:
            self.message_user(request, "Neither pausing nor resuming was asked.", messages.ERROR)
        return HttpResponseRedirect(reverse("admin:index"))
