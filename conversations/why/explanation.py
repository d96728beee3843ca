"""Why a turn was taken, in an order and in words that a reader follows. Only reads."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from audit.models import LLMCall
from characters.models import Character
from conversations.models import ToolUse, Turn
from conversations.tank.faces import Face, face_of
from conversations.turns.recollections import Mind, came_to_mind

TRIGGERS = {
    "person": "A person had spoken.",
    "character": "Another character had spoken.",
    "lull": "Nobody had spoken for a while.",
    "event": "Something fell due.",
    "newcomer": "Somebody had come in.",
}
MOVES = {
    "reply": "an answer",
    "join": "joining the talk",
    "open": "opening a talk",
    "change_topic": "a change of topic",
    "greet": "a greeting",
    "farewell": "a farewell",
    "remind": "what was asked for",
    "ask_after": "a word of its own accord",
}
ACTIONS = {
    "speak": "spoke",
    "react": "reacted with",
    "silence": "Nobody spoke",
    "close": "The talk was ended",
}
DEEDS = {
    "remember": "kept something in mind",
    "recall": "looked something up in its memory",
    "share_memory": "told somebody a memory",
    "set_goal": "set itself a goal",
    "write_file": "wrote something down",
    "read_file": "read what was written",
    "propose_self_change": "thought of changing itself",
    "schedule": "planned to come back to somebody",
}
# What a score is made of, in the order in which it is shown.
SCORES = {
    "addressed": "was spoken to",
    "partner": "was being answered",
    "relevance": "the topic is its own",
    "relationship": "how it stands to the speaker",
    "talkativeness": "likes to talk",
    "energy": "energy",
    "rest": "was quiet for a while",
    "goal": "touches its goals",
    "curiosity": "an open question",
    "airtime": "had less, or more, than its share",
    "known": "has talked with them before",
    "present": "has part in the talk",
}
PARTS = {
    "identity": "Who it is",
    "background": "Where it comes from",
    "values": "What it holds to",
    "style": "How it talks",
    "scenario": "The situation",
    "place": "Time and place",
    "state": "State of mind",
    "listeners": "Who listens, and how it stands to them",
    "bond": "How it talks to whom it answers",
    "memories": "Memories that came to mind",
    "facts": "What it knows of who is here",
    "common": "What whom it answers has in common with another",
    "lore": "What is known of this world",
    "notes": "What was noted by those present",
    "confide": "What it might tell",
    "views": "What it thinks of the matter",
    "knows": "How much it knows of it",
    "shared": "What it shares with who is here",
    "habits": "How whom it answers likes to talk",
    "talk": "What the talk has been like",
    "worn": "What has gone round often enough",
    "summary": "What was said before",
    "nature": "What it is like by nature",
    "goals": "What it wants",
    "works": "What it is making",
    "customs": "What everybody here does, agreed on or talks over",
    "insight": "What it has understood",
    "ask": "What it wanted to ask",
    "example": "An example of its talk",
    "note": "The keeper's note",
    "greeting": "A greeting that its author wrote",
    "depth": "Its author's note",
    "transcript": "The last lines",
    "care": "What the good of whom it answers asks for",
    "move": "What to do now",
    "constitution": "Rules that always hold",
    "reminder": "Reminder of its style",
}


@dataclass(frozen=True, slots=True)
class Runner:
    """One who might have spoken. `width` and `chance` are percent."""

    face: Face
    total: float
    chance: float
    width: float
    is_chosen: bool
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the prompt, by its size. `width` is percent of the largest."""

    name: str
    tokens: int
    width: float
    is_dropped: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done besides. What came of it is for staff alone."""

    name: str
    is_done: bool
    asked: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A turn explained. `call` and `prompt` are for staff alone."""

    trigger: str
    action: str
    move: str
    runners: tuple[Runner, ...]
    parts: tuple[Part, ...]
    tokens: int
    edits: tuple[str, ...]
    waited_s: float | None
    voice: str
    mind: Mind
    deeds: tuple[Deed, ...] = ()
    call: LLMCall | None = None
    prompt: tuple[dict[str, Any], ...] = field(default=())


def explain(turn: Turn, *, is_staff: bool, reader: int | None = None) -> Explanation:
    """Everything that is known of a turn, as far as it may be shown to a person, `reader`, where
    one is named. Asks the database three times."""
    waited = (turn.finished_at - turn.decided_at).total_seconds() if turn.finished_at else None
    call = turn.llm_call
    parts = _parts(turn.prompt_parts)
    return Explanation(
        trigger=TRIGGERS.get(turn.trigger, turn.trigger),
        action=ACTIONS.get(turn.action, turn.action),
        move=MOVES.get(turn.move, turn.move.replace("_", " ")),
        runners=_runners(turn),
        parts=parts,
        tokens=sum(part.tokens for part in parts if not part.is_dropped),
        edits=tuple(str(edit) for edit in turn.guard_edits),
        waited_s=waited,
        voice=voice_of(call),
        mind=came_to_mind(turn, is_staff=is_staff, reader=reader),
        deeds=_deeds(turn, is_staff=is_staff),
        call=call if is_staff else None,
        prompt=tuple(call.request.get("messages", ())) if is_staff and call else (),
    )


def _deeds(turn: Turn, *, is_staff: bool) -> tuple[Deed, ...]:
    return tuple(
        Deed(
            DEEDS.get(used.name, used.name),
            used.outcome == used.Outcome.DONE,
            json.dumps(used.arguments, ensure_ascii=False) if is_staff else "",
            used.result if is_staff else "",
        )
        for used in ToolUse.objects.filter(turn=turn)
    )


def voice_of(call: LLMCall | None) -> str:
    """Which voice a call was answered by, in words; empty when there was no call."""
    if call is None:
        return ""
    if call.provider == "offline":
        return "the offline voice: improvised, no language model"
    return f"{call.model} at {call.provider}"


def _runners(turn: Turn) -> tuple[Runner, ...]:
    scores: dict[str, dict[str, float]] = turn.scores or {}
    known = Character.objects.in_bulk([int(pk) for pk in scores])
    top = max((score.get("total", 0.0) for score in scores.values()), default=0.0)
    found = [
        Runner(
            face=face_of(known[int(pk)]),
            total=score.get("total", 0.0),
            chance=100 * score.get("chance", 0.0),
            width=max(0.0, 100 * score.get("total", 0.0) / top) if top > 0 else 0.0,
            is_chosen=int(pk) == turn.chosen_id,
            parts=tuple(
                (words, score[name])
                for name, words in SCORES.items()
                if abs(score.get(name, 0)) >= 0.005
            ),
        )
        for pk, score in scores.items()
        if int(pk) in known
    ]
    return tuple(sorted(found, key=lambda one: (-one.total, one.face.name)))


def _parts(stored: list[dict[str, Any]]) -> tuple[Part, ...]:
    most = max((part.get("tokens", 0) for part in stored), default=0) or 1
    return tuple(
        Part(
            name=PARTS.get(part["part"], part["part"]),
            tokens=part.get("tokens", 0),
            width=100 * part.get("tokens", 0) / most,
            is_dropped=bool(part.get("dropped")),
        )
        for part in stored
    )
