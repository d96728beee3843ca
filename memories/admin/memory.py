from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget

from characters.admin.lists import KeptAdmin, as_json, in_cell, keys_of
from memories.admin import sections
from memories.corrections import (
    CorrectionRefused,
    bring_back,
    check,
    correct,
    forget,
    link_by_hand,
    set_locked,
)
from memories.models import Memory
from memories.nights.consolidation import NotMerged, merge_by_hand, unmerge
from memories.recall import caches
from memories.wordsearch import searched

EDITED = ["content", "found_by", "visibility", "importance", "expires_at", "is_locked"]


class MemoryForm(forms.ModelForm[Memory]):
    """What a keeper may change of a memory."""

    importance = forms.FloatField(min_value=1, max_value=10, help_text="1–10")

    class Meta:
        model = Memory
        fields = EDITED
        widgets = {
            "content": UnfoldAdminTextareaWidget(attrs={"rows": 4}),
            "found_by": UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        }

    def clean_content(self) -> str:
        """Refuse what it can't say."""
        try:
            return check(self.instance, self.cleaned_data["content"])
        except CorrectionRefused as refused:
            raise forms.ValidationError(str(refused)) from None


def section(name: str, show: Callable[[Memory], SafeString]) -> Any:
    """One of a page's sections, as a read-only field. A page asks for each more than once."""

    def method(self: Any, memory: Memory) -> SafeString:
        shown: dict[str, SafeString] = memory.__dict__.setdefault("_shown", {})
        if name not in shown:
            shown[name] = show(memory)
        return shown[name]

    return admin.display(description=name)(method)


