"""Whether words repeat words. Pure: what was recalled must not be stored again as new."""

from __future__ import annotations

import re
from functools import lru_cache

from memories.unspaced import RUN, asked, pieces

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Words that say nothing of what a text is about.
_COMMON = """
a about after again all also am an and any are as at be because been before but by can could
did do does for from get go going got had has have he her hers him his how i i'd i'll i'm
i've if in into is it it's its just know like me more my no not now of off on one or our out
over said say she so some such than that that's the their them then there these they this
those to told too up us very was we well were what when where which while who why will with
would you you're your
"""
COMMON = frozenset(_COMMON.split())

ECHO = 0.6  # share of a memory's words that a line must repeat to be quoting it
RETOLD = 0.75  # share of a line's own words that stand in a memory, from which it retells that
FEWEST_RETOLD = 6  # words of such a line
SAME = 0.7  # overlap from which two texts say the same


@lru_cache(maxsize=5_000)
def content_words(text: str) -> frozenset[str]:
    """The words of `text` that carry meaning, in lower case, without plural s."""
    spaced, runs = RUN.subn(" ", text)
    words = (word.lower().replace("’", "'") for word in _WORD.findall(spaced))
    found = frozenset(
        word.removesuffix("'s").rstrip("s") or word for word in words if word not in COMMON
    )
    return found.union(*map(pieces, RUN.findall(asked(text)))) if runs else found


def coverage(source: str, text: str) -> float:
    """The share of `source`'s words that `text` repeats, 0.0–1.0."""
    words = content_words(source)
    return len(words & content_words(text)) / len(words) if words else 0.0


def overlap(one: str, other: str) -> float:
    """Shared words by all words of the smaller text, 0.0–1.0. Two words or fewer prove nothing."""
    first, second = content_words(one), content_words(other)
    smaller = min(len(first), len(second))
    return len(first & second) / smaller if smaller > 2 else float(first == second and smaller > 0)


def repeats(memory: str, text: str) -> bool:
    """Whether a line says a memory again: most of it, or a piece of a longer one and little
    besides."""
    known, said = content_words(memory), content_words(text)
    if not known:
        return False
    shared = len(known & said)
    return shared >= ECHO * len(known) or (
        len(said) >= FEWEST_RETOLD and shared >= RETOLD * len(said)
    )
