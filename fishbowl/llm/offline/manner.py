"""How this one says it: temperament, casing, length, emoji, and the phrases it never uses."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from random import Random

from fishbowl.llm.offline.lexicon import FUNCTION
from fishbowl.llm.offline.material import Index, Piece
from fishbowl.llm.offline.stock import STOCK, Fragment
from fishbowl.llm.offline.text import bare, clean, count_words, tidy, upper_first, words
from fishbowl.llm.types import Brief

_EXPANDED = (
    ("can't", "cannot"), ("Can't", "Cannot"), ("won't", "will not"), ("Won't", "Will not"),
    ("n't", " not"), ("I'm", "I am"),
    ("I've", "I have"), ("I'll", "I shall"), ("you're", "you are"), ("you've", "you have"),
    ("we're", "we are"), ("we've", "we have"), ("they're", "they are"), ("that's", "that is"),
    ("That's", "That is"), ("it's", "it is"), ("It's", "It is"), ("there's", "there is"),
    ("There's", "There is"), ("I'd", "I would"), ("You're", "You are"), ("What's", "What is"),
)  # fmt: skip
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_GLAD = ("🙂", "✨", "😄", "🌊", "💛", "👀")
_SORRY = ("💛", "🥲", "🫂")


def temperament(brief: Brief, index: Index) -> frozenset[str]:
    """The tags of the stock that suit the speaker, from its traits, style and mood."""
    traits = {str(k).lower(): v for k, v in brief.traits.items() if isinstance(v, (int, float))}

    def trait(name: str) -> float:
        return float(traits.get(name, 0.5))

    style = brief.voice
    tags = set()
    if style.formality >= 0.7:
        tags.add("g")
    # Who writes whole sentences doesn't speak as one types: nobody's "tbh" but theirs who leave
    # capitals out, or of whom nothing written tells.
    if index.lower_case or (style.formality <= 0.25 and not index.pieces):
        tags.add("c")
    if trait("extraversion") + 0.2 * brief.mood_arousal >= 0.62 and brief.energy > 0.3:
        tags.add("l")
    if trait("agreeableness") >= 0.62:
        tags.add("w")
    if style.humour >= 0.4 and (trait("agreeableness") < 0.62 or style.verbosity < 0.3):
        tags.add("d")
    if trait("neuroticism") >= 0.62 and style.formality < 0.6:
        tags.add("s")
    if "g" in tags:
        tags -= {"c", "l"}
    if index.lower_case:
        tags -= {"g"}
    return frozenset(tags)


def affinity(speaker: str, key: str) -> float:
    """A lasting liking of this speaker for that fragment, 0.0–1.0, so that habits differ."""
    return zlib.crc32(f"{speaker}\0{key}".encode()) % 1000 / 1000


def stock_pieces(
    act: str, brief: Brief, index: Index, tags: frozenset[str]
) -> list[tuple[float, Piece]]:
    """The fragments of an act that suit the speaker, each with how well. Own ones come first."""
    own = [(2.2, piece) for piece in index.own_stock.get(act, [])]
    less = 1.5 if len(own) >= 6 else 0.0  # an author's own words leave little need of the general
    return [*own, *_general(act, brief.speaker, tags, less)]


@lru_cache(maxsize=4_000)
def _general(
    act: str, speaker: str, tags: frozenset[str], less: float
) -> tuple[tuple[float, Piece], ...]:
    general = []
    for fragment in STOCK.get(act, ()):
        if fragment.tags and not fragment.tags & tags:
            continue
        liking = affinity(speaker, fragment.key)
        if liking < 0.4 and len(STOCK[act]) > 18:
            continue  # not this one's way of speaking
        fit = liking + (0.9 if fragment.tags else 0.0) - less
        general.append((fit, as_piece(fragment, act)))
    return tuple(general)


def as_piece(fragment: Fragment, act: str) -> Piece:
    return Piece(
        fragment.key, fragment.text, act, "", count_words(fragment.text), frozenset(), True
    )


def dress_stock(text: str, brief: Brief, index: Index) -> str:
    """A general fragment in this speaker's casing and register."""
    if brief.voice.formality >= 0.75 and not index.lower_case:
        text = _APART.sub(lambda m: m[0] if m[0][0] in '“"' else _spelled(m[0]), text)
    if is_lower(brief, index):
        return text.lower()
    return _AFTER_STOP.sub(lambda m: m.group(0).upper(), upper_first(text))


