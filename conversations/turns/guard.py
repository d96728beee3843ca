"""What a voice answered, before anybody sees it: mended, sent back, or withheld. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conversations.moderation.judging import NOTHING, Judgement
from conversations.text import safe_mentions, without_controls
from conversations.turns.own_words import own_words
from fishbowl.llm.distress import flatters
from fishbowl.llm.reply import SENTENCE_END
from fishbowl.llm.types import Brief
from fishbowl.llm.unfit import ERROR, REFUSAL
from fishbowl.overrides import setting

_LEAKS = re.compile(
    r"(system prompt|my instructions|<<talk|talk>>|<<mind|mind>>|rules that always hold"
    r"|no stage directions"
    r"|you are not an assistant: you are yourself)",
    re.IGNORECASE,
)
TOLD_WORDS = 8  # in a row that stand in the rules: nobody happens to say them


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
    text: str,
    brief: Brief,
    *,
    is_awaited: bool = False,
    rules: GuardRules = GuardRules(),
    instructions: str = "",
) -> Verdict:
    """Mend an answer, or send it back. One that somebody waits for may sound like what the speaker
    said before they asked, or be the same: better than none. `instructions` are those that the
    prompt gave, which are told to nobody."""
    edits: list[str] = []
    said = own_words(without_controls(text).strip(), brief, edits)
    if ERROR.search(said):
        return Verdict("", (*edits, "It was an error's text, not speech."), again=True)
    if _LEAKS.search(said) or _tells_of(said, instructions):
        return Verdict("", (*edits, "It spoke of its instructions."), again=True)
    if REFUSAL.search(said):
        return Verdict("", (*edits, "It refused, and not as the one it is."), again=True)
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


def _tells_of(said: str, instructions: str) -> bool:
    """Whether so many words in a row stand in the instructions."""
    told = _words(instructions)
    runs = {tuple(told[i : i + TOLD_WORDS]) for i in range(len(told) - TOLD_WORDS + 1)}
    words = _words(said)
    return any(tuple(words[i : i + TOLD_WORDS]) in runs for i in range(len(words) - TOLD_WORDS + 1))


def _loop(said: str, brief: Brief, rules: GuardRules, *, is_awaited: bool) -> str:
    """Why this would be a verbal loop; empty if it is none."""
    words = _words(said)
    if not words:
        return ""
    recent = brief.lines[-rules.looked_back :]
    asked = max((at for at, line in enumerate(recent) if not line.is_own), default=-1)
    for at, line in enumerate(recent):
        may_be_said = is_awaited and line.is_own and at < asked
        if words == _words(line.text) and not may_be_said:
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
    ends = [match.end() for match in SENTENCE_END.finditer(head) if match.end() < limit]
    if ends and ends[-1] > limit // 3:
        return head[: ends[-1]].rstrip()
    words = head[: limit - 1].rsplit(" ", 1)[0]
    return (words if len(words) > limit // 2 else head[: limit - 1]) + "…"
