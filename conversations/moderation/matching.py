"""Many patterns looked for in a text at once: words, phrases and regular expressions. Pure.

Words are looked for as they look, not as they are spelled: case, accents, look-alike letters of
other scripts, characters that nobody sees, digits in place of letters, lengthened and spaced
letters make no difference. Regular expressions are RE2's, whose time grows with the text alone:
no pattern can hold up the talk.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import re2

Kind = Literal["word", "phrase", "regex"]
LONGEST = {"word": 60, "phrase": 200, "regex": 500}
LONGEST_TEXT = 8000  # nothing that is said is longer
MEMORY_OF_ONE, MEMORY_OF_ALL = 1 << 20, 1 << 26

# Letters of other scripts that look like Latin ones, after case is gone. Both texts and patterns go
# through it, so that words of those scripts still match themselves.
_FOREIGN = "авекмнорстухѕіјһԁԛԝαβεηικνορτυχωıłøđħŧɑɡ"
_LATIN = "abekmhopctyxsijhdqwabenikvoptuxwilodhtag"
_ALIKE = str.maketrans(_FOREIGN, _LATIN)
_DIGITS = str.maketrans("013457@$€", "oieastase")
_IN_WORD = re.compile(r"[^\W\d_][013457@$€]|[013457@$€][^\W\d_]")
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f]")
_WORD = re.compile(r"[^\W_]+")
_RUN, _LONG_RUN = re.compile(r"(.)\1+"), re.compile(r"(.)\1\1")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
FEWEST_SPACED = 3


class PatternRefused(ValueError):
    """A pattern that can't be looked for; the text says why and what would do."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What to look for. `key` is its owner's name for it."""

    key: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern that a text has, and the part of the text, as far as it can be told."""

    key: int
    part: str


# --- how texts are read ---------------------------------------------------------------------------


def plain(text: str) -> str:
    """A text as it is seen: compatible forms are one, what is invisible is gone."""
    if text.isascii():
        return text
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return "".join(c for c in seen if unicodedata.category(c) != "Cf")


