"""The second factor of each account, and the page on which one sets up one's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.widgets import UnfoldAdminTextInputWidget

from audit.models import SecurityEventType
from audit.security import secondfactor
from audit.security.security import record_event
from audit.trail.actions import record_action
from characters.admin.lists import KeptAdmin

for model in (TOTPDevice, StaticDevice):
    admin.site.unregister(model)


class CodeForm(forms.Form):
    """A code from the app."""

    code = forms.CharField(
        max_length=16,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": True}
        ),
    )


@admin.register(TOTPDevice)
class SecondFactorAdmin(KeptAdmin[TOTPDevice]):
    """Who has a second factor. Each sets up their own; an owner takes that of somebody who lost
    the phone. The secret is shown to nobody."""

    list_display = ["user", "confirmed", "created_at", "last_used_at"]
    list_filter = ["confirmed"]
    search_fields = ["user__username"]
    list_select_related = ["user"]
    fields = ["user", "name", "confirmed", "created_at", "last_used_at"]
    readonly_fields = ["user", "name", "confirmed", "created_at", "last_used_at"]
    icon = "phonelink_lock"
    shelf = "auth"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        return bool(user.has_perm("otp_totp.delete_totpdevice"))

    def delete_model(self, request: HttpRequest, obj: TOTPDevice) -> None:
        """Take the spare codes with it, and record it."""
        secondfactor.reset(obj.user)
        record_action("account.second_factor_reset", obj.user)
        record_event(
            SecurityEventType.SECOND_FACTOR_CHANGED, data={"account": obj.user_id, "what": "reset"}
        )

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[TOTPDevice]) -> None:
        for device in queryset.select_related("user"):
            self.delete_model(request, device)

    def get_urls(self) -> list[URLPattern]:
        """Besides the usual: each one's own."""
        own = path("mine/", self.admin_site.admin_view(self.mine), name="second_factor")
        return [own, *super().get_urls()]

    def mine(self, request: HttpRequest) -> HttpResponse:
        """Set up one's second factor, or remove it. Any of staff may."""
        is_on = secondfactor.is_on(request.user)
        form = CodeForm(request.POST or None)
        spare: list[str] = []
        if request.method == "POST" and form.is_valid():
            code = form.cleaned_data["code"]
            try:
                if is_on:
                    secondfactor.remove(request, code)
                    self.message_user(request, "No code is asked for any more.", messages.SUCCESS)
                    return HttpResponseRedirect(reverse("admin:second_factor"))
                spare, is_on = secondfactor.confirm(request, code), True
            except ValueError as error:
                form.add_error("code", str(error))
        device = None if is_on else secondfactor.begin(request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": "Second factor",
            "form": form,
            "is_on": is_on,
            "spare_codes": spare,
            "picture": secondfactor.picture(device) if device else "",
            "secret": secondfactor.secret_of(device) if device else "",
        }
        return TemplateResponse(request, "admin/second_factor.html", context)
