"""What the speaker has read of the world, for who asks after it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from fishbowl.llm.offline.lexicon import BASE_OF
from fishbowl.llm.offline.text import clean, content_stems, count_words, sentences, stem, words

BEGINNING = 5  # words in which a sentence says what it is of
LONGEST = 48  # words of lore that are told in one breath
# Which kinds of question the world may answer, and what an answer of that kind has in it.
_WANTED = {
    "when": r"\d|\b(?:morning|noon|evening|night|dark|winter|summer|spring|autumn|year|day)s?\b",
    "when_next": r"\d|\b(?:morning|noon|evening|night|dark|winter|summer|spring|autumn|\w+day)s?\b",
    "how_many": r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|\w+teen|\w+ty|hundred)\b",
    "how_long": r"\d|\b(?:years?|hours?|minutes?|days?|winters?)\b",
    "who": "",
    "where": r"\b(?:on|at|in|above|below|beside|behind|round|under|over|from) (?:the|a|an|[A-Z])",
    "what": "",
    "why": r"\b(?:because|since|so that|for)\b",
    "how": "",
}
_NUMBER = re.compile(_WANTED["how_many"])
_COUNTED = re.compile(r"\bhow many (?P<what>[\w'-]+)", re.IGNORECASE)
BETWEEN = 2  # words between a number and what it counts
_COMPILED = {kind: re.compile(has) for kind, has in _WANTED.items()}


_OF_SOMEBODY = re.compile(r"\b(?:he|she|they|him|her|them)\b", re.IGNORECASE)  # no telling whom


def _meant(text: str) -> set[str]:
    return set(content_stems(" ".join(BASE_OF.get(w, w) for w in words(text))))


def _counts(question: str, told: str) -> bool:
    """Whether a number of what is asked for is told; so of everything that isn't counted."""
    asked = _COUNTED.search(question)
    if asked is None:
        return True
    found, counted = words(told), stem(asked["what"].lower())
    return any(
        _NUMBER.search(word) and counted in map(stem, found[at + 1 : at + 2 + BETWEEN])
        for at, word in enumerate(found)
    )


def told_of_world(
    question: str, kind: str, lore: Sequence[str], names: Collection[str] = ()
) -> str:
    """One or two sentences of lore that answer a question of a kind (as `Heard.asks` has it), or
    ''. Two thirds of the words that are asked with must stand in them; `names`, in lower case, of
    who speaks and who asks aren't among those."""
    if kind not in _COMPILED or _OF_SOMEBODY.search(question):
        return ""
    asked = _meant(question) - {stem for name in names for stem in content_stems(name)}
    best, found = 0.0, ""
    for text in lore:
        told = [one for one in sentences(clean(text, 6000)) if not one.startswith("#")]
        for at, one in enumerate(told):
            for said in (one, " ".join(told[at : at + 2])):
                shared = asked & _meant(said)
                if not asked & _meant(one) or count_words(said) > LONGEST:
                    continue
                if 3 * len(shared) < 2 * len(asked) or not _COMPILED[kind].search(said):
                    continue
                if not _counts(question, said):
                    continue
                begins = asked & _meant(" ".join(said.split()[:BEGINNING]))
                score = (len(shared) + 0.3 * bool(begins)) / len(asked) - 0.004 * count_words(said)
                if score > best:
                    best, found = score, said
    return found
