"""Briefs for the offline voice, out of the starter world and out of nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from fishbowl.llm.offline import OfflineVoice
from fishbowl.llm.types import Brief, ChatRequest, ChatResult, Line, Listener, Voice

WORLD = Path(__file__).resolve().parents[2] / "characters" / "starter_world" / "characters"


@cache
def card(slug: str) -> dict[str, Any]:
    return dict(yaml.safe_load((WORLD / f"{slug}.yaml").read_text(encoding="utf-8")))


def brief_of(slug: str, *lines: Line, **changes: Any) -> Brief:
    """The brief of a starter character after some lines."""
    known = card(slug)
    persona, style = known["persona"], known["style"]
    last = lines[-1] if lines else None
    made = Brief(
        speaker=known["name"],
        identity=persona["identity"],
        background=persona["background"],
        values=tuple(persona["values"]),
        traits=persona["traits"],
        voice=Voice(
            style["formality"],
            style["verbosity"],
            style["humour"],
            style["emoji_use"],
            tuple(style["signature_phrases"]),
            tuple(style["avoided_phrases"]),
            tuple(style["preferred_words"]),
        ),
        interests=tuple((i["topic"], i["weight"]) for i in known["interests"]),
        goals=tuple(g["description"] for g in known["goals"]),
        listeners=(Listener("Ada", True), Listener("Bram", trust=0.7, affection=0.7)),
        lines=lines,
        addressee=last.speaker if last else None,
        is_addressed=bool(last and last.kind == "person"),
        seed=7,
        disclosure=persona["disclosure"],
        material=known["improv"],
    )
    return replace(made, **changes)


def bare_brief(*lines: Line, **changes: Any) -> Brief:
    """A character who came as a card: no material, only a persona."""
    made = Brief(
        speaker="Mara",
        identity="Mara is a lighthouse painter. She has painted nine towers and fallen off one.",
        background="Mara grew up in Porto. She left home at sixteen with a brush and a rope.",
        values=("patience", "fair pay"),
        traits={"agreeableness": 0.7, "extraversion": 0.5},
        interests=(("paint", 0.9), ("old maps", 0.6)),
        goals=("paint the tower at Fair Isle",),
        listeners=(Listener("Ada", True), Listener("Bo")),
        lines=lines,
        addressee=lines[-1].speaker if lines else None,
        seed=3,
    )
    return replace(made, **changes)


def person(text: str, speaker: str = "Ada", number: int = 1) -> Line:
    return Line(number, speaker, text, 5.0, kind="person")


def character(text: str, speaker: str = "Bram", number: int = 1, ago: float = 5.0) -> Line:
    return Line(number, speaker, text, ago)


def answer(brief: Brief) -> ChatResult:
    return OfflineVoice().complete(ChatRequest((), brief=brief))


def say(brief: Brief) -> str:
    return answer(brief).text
