from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from characters import versions
from characters.admin.belongings import InterestForm
from characters.admin.lists import (
    OWN_FIELDS,
    HouseAdmin,
    StackedInline,
    TabularInline,
    keys_of,
)
from characters.avatars import check_picture
from characters.models import Character, Goal, Interest, Persona, SpeechStyle
from characters.services import complete_character, pause_characters, resume_characters


class PersonaInline(StackedInline[Persona, Character]):
    model = Persona
    tab = True
    can_delete = False
    formfield_overrides = OWN_FIELDS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Persona]:
        """With whose it is: its heading says so."""
        return super().get_queryset(request).select_related("character")


class SpeechStyleInline(StackedInline[SpeechStyle, Character]):
    """`improv`, which is long, has its own page among the speech styles."""

    model = SpeechStyle
    tab = True
    can_delete = False
    exclude = ["improv"]
    formfield_overrides = OWN_FIELDS

    def get_queryset(self, request: HttpRequest) -> QuerySet[SpeechStyle]:
        """With whose it is: its heading says so."""
        return super().get_queryset(request).select_related("character")


class InterestInline(TabularInline[Interest, Character]):
    model = Interest
    tab = True
    form = InterestForm
    extra = 0


class GoalInline(TabularInline[Goal, Character]):
    """What it wants now. What was reached or given up has the list of goals: of a year's there
    would be more fields than a form may have."""

    model = Goal
    tab = True
    fk_name = "character"
    extra = 0
    fields = [
        "goal_id", "description", "status", "progress", "priority", "due_at", "success_criteria",
        "strategy",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Goal]:
        """Those that aren't over."""
        open_ones = [Goal.Status.ACTIVE, Goal.Status.BLOCKED]
        return super().get_queryset(request).filter(status__in=open_ones)


class CharacterForm(forms.ModelForm[Character]):
    """What the page checks of a character besides its columns."""

    class Meta:
        labels: ClassVar = {
            "avatar_url": "Address of a picture",
            "llm_model": "Model",
            "llm_temperature": "Temperature",
        }

    def clean_avatar(self) -> Any:
        """Refuse an upload that is no picture."""
        avatar = self.cleaned_data["avatar"]
        if isinstance(avatar, UploadedFile):
            check_picture(avatar)
        return avatar


@admin.register(Character)
class CharacterAdmin(HouseAdmin[Character]):
    """Who a character is, on one page; pausing and resuming by the list's actions."""

    icon = "face"
    form = CharacterForm
    list_display = ["name", "status", "mood", "talkativeness", "timezone", "tagline", "updated_at"]
    list_filter = ["status", "is_template", "is_adult"]
    search_fields = ["name", "slug", "tagline"]
    list_select_related = ["state"]
    heavy = ["card", "system_note"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("name", "slug"),
                    "tagline",
                    ("status", "is_template", "is_adult"),
                    ("avatar", "avatar_url"),
                ]
            },
        ),
        (
            "When it is awake",
            {"fields": ["timezone", ("active_hours_start", "active_hours_end"), "talkativeness"]},
        ),
        ("Its voice", {"fields": ["system_note", ("llm_model", "llm_temperature")]}),
        ("Its card", {"classes": ["collapse"], "fields": ["card"]}),
    ]
    inlines = [
        PersonaInline,
        SpeechStyleInline,
        InterestInline,
        GoalInline,
    ]
    actions = ["pause", "resume", "export_png", "export_json", "export_charx"]

    @admin.display(ordering="state__mood_valence")
    def mood(self, character: Character) -> str:
        """The mood's name; nothing of one who was made without a state."""
        state = getattr(character, "state", None)
        return state.mood_label if state else ""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save what belongs to the character, give it what it can't live without, and keep a
        version of what it was and of what it has become."""
        versions.ensure(form.instance.pk)
        super().save_related(request, form, formsets, change)
        complete_character(Character.objects.get(pk=form.instance.pk))
        versions.record(form.instance.pk, "edited by its keeper", by=request.user)

    @admin.action(description="Pause the selected characters", permissions=["change"])
    def pause(self, request: HttpRequest, rows: QuerySet[Character]) -> None:
        """Keep them from acting."""
        active = list(rows.filter(status=Character.Status.ACTIVE))
        number = pause_characters(active)
        self.log_action(request, active, "Paused.")
        self.message_user(request, f"{number} paused.", messages.SUCCESS)

    @admin.action(description="Resume the selected characters", permissions=["change"])
    def resume(self, request: HttpRequest, rows: QuerySet[Character]) -> None:
        """Let them act again."""
        paused = list(rows.filter(status=Character.Status.PAUSED))
        number = resume_characters(paused)
        self.log_action(request, paused, "Resumed.")
        self.message_user(request, f"{number} resumed.", messages.SUCCESS)

    @admin.action(description="Export the selected as cards (PNG)", permissions=["view"])
    def export_png(self, request: HttpRequest, rows: QuerySet[Character]) -> HttpResponse:
        """A card that is a picture; several come as a zip."""
        return self._export(rows, "png")

    @admin.action(description="Export the selected as cards (JSON)", permissions=["view"])
    def export_json(self, request: HttpRequest, rows: QuerySet[Character]) -> HttpResponse:
        """A card as text."""
        return self._export(rows, "json")

    @admin.action(description="Export the selected as cards (CHARX)", permissions=["view"])
    def export_charx(self, request: HttpRequest, rows: QuerySet[Character]) -> HttpResponse:
        """A card with its pictures."""
        return self._export(rows, "charx")

    def _export(self, rows: QuerySet[Character], form: str) -> HttpResponse:
        ids = ",".join(map(str, keys_of(rows)))
        return HttpResponseRedirect(
            f"{reverse('admin:card_export')}?{urlencode({'ids': ids, 'format': form})}"
        )
