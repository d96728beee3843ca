"""Plain handling of text: cleaning what others wrote, cutting it into words, measuring repeats."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from fishbowl.llm.offline.lexicon import FUNCTION

LONGEST_LINE = 1200  # characters of a line that are read at all
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_URL = re.compile(r"(?:https?://|www\.)\S+|<[@#:!&/a-z][^>]{0,80}>|@\S+", re.IGNORECASE)
_CARRIED = re.compile(r"\[(?:image|file|voice message|sticker): [^\]\n]*\]")
# A low line within a word is a letter of it, as in the names that guests go by.
_MARKUP = re.compile(r"(?:(?<!\d)\*|\*(?!\d)|(?<![^\W_])_|_(?![^\W_])|[~`|<>#\[\]{}\\])+")
_SENTENCE = re.compile(r"[^.!?…]+[.!?…]*[\"')”]*\s*")
_ABBREVIATED = re.compile(r"\b(?:Mrs?|Ms|Dr|St|Prof|No|vs|etc)\.(?=\s)|\d\.(?=\d)")
# What is quoted within a sentence ends none; but for its last mark, where another begins after it.
_QUOTED = re.compile(r"“[^“”]*?(?=[.!?…]+”(?:\s+[A-Z“]|\s*$)|”)")
_HELD = str.maketrans(".!?…", "\x00\x01\x02\x03")
_LET_GO = str.maketrans("\x00\x01\x02\x03", ".!?…")
_SPACE = re.compile(r"\s+")
_LOUD = re.compile(r"@(everyone|here|channel|[&!]?\d+)", re.IGNORECASE)


def clean(text: object, longest: int = LONGEST_LINE) -> str:
    """The text without markup, links, mentions, notes of what it carries besides, control
    characters, and never very long."""
    return _clean(text[: longest * 2], longest) if isinstance(text, str) else ""


@lru_cache(maxsize=4_000)
def _clean(text: str, longest: int) -> str:
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    text = _MARKUP.sub(" ", _URL.sub(" ", _CARRIED.sub(" ", text)))
    return _SPACE.sub(" ", text).strip()[:longest]


@lru_cache(maxsize=30_000)
def words(text: str) -> tuple[str, ...]:
    """Lower-case words; a typographic apostrophe counts as a plain one."""
    return tuple(w.lower().replace("’", "'") for w in _WORD.findall(text))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A crude stem, good enough to let 'tides' meet 'tide'."""
    if word.endswith("'s"):
        word = word[:-2]
    if len(word) <= 3:
        return word
    for ending, rest in (
        ("ies", "y"),
        ("ing", ""),
        ("ied", "y"),
        ("ed", ""),
        ("es", ""),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + rest
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


@lru_cache(maxsize=10_000)
def content_stems(text: str) -> tuple[str, ...]:
    """The stems of the words that carry meaning."""
    return tuple(
        stem(w) for w in words(text) if w not in FUNCTION and len(w) > 2 and not w.isdigit()
    )


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its own punctuation."""
    return list(_sentences(text))


@lru_cache(maxsize=4_000)
def _sentences(text: str) -> tuple[str, ...]:
    held = _ABBREVIATED.sub(lambda m: m.group(0)[:-1] + "\x00", text)
    held = _QUOTED.sub(lambda m: m.group(0).translate(_HELD), held)
    return tuple(s.translate(_LET_GO).strip() for s in _SENTENCE.findall(held) if s.strip())


def count_words(text: str) -> int:
    return len(words(text))


def opener(text: str) -> tuple[str, ...]:
    """The first three words."""
    return words(text)[:3]


@lru_cache(maxsize=10_000)
def bare(text: str) -> str:
    """The words of a text, with one space between."""
    return " ".join(words(text))


@lru_cache(maxsize=2_000)
def trigrams(text: str) -> frozenset[tuple[str, ...]]:
    found = words(text)
    return frozenset(zip(found, found[1:], found[2:], strict=False))


def upper_first(text: str) -> str:
    for at, character in enumerate(text):
        if character.isalpha():
            return text[:at] + character.upper() + text[at + 1 :]
        if character.isdigit():
            return text
    return text


def lower_first(text: str) -> str:
    """The text with a small letter first, but for names and for I."""
    first = text.split(" ", 1)[0]
    if first == "I" or first.startswith(("I'", "I’")) or first.isupper():
        return text
    if first.lower() in {"the", "a", "an", "he", "she", "it", "they", "my", "your", "his", "her",
                         "there", "we", "you", "our", "their", "to", "that", "this", "at", "in",
                         "on"} or text[:1].isupper():  # fmt: skip
        return text[:1].lower() + text[1:]
    return text


def with_article(noun: str) -> str:
    """A noun with 'a' or 'an' before it."""
    return f"{'an' if noun[:1].lower() in set('aeiou') else 'a'} {noun}"


def end_sentence(text: str) -> str:
    """The text with a final mark, if it has none."""
    text = text.rstrip()
    return text if not text or text[-1] in ".!?…\"”')" else text + "."


def join(parts: Iterable[str]) -> str:
    """Parts as sentences after one another, with no doubled punctuation."""
    joined = " ".join(end_sentence(p.strip()) for p in parts if p and p.strip())
    return tidy(joined)


_DOUBLED = re.compile(r"([,;:])\s*([,;:.!?])")
_DOTS = re.compile(r"(?<!\.)\.\.(?!\.)")
_AFTER = re.compile(r"([?!])[.,;]+")
_BEFORE = re.compile(r"\s+([,.;:!?…])(?!\d)")


@lru_cache(maxsize=10_000)
def tidy(text: str) -> str:
    """Single spaces, and no punctuation mark that trips over another."""
    text = _SPACE.sub(" ", text).strip()
    text = _BEFORE.sub(r"\1", text)
    text = _AFTER.sub(r"\1", text)
    text = _DOUBLED.sub(r"\2", text)
    return _DOTS.sub(".", text)


def contains_phrase(text: str, phrase: str) -> bool:
    """Whether a phrase stands in the text as whole words, in any case."""
    wanted = words(phrase)
    if not wanted:
        return bool(phrase.strip()) and phrase.strip() in text
    return f" {' '.join(wanted)} " in f" {bare(text)} "


def safe(text: str) -> str:
    """A message that may leave the house: no control characters, no mention of a whole channel."""
    kept = "".join(c if c == "\u200d" or unicodedata.category(c) != "Cc" else " " for c in text)
    return tidy(_LOUD.sub(r"\1", kept))


_SPELLED = (
    (r"\bim\b(?! (?:abend|haus))", "I'm"), (r"\bive\b", "I've"), (r"\bi(?=\b(?!\.))", "I"),
    (r"\bdont\b", "don't"), (r"\bdoesnt\b", "doesn't"), (r"\bdidnt\b", "didn't"),
    (r"\bwont\b", "won't"), (r"\bcant\b", "can't"), (r"\bisnt\b", "isn't"),
    (r"\bu\b(?!\.)", "you"), (r"\bur\b", "your"), (r"\br(?= you\b)", "are"),
    (r"\brn\b", "right now"),
    (r"\b(do|go|mak|work|talk|think|look|com)in\b", r"\1ing"),
    (r"\bw[au]t\b", "what"),
    (r"\bwats\b", "what's"), (r"\b(?:gtg|g2g)\b", "got to go"), (r"\bgotta\b", "got to"),
    (r"\bwanna\b", "want to"), (r"\bgonna\b", "going to"), (r"\bdunno\b", "don't know"),
    (r"\bpls\b", "please"), (r"\b(?:cuz|coz|bc)\b", "because"), (r"\b(?:tmrw|tmr)\b", "tomorrow"),
    (r"\bbf\b", "boyfriend"), (r"\bgf\b", "girlfriend"), (r"\bppl\b", "people"),
    (r"\bwhats\b", "what's"), (r"\bwheres\b", "where's"), (r"\bwhos\b", "who's"),
)  # fmt: skip
_SPELLINGS = tuple((re.compile(short, re.IGNORECASE), full) for short, full in _SPELLED)


def spelled_out(text: str) -> str:
    """A line as it is written with care: "im", "i" and "u" as "I'm", "I" and "you"."""
    text = text.replace("’", "'")
    for short, full in _SPELLINGS:
        text = short.sub(full, text)
    return text


# Who is told of, and not called: "Sorrel, then fifteen, asked", "Per, who ran the boat, drowned".
_TOLD_OF = (
    r"(?!,\s(?:then|aged|now|once|who|whose|whom|the|an?|my|our|his|her|their|of|from|at|in|with|born|"
    r"still|already|only|only just|not yet)\b[^,.?!]{1,60},\s"
    r"(?!(?:i|you|we|and|but|so|please|ok|what|who|where|when|why|how|which)\b)"
    r"(?!(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)\s"
    r"(?:i|you|we|he|she|it|they|this|that|there)\b))"
)


def called_in(text: str, names: Collection[str]) -> str:
    """Who is called by name, at the start or at the end of a sentence; '' where nobody is. `names`
    and what is returned are in lower case."""
    low = text.lower()
    for name in sorted(names):
        if name not in low:
            continue
        safe = re.escape(name)
        if re.search(
            rf"(?:^|[.?!]\s+|^(?:ok|oh|hey|so|and|but|well),?\s){safe}{_TOLD_OF}[,:]\s", low
        ):
            return name
        if re.search(rf",\s{safe}\s*(?:[.?!…]|$)", low):
            return name
    return ""


def without_call(text: str, name: str) -> str:
    """The text without a name that is called at its start or end, with a comma or without."""
    if not name:
        return text
    safe = re.escape(name)
    called = rf"^\s*(?:hey |hi |hello |ok |so )?{safe}\b{_TOLD_OF}(?:[,:!]\s*|\s+)(?=\S)"
    text = re.sub(called, "", text, flags=re.IGNORECASE)
    return re.sub(rf",?\s*\b{safe}\s*([.?!]*)\s*$", r"\1", text, flags=re.IGNORECASE)
