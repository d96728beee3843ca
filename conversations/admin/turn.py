from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from characters.admin.lists import ReadOnlyAdmin, as_json, shorten
from conversations.admin.why import why_page
from conversations.models import ToolUse, Turn, TurnMemory


@admin.register(Turn)
class TurnAdmin(ReadOnlyAdmin[Turn]):
    """Why somebody spoke, or nobody did: the director's every decision."""

    icon = "casino"
    dated = "decided_at"
    list_display = [
        "id",
        "decided_at",
        "channel",
        "number",
        "trigger",
        "action",
        "move",
        "chosen",
        "status",
        "reason",
    ]
    list_filter = ["status", "action", "trigger", "move", "conversation__channel", "chosen"]
    search_fields = ["=id", "reason", "error", "chosen__name"]
    list_select_related = ["chosen", "conversation__channel"]
    ordering = ["-decided_at", "-id"]
    change_form_template = "admin/conversations/turn/change_form.html"
    heavy = [
        "scores",
        "floor",
        "rules",
        "prompt_parts",
        "guard_edits",
        "draft",
        "draft_spent",
        "reservation",
    ]
    fields = [
        ("conversation", "number"),
        ("status", "action", "move", "trigger"),
        "chosen",
        "reason",
        "answers",
        ("decided_at", "due_at", "say_at", "finished_at"),
        ("attempts", "claimed_by", "claimed_at"),
        "error",
        "draft",
        "emoji",
        "guarded",
        "parts",
        "all_scores",
        "facts",
        "settings",
        "random_seed",
        "llm_call",
    ]
    readonly_fields = ["guarded", "parts", "all_scores", "facts", "settings"]
    guarded = as_json("guard_edits")
    parts = as_json("prompt_parts")
    all_scores = as_json("scores")
    facts = as_json("floor")
    settings = as_json("rules")

    def get_urls(self) -> list[URLPattern]:
        """Besides the usual: the whole of why, with a sandbox to speak it again."""
        why = self.admin_site.admin_view(self.why_page)
        return [
            path("<int:turn_id>/why/", why, name="conversations_turn_why"),
            *super().get_urls(),
        ]

    def why_page(self, request: HttpRequest, turn_id: int) -> HttpResponse:
        """Everything that made a turn, and the same turn with changes beside it."""
        return why_page(self, request, turn_id)

    @admin.display(ordering="conversation__channel__name")
    def channel(self, turn: Turn) -> str:
        """Where it was decided."""
        return str(turn.conversation.channel)


@admin.register(TurnMemory)
class TurnMemoryAdmin(ReadOnlyAdmin[TurnMemory]):
    """What came to mind in which turn, and why."""

    icon = "lightbulb"
    list_display = ["id", "turn", "rank", "score", "what"]
    search_fields = ["=turn__id", "=memory__id"]
    search_help_text = "The number of a turn or of a memory."
    list_select_related = ["turn", "memory"]
    ordering = ["-id"]
    heavy = [
        "parts",
        "memory__embedding",
        "memory__search",
        *(f"turn__{name}" for name in TurnAdmin.heavy),
    ]
    fields = ["turn", "memory", ("rank", "score"), "score_parts"]
    readonly_fields = ["score_parts"]
    score_parts = as_json("parts")

    @admin.display(description="memory")
    def what(self, row: TurnMemory) -> str:
        """How the memory begins."""
        return shorten(row.memory.content)


@admin.register(ToolUse)
class ToolUseAdmin(ReadOnlyAdmin[ToolUse]):
    """What characters did besides speaking: called for by a model, or seen from what they said."""

    icon = "handyman"
    dated = "used_at"
    list_display = ["id", "used_at", "name", "who", "origin", "outcome", "round"]
    list_filter = ["name", "outcome", "origin", "turn__chosen"]
    search_fields = ["=turn__id", "name", "turn__chosen__name"]
    list_select_related = ["turn__chosen"]
    ordering = ["-id"]
    heavy = ["arguments", "result", *(f"turn__{name}" for name in TurnAdmin.heavy)]
    fields = ["turn", ("name", "origin", "outcome", "round"), "asked", "result", "used_at"]
    readonly_fields = ["asked"]
    asked = as_json("arguments")

    @admin.display(description="character", ordering="turn__chosen__name")
    def who(self, row: ToolUse) -> str:
        """Who did it."""
        return str(row.turn.chosen or "")
