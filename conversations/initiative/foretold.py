"""What somebody says will be: 'my exam is on Friday', 'I'm away until Monday'. Pure.

Only what they say of themselves, as a plain statement, at a time that can be told.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from conversations.initiative import moments

ASKED_AT = dt.time(18, 30)  # on the day of what has no hour
AFTER = dt.timedelta(hours=3)  # what has one
LONGEST = 60  # characters of what it is
MOST_WORDS = 7  # of a moment

_WHAT = r"(?P<what>[^,;.!?]{2,80}?)"
_OWN = re.compile(
    rf"\bmy {_WHAT}(?:'s| is| will be| starts| begins| comes up)(?: coming up)? (?P<rest>.+)", re.I
)
_HAVE = re.compile(
    r"\bI(?:'ve got|'ve| have| have got| got|'m having|'m taking|'m sitting|'m giving|'m playing| "
    rf"start|'m starting) (?P<det>a|an|my|the|our) {_WHAT} (?P<rest>(?:on|at|in|next|this|tomorrow|"
    r"tonight|today)\b.*)",
    re.I,
)
_DO = re.compile(
    r"\bI(?:'m| am) (?P<what>(?:flying|moving|travelling|traveling|going|driving|sailing|getting "
    r"married|performing|running|meeting|visiting)\b[^,;.!?]{0,60}?) "
    r"(?P<rest>(?:on|at|in|next|this|tomorrow|tonight)\b.*)",
    re.I,
)
_AWAY = re.compile(
    r"\bI(?:'m| am|'ll be| will be) (?:going )?(?:away|out of town|offline|on holiday|on vacation|"
    r"off|gone|travelling|traveling|not (?:be )?(?:here|around))(?: from here)? "
    r"(?:until|till|til) (?P<rest>.+)|"
    r"\bI (?:won't|will not) be (?:here|around|online|back)(?: again)? (?:until|till|til|before) "
    r"(?P<rest2>.+)|\b(?:I'm|I am|I'll be|I will be) back (?P<rest3>(?:on|in|next|tomorrow)\b.*)",
    re.I,
)
_UNSURE = re.compile(r"\b(?:if|maybe|perhaps|might|may|could|wish|was|were|said|kidding)\b", re.I)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")


@dataclass(frozen=True, slots=True)
class Foretold:
    """Something that somebody says will be. `ask` is how to come back to it, spoken to them, and
    `at` when; of one who is away, until when."""

    kind: Literal["event", "away"]
    what: str
    ask: str
    at: dt.datetime


def find(text: str, said_at: dt.datetime, zone: ZoneInfo) -> Foretold | None:
    """The first thing that a message foretells; None in most."""
    plain = " ".join(text.replace("’", "'").split())[:600]
    for sentence in _SENTENCE.findall(plain):
        if "?" in sentence or _UNSURE.search(sentence) or '"' in sentence or "“" in sentence:
            continue
        if away := _AWAY.search(sentence):
            rest = away["rest"] or away["rest2"] or away["rest3"]
            if back := _moment(rest, said_at, zone):
                return Foretold("away", "being away", "", back[0])
            continue
        for pattern in (_OWN, _HAVE, _DO):
            found = pattern.search(sentence)
            moment = _moment(found["rest"], said_at, zone) if found else None
            if found is None or moment is None:
                continue
            what = found["what"].strip()[:LONGEST]
            return Foretold("event", what, _asking(pattern, found, what), _after(*moment, zone))
    return None


def _asking(pattern: re.Pattern[str], found: re.Match[str], what: str) -> str:
    if pattern is _DO:
        return f"You said you would be {what}. How was it?"
    return f"How did your {what} go?"


def _moment(rest: str, now: dt.datetime, zone: ZoneInfo) -> tuple[dt.datetime, bool] | None:
    """The first moment that words name, and whether they name an hour."""
    words = re.sub(r"[.,!]", " ", rest).split()
    for start, count in _spans(words):
        said = " ".join(words[start : start + count])
        at = moments.read(said, now, zone)
        if at is not None:
            has_hour = bool(
                re.search(r"\d\s*(?:am|pm|:)|\bat \d|noon|\bhours?\b|minutes?", said, re.I)
            )
            return at, has_hour
    return None


def _spans(words: list[str]) -> Iterator[tuple[int, int]]:
    for start in range(min(4, len(words))):
        for count in range(min(MOST_WORDS, len(words) - start), 0, -1):
            if count == 1 and words[start].isdigit():
                continue
            yield start, count


def _after(at: dt.datetime, has_hour: bool, zone: ZoneInfo) -> dt.datetime:
    """When it will be over: some hours after its own, or in the evening of its day."""
    if has_hour:
        return at + AFTER
    evening = dt.datetime.combine(at.astimezone(zone).date(), ASKED_AT, zone).astimezone(dt.UTC)
    return max(evening, at)
