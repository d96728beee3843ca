"""A turn spoken once more, with something changed, beside how it was: nothing is kept of it but the
call itself, which is paid for like every other.

The room is as it stood when the turn was taken: its lines until then and who had spoken, the
memories that came to mind then, as they are kept now, and the material that was unspent. Mood,
bonds and persona are today's.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.calls import ledger
from audit.calls.budgets import BudgetExhausted
from audit.configuration.configuration import in_force
from audit.configuration.wording import wording, written
from conversations.floor.rules import PROMPT, guard_rules
from conversations.models import Message, Turn, TurnMemory
from conversations.turns.briefing import load_brief
from conversations.turns.guard import Verdict, check
from conversations.turns.prompts import SWITCHABLE, Prompt, build
from conversations.turns.recollections import KNOWN_FROM
from conversations.turns.turns import place_of
from conversations.why.explanation import PARTS
from fishbowl.llm.types import Brief, ChatRequest, Line, Recollection

ROOM_LINES = 50

# What the offline voice reads in place of a part of the prompt's text.
FIELDS: Mapping[str, tuple[str, Any]] = {
    "background": ("background", ""),
    "values": ("values", ()),
    "scenario": ("scenario", ""),
    "goals": ("goals", ()),
    "notes": ("notes", ()),
    "lore": ("lore", ()),
    "facts": ("facts", ()),
    "common": ("common", None),
    "memories": ("memories", ()),
    "listeners": ("listeners", ()),
    "confide": ("to_tell", None),
    "summary": ("earlier", ""),
    "example": ("example_dialogue", ""),
    "note": ("system_note", ""),
}


class CannotBeRerunError(ValueError):
    """The turn said nothing, or what it needs is gone, or there is no budget or voice for it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be different. Empty for as it was."""

    model: str = ""
    temperature: float | None = None
    identity: str = ""
    templates: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def check(self) -> None:
        """See that all of it can be done.

        Raises:
            ValueError: something can't; the text names it and the remedy.
        """
        if self.temperature is not None and not 0 <= self.temperature <= 2:
            raise ValueError("temperature must lie between 0 and 2.")
        if unknown := [one for one in self.without if one not in SWITCHABLE]:
            raise ValueError(f"without: {unknown[0]} is no part that can be left out.")
        known = written()
        for name, text in self.templates.items():
            if name not in known:
                raise ValueError(f"template: there is none called {name}.")
            known[name].check(text)


@dataclass(frozen=True, slots=True)
class Rerun:
    """What came of it: the prompt, the answer as it came, and what the guard would let through."""

    prompt: Prompt
    answer: str
    verdict: Verdict
    call_id: int
    model: str
    tokens: int

    @property
    def parts(self) -> list[tuple[str, int, str, bool]]:
        """The parts of the prompt: title, tokens, text, and whether it was left out for room."""
        return parts_with_text(self.prompt.parts, [one.content for one in self.prompt.messages])


def rerun(turn: Turn, changes: Changes, now: dt.datetime | None = None) -> Rerun:
    """Speak a turn again with changes, for a keeper's eyes alone. Speaks to the voice: never call
    it in a transaction.

    Raises:
        ValueError: a change can't be made, or the turn can't be spoken again.
    """
    changes.check()
    if turn.chosen is None or turn.action != Turn.Action.SPEAK:
        raise CannotBeRerunError("Nobody spoke in this turn: there is nothing to say again.")
    now = now or timezone.now()
    brief = _without(brief_of(turn), changes)
    place = place_of(turn)
    rules = in_force(PROMPT, **place)
    rules = replace(rules, off=tuple({*rules.off, *changes.without}))
    prompt = build(
        brief, rules=rules, wording=wording(**place).with_instead(dict(changes.templates))
    )
    speaker = turn.chosen
    temperature = changes.temperature
    request = ChatRequest(
        messages=prompt.messages,
        purpose="sandbox",
        model=changes.model or speaker.llm_model or None,
        temperature=speaker.llm_temperature if temperature is None else temperature,
        max_tokens=prompt.answer_tokens,
        brief=brief,
    )
    answer = _paid(turn, request, now)
    said = answer.result.text
    return Rerun(
        prompt,
        said,
        check(
            said,
            brief,
            is_awaited=True,
            instructions=prompt.instructions,
            rules=guard_rules(turn.conversation.channel, speaker.pk),
        ),
        answer.call_id,
        f"{answer.result.model} at {answer.result.provider}",
        answer.tokens,
    )


def brief_of(turn: Turn) -> Brief:
    """What the speaker of a turn had before its mind, as near as the rows still tell."""
    at = turn.claimed_at or turn.decided_at
    with transaction.atomic():
        brief, _ = load_brief(turn, turn.conversation.channel, at)
        transaction.set_rollback(True)
    lines = _lines(turn, at)
    later = {line.speaker for line in brief.lines} - {line.speaker for line in lines}
    return replace(
        brief,
        lines=lines,
        memories=_memories(turn),
        listeners=tuple(
            one for one in brief.listeners if one.name not in later or one.name == brief.addressee
        ),
        spent=_spent_before(turn, at, brief.spent),
        own_ago={key: ago for key, ago in brief.own_ago.items() if ago > 0},  # not since
        said_ago={},
    )


def _spent_before(turn: Turn, at: dt.datetime, spent: Mapping[str, int]) -> Mapping[str, int]:
    """What of its material the speaker had used by then: what it has used since, in this very turn
    too, is fresh again, or it would say the same thing in other words."""
    since = Turn.objects.filter(chosen=turn.chosen_id, status=Turn.Status.DONE).filter(
        Q(pk=turn.pk) | Q(finished_at__gt=at)
    )
    left = Counter(spent)
    for keys in since.values_list("draft_spent", flat=True):
        left.subtract(set(keys))
    return {key: left[key] for key in spent if left[key] > 0}


def _lines(turn: Turn, at: dt.datetime) -> tuple[Line, ...]:
    said = (
        Message.objects.filter(
            conversation=turn.conversation_id, created_at__lte=at, deleted_at__isnull=True
        )
        .exclude(role=Message.Role.SYSTEM)
        .exclude(turn=turn)
        .select_related("character", "person")
        .defer("embedding", "search")
        .order_by("-number")[:ROOM_LINES]
    )
    lines = sorted(said, key=lambda one: (one.pk == turn.answers_id, one.number))
    return tuple(
        Line(
            number=one.number,
            speaker=getattr(one.character or one.person, "name", ""),
            text=one.content,
            seconds_ago=max(0.0, (at - one.created_at).total_seconds()),
            kind="person" if one.person_id else "character",
            is_own=one.character_id == turn.chosen_id,
        )
        for one in lines
    )


def _memories(turn: Turn) -> tuple[Recollection, ...]:
    rows = (
        TurnMemory.objects.filter(turn=turn)
        .exclude(memory__kind="lore")
        .select_related("memory")
        .defer("memory__embedding", "memory__search")
        .order_by("rank", "pk")
    )
    return tuple(
        Recollection(
            text=row.memory.content,
            provenance=str(KNOWN_FROM.get(row.memory.provenance, "witnessed")),  # type: ignore[call-overload]
            fit=row.score,
        )
        for row in rows
    )


def _without(brief: Brief, changes: Changes) -> Brief:
    cleared: dict[str, Any] = dict(FIELDS[one] for one in changes.without if one in FIELDS)
    if changes.identity:
        cleared["identity"] = changes.identity
    return replace(brief, **cleared) if cleared else brief


def _paid(turn: Turn, request: ChatRequest, now: dt.datetime) -> ledger.Answer:
    try:
        return ledger.ask_within_budgets(
            request,
            character_id=turn.chosen_id,
            community_id=turn.conversation.channel.community_id,
            conversation_id=turn.conversation_id,
            now=now,
        )
    except BudgetExhausted as error:
        raise CannotBeRerunError(f"{error} Raise it, or wait for the next period.") from error
    except ledger.NoVoice as error:
        raise CannotBeRerunError(f"The voice did not answer: {error}") from error


def parts_with_text(
    parts: list[dict[str, Any]], messages: list[str]
) -> list[tuple[str, int, str, bool]]:
    """The parts of a prompt, each with its text out of the messages that were kept of it; empty
    where none were."""
    found = []
    for part in parts:
        text = ""
        if "at" in part:
            number, start, length = part["at"]
            if number < len(messages) and start >= 0:
                text = messages[number][start : start + length]
        title = PARTS.get(part["part"], part["part"])
        found.append((title, int(part.get("tokens", 0)), text, bool(part.get("dropped"))))
    return found
