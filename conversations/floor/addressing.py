"""Whom a message speaks to: pure functions over its text and the names present."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_GREETING = (
    r"(?:hey|hi|hello|ok|okay|so|and|but|well|oh|yes|no|thanks|thank you|dear|good \w+|"
    r"what about|ask)"
)
_TO_YOU = r"(?:do|did|are|were|will|would|can|could|have|has|what do|how are) you"
# What goes before a name that is spoken about: "what do you think of Bram?"
_OBJECT = (
    "about", "and", "as", "at", "between", "by", "for", "from", "hate", "know", "like", "love",
    "meet", "met", "miss", "of", "on", "or", "remember", "see", "seen", "than", "to", "trust",
    "with",
)  # fmt: skip
_ABOUT = "".join(rf"(?<!\b{word}\s)" for word in _OBJECT)
# What goes on after a name that is called without a comma, as people type it.
_ON = (
    r"(?:you(?:'re|r)?|u|ur|please|pls|tell me|(?:do|did|are|were|can|could|will|would|have) you|"
    r"(?:what|how|why|when|where|who)(?:'?s|'?re| (?:is|are|was|were|do|does|did|can|could|will|"
    r"would|have|has|about|much|many|long|old|come|happened|time|kind)))"
)

_LISTED, _AND = r"(?!I\b)[^\W\d_][\w'’-]*", r"(?:\s*,\s*(?:and\s+)?|\s+(?:and|or|&)\s+)"  # several


@lru_cache(maxsize=512)
def _pattern(name: str) -> re.Pattern[str]:
    """A name at a clause boundary: '@Name', 'Name, …', '…, Name?', 'hey Name', '"…" Name.', 'Name
    what is it'."""
    n = re.escape(name)
    return re.compile(
        rf"(?:@{n}\b)"
        rf"|(?:(?:^|[.!?;:—–\n]\s*)(?:{_GREETING}[ ,]+)?{n}\s*(?=[,:!?—–-]|$))"
        rf"|(?:,\s*{n}\s*(?=[,.!?;:]|$))"
        rf"|(?:(?:^|[.!?;:,\n]\s*){_GREETING},?\s+{n}\b(?!['’]s))"
        rf"|(?:^\s*{n}\s+{_ON}\b)"
        rf"|(?:^\s*(?:{_GREETING}[ ,]+)?(?:{_LISTED}{_AND}){{,4}}{n}(?:{_AND}{_LISTED}){{,4}}"
        rf"\s*[:,!?—–-])"
        rf"|(?:,\s*(?:{_LISTED}{_AND}){{,4}}{n}(?:{_AND}{_LISTED}){{,4}}\s*\?+\s*$)"
        rf"|(?:\b{_TO_YOU}\b[^.!?]*{_ABOUT}\b{n}\s*\?)",
        re.IGNORECASE,
    )


def is_addressed(text: str, name: str) -> bool:
    """Whether `text` speaks to `name`, rather than about it."""
    return bool(_pattern(name).search(text[:4000]))


def addressed_names(text: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that `text` speaks to, in the order in which they stand in it."""
    found = []
    for name in names:
        first = next((part for part in (name, name.split()[0]) if is_addressed(text, part)), None)
        if first:
            found.append((text.lower().find(first.lower()), name))
    return [name for _, name in sorted(found)]


def mentions_other(text: str, others: Iterable[str]) -> bool:
    """Whether `text` plainly speaks to one of `others` (people, say)."""
    return any(is_addressed(text, name) for name in others)
