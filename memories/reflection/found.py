"""What reflection finds, before it is kept. Pure."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from fishbowl.llm.offline.text import clean, content_stems, count_words, sentences
from memories.formation.discretion import strictest
from memories.reflection.life import Life, Spoken, Who

LONGEST_QUOTE = 130
SAYING = 6  # words of a sentence that says something


@dataclass(frozen=True, slots=True)
class Found:
    """Something understood. `subject` is what it is of, such as company:c4, and `stance` which way:
    another insight of the same subject with the opposite one contradicts it."""

    kind: str
    content: str
    question: str
    subject: str
    evidence: tuple[int, ...]
    confidence: float
    importance: float
    stance: int = 0
    valence: float = 0.0
    triggers: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    about: Who | None = None
    visibility: str = "public"
    before: str = ""
    talk: int | None = None
    message: int | None = None
    community: int | None = None  # of which it was found


@dataclass(frozen=True, slots=True)
class Wish:
    """A goal that reflection gives rise to, and perhaps somebody it seeks for it."""

    key: str
    description: str
    criteria: str
    priority: int
    seeks: Who | None = None
    question: str = ""
    evidence: tuple[int, ...] = ()
    why: str = ""
    community: int | None = None  # in which it came up


def worded(life: Life, subject: str, *ways: str) -> str:
    """One of several ways to say a thing, the same for the same character and thing, so that what
    two of them find in the same way they don't say in the same words."""
    return ways[zlib.crc32(f"{life.name}|{subject}".encode()) % len(ways)]


def telling(life: Life, subject: str, lines: Sequence[Spoken]) -> Spoken:
    """One of the weightiest of some lines: another for another character, so that a company
    doesn't all keep the same words."""
    best = sorted(lines, key=lambda line: (-line.importance, line.memory))[:3]
    return best[zlib.crc32(f"{life.name}|{subject}".encode()) // 7 % len(best)]


def quote(line: Spoken, about: str = "", where: re.Pattern[str] | None = None) -> str:
    """A sentence or two of a line, in quotation marks: from where it names the thing (by its stem)
    that it is quoted for, or says what is looked for; or else from the first that says something,
    for how one comes to speak ("Oh, that brings something back!") tells nothing."""
    whole = sentences(clean(line.text, 500)) or [clean(line.text, 500)]
    told = [
        bool(about and about in content_stems(one)) or bool(where and where.search(one))
        for one in whole
    ]
    at = next((at for at, one in enumerate(whole) if count_words(one) >= SAYING), 0)
    at = told.index(True) if True in told else at
    kept = ""
    for sentence in whole[at:]:
        if kept and len(kept) + len(sentence) > LONGEST_QUOTE:
            break
        kept = f"{kept} {sentence}".strip()
    if len(kept) > 2 * LONGEST_QUOTE:
        kept = kept[: 2 * LONGEST_QUOTE].rsplit(" ", 1)[0] + "…"
    return f"“{kept}”"


def since(life: Life, at: dt.datetime | None = None) -> str:
    """Since when, as it holds whenever it is said: what is understood is told days later, too."""
    at = at or life.since
    return f"since {at.day} {at:%B}"


def times(number: int) -> str:
    """How often, in words where it is few."""
    return {1: "once", 2: "twice", 3: "three times", 4: "four times"}.get(number, f"{number} times")


def listed(names: Sequence[str]) -> str:
    """Names after one another, the last with an 'and'."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))


def sure(evidence: int, *, needed: int) -> float:
    """How confident so much evidence makes: .6 with what is needed, toward .95 with more."""
    if evidence < needed:
        return 0.6 * evidence / max(1, needed)
    return round(min(0.95, 0.6 + 0.35 * (1 - needed / evidence)), 3)


def level(lines: Sequence[Spoken]) -> str:
    """Before whom it may come up: as the strictest of the lines it rests on."""
    return strictest(*(line.visibility for line in lines)) if lines else "public"
