from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from audit.configuration import sections, versions
from audit.configuration.configuration import check_value, pause_society, set_value, unset
from audit.configuration.places import Place
from audit.models import SystemConfiguration
from characters.admin.lists import HouseAdmin

LARGEST_FILE = 5_000_000


class VersionForm(forms.ModelForm[SystemConfiguration]):
    """A new version of a setting."""

    class Meta:
        model = SystemConfiguration
        fields = [
            "config_section",
            "config_key",
            "config_value",
            "scope",
            "community",
            "channel",
            "character",
            "note",
        ]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "scope" in self.fields:
            self.fields["scope"].required = False

    def clean(self) -> dict[str, Any]:
        """Refuse what the section's reader can't use."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["scope"] = cleaned.get("scope") or sections.DEPLOYMENT
        self.instance.scope = cleaned["scope"]
        if not self.errors:
            try:
                check_value(
                    cleaned["config_section"],
                    cleaned["config_key"],
                    cleaned["config_value"],
                    _place_of(cleaned),
                )
            except ValueError as error:
                self.add_error(_field_at_fault(cleaned), str(error))
        return cleaned


def _field_at_fault(cleaned: dict[str, Any]) -> str:
    """Which field of a refused version is wrong: everything else fits what is before it."""
    section = sections.find(cleaned["config_section"])
    if section is None:
        return "config_section"
    if cleaned["scope"] not in section.scopes:
        return "scope"
    return "config_value" if cleaned["config_key"] in section.settings else "config_key"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What somebody wrote that a setting can't be, and why: it stands in its field again."""

    key: str
    value: str
    note: str
    complaint: str


def _place_of(cleaned: dict[str, Any]) -> Place:
    target = cleaned.get(cleaned["scope"])
    return Place(cleaned["scope"], target.pk if target is not None else None)


