"""What a voice answered, before anybody sees it: mended, sent back, or withheld. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conversations.moderation.judging import NOTHING, Judgement
from conversations.text import safe_mentions, without_controls
from fishbowl.llm.distress import flatters
from fishbowl.llm.types import Brief
from fishbowl.overrides import setting

_LEAKS = re.compile(
    r"(system prompt|my instructions|as a(?:n ai)? language model"
    r"|i(?:'|’)?m sorry, but i can(?:'|’)?t"
    r"|<<talk|talk>>|rules that always hold|no stage directions)",
    re.IGNORECASE,
)
# What servers and libraries say when they fail. It must never stand in a room as somebody's words.
_ERRORS = re.compile(
    r"(traceback \(most recent call last\)|internal server error|rate limit exceeded|"
    r"context length exceeded|\b(?:http|status)\s?(?:code\s?)?[45]\d\d\b|^error:|"
    r"connection (?:refused|reset))",
    re.IGNORECASE,
)
_STAGE = re.compile(r"^\s*(?:\*[^*\n]{1,120}\*|\[[^\]\n]{1,120}\]|\([^)\n]{1,120}\))\s*")
_ANY_STAGE = re.compile(r"(?<!\*)\*(?!\*)[^*\n]{1,160}\*(?!\*)")


@dataclass(frozen=True, slots=True)
class GuardRules:
    """How long a line may be, and how like what was said before."""

    most_characters: int = setting(
        1200, "What is longer is cut at a sentence's end.", least=100, most=8000, unit="characters"
    )
    opening_words: int = setting(
        3, "So many words alike make an opening that was used before.", least=1, most=20
    )
    looked_back: int = setting(
        12, "So many of the last lines must not be said again.", least=1, most=100, unit="lines"
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """`text` is what may be said, empty for nothing; `again` asks for one more try; `edits` says
    what was done and why. `judgement` is what moderation has against a `line`."""

    text: str
    edits: tuple[str, ...] = ()
    again: bool = False
    judgement: Judgement = NOTHING
    line: str = ""


def check(
    text: str, brief: Brief, *, is_awaited: bool = False, rules: GuardRules = GuardRules()
) -> Verdict:
    """Mend an answer, or send it back. One that somebody waits for may sound like the one before:
    better than none."""
    edits: list[str] = []
    said = without_controls(text).strip()
    said = _only_own_lines(said, brief, edits)
    said = _without_stage(said, edits)
    unquoted = re.sub(r'^["“](.*)["”]$', r"\1", said, flags=re.DOTALL)
    # Whole lines alone: what begins with a title and ends with a quotation keeps both.
    if unquoted != said and not set('"“”') & set(unquoted):
        edits.append("Took off quotation marks.")
        said = unquoted.strip()
    if _ERRORS.search(said):
        return Verdict("", (*edits, "It was an error's text, not speech."), again=True)
    if _LEAKS.search(said):
        return Verdict("", (*edits, "It spoke of its instructions."), again=True)
    if brief.care.is_grand and flatters(said):
        return Verdict("", (*edits, "It cheered on what isn't to be cheered on."), again=True)
    for phrase in () if brief.care.resources else brief.voice.avoided_phrases:
        if phrase and re.search(rf"\b{re.escape(phrase)}\b", said, re.IGNORECASE):
            return Verdict("", (*edits, f"It used a phrase to avoid: {phrase}."), again=True)
    loop = _loop(said, brief, rules, is_awaited=is_awaited)
    if loop:
        return Verdict("", (*edits, loop), again=True)
    if len(said) > rules.most_characters:
        said = _cut(said, rules.most_characters)
        edits.append(f"Cut to {rules.most_characters} characters.")
    safe = safe_mentions(said)
    if safe != said:
        edits.append("Made mentions harmless.")
    if not any(c.isalnum() for c in safe):
        return Verdict("", (*edits, "Nothing was left of it."), again=True)
    return Verdict(safe, tuple(edits))


def _only_own_lines(said: str, brief: Brief, edits: list[str]) -> str:
    """Keep what the speaker says; cut where it begins to speak for others."""
    own = re.match(rf"^\s*\**{re.escape(brief.speaker)}\**\s*[:：]\**\s*", said, re.IGNORECASE)
    if own:
        said = said[own.end() :]
        edits.append("Took off its own name.")
    others = {line.speaker for line in brief.lines} | {one.name for one in brief.listeners}
    names = "|".join(re.escape(n) for n in sorted({*others, brief.speaker, "User", "System"}) if n)
    cut = re.search(rf"(?:^|\n)\s*\**(?:{names})\**\s*[:：]", said, re.IGNORECASE)
    if cut:
        said = said[: cut.start()]
        edits.append("Cut lines of other speakers.")
    return said.strip()


def _without_stage(said: str, edits: list[str]) -> str:
    stripped = said
    while (match := _STAGE.match(stripped)) and stripped[match.end() :].strip():
        stripped = stripped[match.end() :]
    stripped = _ANY_STAGE.sub("", stripped)
    if stripped != said:  # blanks that run together are no edit worth a word
        edits.append("Took out stage directions.")
    return re.sub(r"[ \t]{2,}", " ", stripped).strip()


def _loop(said: str, brief: Brief, rules: GuardRules, *, is_awaited: bool) -> str:
    """Why this would be a verbal loop; empty if it is none."""
    words = _words(said)
    if not words:
        return ""
    recent = brief.lines[-rules.looked_back :]
    for line in recent:
        other = _words(line.text)
        if words == other:
            return f"It repeated what {line.speaker} said."
    if is_awaited:
        return ""
    own = [_words(line.text) for line in recent if line.is_own]
    length = rules.opening_words
    opener = words[:length]
    if len(words) > length and any(one[:length] == opener for one in own):
        return "It opened as it did a moment ago: " + " ".join(opener) + "."
    grams = {tuple(words[i : i + 5]) for i in range(len(words) - 4)}
    for said_before in own:
        seen = {tuple(said_before[i : i + 5]) for i in range(len(said_before) - 4)}
        if grams and len(grams & seen) * 2 > len(grams):
            return "It used the same phrases as a moment ago."
    return ""


def _words(text: str) -> Sequence[str]:
    return re.findall(r"[\w'’]+", text.lower())


def _cut(text: str, limit: int) -> str:
    """Cut at the last sentence that fits, or at the last word."""
    head = text[:limit]
    end = max(head.rfind(mark) for mark in (". ", "! ", "? ", "… "))
    if end > limit // 3:
        return head[: end + 1]
    return head.rsplit(" ", 1)[0] + "…"
