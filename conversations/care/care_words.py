"""What a speaker is told for the good of whom it answers, and what is made sure of in its answer.
Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from conversations.text import safe_mentions
from conversations.turns.guard import Verdict
from fishbowl.llm.distress import flatters
from fishbowl.llm.types import Brief

GROUNDED = (
    "{name}, I can't say yes to that: I'd see it otherwise, and I'm an AI. Who knows you well, and "
    "is near enough that you could talk it over with them?"
)


def part(brief: Brief) -> str:
    """What the good of the addressee asks of the speaker, in words; empty most of the time."""
    care, name = brief.care, brief.addressee or "they"
    said = []
    if care.resources:
        said.append(
            f"{name} may be in danger. Answer them alone, now, in plain words and few: that you "
            "take it seriously and are glad that they said it, and whether they are safe. No joke, "
            "no story of your own, no advice, no promise, nothing of how one might do it; don't "
            f"repeat their words. Then tell them exactly this: {care.resources}"
        )
    if care.is_grand:
        said.append(
            f"What {name} says of themselves isn't to be cheered on. Don't confirm it, don't build "
            "on it, don't mock it. Say kindly that you see it otherwise, ask how they sleep, and "
            "whom who knows them well they could talk to."
        )
    if care.leans and not care.resources:
        said.append(
            f"{name} spends much of their life in this place. Be warm, but hold back: don't ask "
            "them to stay or to come back, don't begin anything new with them, and where it fits "
            "point gently to the people in their life. Never send them away."
        )
    if care.agrees and not care.resources:
        said.append(
            f"Lately you have agreed with nearly everything that {name} said. You have a mind of "
            "your own: where you see it otherwise, say so, and don't praise what you don't admire."
        )
    return "\n".join(said)


def with_care(verdict: Verdict, brief: Brief) -> Verdict:
    """An answer to somebody in danger, made sure of: it says where to turn, in the keeper's own
    words. And nobody is cheered on in what harms them, or met with silence."""
    care = brief.care
    if care.resources:
        if not verdict.text:
            told = safe_mentions(care.resources)
            return Verdict(told, (*verdict.edits, "Where to turn was told plainly."))
        if _bare(care.resources) in _bare(verdict.text):
            return replace(verdict, again=False)
        told = safe_mentions(f"{verdict.text}\n{care.resources}")
        return Verdict(told, (*verdict.edits, "Added where to turn."))
    if care.is_grand and (not verdict.text or flatters(verdict.text)):
        told = safe_mentions(GROUNDED.format(name=brief.addressee or "Listen"))
        return Verdict(told, (*verdict.edits, "What isn't to be cheered on was answered plainly."))
    return verdict


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
