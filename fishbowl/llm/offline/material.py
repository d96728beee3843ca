"""The authored material of one character, indexed: pieces by act and topic, words by rarity.

Whatever stands in the mapping that isn't of the documented shape is passed over in silence: a
keeper's slip in one list must not silence the character.
"""

from __future__ import annotations

import math
import re
from collections import Counter, OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fishbowl.llm.offline.text import content_stems, count_words, stem, words

TOPIC_ACTS = ("claims", "stories", "questions", "answers", "asides")
FREE_ACTS = (
    "doing", "openers", "agree", "disagree", "amused", "touched", "curious", "unsure", "greet",
    "farewell", "comfort",
)  # fmt: skip
# What is told of a place is told anywhere, unless it points at it; the rest speaks of what is
# before one's eyes.
ANYWHERE = frozenset({"claims", "stories"})
POINTS = (" this ", " these ", " in here ", " out here ")
LONGEST_PIECE = 700
MOST_PIECES = 4000

_VOCATIVE_FIRST = re.compile(r"^(?:[a-z]{2,4},?\s)?([A-Za-z][\w'’-]+),\s")
_VOCATIVE_LAST = re.compile(r",\s([A-Za-z][\w'’-]+)[.?!…]*$")


@dataclass(frozen=True, slots=True)
class Piece:
    """One authored line. `key` names it in `spent`; `places` are those that it can be said in, none
    where that is anywhere."""

    key: str
    text: str
    act: str
    topic: str = ""
    length: int = 0
    stems: frozenset[str] = frozenset()
    is_stock: bool = False
    places: frozenset[str] = frozenset()

    @property
    def asks(self) -> bool:
        return self.text.rstrip().endswith("?")

    def addresses(self, names: Collection[str]) -> str:
        """The name of the one this line is said to, out of `names` (lower case), or ''."""
        return next((called for called in _vocatives(self.text) if called in names), "")


@lru_cache(maxsize=20_000)
def _vocatives(text: str) -> tuple[str, ...]:
    """What stands in a text where a name would, in lower case."""
    found = (pattern.search(text) for pattern in (_VOCATIVE_FIRST, _VOCATIVE_LAST))
    return tuple(match.group(1).lower() for match in found if match)


@dataclass(slots=True)
class Topic:
    name: str
    keys: tuple[tuple[str, ...], ...] = ()  # each a sequence of stems
    stems: frozenset[str] = frozenset()
    weight: float = 0.5
    single: frozenset[str] = frozenset()  # the keys of one stem
    runs: tuple[str, ...] = ()  # the others, as they stand among blanks


@dataclass(slots=True)
class Index:
    """Everything a character has to say, findable."""

    pieces: list[Piece] = field(default_factory=list)
    by_act: dict[str, list[Piece]] = field(default_factory=dict)
    by_topic: dict[tuple[str, str], list[Piece]] = field(default_factory=dict)
    to: dict[str, list[Piece]] = field(default_factory=dict)
    own_stock: dict[str, list[Piece]] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    rarity: dict[str, float] = field(default_factory=dict)
    by_text: dict[str, Piece] = field(default_factory=dict)
    leads: dict[str, dict[str, float]] = field(default_factory=dict)  # stem → topics, by share
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)  # words, by the room
    pointed: dict[str, tuple[str, ...]] = field(default_factory=dict)  # those that point at it
    on_topics: tuple[Piece, ...] = ()
    on_topics_texts: tuple[str, ...] = ()
    lower_case: bool = False
    no_final_stop: bool = False
    manner: Mapping[str, Any] = field(default_factory=dict)
    hits: dict[str, Mapping[str, float]] = field(default_factory=dict)  # topics of lines heard

    def overlap(self, piece: Piece, weights: Mapping[str, float]) -> float:
        """How much the rare words of a piece meet the weighted words of the talk."""
        shared = piece.stems & weights.keys()
        if not shared:
            return 0.0
        ordered = sorted(shared) if len(shared) > 1 else shared
        total = sum(weights[s] * self.rarity.get(s, 1.0) for s in ordered)
        return total / math.sqrt(3 + len(piece.stems))


def _strings(value: object) -> list[tuple[int, str]]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, (list, tuple)):
        return []
    return [
        (at, " ".join(item.split()))
        for at, item in enumerate(value)
        if isinstance(item, str) and item.strip() and len(item) <= LONGEST_PIECE
    ]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _piece(built: Index, key: str, text: str, act: str, topic: str = "") -> Piece:
    return Piece(
        key,
        text,
        act,
        topic,
        count_words(text),
        frozenset(content_stems(text)),
        places=_places_in(text, built.pointed if act in ANYWHERE else built.places),
    )


