"""Whether a reaction presumes what nobody told: "who was holding the ladder?", to who spoke of no
ladder. Pure."""

from __future__ import annotations

import re

from fishbowl.llm.offline.lexicon import FUNCTION
from fishbowl.llm.offline.text import stem, words
from fishbowl.llm.offline.viewpoint import HE_WORDS, SHE_WORDS

# What every story has.
_OF_ALL = {
    stem(word)
    for word in ("part", "bit", "end", "whole", "story", "thing", "day", "time", "first", "last",
                 "rest", "one", "same", "message", "order", "way", "word", "line", "moment", "sea",
                 "year", "month", "hour", "table", "window", "night", "evening", "other")
}  # fmt: skip
_THEIRS = re.compile(r"\b(?:your|which|what|their|his|her) (?P<what>[\w'’-]+)", re.IGNORECASE)
# In a question: who says "let me put the kettle on" speaks of their own.
_ASKED = re.compile(
    r"\b(?:the|your|which|what|their|his|her) (?P<what>[\w'’-]+)(?=.*\?)", re.IGNORECASE
)
_THEY = re.compile(
    r"\b(?:he|she|him|her|his|they|them|their|the others?|the other one|the party)\b", re.IGNORECASE
)
_SOMEBODY = re.compile(
    r"\b(?:he|she|him|her|his|they|them|their|we|us|our|people|everybody|everyone|somebody|someone|"
    rf"friends?|children|kids|parents|{'|'.join(sorted(SHE_WORDS | HE_WORDS))})s?\b",
    re.IGNORECASE,
)


def presumes(reaction: str, told: str) -> bool:
    """Whether a reaction names a thing as known, or points to somebody, that isn't in `told`."""
    points = _THEY.search(reaction) is not None and not _SOMEBODY.search(told)
    known = {stem(word) for word in words(told)} | _OF_ALL
    named = (_ASKED if "?" in reaction else _THEIRS).finditer(reaction)
    things = {word for found in named for word in words(found["what"]) if word not in FUNCTION}
    return points or any(stem(thing) not in known for thing in things)
