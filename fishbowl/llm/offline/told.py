"""What a line tells of who says it, and whether it meets a question on it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from fishbowl.llm.offline.hearing import question_kind
from fishbowl.llm.offline.lexicon import BASE_OF
from fishbowl.llm.offline.mending import without_lead
from fishbowl.llm.offline.phrases import is_safe
from fishbowl.llm.offline.text import (
    called_in,
    clean,
    content_stems,
    count_words,
    sentences,
    spelled_out,
    without_call,
    words,
)
from fishbowl.llm.offline.viewpoint import said_back
from fishbowl.llm.offline.world import ANSWERS
from fishbowl.llm.questions import told_and_asked

LONGEST_LINE = 400  # characters
FEWEST_WORDS, MOST_WORDS = 4, 30
OF_SELF = re.compile(r"(?:and )?(?:I(?:'m|'ve|'d)?|my|we(?:'re|'ve)?|our)\b", re.IGNORECASE)
_PASSING = re.compile(
    r"I'll\b|I'd\b|I(?:'m| am)? (?:think|guess|know|see|mean|wonder|hope|suppose|bet|agree|don't"
    r"|do not|can't|will|would|should|could|want|sure|not sure|sorry|here|back|off|going|told|said"
    r"|asked)\b",
    re.IGNORECASE,
)
# What a question on the past is made of, whatever it asks after.
_ASKING = frozenset(
    content_stems("say said tell told mention mentioned call called name named remember")
)


def said_in(text: str, names: Collection[str]) -> Iterator[str]:
    """The sentences of a line that may be said again, without whom they are said to (one of
    `names`, in lower case), and a long one as far as it can be. None of a line with links, mentions
    or markup, of which only a part could be."""
    plain = clean(text, LONGEST_LINE)
    if plain != " ".join(text.split()):
        return
    for sentence in sentences(plain):
        said = _in_short(without_call(sentence.strip(), called_in(sentence, names)))
        if count_words(said) <= MOST_WORDS and all(map(is_safe, words(said))):
            yield said


_PAUSE = re.compile(r"[,;]? (?:and|but|then|so|although) |[,;] | [–—-]+ ")


def _in_short(said: str) -> str:
    """What is said in a long breath, up to its last pause among the words that are said again."""
    if count_words(said) <= MOST_WORDS:
        return said
    heads = (said[: pause.start()] for pause in _PAUSE.finditer(said))
    return max((head for head in heads if count_words(head) <= MOST_WORDS), key=len, default=said)


_CLAUSES = re.compile(
    r"[,;]?\s+(?:and|but|so)\s+(?=(?:I|I'm|I've|my|we|we're|our)\b)|[,;]\s+(?=(?:I|I'm|I've|my|we|our)\b)",
    re.IGNORECASE,
)


# What ends a sentence and says nothing.
_BY_THE_WAY = re.compile(
    r"[, ]+(?:by the way|btw|you know|lol|haha|though|anyway|actually|i guess|as it happens)$", re.I
)


def clauses_in(text: str, names: Collection[str]) -> Iterator[str]:
    """The sentences of a line that may be said again, each thing told of who says it by itself:
    "I teach in York and my dog is called Rufus" tells two."""
    for sentence in said_in(text, names):
        for part in _clauses(sentence):
            plain = _BY_THE_WAY.sub("", part.rstrip(".! "))
            if count_words(plain) > 1:
                yield plain


def _clauses(sentence: str) -> list[str]:
    told, asked = told_and_asked(spelled_out(without_lead(sentence)))
    return [*_CLAUSES.split(told), *([asked] if asked else [])]


def told_of_self(text: str, names: Collection[str]) -> Iterator[str]:
    """What a line tells of who says it, in the second person: no question, and nothing said in
    passing."""
    for said in said_in(text, names):
        plain, _ = told_and_asked(spelled_out(said))
        if not OF_SELF.match(plain) or _PASSING.match(plain):
            continue
        if count_words(plain) >= FEWEST_WORDS and (told := said_back(plain)):
            yield f"{told[0].upper()}{told[1:]}"


def meets(question: str, said: str) -> bool:
    """Whether what was said holds half of the words that a question on it asks with."""
    asked = asked_with(question)
    shared = asked & meant(said)
    return bool(shared) and 2 * len(shared) >= len(asked)


def nearest_first(question: str, told: Iterable[str]) -> list[str]:
    """Several things that were told in one line, those first that tell what a question asks for (a
    place, a time, a reason), and of these the ones with most of its words."""
    asked, tells = asked_with(question), ANSWERS.get(question_kind(question))
    fit = {said: (bool(tells and tells.search(said)), len(asked & meant(said))) for said in told}
    return sorted(fit, key=lambda said: fit[said], reverse=True)


def asked_with(question: str) -> set[str]:
    """The stems of what a question asks after."""
    return meant(question) - _ASKING


def meant(text: str) -> set[str]:
    """The stems of a text, verbs of the past in their base."""
    return set(content_stems(" ".join(BASE_OF.get(w, w) for w in words(text))))
