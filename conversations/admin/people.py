from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from audit.trail.actions import record_action
from characters.admin.acts import offer_link, offer_on
from characters.admin.people import PersonAdmin
from characters.admin.tabs import add_tab, may_see, panel, table, to_list
from characters.models import (
    CommunicationStyle,
    Goal,
    Insight,
    Membership,
    MoodChange,
    OpinionEvidence,
    Person,
    PersonPreference,
    Relationship,
)
from conversations.admin.blocking import Blocked
from conversations.initiative import reminders
from conversations.models import (
    Message,
    MessageEdit,
    ModerationCase,
    Participant,
    Proposal,
    ProposalVote,
    Reaction,
    ScheduledEvent,
)
from conversations.people import dossier
from conversations.people.erasure import forget_person, preview
from conversations.people.export import export_person, kept
from memories.models import Entity, ErasureReceipt, Memory, PersonFact

SHOWN = 25
KEPT_AS: dict[str, type[Model]] = {  # the parts of what is kept, and the rows that they are of
    "memberships": Membership,
    "preferences": PersonPreference,
    "how_you_talk": CommunicationStyle,
    "arguments": OpinionEvidence,
    "messages": Message,
    "earlier_words": MessageEdit,
    "reactions": Reaction,
    "conversations": Participant,
    "facts": PersonFact,
    "memories": Memory,
    "told_by_others": Memory,
    "relationships": Relationship,
    "moods_moved": MoodChange,
    "understood": Insight,
    "sought": Goal,
    "known_as": Entity,
    "proposals": Proposal,
    "votes": ProposalVote,
    "moderation": ModerationCase,
    "dates": ScheduledEvent,
}
OF_PERSON = ("person",)  # the page itself shows no less
WHO = ("a keeper", "the person")
# What of a person decides whether and when something is said to them.
PLANNED_BY = {"consent_level", "birthday", "timezone", "quiet_hours"}

admin.site.unregister(Person)


@admin.register(Person)
class KnownPersonAdmin(PersonAdmin):
    """People, with all that is kept of each: to be seen, corrected, taken along, and erased."""

    list_filter = [Blocked, *PersonAdmin.list_filter]
    search_fields = [*PersonAdmin.search_fields, "memberships__nickname"]

    def save_model(
        self, request: HttpRequest, obj: Person, form: ModelForm[Person], change: bool
    ) -> None:
        """Save; what is planned for them follows, as when they say it themselves."""
        super().save_model(request, obj, form, change)
        if PLANNED_BY & set(form.changed_data):
            reminders.reschedule(obj, timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A person isn't deleted but erased: what they said has memories hanging on it."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Besides the usual: taking along, and erasing."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/export.json", wrap(self.as_json), name="person_export_json"),
            path("<int:pk>/export.html", wrap(self.as_html), name="person_export_html"),
            path("<int:pk>/erase/", wrap(self.erase), name="person_erase"),
            *super().get_urls(),
        ]

    def as_json(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All that is kept, for programs."""
        told = self._told(request, pk, "json")
        text = json.dumps(told, ensure_ascii=False, indent=2)
        return _attached(text, "application/json", f"person-{pk}.json")

    def as_html(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same, for readers."""
        told = self._told(request, pk, "html")
        return _attached(dossier.page(told), "text/html; charset=utf-8", f"person-{pk}.html")

    def _told(self, request: HttpRequest, pk: int, form: str) -> dict[str, Any]:
        if not request.user.has_perm("characters.change_person"):
            raise PermissionDenied
        person = get_object_or_404(Person, pk=pk)
        told = export_person(person, timezone.now())
        record_action("person.export", person, changes={"format": form}, request=request)
        return told

    def erase(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what would go; and, when the name is typed, let it go."""
        if not request.user.has_perm("characters.delete_person"):
            raise PermissionDenied
        person = get_object_or_404(Person, pk=pk, erased_at=None)
        problem = ""
        if request.method == "POST":
            typed = request.POST.get("name", "").strip().casefold()
            asked_by = request.POST.get("asked_by", WHO[0])
            if typed == person.name.casefold() and asked_by in WHO:
                receipt = forget_person(person, asked_by, timezone.now())
                said = f"They are forgotten. The receipt is {receipt.reference}."
                self.message_user(request, said, messages.SUCCESS)
                return HttpResponseRedirect(
                    reverse("admin:memories_erasurereceipt_change", args=[receipt.pk])
                )
            problem = f"Nothing was erased: type the name, {person.name}, to go on."
        context = {
            **self.admin_site.each_context(request),
            "title": f"Forget {person.name}",
            "person": person,
            "counts": preview(person, timezone.now()),
            "problem": problem,
            "who": WHO,
        }
        return render(request, "admin/characters/person_erase.html", context)


def _attached(text: str, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def known_of(person: Person, request: HttpRequest) -> SafeString:
    """What is kept and who looks may see, the latest of each kind; each kind leads to its list, to
    be corrected. What came of it by way of bonds and memories is in the export alone."""
    told = _as_seen(kept(person), request)
    lists = [
        to_list(PersonFact, {"person__id__exact": person.pk}, "Facts, to be corrected"),
        to_list(Memory, {"about_person__id__exact": person.pk}, "Memories of them"),
        to_list(Relationship, {"to_person__id__exact": person.pk}, "Relationships"),
        to_list(Message, {"person__id__exact": person.pk}, "Everything they said"),
        to_list(ScheduledEvent, {"person__id__exact": person.pk}, "Dates and reminders"),
    ]
    shown = (
        panel(
            f"{one.title} ({one.number})" + (f", the last {SHOWN}" if one.more else ""),
            table(one.heads, one.rows, ""),
        )
        for one in dossier.sections(told, most=SHOWN)
    )
    return format_html_join("", "{}", ((one,) for one in [panel("To correct", *lists), *shown]))


def _as_seen(told: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    """What is kept without what this keeper may not look at in lists either."""
    by_title = {
        str(model._meta.verbose_name_plural): model
        for model in apps.get_models(include_auto_created=True)
    }
    seen = {
        name: value
        for name, value in told.items()
        if name in OF_PERSON or (name in KEPT_AS and may_see(request, KEPT_AS[name]))
    }
    seen["elsewhere"] = {
        title: rows
        for title, rows in told["elsewhere"].items()
        if may_see(request, by_title[title])
    }
    return seen


add_tab(Person, "known", "All that is known", known_of, place=10)
offer_link("Find a person", "admin:characters_person_changelist", icon="person_search",
      permission="characters.view_person")  # fmt: skip
for title, where, icon, permission in (
    ("Export to read", "admin:person_export_html", "description", "characters.change_person"),
    ("Export as JSON", "admin:person_export_json", "data_object", "characters.change_person"),
    ("Forget this person", "admin:person_erase", "person_remove", "characters.delete_person"),
):
    offer_on(Person, title, where, icon=icon, permission=permission)

__all__ = ["ErasureReceipt", "KnownPersonAdmin"]
