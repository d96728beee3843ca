"""What somebody proposes to everybody, and who is for it and against it, told by their words. Pure.

'Let's meet at the pier every Friday', 'how about we …', 'should we …?' are proposals where they
name something that can be done together; 'let's see' and 'let's be honest' are none. A bare 'aye'
counts for the proposal it follows closely; later, a vote must say what it is about.
"""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from fishbowl.llm.offline.proposing import LONGEST, Kind, proposed
from fishbowl.llm.offline.text import clean, content_stems
from memories.formation.echo import content_words
from memories.formation.findings import Proposed, Vote
from memories.formation.stances import assent, valence
from memories.formation.stretch import Heard

BARE_WITHIN = 3  # lines after a proposal in which a bare word is a vote on it
HEARD_WITHIN = 10  # lines after it in which a vote may speak of it by what it shares
PLAIN = 0.35  # valence from which talk of a proposal is a side
MOST = 3  # of one stretch
GROUNDED = 0.6  # share of a model's words that the line must bear out

_FOR = re.compile(
    r"\b(?:i(?:'m| am) (?:in|for (?:it|that)|all for)\b|count me in|i(?:'ll| will) (?:come|be there|join|bring|help)\b|(?:good|great|lovely|fine|splendid|brilliant|wonderful) idea"
    r"|sounds (?:good|great|lovely|fine)|let'?s do (?:it|that)|yes,? let'?s|i(?:'d| would) (?:like|love) that|i vote (?:yes|for)|i second|you have my (?:vote|hand))",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\b(?:count me out|not (?:me|with me)\b|without me|(?:bad|terrible|awful|silly|stupid) idea|i(?:'d| would) rather not|let'?s not|i vote (?:no|against)"
    r"|i(?:'m| am) (?:against|not for|not in)\b|no way\b|over my dead body|not a good idea|i won'?t (?:come|join|be there))",
    re.IGNORECASE,
)


def side(text: str, what: str, distance: int) -> float:
    """How a line votes on a proposal `distance` lines before it: 1.0 for it, −1.0 against it, 0.0
    where it doesn't say."""
    text = clean(text, 600)
    asked = set(content_stems(what))
    shared = len(set(content_stems(text)) & asked)
    is_about = shared > 0
    if distance > BARE_WITHIN and not is_about:
        return 0.0
    if _AGAINST.search(text):
        return -1.0
    if _FOR.search(text):
        return 1.0
    if distance <= BARE_WITHIN and (plain := assent(text)):
        return plain
    if shared < min(2, len(asked)) or "?" in text:  # one word of it may stand anywhere
        return 0.0
    leaning = valence(text)
    return 0.0 if abs(leaning) < PLAIN else (1.0 if leaning > 0 else -1.0)


def votes(lines: Sequence[Heard], what: str, *, after: int, by: str, until: int = 0) -> list[Vote]:
    """What each of those who speak after line `after` says to a proposal of `by`; of several words
    of one, the last. Lines from `until` on belong to the next proposal, unless they name this."""
    taken: dict[str, Vote] = {}
    later = [line for line in lines if line.number > after]
    for distance, line in enumerate(later[:HEARD_WITHIN], 1):
        away = distance if not until or line.number < until else HEARD_WITHIN
        found = side(line.text, what, away) if line.speaker != by else 0.0
        if found:
            taken[line.speaker] = Vote(line.number, found > 0)
    return list(taken.values())


def votes_later(lines: Sequence[Heard], what: str, by: str) -> list[Vote]:
    """What is said in a later stretch to a proposal that is still open: only what names it."""
    taken: dict[str, Vote] = {}
    for line in lines:
        found = side(line.text, what, HEARD_WITHIN) if line.speaker != by else 0.0
        if found and proposed(line.text) is None:
            taken[line.speaker] = Vote(line.number, found > 0)
    return list(taken.values())


def read(lines: Sequence[Heard], is_open: Collection[int]) -> tuple[Proposed, ...]:
    """The proposals of a stretch, by rules, with the votes on each."""
    said = [line for line in lines if line.number in is_open]
    made = [(line, found) for line in said if (found := proposed(line.text))][:MOST]
    return tuple(
        Proposed(
            line.number,
            kind,
            what,
            tuple(
                votes(
                    said, what, after=line.number, by=line.speaker,
                    until=made[at + 1][0].number if at + 1 < len(made) else 0,
                )
            ),
        )
        for at, (line, (kind, what)) in enumerate(made)
    )  # fmt: skip


def open_ones(found: Sequence[Proposed], is_open: Collection[int]) -> tuple[Proposed, ...]:
    """Those that were made where anybody may hear of them, with the votes cast there."""
    return tuple(
        Proposed(one.line, one.kind, one.what, tuple(v for v in one.votes if v.line in is_open))
        for one in found
        if one.line in is_open
    )


# --- as a model reads it --------------------------------------------------------------------------


class ProposalFound(BaseModel):
    """A proposal to everybody, as a model found it."""

    model_config = ConfigDict(extra="ignore")

    line: int
    kind: Kind = "decision"
    what: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST)]
    lines_for: list[int] = []
    lines_against: list[int] = []


def checked(found: Sequence[ProposalFound], read: Mapping[int, Heard]) -> tuple[Proposed, ...]:
    """What of a model's proposals can stand: in the words of the line it names, each vote another
    one's own later line."""
    kept = []
    for one in found[:MOST]:
        line, words = read.get(one.line), content_words(one.what)
        if line is None or not words:
            continue
        if len(words & content_words(line.text)) / len(words) < GROUNDED:
            continue
        cast = [(n, True) for n in one.lines_for] + [(n, False) for n in one.lines_against]
        taken = {
            read[n].speaker: Vote(n, is_for)
            for n, is_for in sorted(cast)
            if n in read and n > one.line and read[n].speaker != line.speaker
        }
        kept.append(Proposed(one.line, one.kind, one.what, tuple(taken.values())))
    return tuple(kept)
