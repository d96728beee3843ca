"""How a character speaks to somebody by how they like to be answered: what they have asked for,
and, beside that, what has been learned of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fishbowl.llm.types import Voice

ASKED = {"verbosity": "length", "formality": "formality", "emoji_use": "emoji"}
BENT = ("verbosity", "formality", "emoji_use", "humour")

SHORT, LONG = 0.2, 0.85
CASUAL, FORMAL = 0.2, 0.85


def adapted(
    voice: Voice, wishes: Mapping[str, str], habits: Mapping[str, Any] | None = None
) -> Voice:
    """A voice as these wishes would have it; what isn't wished for stays its own, bent a little
    toward the habits of whoever is answered (`conversations.turns.outlook`)."""
    if habits is not None:
        now = bent({name: getattr(voice, name) for name in BENT}, habits, wishes)
        voice = replace(
            voice,
            verbosity=now["verbosity"],
            formality=now["formality"],
            emoji_use=now["emoji_use"],
            humour=now["humour"],
        )
    lengths = {
        "short": min(voice.verbosity, SHORT),
        "medium": min(max(voice.verbosity, 0.35), 0.7),
        "long": max(voice.verbosity, LONG),
    }
    registers = {
        "casual": min(voice.formality, CASUAL),
        "plain": 0.5,
        "formal": max(voice.formality, FORMAL),
    }
    emoji = {"none": 0.0, "some": max(voice.emoji_use, 0.5)}
    return replace(
        voice,
        verbosity=lengths.get(wishes.get("length", ""), voice.verbosity),
        formality=registers.get(wishes.get("formality", ""), voice.formality),
        emoji_use=emoji.get(wishes.get("emoji", ""), voice.emoji_use),
    )


def bent(
    own: Mapping[str, float], habits: Mapping[str, Any], stated: Mapping[str, str]
) -> dict[str, float]:
    """A manner of speaking bent toward that of whoever is answered, but for what they asked for."""
    aims = {
        "verbosity": {"short": SHORT, "medium": 0.5, "long": LONG}[habits["length"]],
        "formality": habits["formality"],
        "emoji_use": habits["emoji"],
        "humour": max(own["humour"], habits["humour"]),
    }
    return {
        name: value
        if ASKED.get(name) in stated
        else value + habits["weight"] * (float(aims[name]) - value)
        for name, value in own.items()
    }
