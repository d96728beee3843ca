"""What people wrote, as it stands in a prompt: on one line, and unable to pass for the marks that a
prompt is fenced with. Pure."""

from __future__ import annotations

LONGEST = 1200  # characters


def flat(text: str, longest: int = LONGEST) -> str:
    """Text on one line of at most so many characters, without what could end a fence."""
    joined = " ⏎ ".join(part.strip() for part in text.splitlines() if part.strip())
    return joined.replace("```", "ʼʼʼ").replace("<<", "‹‹").replace(">>", "››")[:longest]
