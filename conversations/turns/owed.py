"""What somebody is owed is said, whatever a voice made of it. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from conversations.text import safe_mentions
from conversations.turns.guard import Verdict
from fishbowl.llm.types import Brief

ENOUGH = 0.5  # of the words that matter
SHORT = 4  # letters; shorter words matter less


def with_what_is_owed(verdict: Verdict, brief: Brief) -> Verdict:
    """A line that is to tell somebody something, made sure of: it names them, and holds it; where
    nothing may be said of what the voice said, the thing itself."""
    if brief.move != "remind" or not brief.addressee:
        return verdict
    plain = safe_mentions(f"{brief.addressee}: {brief.occasion}")
    if not verdict.text:
        return Verdict(plain, (*verdict.edits, "What was to be told was told plainly."))
    said, edits = verdict.text, list(verdict.edits)
    if not _holds(brief.occasion, said):
        said = f"{said} ({brief.occasion})"
        edits.append("Added what was to be told.")
    if brief.addressee.casefold() not in said.casefold():
        said = f"{brief.addressee}, {said}"
        edits.append("Named who was to be told.")
    return replace(verdict, text=safe_mentions(said), edits=tuple(edits), again=False)


def _holds(what: str, said: str) -> bool:
    bare = what.rpartition("reminded: ")[2].casefold()
    words = {word for word in re.findall(r"\w+", bare) if len(word) >= SHORT}
    if not words:
        return bare.strip() in said.casefold()
    heard = set(re.findall(r"\w+", said.casefold()))
    return len(words & heard) / len(words) >= ENOUGH