_APART = re.compile(r"“[^”]*”|\"[^\"]*\"|[^“\"]+|.")  # what is quoted stays as it was said


# "It's been", "it's worked hard": what has been or done something, and isn't it.
_HAS = re.compile(
    r"\b([Ii]t|[Tt]hat|[Tt]here|[Ww]hat|[Ss]?[Hh]e)'s(?= (?:(?:always|never|only|just|already) )?"
    r"(?:been|become|got|gone|had|come|taken|worked|happened|turned)\b)"
)


def _spelled(text: str) -> str:
    text = _HAS.sub(r"\1 has", text)
    for short, long in _EXPANDED:
        text = re.sub(rf"(?<=[a-z]){short}\b" if short == "n't" else rf"\b{short}\b", long, text)
    return text


_AFTER_STOP = re.compile(r"(?<=[a-z][a-z][.?!] )(?<!etc\. )[a-z](?=[a-z’'])")


def is_lower(brief: Brief, index: Index) -> bool:
    return index.lower_case or (not index.pieces and brief.voice.formality <= 0.08)


def finish(
    text: str, brief: Brief, index: Index, rng: Random, *, plain: bool = False, signs: bool = True
) -> tuple[str, str]:
    """The last touch on a message, and the key of the signature phrase, if one was put to it."""
    lower = is_lower(brief, index)
    text = tidy(text.lower() if lower and not plain else text)
    key = ""
    if not plain and signs:
        text, key = _sign(text, brief, rng, lower=lower)
    is_bare = index.no_final_stop or (lower and not index.pieces)
    if is_bare and text.endswith(".") and not text.endswith(".."):
        text = text[:-1]
    chance = 0.45 * max(0.0, brief.voice.emoji_use - 0.05)
    if not plain and not _EMOJI.search(text) and rng.random() < chance:
        text += " " + rng.choice(_SORRY if brief.mood_valence < -0.3 else _GLAD)
    return text, key


def _sign(text: str, brief: Brief, rng: Random, *, lower: bool) -> tuple[str, str]:
    """Puts a signature phrase after a message, in two of a hundred, never twice in fifty lines."""
    phrases = [clean(p, 80) for p in brief.voice.signature_phrases]
    phrases = [p for p in phrases if p and not avoids(p, brief)]
    if not phrases or rng.random() > 0.02 or count_words(text) > 20 or text.endswith("?"):
        return text, ""
    phrase = min(phrases, key=lambda p: (brief.spent.get(f"signature/{p}", 0), rng.random()))
    lately = " ".join(words(" ".join(line.text[:300] for line in brief.lines[-50:])))
    if " ".join(words(phrase)) in lately:
        return text, ""
    key = f"signature/{phrase}"
    if phrase.endswith(","):  # a way to begin: "Strictly speaking,"
        first = text.split(" ", 1)[0].strip(",.!?")
        if lower or (first.lower() in FUNCTION and first != "I" and "'" not in first):
            phrase = phrase.lower() if lower else upper_first(phrase)
            return f"{phrase} {text[:1].lower()}{text[1:]}", key
        return text, ""
    if phrase[-1] not in ".!?…" and not lower:
        return text, ""  # a beginning of something, nobody knows of what
    phrase = phrase.lower() if lower else upper_first(phrase)
    return f"{text} {phrase}" if text[-1:] in ".!?…" else f"{text}. {phrase}", key


def avoids(text: str, brief: Brief) -> bool:
    """Whether the text holds a phrase the speaker never uses."""
    return _holds(text, brief.voice.avoided_phrases)


def is_worn(text: str, brief: Brief) -> bool:
    """Whether the text holds a phrase that everybody has taken to saying."""
    return _holds(text, brief.worn)


def _holds(text: str, phrases: tuple[str, ...]) -> bool:
    if not phrases:
        return False
    found = f" {bare(text)} "
    return any(phrase in found for phrase in _in_words(phrases))


@lru_cache(maxsize=256)
def _in_words(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f" {p} " for p in (bare(x) for x in phrases if isinstance(x, str)) if p)


def plural(name: str) -> bool:
    last = name.split()[-1] if name.split() else ""
    return " and " in name or (
        last.endswith("s") and not last.endswith(("ss", "us", "ics", "news"))
    )
