"""The words of one memory that stands for many: a model's, or the offline voice's extraction."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from audit.calls import ledger
from audit.configuration.wording import Wording, wording
from fishbowl.llm.fence import flat
from fishbowl.llm.offline.text import words
from fishbowl.llm.types import Brief, ChatMessage, ChatRequest, Line
from memories.formation.echo import COMMON, content_words
from memories.formation.traces import quoted

ANSWER_TOKENS = 220
LONGEST = 900  # characters of a memory
LONGEST_SOURCE = 500
GROUNDED = 0.5  # share of its words that the sources must bear out
FOUND_BY = 60  # words of its sources by which it is found beside its own


@dataclass(frozen=True, slots=True)
class Condensed:
    """The words, empty where none that will do came, and the tokens that they cost. Without an
    answer, no voice was to be had."""

    text: str
    tokens: int
    is_answered: bool = True


def condense(
    owner: str,
    contents: Sequence[str],
    span: tuple[dt.datetime, dt.datetime],
    *,
    character_id: int,
    community_id: int | None,
    now: dt.datetime,
) -> Condensed:
    """One memory in place of `contents`, oldest first. Calls a voice: not in a transaction.

    Raises:
        BudgetExhausted: a budget is spent.
    """
    try:
        answer = ledger.ask_within_budgets(
            _request(
                owner, contents, span, wording(community=community_id, character=character_id)
            ),
            character_id=character_id,
            community_id=community_id,
            now=now,
        )
    except ledger.NoVoice as failed:
        return Condensed("", failed.tokens, is_answered=failed.is_withheld)
    text = " ".join(answer.result.text.split())[:LONGEST]
    return Condensed(text if is_borne_out(text, [owner, *contents]) else "", answer.tokens)


def is_borne_out(text: str, contents: Sequence[str]) -> bool:
    """Whether a summary says what its sources say: an excuse or an invention doesn't."""
    said = content_words(text)
    known = content_words(" ".join(contents))
    return len(said & known) >= 2 and len(said & known) / len(said) >= GROUNDED


def found_by(text: str, contents: Sequence[str], at: dt.datetime) -> str:
    """Words of its sources that a summary leaves out, those of most sources first, and its month:
    so it is found by what they said."""
    own = set(words(text))
    in_sources: Counter[str] = Counter()
    for content in contents:
        in_sources.update(
            {word for word in words(content) if word not in COMMON and len(word) > 2} - own
        )
    kept = sorted(in_sources, key=lambda word: (-in_sources[word], word))[:FOUND_BY]
    return " ".join([f"{at:%B %Y}", *kept])


def in_words(span: tuple[dt.datetime, dt.datetime]) -> str:
    """A span of time, to the day."""
    first, last = (f"{at.day} {at:%B %Y}" for at in span)
    return first if first == last else f"{first} to {last}"


def _request(
    owner: str,
    contents: Sequence[str],
    span: tuple[dt.datetime, dt.datetime],
    words: Wording,
) -> ChatRequest:
    lines = []
    for number, content in enumerate(contents, 1):
        speaker, said = quoted(content) or ("", content)
        lines.append(Line(number, speaker, said[:LONGEST_SOURCE], 0.0))
    return ChatRequest(
        messages=(
            ChatMessage(
                "system",
                words.fill(
                    "consolidate",
                    {"owner": owner, "count": len(contents), "span": in_words(span)},
                ),
            ),
            ChatMessage(
                "user",
                "\n".join(f"- {flat(content, LONGEST_SOURCE)}" for content in contents),
            ),
        ),
        purpose="consolidate",
        tier="small",
        temperature=0.2,
        max_tokens=ANSWER_TOKENS,
        brief=Brief(speaker="", lines=tuple(lines)),
    )