def skeleton(text: str) -> str:
    """What a text looks like, without case, accents and the scripts that letters are of."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", plain(text).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(_ALIKE)


def readings(text: str) -> Iterator[list[str]]:
    """The words of a text: as written, then as they may be meant."""
    looks = _bare(text[:LONGEST_TEXT])
    words = _WORD.findall(looks)
    yield words
    if _IN_WORD.search(looks):
        yield _WORD.findall(looks.translate(_DIGITS))
    if spaced := _closed_up(words):
        yield spaced


def _short(word: str) -> str:
    """A word without its doubled letters."""
    return _RUN.sub(r"\1", word)


def _closed_up(words: Sequence[str]) -> list[str]:
    """Words that were written letter by letter."""
    found, letters = [], ""
    for word in (*words, ""):
        if len(word) == 1:
            letters += word
            continue
        if len(letters) >= FEWEST_SPACED:
            found.append(letters)
        letters = ""
    return found


# --- patterns -------------------------------------------------------------------------------------


def check(kind: str, text: str) -> None:
    """See that a pattern can be looked for.

    Raises:
        PatternRefused: it can't, or it would find itself in everything.
    """
    if kind not in LONGEST:
        raise PatternRefused(f"A pattern is a word, a phrase or a regex, not {kind!r}.")
    if len(text) > LONGEST[kind]:
        raise PatternRefused(
            f"A {kind} has at most {LONGEST[kind]} characters; this has {len(text)}."
        )
    if kind == "regex":
        _check_regex(text)
        return
    words = _WORD.findall(_bare(text))
    if not words:
        raise PatternRefused(f"A {kind} needs a letter or a digit.")
    if kind == "word" and "*" in text.strip("*"):
        raise PatternRefused("A * stands before or after a word, not within: make it a regex.")
    if kind == "phrase":
        if "*" in text:
            raise PatternRefused("A phrase has no *: make it a regex, or a word of its own.")
        return
    if len(words) > 1:
        raise PatternRefused("That is more than one word: make it a phrase.")
    if "*" in text and len(words[0]) < 3:
        raise PatternRefused("A word with * needs three letters: it would be found everywhere.")


def _check_regex(text: str) -> None:
    compiled = _compiled(text)
    if not text.strip():
        raise PatternRefused("The regex is empty: write what to look for.")
    if compiled.search("") or compiled.search("\u2603"):
        raise PatternRefused("This regex fits every message: write what must stand there.")


def _compiled(text: str) -> Any:
    try:
        return re2.compile(text, _options(MEMORY_OF_ONE))
    except re2.error as error:
        said = error.args[0] if error.args else "it can't be read"
        why = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise PatternRefused(
            f"This regex can't be used ({why}). RE2's syntax is wanted, which has no "
            "backreferences or lookaround."
        ) from None


def _options(memory: int) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = memory
    return options


def _bare(text: str) -> str:
    return skeleton(text).replace("'", "").replace("’", "")


class Matcher:
    """Patterns made ready. Those that can't be used are left out: `unusable` has their keys."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.unusable: list[int] = []
        self._words: dict[str, list[int]] = {}
        self._short_words: dict[str, list[int]] = {}
        self._phrases: dict[str, list[tuple[list[str], int]]] = {}
        self._stems, self._regexes = _set(), _set()
        self._stem_keys: list[int] = []
        self._stem_texts: list[str] = []
        self._regex_keys: list[int] = []
        self._regex_each: list[Any] = []
        for pattern in patterns:
            try:
                check(pattern.kind, pattern.text)
                self._add(pattern)
            except PatternRefused:
                self.unusable.append(pattern.key)
        for filled, keys in ((self._stems, self._stem_keys), (self._regexes, self._regex_keys)):
            if keys:
                filled.Compile()

    def _add(self, pattern: Pattern) -> None:
        if pattern.kind == "regex":
            self._regex_each.append(_compiled(pattern.text))
            self._regexes.Add(pattern.text)
            self._regex_keys.append(pattern.key)
            return
        words = _WORD.findall(_bare(pattern.text))
        if _UNSPACED.search(pattern.text):
            self._add_stem(" ".join(words), pattern.key)
        elif pattern.kind == "phrase":
            self._phrases.setdefault(words[0], []).append((words, pattern.key))
        elif "*" in pattern.text:
            begins = "" if pattern.text.startswith("*") else " "
            ends = "" if pattern.text.endswith("*") else " "
            self._add_stem(f"{begins}{words[0]}{ends}", pattern.key)
        else:
            self._words.setdefault(words[0], []).append(pattern.key)
            self._short_words.setdefault(_short(words[0]), []).append(pattern.key)

    def _add_stem(self, text: str, key: int) -> None:
        self._stems.Add(re2.escape(text))
        self._stem_keys.append(key)
        self._stem_texts.append(text.strip())

    def find(self, text: str) -> list[Found]:
        """Every pattern that a text has, each once."""
        found: dict[int, str] = {}
        if self._words or self._phrases or self._stem_keys:
            for words in readings(text):
                for key, part in self._among(words):
                    found.setdefault(key, part)
        if self._regex_keys:
            seen = plain(text[:LONGEST_TEXT])
            for place in self._regexes.Match(seen) or ():
                match = self._regex_each[place].search(seen)
                found.setdefault(self._regex_keys[place], match.group() if match else "")
        return [Found(key, part) for key, part in found.items()]

    def _among(self, words: list[str]) -> Iterator[tuple[int, str]]:
        for place, word in enumerate(words):
            for key in self._words.get(word, ()):
                yield key, word
            if _LONG_RUN.search(word):
                for key in self._short_words.get(_short(word), ()):
                    yield key, word
            for phrase, key in self._phrases.get(word, ()):
                if words[place : place + len(phrase)] == phrase:
                    yield key, " ".join(phrase)
        if self._stem_keys:
            for place in self._stems.Match(f" {' '.join(words)} ") or ():
                yield self._stem_keys[place], self._stem_texts[place]


def _set() -> Any:
    return re2.Set.SearchSet(_options(MEMORY_OF_ALL))
