"""Somebody's names and words struck out of texts. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conversations.people.redaction import BLANK, Traits, flat

SOMEBODY = "somebody"
SHINGLE = 6  # so many words in a row that somebody said are a quotation


@dataclass(frozen=True, slots=True)
class Striking:
    """How somebody's names and words are struck out of a text."""

    names: re.Pattern[str] | None
    shingles: frozenset[str]

    @classmethod
    def of(cls, traits: Traits) -> Striking:
        """By what a text about them is known by."""
        return cls(
            re.compile(rf"(?<!\w)(?:{traits.spelt})(?!\w)") if traits.names else None,
            frozenset(one for said in traits.said for one in _shingles(said)),
        )

    def text(self, text: str) -> str:
        """The text without them. A name that is a common word too stays where it is but a word."""
        if self.shingles and not self.shingles.isdisjoint(_shingles(text)):
            return BLANK
        if self.names is None:
            return text
        return self.names.sub(SOMEBODY, text)

    def value(self, value: Any) -> Any:
        """The same in a list or in JSON."""
        return struck(value, self.text)


def struck(value: Any, text: Callable[[str], str]) -> Any:
    """A value with every text in it, keys included, as `text` leaves it."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return [struck(one, text) for one in value]
    if isinstance(value, dict):
        return {text(str(key)): struck(one, text) for key, one in value.items()}
    return value


def _shingles(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", flat(text).casefold())
    return frozenset(" ".join(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1))
