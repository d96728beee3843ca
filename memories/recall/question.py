"""What a question asks for: whom it names, which time it means, what its words 'she' and 'he' stand
for. Pure: a text and a clock in, a `Question` out."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass

from memories.recall.dates import Window
from memories.recall.smalltalk import without_smalltalk
from memories.recall.times import window
from memories.unspaced import asked, runs_as_names

__all__ = ["Question", "Window", "understand"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_QUOTED = re.compile(r"[\"“]([^\"“”]{2,80})[\"”]")
PRONOUNS = {
    "she": "she", "her": "she", "hers": "she", "herself": "she",
    "he": "he", "him": "he", "his": "he", "himself": "he",
    "they": "they", "them": "they", "their": "they", "theirs": "they", "themselves": "they",
}  # fmt: skip
_WHEN = re.compile(
    r"(?:^|[.!?,]\s+)when\b|\bwhen(?:['’]s| (?:did|was|were|is|are|will|do|does|has|have|had))\b"
    r"|\bhow long\b|\b(?:which|what) (?:date|day|week|month|year|time)\b",
    re.IGNORECASE,
)
_I = re.compile(
    r"\b(?:I|me|my|mine|myself|I['’](?:m|ve|d|ll)|ich|mi[rc]h?|mein\w*|je|j['’](?=\w)|moi|mon|mes"
    r"|yo|mí|mis?|eu|meus?|minhas?|io|mi[oa]|я|мне|меня|мо[йяёеи])\b|[我私僕俺]",
    re.IGNORECASE,
)
_YOU = re.compile(
    r"\b(?:you|your|yours|yourself|you['’](?:re|ve|d|ll)|du|di[rc]h?|dein\w*|tu|toi|vous|votre"
    r"|tú|usted|você|ты|тебя|тебе|тво\w+|вы|вас|вам|ваш\w*)\b|[你您]|あなた",
    re.IGNORECASE,
)
_ASKS = re.compile("[?？؟]")
LONGEST_NAME = 4  # words
LONGEST_QUESTION = 2000  # characters of it that are read


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood. `text` is without what is only said in passing, unless it is all
    (`is_idle`). `candidates` are the runs of words in it that may be names, in lower
    case; `earlier` those of the lines before it, latest first, which its `pronouns` may mean;
    `of_asker` and `of_asked` whether it is about 'me', and about 'you'."""

    text: str
    candidates: tuple[str, ...]
    earlier: tuple[str, ...]
    pronouns: frozenset[str]
    window: Window | None
    phrases: tuple[str, ...]
    asks_when: bool
    is_idle: bool = False
    of_asker: bool = False
    of_asked: bool = False

    @property
    def sought(self) -> str:
        """What of the text is looked for in words: a time is looked for as a time, and one that is
        to come also by its date."""
        if self.window is None:
            return asked(self.text)
        if self.window.dates:
            return f"{self.text} {self.window.dates}"
        return self.text.replace(self.window.words, " ")

    def without(self, names: Sequence[str]) -> str:
        """The text with `names` taken out. What remains says what is asked, not of whom; the whole
        text where nothing else remains."""
        text = self.text
        for name in sorted(names, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?:['’]s)?(?!\w)", " ", text, flags=re.I)
        return " ".join(text.split()).strip(" ,") if _WORD.search(text) else self.text


def understand(
    text: str,
    *,
    now: dt.datetime,
    context: Sequence[str] = (),
    names: Container[str] = (),
    birthday: dt.date | None = None,
) -> Question:
    """Understand a question asked at `now`, after the lines of `context`, oldest first. `names` are
    those that people go by, in lower case; `birthday` is that of whoever asks."""
    read = unicodedata.normalize("NFC", text[:LONGEST_QUESTION])  # as what is stored
    whole = " ".join(read.replace("\0", " ").split())
    sought = without_smalltalk(whole, names)
    text = sought or whole
    words = {word.lower() for word in _WORD.findall(text)}
    pronouns = frozenset(PRONOUNS[word] for word in words & PRONOUNS.keys())
    asks = _ASKS.search(text) is not None
    earlier: list[str] = []
    if pronouns:
        for line in reversed(context):
            earlier += reversed(name_candidates(line[:LONGEST_QUESTION]))
    return Question(
        text=text,
        candidates=tuple(dict.fromkeys([*name_candidates(text), *runs_as_names(text)])),
        earlier=tuple(dict.fromkeys(earlier)),
        pronouns=pronouns,
        window=window(text, now, birthday),
        phrases=tuple(_QUOTED.findall(text)),
        asks_when=_WHEN.search(text) is not None,
        is_idle=not sought,
        of_asker=asks and _I.search(text) is not None,
        of_asked=asks and _YOU.search(text) is not None,
    )


def name_candidates(text: str) -> list[str]:
    """Runs of up to four words that may be a name, in lower case and in order. Whoever asks may
    write without capitals, so every word may be one; runs of several are capitalised."""
    found = []
    words = list(_WORD.finditer(text))
    for at, word in enumerate(words):
        found.append(bare(word.group()))
        for length in range(2, LONGEST_NAME + 1):
            run = words[at : at + length]
            if len(run) < length or not _is_run(text, run):
                break
            found.append(bare(text[run[0].start() : run[-1].end()]))
    return found


def _is_run(text: str, run: Sequence[re.Match[str]]) -> bool:
    between = text[run[-2].end() : run[-1].start()]
    return (
        between in (" ", "-", ". ") and run[0].group()[0].isupper() and run[-1].group()[0].isupper()
    )


def bare(name: str) -> str:
    """A name in lower case without the ending of a possessive."""
    return _POSSESSIVE.sub("", name.replace("’", "'").lower())
