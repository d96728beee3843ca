"""The keeper's page of one turn: all that made it, and the same turn with changes beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from audit.configuration.wording import written
from audit.models import LLMCall
from characters.admin.tabs import may_see
from conversations.models import ToolUse, Turn
from conversations.turns.prompts import SWITCHABLE
from conversations.why.explanation import explain
from conversations.why.rerun import Changes, Rerun, parts_with_text, rerun
from memories.models import Memory


def why_page(page: ModelAdmin[Any], request: HttpRequest, turn_id: int) -> HttpResponse:
    """Why a turn came out as it did. A POST speaks it again, and keeps nothing but the call."""
    turn = (
        Turn.objects.filter(pk=turn_id)
        .select_related(
            "conversation__channel",
            "chosen__persona",
            "answers__character",
            "answers__person",
            "llm_call",
            "message",
        )
        .first()
    )
    if turn is None:
        raise Http404(f"There is no turn {turn_id}.")
    if not page.has_view_permission(request, turn):
        raise PermissionDenied
    again: Rerun | None = None
    if request.method == "POST":
        if not request.user.has_perm("conversations.change_turn"):
            raise PermissionDenied
        again = _again(page, request, turn)
    # Whoever may look at turns alone reads no memories, prompts and deeds here either.
    sees_all = all(may_see(request, one) for one in (Memory, LLMCall, ToolUse))
    why = explain(turn, is_staff=sees_all)
    kept = [str(message.get("content", "")) for message in why.prompt]
    return TemplateResponse(
        request,
        "admin/conversations/turn/why.html",
        {
            **page.admin_site.each_context(request),
            "opts": page.opts,
            "title": f"Turn {turn.number} in #{turn.conversation.channel.name}",
            "turn": turn,
            "why": why,
            "parts": parts_with_text(turn.prompt_parts, kept),
            "again": again,
            "may_rerun": request.user.has_perm("conversations.change_turn"),
            "asked": request.POST,
            "without": request.POST.getlist("without"),
            "switchable": SWITCHABLE,
            "templates": sorted(written()),
            "identity": turn.chosen.persona.identity if turn.chosen else "",
        },
    )


def _again(page: ModelAdmin[Any], request: HttpRequest, turn: Turn) -> Rerun | None:
    try:
        return rerun(turn, _changes(request))
    except ValueError as error:
        page.message_user(request, str(error), messages.ERROR)
        return None


def _changes(request: HttpRequest) -> Changes:
    """What the form asks for.

    Raises:
        ValueError: the temperature is no number.
    """
    given = request.POST.get("temperature", "").strip()
    try:
        temperature = float(given) if given else None
    except ValueError:
        raise ValueError(f"temperature must be a number, not {given!r}.") from None
    name = request.POST.get("template", "")
    text = request.POST.get("text", "").replace("\r\n", "\n")
    return Changes(
        model=request.POST.get("model", "").strip(),
        temperature=temperature,
        identity=request.POST.get("identity", "").strip(),
        templates={name: text} if name and text.strip() else {},
        without=tuple(request.POST.getlist("without")),
    )
