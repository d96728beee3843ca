"""The bench on which a message is put together: picking pieces, filling frames, judging drafts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from fishbowl.llm.offline import manner
from fishbowl.llm.offline.hearing import Heard, Similarity, hear
from fishbowl.llm.offline.lexicon import GRAVE
from fishbowl.llm.offline.material import Index, Piece, index
from fishbowl.llm.offline.presuming import presumes
from fishbowl.llm.offline.repetition import Echoes
from fishbowl.llm.offline.text import (
    bare,
    clean,
    count_words,
    end_sentence,
    join,
    upper_first,
    words,
)
from fishbowl.llm.types import Brief, Listener

# How much longer lines are in some kinds of talk.
TALK = {"banter": 0.85, "telling of stories": 1.1, "asking and answering": 0.95, "comfort": 0.9}
USUAL_WARMTH = 0.68  # among those who live together
GUEST_WARMTH = 0.45  # toward somebody who has just come
DAY = (6, 19)  # hours between which nobody says good night
HEAVY = 5.0  # what a piece with a death in it loses before a guest who speaks of none
SAID = 5.0  # what a piece loses that somebody else may say too and has just said, ...
FORGOTTEN = 10.0  # ... by a factor of e less every so many hours
OWN_SAID = 6.0  # what a piece loses that one has just said oneself, ...
OWN_FORGOTTEN = 96.0  # ... by a factor of e less every so many hours
STALE = 3.0  # what a draft loses by each of its pieces that one has just said, over the same hours
LEADS = 6  # words of having said it before that are tried with each wording
WORN = 3.0  # what a phrase loses that everybody has taken to saying


@dataclass(slots=True)
class Part:
    text: str
    key: str = ""
    relevance: float = 0.0


@dataclass(slots=True)
class Draft:
    """A message in the making. `weight` says how fitting its kind is here, sight unseen."""

    act: str
    parts: list[Part] = field(default_factory=list)
    weight: float = 0.0
    length_free: bool = False

    @property
    def text(self) -> str:
        return join(part.text for part in self.parts)

    @property
    def relevance(self) -> float:
        return max((part.relevance for part in self.parts), default=0.0)


Builder = Callable[[], Draft | None]


class Desk:
    """One turn's workplace: the brief, what was heard and said lately, and a seeded chance."""

    def __init__(self, brief: Brief, similarity: Similarity | None = None) -> None:
        self.brief = brief
        self.index: Index = index(brief.material, tuple(brief.interests))
        present = [clean(x.name, 60) for x in brief.listeners]
        self.listeners: dict[str, Listener] = {
            n.lower(): x for n, x in zip(present, brief.listeners, strict=True) if n
        }
        known = {*self.listeners, clean(brief.speaker, 60).lower(), *self.index.to}
        known |= {clean(line.speaker, 60).lower() for line in brief.lines}
        known |= {clean(one.name, 60).lower() for one in brief.spoken_of}
        self.names = frozenset(n for n in known if n)
        last = brief.lines[-1].number if brief.lines else 0
        self.rng = Random(f"{brief.seed}|{brief.speaker}|{brief.move}|{last}|{len(brief.lines)}")
        self.heard: Heard = hear(brief, self.index, self.names, similarity)
        self.echoes = Echoes.of(brief)
        self.tags = manner.temperament(brief, self.index)
        self.similarity = similarity
        self._likeness: dict[str, float] = {}
        self.target = self._length()
        # A guest who speaks of nothing grave is told of no death: they would not know what to say.
        self.is_light = self.is_with_person() and not (
            self.heard.is_sad or set(words(self.heard.text)) & GRAVE
        )

    # -- what the speaker is like at the moment

    @property
    def is_day(self) -> bool:
        """Whether nobody here goes to bed now."""
        return DAY[0] <= self.brief.hour < DAY[1]

    def _length(self) -> int:
        """How many words the message should have: mostly few, now and then many."""
        brief, draw = self.brief, self.rng.random()
        if draw < 0.37:
            low, high = 1, 3
        elif draw < 0.58:
            low, high = 4, 8
        elif draw < 0.82:
            low, high = 8, 14
        else:
            low, high = 30, 54
        scale = 0.75 + 0.5 * brief.voice.verbosity + 0.12 * brief.mood_arousal
        scale *= 0.7 + 0.4 * min(1.0, max(0.0, brief.energy))
        scale *= TALK.get(brief.talk.partition(",")[0], 1.0)
        mine = [x for x in self.heard.recent if x.is_own or x.speaker == brief.speaker]
        if mine and count_words(mine[0].text) > 25:
            scale *= 0.7  # two stories in a row are a lecture
        return max(1, round(self.rng.uniform(low, high) * scale))

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    @property
    def other(self) -> str:
        """The one who is spoken to: the addressee, else who spoke last."""
        named = clean(self.brief.addressee or "", 60)
        if not named and self.heard.line is not None:
            named = clean(self.heard.line.speaker, 60)
        return named if named.lower() != self.brief.speaker.lower() else ""

    def is_with_person(self) -> bool:
        """Whether a person is answered."""
        listener, line = self.listeners.get(self.other.lower()), self.heard.line
        return listener.is_person if listener else line is not None and line.kind == "person"

    def warmth(self) -> float:
        """How close the speaker is to the one it answers, 0.0–1.0."""
        listener = self.listeners.get(self.other.lower())
        return GUEST_WARMTH if listener is None else (listener.trust + listener.affection) / 2

    def is_at_odds(self) -> bool:
        """Whether the speaker and the one it answers have a quarrel that isn't mended."""
        listener = self.listeners.get(self.other.lower())
        return listener is not None and listener.is_at_odds

    def feels(self, *emotions: str) -> float:
        """How much these stand out in what the speaker feels, 0.0–1.0."""
        return max((over for name, over in self.brief.emotions if name in emotions), default=0.0)

    def friction(self) -> float:
        """How ready the speaker is to contradict the one it answers: 1.0 is as with anybody. Who is
        liked is spared; anger, a low mood and a quarrel sharpen the tongue. A guest is known less
        than those who live here, and nobody is hard on them for that."""
        kind = float(self.brief.traits.get("agreeableness", 0.5))
        usual = GUEST_WARMTH if self.is_with_person() else USUAL_WARMTH
        value = 1.0 + 4.0 * (usual - self.warmth()) + 1.2 * (0.6 - kind)
        value += 2.0 * self.feels("anger", "disgust") - 0.6 * self.brief.mood_valence
        return max(0.15, value + (1.5 if self.is_at_odds() else 0.0))

    def spent(self, piece: Piece) -> int:
        return self.brief.spent.get(piece.key, 0)

    def heard_of(self, key: str) -> float:
        """How fresh in all ears a piece of the common stock is, 0.0–1.0, whoever said it."""
        ago = self.brief.said_ago.get(key)
        return 0.0 if ago is None else math.exp(-max(0.0, ago) / FORGOTTEN)

    def own_lately(self, key: str) -> float:
        """How fresh a piece is in the ears of those who hear the speaker day by day, 0.0–1.0. How
        often it was used tells nothing of that once everything was used: what is said least
        lately comes first then."""
        ago = self.brief.own_ago.get(key)
        return 0.0 if ago is None else math.exp(-max(0.0, ago) / OWN_FORGOTTEN)

    # -- picking

    def likeness(self, pieces: list[Piece]) -> None:
        """Asks the injected similarity, once for each text, how near it is to what was heard."""
        if self.similarity is None or not self.heard.subject:
            return
        new = [p.text for p in pieces if p.text not in self._likeness]
        if new:
            found = self.similarity(self.heard.subject[:300], new)
            self._likeness.update(zip(new, (float(x) for x in found), strict=False))

    def likeness_of(self, piece: Piece) -> float:
        return self._likeness.get(piece.text, 0.0)

    def relevance(self, piece: Piece) -> float:
        """How near a piece is to the talk, most of all to the line just heard."""
        score = 0.5 * self.index.overlap(piece, self.heard.weights)
        score += 0.7 * self.index.overlap(piece, self.heard.last_weights)
        if self.similarity is None:
            return 1.4 * score  # the words are all there is to go by
        return score + 1.6 * max(0.0, self.likeness_of(piece) - 0.1)

    def usable(self, piece: Piece) -> bool:
        """Whether a piece may be said here and now: to nobody absent, and not heard just before."""
        called = piece.addresses(self.names)
        if called and (called not in self.listeners or called == self.brief.speaker.lower()):
            return False
        if self.is_of_elsewhere(piece):
            return False
        if piece.act in _TO_STORIES and self.is_with_person():
            told = " ".join(clean(line.text) for line in self.heard.recent[:TOLD_LINES])
            if presumes(piece.text, told):
                return False
        if piece.act == "farewell" and self.is_day and _OF_NIGHT.search(piece.text):
            return False
        if "{" in piece.text and not piece.is_stock and piece.act not in {"greet"}:
            return piece.key.startswith("own/")
        return not manner.avoids(piece.text, self.brief)

    def is_of_elsewhere(self, piece: Piece) -> bool:
        """Whether a piece speaks of what is before one's eyes in another place than this."""
        room = self.brief.room
        return room in self.index.places and bool(piece.places) and room not in piece.places

    def choose(
        self,
        pieces: Iterable[Piece],
        *,
        longest: int = 0,
        near: float = 2.8,
        liking: dict[str, float] | None = None,
        tiring: float = 2.4,
    ) -> Part | None:
        """One piece: near to the talk, little used before, of about the wanted length."""
        fitting = [p for p in pieces if self.usable(p)]
        self.likeness(fitting)
        best: tuple[float, str, Part] | None = None
        for piece in fitting:
            relevance = self.relevance(piece)
            score = near * relevance - tiring * min(4, self.spent(piece)) + self.gumbel(0.55)
            score += (liking or {}).get(piece.key, 0.0) - SAID * self.heard_of(piece.key)
            score -= OWN_SAID * self.own_lately(piece.key)
            called = piece.addresses(self.names)
            if called:
                score += 0.9 if called == self.other.lower() else -0.8
            score -= 0.45 * abs(math.log((piece.length + 2) / (self.target + 2)))
            if longest and piece.length > longest:
                score -= 0.15 * (piece.length - longest)
            if self.echoes.repeats(piece.text):
                score -= 6.0
            if manner.is_worn(piece.text, self.brief):
                score -= WORN
            if self.is_light and set(words(piece.text)) & GRAVE:
                score -= HEAVY
            if best is None or (score, piece.key) > best[:2]:
                best = (score, piece.key, Part(piece.text, piece.key, relevance))
        return best[2] if best else None

    def gumbel(self, scale: float = 1.0) -> float:
        return -scale * math.log(-math.log(min(1 - 1e-9, max(1e-9, self.rng.random()))))

    def authored(self, act: str, *, near: float = 2.2, longest: int = 0) -> Part | None:
        return self.choose(self.index.by_act.get(act, []), near=near, longest=longest)

    def on_topic(self, topic: str, act: str, *, longest: int = 0) -> Part | None:
        return self.choose(self.index.by_topic.get((topic, act), []), longest=longest)

    def stock(self, act: str, **slots: str) -> Part | None:
        """A general fragment with its slots filled; None when a slot it needs isn't there."""
        found = manner.stock_pieces(act, self.brief, self.index, self.tags)
        liking = {piece.key: fit for fit, piece in found}
        usable = [p for _, p in found if all(f"{{{s}}}" not in p.text for s in _missing(p, slots))]
        if any(manner.plural(slots.get(slot, "")) for slot in ("bare", "topic", "word")):
            usable = [p for p in usable if not _OF_ONE.search(p.text)]
        part = self.choose(usable, liking=liking, tiring=0.8)
        if part is None:
            return None
        text = part.text
        for slot, value in slots.items():
            text = text.replace(f"{{{slot}}}", value)
            text = text.replace(f"{{{slot.capitalize()}}}", upper_first(value))
        return Part(manner.dress_stock(text, self.brief, self.index), part.key, part.relevance)

    def once_more(self, wordings: list[list[Part]]) -> list[Part]:
        """What the room has heard already in all these wordings, led by a word that it was said
        before; as it was never said, or else as it was said the longest ago."""
        heard, best = self.echoes.texts, (-1.0, wordings[0])
        for parts in self.rng.sample(wordings, len(wordings)):
            for _ in range(LEADS):
                lead = self.stock("before")
                led = [lead, *parts] if lead else parts
                ago = heard.get(bare(join(part.text for part in led)), math.inf)
                best = max(best, (ago, led), key=lambda one: one[0])
        return best[1]

    def freshness(self, act: str, topic: str = "") -> float:
        """Which share of an act's pieces was never used."""
        found = self.index.by_topic.get((topic, act)) if topic else self.index.by_act.get(act)
        if not found:
            return 0.0
        return sum(not self.spent(p) for p in found) / len(found)

    def either(self, act: str, authored: float = 0.82) -> Part | None:
        """A reaction: the author's, or of the stock, the more so as the author's are used up."""
        fresh = self.freshness(act)
        if fresh and self.chance(authored * (0.35 + 0.65 * fresh)):
            return self.authored(act)
        return self.stock(act) or self.authored(act)

    def fresh_topic(self) -> str:
        """A topic of one's own that isn't the one on the table, nor was lately."""
        stale = {s for line in self.brief.lines[-14:] for s in words(clean(line.text, 300))}
        stale.update(word for topic in self.brief.worn_topics for word in words(topic))
        choices, weights = [], []
        for name, topic in self.index.topics.items():
            if name == self.heard.topic or {k[0] for k in topic.keys if len(k) == 1} & stale:
                continue
            choices.append(name)
            weights.append(0.2 + topic.weight)
        if not choices:
            choices = [n for n in self.index.topics if n != self.heard.topic]
            weights = [1.0] * len(choices)
        return self.rng.choices(choices, weights)[0] if choices else ""

    def fresh_part(self, act: str) -> Part | None:
        topic = self.fresh_topic()
        if not topic:
            return None
        return self.choose(self.index.by_topic.get((topic, act), []), near=0.3)

    # -- judging

    def best(self, builders: list[tuple[float, str, Builder]], tries: int = 9) -> Draft | None:
        """The best of the drafts that the likeliest builders make; None if all are repeats."""
        order = sorted(
            ((math.log(w) + self.gumbel(0.8), act, b) for w, act, b in builders if w > 0),
            key=lambda item: (-item[0], item[1]),
        )
        best: tuple[float, Draft] | None = None
        made = 0
        for weight, act, build in order:
            draft = build()
            if draft is None or not draft.parts or not draft.text.strip():
                continue
            draft.act, draft.weight = act, weight
            text = draft.text
            if self.echoes.repeats(text) or manner.avoids(text, self.brief):
                continue
            made += 1
            score = weight + min(1.8, 1.3 * draft.relevance) - self.echoes.heaviness(text)
            if manner.is_worn(text, self.brief):
                score -= WORN
            if self.is_light and set(words(text)) & GRAVE:
                score -= HEAVY
            if not draft.length_free:
                score -= 2.5 * abs(math.log((count_words(text) + 1.5) / (self.target + 1.5)))
            score -= 0.8 * sum(min(2, self.brief.spent.get(p.key, 0)) for p in draft.parts if p.key)
            score -= STALE * sum(self.own_lately(p.key) for p in draft.parts)
            if best is None or score > best[0]:
                best = (score, draft)
            if made >= tries:
                break
        return best[1] if best else None

    def name_to(self, part: Part, name: str) -> Part:
        """The part with the listener's name put to it, where none stands in it."""
        if not name or name.lower() in words(part.text) or len(name.split()) > 2:
            return part
        text = part.text.rstrip()
        mark = text[-1] if text and text[-1] in ".?!" else ""
        inner = text[: -len(mark)] if mark else text
        if not inner or inner[-1] in "…\"”')?!." or any(c in inner for c in ".?!"):
            return Part(end_sentence(text), part.key, part.relevance)
        return Part(f"{inner}, {name}{mark or '.'}", part.key, part.relevance)


