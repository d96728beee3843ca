"""The list of who is blocked, and the acts that put somebody on it and take them off."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from characters.admin.acts import offer
from characters.admin.pages import ActPage
from characters.models import Person
from conversations.moderation.blocking import FOR_GOOD, block, unblock

LENGTHS = {
    "an hour": dt.timedelta(hours=1),
    "a day": dt.timedelta(days=1),
    "a week": dt.timedelta(days=7),
    "30 days": dt.timedelta(days=30),
    "good": FOR_GOOD,
}


class Blocked(admin.SimpleListFilter):
    """Who is blocked now."""

    title = "blocked"
    parameter_name = "blocked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those who are, or everybody."""
        return [("now", "Blocked now")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        """The rows."""
        if self.value() == "now":
            return queryset.filter(blocked_until__gt=timezone.now())
        return queryset


class BlockForm(forms.Form):
    """For how long, and why."""

    length = forms.ChoiceField(
        label="For", choices=[(name, name) for name in LENGTHS], initial="a day",
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    note = forms.CharField(
        max_length=300, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="Why, for colleagues: it stands in the trail. No names.",
    )  # fmt: skip


class BlockPerson(ActPage):
    """Hear nothing of somebody for a while."""

    form_class = BlockForm
    model = Person
    title = "Block"
    about = "Nothing they write is taken in until then, here or on Discord. What they said stands."
    button = "Block them"
    permission = "characters.change_person"

    @staticmethod
    def fits(row: Person) -> bool:
        """Whoever is somebody."""
        return row.erased_at is None

    def act(self, form: forms.Form) -> str:
        given = form.cleaned_data
        length, user = LENGTHS[given["length"]], self.request.user
        block([self.row.pk], length, timezone.now(), user, given["note"])
        return f"{self.row.name} is blocked for {given['length']}."


class UnblockPerson(ActPage):
    """Hear them again."""

    model = Person
    title = "Unblock"
    about = "What they write is taken in again from now on."
    button = "Unblock them"
    permission = "characters.change_person"

    @staticmethod
    def fits(row: Person) -> bool:
        """Who is blocked."""
        return row.blocked_until is not None and row.blocked_until > timezone.now()

    def act(self, form: forms.Form) -> str:
        unblock([self.row.pk], timezone.now(), self.request.user)
        return f"{self.row.name} is heard again."


offer("block-person", BlockPerson, icon="person_off")
offer("unblock-person", UnblockPerson, icon="how_to_reg")