@admin.register(Memory)
class MemoryAdmin(KeptAdmin[Memory]):
    """What everybody remembers, found by its words. Memories come to be by being lived; here they
    are mended, locked, put away and brought back."""

    icon = "psychology"
    dated = "occurred_at"
    form = MemoryForm
    list_display = [
        "id",
        "says",
        "owner",
        "kind",
        "about",
        "for_whom",
        "where",
        "weight",
        "firmness",
        "is_locked",
        "occurred_at",
    ]
    list_display_links = ["id", "says"]
    list_filter = ["kind", "tier", "visibility", "provenance", "is_locked", "owner"]
    search_fields = ["content"]
    search_help_text = 'Words, "a phrase", or -without.'
    list_select_related = ["owner", "about_person", "about_character"]
    ordering = ["-id"]
    heavy = ["found_by", "metadata", "keywords"]
    actions = ["lock", "unlock", "forget", "bring_back", "merge", "unmerge", "link"]
    fieldsets = [
        ("What it says", {"fields": ["content", "found_by"]}),
        (
            "Whose it is, and who may hear it",
            {"fields": [("owner", "community"), "visibility", ("about_person", "about_character")]},
        ),
        (
            "How it is known",
            {"fields": [("kind", "provenance"), ("told_by_person", "told_by_character"),
                        ("occurred_at", "conversation"), "made_from", "lore_pieces"]},
        ),
        (
            "How firmly it stands",
            {"fields": ["importance", "is_locked", "expires_at",
                        ("tier", "firmness", "confidence", "emotional_valence"),
                        ("access_count", "last_accessed_at", "embedding_model")]},
        ),
        (
            "What hangs on it",
            {"fields": ["made_of_it", "merging", "has_to_do_with", "names"]},
        ),
        (
            "What became of it",
            {"fields": ["came_to_mind", "was_offered", "was_before", "was_found", "notes"]},
        ),
    ]  # fmt: skip

    made_from = section("made from", sections.sources)
    lore_pieces = section("pieces of lore", sections.pieces)
    made_of_it = section("made of it", sections.derived)
    merging = section("merged", sections.merged)
    has_to_do_with = section("has to do with", sections.links)
    names = section("names", sections.entities)
    came_to_mind = section("came to mind", sections.recollections)
    was_offered = section("was offered", sections.shares)
    was_before = section("was before", sections.revisions)
    was_found = section("audits found", sections.findings)
    notes = as_json("metadata")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All but what a keeper may change."""
        shown: list[str] = []
        for _, options in self.fieldsets or ():
            for name in options["fields"]:
                shown += [name] if isinstance(name, str) else list(name)
        return [name for name in shown if name not in EDITED]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Memory]:
        """Rows with those whom their page names."""
        return (
            super()
            .get_queryset(request)
            .select_related(
                "owner", "community", "about_person", "about_character", "told_by_person",
                "told_by_character", "embedding_model", "source_conversation__channel",
            )
        )  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Memory], search_term: str
    ) -> tuple[QuerySet[Memory], bool]:
        """Search the index of words, not the texts."""
        if not search_term.strip():
            return queryset, False
        return searched(queryset, search_term, has_places=False), False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Mend the words through the service; write of the rest only what was edited, since the
        society writes to these rows all the time."""
        changed = [name for name in form.changed_data if name != "content"]
        if "content" in form.changed_data:
            try:
                correct(obj, form.cleaned_data["content"], by=str(request.user))
            except CorrectionRefused as refused:  # another was written meanwhile
                self.message_user(request, str(refused), messages.ERROR)
        if changed:
            obj.save(update_fields=[*changed, "updated_at"])
            caches.touch([obj.owner_id])

    @admin.display(description="memory", ordering="content")
    def says(self, memory: Memory) -> SafeString:
        """How it begins."""
        return in_cell(memory.content)

    @admin.display(ordering="about_character__name")
    def about(self, memory: Memory) -> str:
        """Whom it is about, if that is one of them."""
        return str(memory.about_character or memory.about_person or "")

    @admin.display(description="visibility", ordering="visibility")
    def for_whom(self, memory: Memory) -> str:
        """In one word."""
        return memory.visibility

    @admin.display(description="tier", ordering="tier")
    def where(self, memory: Memory) -> str:
        """In one word."""
        return memory.tier

    @admin.display(description="importance", ordering="importance")
    def weight(self, memory: Memory) -> str:
        """To a tenth."""
        return f"{memory.importance:.1f}"

    @admin.display(description="strength", ordering="strength")
    def firmness(self, memory: Memory) -> str:
        """To a hundredth."""
        return f"{memory.strength:.2f}"

    @admin.display(description="conversation")
    def conversation(self, memory: Memory) -> str:
        """Where it was learned."""
        where = memory.source_conversation
        return f"{where.channel}, conversation {where.pk}" if where else "–"

    def _done(self, request: HttpRequest, rows: QuerySet[Memory], number: int, what: str) -> None:
        """Tell what an action did, and write it down of each row it was called on."""
        self.log_action(request, rows, f"{what.capitalize()}.")
        self.message_user(request, f"{number} {what}.", messages.SUCCESS)

    @admin.action(description="Lock the selected memories", permissions=["change"])
    def lock(self, request: HttpRequest, rows: QuerySet[Memory]) -> None:
        """Keep the nights from weakening, merging or forgetting them."""
        rows = _fixed(rows.filter(is_locked=False))
        self._done(request, rows, set_locked(list(keys_of(rows)), True), "locked")

    @admin.action(description="Unlock the selected memories", permissions=["change"])
    def unlock(self, request: HttpRequest, rows: QuerySet[Memory]) -> None:
        """Let the nights work on them."""
        rows = _fixed(rows.filter(is_locked=True))
        self._done(request, rows, set_locked(list(keys_of(rows)), False), "unlocked")

    @admin.action(description="Forget the selected memories (archive)", permissions=["change"])
    def forget(self, request: HttpRequest, rows: QuerySet[Memory]) -> None:
        """Put them away."""
        locked = rows.filter(is_locked=True).count()
        rows = _fixed(rows.filter(is_locked=False).exclude(tier=Memory.Tier.ARCHIVED))
        self._done(request, rows, forget(list(keys_of(rows))), "forgotten")
        if locked:
            self.message_user(
                request, f"Not forgotten, because locked: {locked}. Unlock first.", messages.WARNING
            )

    @admin.action(description="Remember the selected memories again", permissions=["change"])
    def bring_back(self, request: HttpRequest, rows: QuerySet[Memory]) -> None:
        """Bring them back from the archive."""
        rows = _fixed(rows.filter(tier=Memory.Tier.ARCHIVED, merged_into__isnull=True))
        self._done(request, rows, bring_back(list(keys_of(rows))), "remembered again")

    @admin.action(description="Merge the selected memories into one", permissions=["change"])
    def merge(self, request: HttpRequest, rows: QuerySet[Memory]) -> None:
        """Let the weightiest speak for the others."""
        rows = _fixed(rows)
        try:
            kept = merge_by_hand(list(keys_of(rows)), timezone.now())
        except NotMerged as why:
            self.message_user(request, str(why), messages.ERROR)
        else:
            self.log_action(request, rows, f"Merged into {kept.pk}.")
            self.message_user(
                request, f"Memory {kept.pk} speaks for all of them now.", messages.SUCCESS
            )

    @admin.action(description="Take the selected memories apart again", permissions=["change"])
    def unmerge(self, request: HttpRequest, rows: QuerySet[Memory]) -> None:
        """Undo what a consolidation merged into them."""
        rows = _fixed(rows.filter(merged_from__isnull=False))
        back = 0
        for pk in keys_of(rows):
            try:
                back += len(unmerge(pk))
            except NotMerged:  # a colleague was first
                continue
        self._done(request, rows, back, "brought back by taking apart what spoke for them")

    @admin.action(description="Link the selected memories", permissions=["change"])
    def link(self, request: HttpRequest, rows: QuerySet[Memory]) -> None:
        """Say that they have to do with one another."""
        rows = _fixed(rows)
        try:
            made = link_by_hand(list(keys_of(rows)))
        except CorrectionRefused as why:
            self.message_user(request, str(why), messages.ERROR)
        else:
            self._done(request, rows, made, "linked")


def _fixed(rows: QuerySet[Memory]) -> QuerySet[Memory]:
    """Those rows, whatever becomes of what they were chosen by."""
    return Memory.objects.filter(pk__in=list(keys_of(rows.order_by().distinct()))).defer(
        "search", "embedding"
    )
