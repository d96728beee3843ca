"""What isn't to be said, and what waits for a moderator (docs/moderation.md)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from characters.admin.acts import offer
from characters.admin.lists import HouseAdmin, KeptAdmin, in_cell, keys_of
from characters.admin.waiting import waits_for_keeper
from conversations.admin.blocking import LENGTHS
from conversations.admin.moderating import ImportList, ReleaseCase, RemoveCase, StarterRules, TryIt
from conversations.models import ModerationCase, ModerationRule
from conversations.moderation import blocking, quarantine, rulebook
from conversations.text import Refused

State = ModerationCase.State


@admin.register(ModerationRule)
class ModerationRuleAdmin(HouseAdmin[ModerationRule]):
    """What isn't to be said, where, and what happens when it is."""

    icon = "rule"
    shelf = "moderation"
    list_display = [
        "name", "kind", "shown", "where", "side", "does", "severity", "enabled",
    ]  # fmt: skip
    list_filter = ["enabled", "kind", "action", "severity", "applies_to", "scope"]
    search_fields = ["name", "pattern", "note"]
    list_select_related = ["community", "channel"]
    autocomplete_fields = ["community", "channel"]
    fields = [
        "name", "kind", "pattern", "applies_to", "action", "severity", "scope", "community",
        "channel", "enabled", "note",
    ]  # fmt: skip
    actions = ["switch_on", "switch_off"]

    @admin.display(description="pattern", ordering="pattern")
    def shown(self, rule: ModerationRule) -> SafeString:
        """How it begins."""
        return in_cell(rule.pattern, 50)

    @admin.display(description="in", ordering="applies_to")
    def side(self, rule: ModerationRule) -> str:
        """Whose words it is about, in a word."""
        return rule.applies_to

    @admin.display(description="does", ordering="action")
    def does(self, rule: ModerationRule) -> str:
        """What happens, in a word."""
        return rule.action

    @admin.display(description="where")
    def where(self, rule: ModerationRule) -> str:
        """Its scope, by name."""
        return str(rule.channel or rule.community or "everywhere")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store it, and have it in force."""
        rulebook.save_rule(obj, request.user)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Let it go, and out of force."""
        rulebook.delete_rules(ModerationRule.objects.filter(pk=obj.pk), request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ModerationRule]) -> None:
        """The same for several."""
        rulebook.delete_rules(queryset, request.user)

    @admin.action(description="Switch the selected on", permissions=["change"])
    def switch_on(self, request: HttpRequest, rows: QuerySet[ModerationRule]) -> None:
        """Have them in force."""
        self._switch(request, rows, enabled=True)

    @admin.action(description="Switch the selected off", permissions=["change"])
    def switch_off(self, request: HttpRequest, rows: QuerySet[ModerationRule]) -> None:
        """Keep them for another time."""
        self._switch(request, rows, enabled=False)

    def _switch(
        self, request: HttpRequest, rows: QuerySet[ModerationRule], *, enabled: bool
    ) -> None:
        said = "on" if enabled else "off"
        self.log_action(request, rows.exclude(enabled=enabled), f"Switched {said}.")
        changed = rulebook.switch(list(keys_of(rows)), enabled, request.user)
        self.message_user(request, f"{changed} switched {said}.", messages.SUCCESS)


class CaseForm(forms.ModelForm[ModerationCase]):
    """What moderators tell each other."""

    class Meta:
        model = ModerationCase
        fields = ["note"]


