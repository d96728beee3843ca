"""How a character speaks to somebody who has asked to be answered in a certain way. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fishbowl.llm.types import Voice

SHORT, LONG = 0.2, 0.85
CASUAL, FORMAL = 0.2, 0.85


def adapted(voice: Voice, wishes: Mapping[str, str]) -> Voice:
    """A voice as these wishes would have it; what isn't wished for stays its own."""
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