_TO_STORIES = {"curious", "touched"}  # acts that say something of what was told
TOLD_LINES = 3
_OF_NIGHT = re.compile(
    r"\b(?:good ?night|night (?:all|everyone|everybody)|bed|bedtime|asleep|sleep|moon|midnight)\b"
    r"|^night\b",
    re.IGNORECASE,
)
# Frames in which what stands in the slot can only be one.
_OF_ONE = re.compile(
    r"\b(?:is|was|has|does|isn't|wasn't) \{|\{(?:[Tt]he|[Nn]p|[Bb]are|[Tt]opic|[Ww]ord)\},? "
    r"(?:is|was|has|does|gets|goes|wants|needs)\b|\{(?:[Tt]he|[Nn]p|[Bb]are|[Tt]opic|[Ww]ord)\}.*\bit\b|\{[Tt]he\}'s\b"
)


def _missing(piece: Piece, slots: dict[str, str]) -> list[str]:
    """The slots in a frame that have no value."""
    have = set(slots) | {s.capitalize() for s in slots}
    found = []
    rest = piece.text
    while "{" in rest and "}" in rest:
        rest = rest[rest.index("{") + 1 :]
        slot = rest[: rest.index("}")] if "}" in rest else rest
        if slot not in have:
            found.append(slot)
    return found