@admin.register(ModerationCase)
class ModerationCaseAdmin(KeptAdmin[ModerationCase]):
    """What was held, refused or flagged. What is held waits here: release it, or remove it."""

    icon = "gavel"
    shelf = "moderation"
    dated = "opened_at"
    form = CaseForm
    list_display = [
        "opened_at", "action", "state", "who", "channel", "said", "why", "decided_by",
    ]  # fmt: skip
    list_filter = ["state", "action", "channel", "rule__severity", "category"]
    search_fields = ["text", "why", "person__username", "person__display_name", "character__name"]
    list_select_related = ["person", "character", "channel", "message", "turn", "decided_by"]
    heavy = ["message__embedding", "message__search", "objections"]
    ordering = ["-opened_at", "-pk"]
    actions = ["release", "remove", "block"]
    fields = [
        ("action", "state"), ("who", "channel"), "whole", "why", "found",
        "opened_at", ("decided_at", "decided_by"), "note",
    ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All but the note."""
        return [
            "action", "state", "who", "channel", "whole", "why", "found", "opened_at", "decided_at",
            "decided_by",
        ]  # fmt: skip

    @admin.display(ordering="person__username")
    def who(self, case: ModerationCase) -> str:
        """Who said it."""
        return str(case.character or case.person)

    @admin.display(description="what was said")
    def said(self, case: ModerationCase) -> str:
        """How the text begins: its own, or the message's."""
        return in_cell(self.whole(case))

    @admin.display(description="what was said")
    def whole(self, case: ModerationCase) -> str:
        """All of it."""
        return quarantine.text_of(case) or "–"

    @admin.display(description="all that was objected to")
    def found(self, case: ModerationCase) -> SafeString:
        """Each rule with what it found, each category with its score."""
        lines = [", ".join(f"{name}: {value}" for name, value in one.items())
                 for one in case.objections]  # fmt: skip
        return format_html('<pre class="desk-json" tabindex="0">{}</pre>', "\n".join(lines))

    @admin.action(description="Release the selected", permissions=["change"])
    def release(self, request: HttpRequest, rows: QuerySet[ModerationCase]) -> None:
        """Let them be said after all, or stand."""
        self._decide(request, rows, quarantine.release, "released")

    @admin.action(description="Remove the selected", permissions=["change"])
    def remove(self, request: HttpRequest, rows: QuerySet[ModerationCase]) -> None:
        """Let them never be said."""
        self._decide(request, rows, quarantine.remove, "removed")

    @admin.action(description="Block for a day who said the selected", permissions=["block"])
    def block(self, request: HttpRequest, rows: QuerySet[ModerationCase]) -> None:
        """Take nothing in from these people until tomorrow."""
        people = set(rows.filter(person__isnull=False).values_list("person_id", flat=True))
        blocked = blocking.block(people, LENGTHS["a day"], timezone.now(), request.user)
        self.message_user(request, f"{blocked} blocked for a day.", messages.SUCCESS)

    def has_block_permission(self, request: HttpRequest) -> bool:
        """Who may change people may block them."""
        return request.user.has_perm("characters.change_person")

    def _decide(
        self, request: HttpRequest, rows: QuerySet[ModerationCase], act: Any, said: str
    ) -> None:
        """The oldest first: what is released is said in the order in which it was meant."""
        done, refused = 0, set()
        for pk in rows.order_by("opened_at", "pk").values_list("pk", flat=True):
            try:
                act(pk, timezone.now(), user=request.user)
            except Refused as error:
                refused.add(error.remedy)
                continue
            done += 1
        self.message_user(request, f"{done} {said}.", messages.SUCCESS)
        for why in sorted(refused):
            self.message_user(request, why, messages.WARNING)


waits_for_keeper(
    "Held for a moderator", ModerationCase, {"state": State.OPEN, "action": "quarantine"},
    icon="gavel", is_urgent=True,
)  # fmt: skip
waits_for_keeper(
    "Flagged by moderation", ModerationCase, {"state": State.OPEN, "action": "flag"}, icon="flag"
)
offer("try-moderation", TryIt, icon="science")
offer("block-list", ImportList, icon="playlist_add")
offer("starter-rules", StarterRules, icon="auto_awesome")
offer("release-case", ReleaseCase, icon="done")
offer("remove-case", RemoveCase, icon="block")

__all__ = ["ModerationCaseAdmin", "ModerationRuleAdmin"]