def _places_in(text: str, places: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The places whose words stand in a text, as they are written: 'here' is no 'her'."""
    if not places:
        return frozenset()
    said = _spaced(text)
    return frozenset(name for name, runs in places.items() if any(run in said for run in runs))


def _spaced(text: str) -> str:
    """The words of a text among blanks, owners as they are called."""
    found = (word.removesuffix("'s") for word in words(text))
    return f" {' '.join(found)} "


_CACHE: OrderedDict[object, Index] = OrderedDict()


# The text of each material that was indexed lately, by which object it is: to write a large one out
# at every turn would take longer than to find its index. Each is held, so that its id stays its.
_WRITTEN: OrderedDict[int, tuple[object, str]] = OrderedDict()


def _written(material: object) -> str:
    known = _WRITTEN.get(id(material))
    if known is None:
        known = _WRITTEN[id(material)] = (material, repr(material))
        while len(_WRITTEN) > 64:
            _WRITTEN.popitem(last=False)
    return known[1]


def index(material: Mapping[str, Any], interests: tuple[tuple[str, float], ...] = ()) -> Index:
    """The index of a material; kept for the last 64 of them, since building one takes a while."""
    key = (_written(material), interests)
    known = _CACHE.get(key)
    if known is None:
        known = _CACHE[key] = _build(_mapping(material), interests)
        while len(_CACHE) > 64:
            _CACHE.popitem(last=False)
    return known


def _build(material: Mapping[str, Any], interests: tuple[tuple[str, float], ...]) -> Index:
    built = Index(manner=_mapping(material.get("manner")))
    for name, keys in _mapping(material.get("places")).items():
        runs = tuple(_spaced(text) for _, text in _strings(keys))
        built.places[str(name)] = runs
        built.pointed[str(name)] = tuple(run for run in runs if run.startswith(POINTS))
    liking = {str(topic).lower(): weight for topic, weight in interests}
    for name, body in _mapping(material.get("topics")).items():
        _add_topic(built, str(name), _mapping(body), liking)
    for act in FREE_ACTS:
        for at, text in _strings(material.get(act)):
            _add(built, _piece(built, f"{act}/{at}", text, act))
    for slug, lines in _mapping(material.get("to")).items():
        for at, text in _strings(lines):
            piece = _piece(built, f"to/{slug}/{at}", text, "to", str(slug).lower())
            built.to.setdefault(str(slug).lower(), []).append(piece)
            _add(built, piece)
    for act, lines in _mapping(material.get("stock")).items():
        for at, text in _strings(lines):
            piece = _piece(built, f"own/{act}/{at}", text, str(act))
            built.own_stock.setdefault(str(act), []).append(piece)
    _weigh(built)
    _look_at_manner(built)
    return built


def _add_topic(
    built: Index, name: str, body: Mapping[str, Any], liking: Mapping[str, float]
) -> None:
    keys = [text for _, text in _strings(body.get("keys"))] + [name.removeprefix("the ")]
    phrases = tuple(dict.fromkeys(tuple(stem(w) for w in words(k)) for k in keys if words(k)))
    flat = frozenset(s for phrase in phrases for s in phrase)
    built.topics[name] = Topic(
        name,
        phrases,
        flat,
        liking.get(name.lower(), 0.5),
        frozenset(phrase[0] for phrase in phrases if len(phrase) == 1),
        tuple(f" {' '.join(phrase)} " for phrase in phrases if len(phrase) > 1),
    )
    for act in TOPIC_ACTS:
        for at, text in _strings(body.get(act)):
            piece = _piece(built, f"topics/{name}/{act}/{at}", text, act, name)
            built.by_topic.setdefault((name, act), []).append(piece)
            _add(built, piece)


def _add(built: Index, piece: Piece) -> None:
    if len(built.pieces) >= MOST_PIECES:
        return
    built.pieces.append(piece)
    built.by_act.setdefault(piece.act, []).append(piece)
    built.by_text[" ".join(words(piece.text))] = piece


def _weigh(built: Index) -> None:
    count = Counter(s for piece in built.pieces for s in piece.stems)
    size = max(1, len(built.pieces))
    built.rarity = {s: math.log(1 + size / n) / math.log(1 + size) for s, n in count.items()}
    built.on_topics = tuple(piece for piece in built.pieces if piece.topic in built.topics)
    built.on_topics_texts = tuple(piece.text for piece in built.on_topics)
    for piece in built.pieces:
        if piece.topic in built.topics:
            for found in piece.stems:
                shares = built.leads.setdefault(found, {})
                shares[piece.topic] = shares.get(piece.topic, 0.0) + 1 / count[found]


def _look_at_manner(built: Index) -> None:
    letters = [p.text for p in built.pieces if p.text[:1].isalpha()]
    if len(letters) >= 12:
        built.lower_case = sum(t[0].islower() for t in letters) > 0.6 * len(letters)
        bare = sum(t[-1].isalnum() for t in letters)
        stopped = sum(t.endswith(".") for t in letters)
        built.no_final_stop = bare > stopped
    casing = built.manner.get("casing")
    if casing in {"lower", "normal"}:
        built.lower_case = casing == "lower"
    if isinstance(built.manner.get("final_stop"), bool):
        built.no_final_stop = not built.manner["final_stop"]
