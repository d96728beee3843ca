"""What somebody asks of the talk itself: who said what, a moment ago or first of all. Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from collections.abc import Sequence

from fishbowl.llm.offline.hearing import SAME_TALK
from fishbowl.llm.questions import is_question
from fishbowl.llm.types import Line

LEAVES_AFTER = 300.0  # seconds since their last line after which somebody was no longer there
HOUR_S = 3600.0
MOST_LINES = 50  # that a room's transcript holds; where it begins later, nobody knows the first
_SAY = r"(?:say|said|ask|asked|tell you|told you|write|wrote|mention|mentioned)"
_NOW = r"(?: (?:just now|right now|before(?: that)?|now|then|again|there|earlier|to (?:me|you)|exactly|a (?:moment|minute|second) ago))*"
_LEAD = r"^\W*(?:(?:so|and|but|ok|hey|wait|sorry|hm+|remind me)\W+)*(?:(?:do|can|could) you (?:\w+ )?(?:remember|recall|tell me|say|know|remind me) )?"
_ASKS = tuple(
    (kind, re.compile(rf"{_LEAD}(?:{asks}){_NOW}\W*$", re.IGNORECASE))
    for kind, asks in (
        ("mine", rf"what (?:did i|have i|i)(?: just| have)? {_SAY}|what (?:was|were|is) my last (?:question|message|line|words?|sentence)|what(?: was|'s| is) the last thing (?:that )?i(?: have)?(?: just)? {_SAY}"),
        ("mine_first", rf"what(?: was|'s| is) my (?:very )?first (?:question|message|line|words?|sentence)|what(?: was|'s| is) the (?:very )?first thing (?:that )?i {_SAY}(?: you)?|what did i {_SAY}(?: you)? first"),
        ("yours", rf"what (?:did you|have you|you)(?: just)? (?:say|said|ask|asked|tell me|told me|write)|what (?:was|were|is) your last (?:question|message|line|words?|sentence)|what(?: was|'s| is) the last thing (?:that )?you {_SAY.replace('you', 'me')}|(?:can|could|would) you (?:say|repeat) (?:that|it)|(?:say|repeat) (?:that|it)|what was that|come again|pardon(?: me)?"),
        ("theirs", r"what (?:did|has|have) (?P<who>(?!i\b|you\b|we\b)\w+)(?: just)? (?:say|said|ask|asked|answer|write)"),
        ("who", r"who(?: has)?(?: just)? (?:said|asked|wrote) (?:that|this|so|it)|who was (?:that|this)(?: just now)|whose (?:words|line) (?:was|were|is) (?:that|this)"),
        ("then", r"what (?:did|have) (?:we|i|you and i)(?: all)?(?: just)? (?:talk\w*|speak|spoken|chat\w*|discuss\w*|tell you|told you|say|said|mention\w*)(?: about)?(?: to you| here)? (?P<when>yesterday|(?:the )?last time|the other day|last night)|what (?:was it|were we talking about|did we talk about) (?:yesterday|last time|the other day|last night)|what i (?:told|said to) you (?:yesterday|last time|the other day|last night)"),
        ("about", r"what (?:were|are|was) (?:we|you and i|you all|you two|you)(?: just| all)? (?:talking|speaking|chatting|on) about|what (?:were|are) we on about|where were we|what have we (?:just )?(?:talked|spoken) about|what did we (?:just )?(?:talk|speak) about(?: (?:so far|today))?"),
    )
)  # fmt: skip


def asked_of_talk(question: str) -> tuple[str, str]:
    """What of the talk a question asks for, and of whom where it names one: 'mine' (what who asks
    said last), 'mine_first', 'then' (what they told the day before, or last time), 'yours', 'theirs', 'who' (said the last thing), 'about'; '' for a
    question of anything else."""
    plain = question.replace("’", "'").strip()
    for kind, asks in _ASKS:
        if found := asks.match(plain):
            return kind, (found.groupdict().get("who") or "").lower()
    return "", ""


def witnessed(lines: Sequence[Line], asker: str) -> list[Line]:
    """The lines that somebody was there for, oldest first, but for the last, by which they ask: of
    the talk that goes on, since they came in; where they have only just come, of the one before,
    until they left. What is off the record is in none."""
    if not lines:
        return []
    found: list[Line] = []
    talks: list[list[Line]] = [[]]
    for before, line in zip([lines[0], *lines], lines[:-1], strict=False):
        if before.seconds_ago - line.seconds_ago > SAME_TALK:
            talks.append([])
        talks[-1].append(line)
    if talks[-1] and talks[-1][-1].seconds_ago - lines[-1].seconds_ago > SAME_TALK:
        talks.append([])
    for talk in reversed(talks):
        theirs = [at for at, line in enumerate(talk) if line.speaker.lower() == asker.lower()]
        if not theirs:
            continue
        left = talk[theirs[-1]].seconds_ago - LEAVES_AFTER
        goes_on = talk is talks[-1]
        found = [line for line in talk[theirs[0] :] if goes_on or line.seconds_ago >= left]
        break
    return [x for x in found if not x.is_off_record and x.kind != "system"]


def told_then(lines: Sequence[Line], asker: str, question: str, hour: int) -> list[Line]:
    """What somebody said in the talk before this one, oldest first; where they ask for yesterday,
    on that day alone. `hour` is what the clock shows."""
    is_yesterday = re.search(r"\b(?:yesterday|night)\b", question, re.IGNORECASE) is not None
    begun = next((x for x in lines if x.seconds_ago < SAME_TALK), lines[-1] if lines else None)
    mine = [x for x in lines if x.speaker.lower() == asker.lower() and not x.is_off_record]
    before = [x for x in mine if begun is not None and x.seconds_ago > begun.seconds_ago]
    if is_yesterday:
        today = hour * HOUR_S
        return [x for x in before if today < x.seconds_ago <= today + 24 * HOUR_S]
    latest = before[-1].seconds_ago if before else 0.0
    return [x for x in before if x.seconds_ago - latest < SAME_TALK]


def line_asked_for(kind: str, whom: str, lines: Sequence[Line], asker: str) -> Line | None:
    """The line of those (`witnessed`) that a question asks for; None where there is none."""
    mine = [line for line in lines if line.speaker.lower() == asker.lower()]
    if kind == "mine":
        return mine[-1] if mine else None
    if kind == "mine_first":
        return mine[0] if mine else None
    if kind == "yours":
        return next((line for line in reversed(lines) if line.is_own), None)
    if kind == "theirs":
        return next((x for x in reversed(lines) if x.speaker.lower() == whom), None)
    if kind == "who":
        return lines[-1] if lines else None
    told = [line for line in mine if not is_question(line.text) and len(line.text.split()) > 2]
    return next(iter(reversed([x for x in told if not asked_of_talk(x.text)[0]])), None)


def first_asked(lines: Sequence[Line], asker: str) -> Line | None:
    """The first question of somebody's."""
    mine = (line for line in lines if line.speaker.lower() == asker.lower())
    return next((line for line in mine if is_question(line.text)), None)