@admin.register(SystemConfiguration)
class SystemConfigurationAdmin(HouseAdmin[SystemConfiguration]):
    """Versions of settings: a change is a new version, and so is going back to an old one."""

    form = VersionForm
    icon = "tune"
    list_display = [
        "config_section",
        "config_key",
        "scope",
        "config_value",
        "version",
        "is_active",
        "created_by",
        "created_at",
        "note",
    ]
    list_filter = ["is_active", "scope", "config_section"]
    search_fields = ["config_section", "config_key", "note"]
    list_select_related = ["created_by"]
    autocomplete_fields = ["community", "channel", "character"]
    actions = ["make_active"]
    change_list_template = "admin/audit/systemconfiguration/change_list.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A version never changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nor does it go."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Add the version through the service; `obj` then stands for its row."""
        row = set_value(
            obj.config_section,
            obj.config_key,
            obj.config_value,
            place=Place.of(obj),
            user=request.user,
            note=obj.note,
        )
        obj.pk, obj.version = row.pk, row.version

    @admin.action(description="Make the selected versions active again", permissions=["add"])
    def make_active(self, request: HttpRequest, rows: QuerySet[SystemConfiguration]) -> None:
        """Add a version with the value of each."""
        for row in rows.order_by("pk"):
            self._go_back(request, row)

    def _go_back(self, request: HttpRequest, row: SystemConfiguration, note: str = "") -> None:
        note = note or f"back to version {row.version}"
        try:
            versions.roll_back(row, user=request.user, note=note)
        except ValueError as error:
            self.message_user(request, f"{row}: {error}", messages.ERROR)
        else:
            name = f"{row.config_section}.{row.config_key}"
            self.message_user(request, f"{name}: {note}.", messages.SUCCESS)

    def get_urls(self) -> list[URLPattern]:
        """Besides the usual: the switch of the whole society, and the settings by section."""

        def at(where: str, view: Any, name: str) -> URLPattern:
            listed: URLPattern = path(where, self.admin_site.admin_view(view), name=name)
            return listed

        return [
            at("society/", self.switch_society, "audit_society"),
            at("settings/", self.sections_page, "audit_settings"),
            at("settings/export/", self.export, "audit_settings_export"),
            at("settings/import/", self.bring_in, "audit_settings_import"),
            at("settings/<str:name>/", self.section_page, "audit_settings_section"),
            at("settings/<str:name>/<str:key>/", self.setting_page, "audit_setting"),
            *super().get_urls(),
        ]

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

    # --- settings by section ---

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> Any:
        return TemplateResponse(
            request,
            f"admin/audit/systemconfiguration/{template}.html",
            {
                **self.admin_site.each_context(request),
                "title": title,
                "may_set": self.has_add_permission(request),
                **context,
            },
        )

    def sections_page(self, request: HttpRequest) -> HttpResponse:
        """Every section, with what it is for and how much of it is set."""
        self._let_look(request)
        own = set(
            SystemConfiguration.objects.filter(
                is_active=True, config_value__isnull=False
            ).values_list("config_section", "config_key")
        )
        listed = [
            (section, len(section.settings), sum(name == section.name for name, _ in own))
            for section in sections.every()
        ]
        return self._page(request, "sections", "Settings", sections=listed)  # type: ignore[no-any-return]

    def section_page(self, request: HttpRequest, name: str) -> HttpResponse:
        """One section's settings at a place: help, default, value, and a field for a new one."""
        self._let_look(request)
        section = _section_or_404(name)
        place, problem = _asked_place(request, section)
        refused = None
        if request.method == "POST":
            refused = self._set(request, section, place, problem)
            if refused is None:
                return HttpResponseRedirect(request.get_full_path())
            if refused.key not in section.settings:
                problem = refused.complaint
        return self._page(  # type: ignore[no-any-return]
            request,
            "section",
            section.name.replace("_", " ").capitalize(),
            section=section,
            place=place,
            scope=request.GET.get("scope") or sections.DEPLOYMENT,
            of=request.GET.get("of", ""),
            problem=problem,
            refused=refused,
            settings=versions.standing(section, place),
        )

    def _set(
        self, request: HttpRequest, section: sections.Section[Any], place: Place, problem: str
    ) -> Refusal | None:
        """Set or unset what was sent. What can't be is given back, with what is wrong; so is
        everything that is meant for a place that isn't there."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        key, note = request.POST.get("key", ""), request.POST.get("note", "")
        given = request.POST.get("value", "")
        try:
            if problem:
                raise ValueError(f"Nothing was set. {problem}")
            if request.POST.get("act") == "unset":
                unset(section.name, key, place=place, user=request.user, note=note)
                said = f"{section.name}.{key}: what is set further away, or the default, holds."
            else:
                value = _value_of(section, key, given)
                set_value(section.name, key, value, place=place, user=request.user, note=note)
                said = f"{section.name}.{key} is set, and in force within two seconds."
        except ValueError as error:
            return Refusal(key, given, note, str(error))
        self.message_user(request, said, messages.SUCCESS)
        return None

    def setting_page(self, request: HttpRequest, name: str, key: str) -> HttpResponse:
        """The versions of one setting, each with what it changed, who made it and why."""
        self._let_look(request)
        section = _section_or_404(name)
        if key not in section.settings:
            raise Http404(f"{name} has no setting {key}.")
        place, problem = _asked_place(request, section)
        if problem:
            self.message_user(request, problem, messages.ERROR)
        rows = versions.history(name, key, place)
        if request.method == "POST" and not problem:
            if not self.has_add_permission(request):
                raise PermissionDenied
            number = request.POST.get("version", "")
            row = get_object_or_404(rows, version=int(number) if number.isdecimal() else 0)
            self._go_back(request, row, request.POST.get("note", ""))
            return HttpResponseRedirect(request.get_full_path())
        shown = list(rows[:50])
        before = [*shown[1:], None][: len(shown)]
        told = [
            (row, versions.difference(old.config_value if old else None, row.config_value))
            for row, old in zip(shown, before, strict=True)
        ]
        return self._page(  # type: ignore[no-any-return]
            request,
            "setting",
            f"{name}.{key}",
            section=section,
            setting=section.settings[key],
            place=place,
            of=request.GET.get("of", ""),
            versions=told,
        )

    def export(self, request: HttpRequest) -> HttpResponse:
        """All that is set, as a file."""
        self._let_look(request)
        return JsonResponse(
            versions.exported(),
            json_dumps_params={"ensure_ascii": False, "indent": 2},
            headers={"Content-Disposition": 'attachment; filename="fishbowl-settings.json"'},
        )

    def bring_in(self, request: HttpRequest) -> HttpResponse:
        """Set all that an uploaded file holds, or nothing."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        file = request.FILES.get("file")
        try:
            if file is None or (file.size or 0) > LARGEST_FILE:
                raise ValueError("Choose a file of settings of at most 5 MB.")
            count = versions.import_all(json.loads(file.read().decode()), user=request.user)
        except versions.ImportRefused as error:
            for complaint in error.complaints[:20]:
                self.message_user(request, complaint, messages.ERROR)
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            self.message_user(request, f"The file is no JSON: {error}.", messages.ERROR)
        except ValueError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"{count} settings were changed.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:audit_settings"))

    def _let_look(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


def _section_or_404(name: str) -> sections.Section[Any]:
    section = sections.find(name)
    if section is None:
        raise Http404(f"There is no section {name}.")
    return section


def _asked_place(request: HttpRequest, section: sections.Section[Any]) -> tuple[Place, str]:
    """The place that a page is asked for, and what is wrong with the asking."""
    scope = request.GET.get("scope") or sections.DEPLOYMENT
    if scope not in section.scopes:
        return Place(), f"This section can't be set for a {scope}."
    try:
        return versions.place_named(scope, request.GET.get("of", "")), ""
    except ValueError as error:
        return Place(), str(error)


def _value_of(section: sections.Section[Any], key: str, given: str) -> Any:
    """What stands in a field, as the setting's kind has it."""
    setting = section.settings.get(key)
    if setting is None or setting.kind in ("text", "choice"):
        return given.replace("\r\n", "\n")
    try:
        return json.loads(given)
    except (json.JSONDecodeError, RecursionError):
        return given.strip()
