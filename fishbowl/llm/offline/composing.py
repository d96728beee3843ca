"""Writing down what isn't said aloud: a verse, a page, a letter, made of what was said and of what
the writer cares about. Found words, cut and set anew: nothing is taken from a stock of phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Any

from fishbowl.llm.offline.hearing import topic_hits
from fishbowl.llm.offline.material import Index, index
from fishbowl.llm.offline.phrases import is_safe, noun_phrases
from fishbowl.llm.offline.text import (
    clean,
    content_stems,
    count_words,
    end_sentence,
    sentences,
    upper_first,
    words,
)
from fishbowl.llm.types import Brief, Line, Making

LONGEST_LINE = 7  # words of a verse's line
LINES = 4
_BREAK = re.compile(
    r"(?<=[,;:—–])\s+|\s+(?=(?:and|but|or|because|while|until|when|where|like|as)\b)"
)
_EDGE = re.compile(r"^[\s,;:—–-]+|[\s,;:—–-]+$")
_ADDRESS = re.compile(r"\b(?:you|your|you're|yours)\b", re.IGNORECASE)


def piece(schema: type[Any] | None, brief: Brief) -> tuple[str, Any]:
    """The next piece of the work that the brief speaks of, and a title for one without; in the
    shape that is asked for."""
    making = brief.making or Making()
    desk = _Desk(brief, making)
    text = {
        "story": desk.story,
        "letter": desk.letter,
        "essay": desk.essay,
    }.get(making.kind, desk.verse)()
    title = making.title or desk.title()
    parsed = schema.model_validate({"title": title, "text": text}) if schema and text else None
    return text, parsed


class _Desk:
    """What there is to write from: lines that were heard, and the writer's own."""

    def __init__(self, brief: Brief, making: Making) -> None:
        self.brief, self.making = brief, making
        self.rng = Random(f"{brief.seed}|{brief.speaker}|{making.title}|{len(making.so_far)}")
        self.material: Index = index(brief.material, tuple(brief.interests))
        self.used = frozenset(content_stems(making.so_far))
        self.names = frozenset(w for line in brief.lines for w in words(line.speaker))
        self.theme = set(content_stems(making.theme))
        self.heard = self._ranked(brief.lines)
        self.own = self._own()

    def _ranked(self, lines: tuple[Line, ...]) -> list[tuple[str, str]]:
        """Sentences that were said, with who said them: those that are nearest to the theme and
        furthest from what stands there already come first."""
        found = []
        for line in lines:
            for sentence in sentences(clean(line.text, 600)):
                stems = set(content_stems(sentence))
                if (
                    not 4 <= count_words(sentence) <= 30
                    or len(stems) < 2
                    or not _is_plain(sentence)
                ):
                    continue
                score = 2.0 * len(stems & self.theme) + len(stems) / 6 - len(stems & self.used)
                score -= bool(_ADDRESS.search(sentence)) + 0.5 * sentence.endswith("?")
                found.append((score + self.rng.random(), sentence, line.speaker))
        found.sort(key=lambda one: -one[0])
        return [(sentence, who) for _, sentence, who in found]

    def _own(self) -> list[str]:
        """What the writer has to say on the theme by itself."""
        hits = topic_hits(f"{self.making.theme} {self.making.title}", self.material)
        topic = max(sorted(hits), key=lambda name: hits[name]) if hits else ""
        pieces = [
            one.text
            for act in ("stories", "claims", "asides")
            for one in self.material.by_topic.get((topic, act), [])
            if not one.asks and "{" not in one.text and not set(one.stems) <= self.used
        ]
        self.rng.shuffle(pieces)
        told = [s for text in pieces for s in sentences(text) if count_words(s) >= 4]
        if told:
            return told
        rest = [*sentences(clean(self.brief.identity, 600)), *sentences(self.brief.background)]
        return [s for s in rest if count_words(s) >= 4 and not set(content_stems(s)) <= self.used]

    def _taken(self, count: int) -> list[str]:
        """Some sentences, another's and its own by turns."""
        heard, own = [text for text, _ in self.heard], list(self.own)
        mixed: list[str] = []
        while len(mixed) < count and (heard or own):
            source = heard if (len(mixed) % 2 == 0 and heard) or not own else own
            text = source.pop(0)
            if text not in mixed:
                mixed.append(text)
        return mixed

    def _things(self) -> list[str]:
        """Things that were named, by whoever."""
        said = [text for text, _ in self.heard[:8]] + self.own[:4]
        found = [p for text in said for p in noun_phrases(text, names=self.names)]
        plain = [p.definite for p in found if p.definite == p.definite.lower()]
        return [one for one in dict.fromkeys(plain) if not one.startswith(("my ", "your "))]

    def _others(self) -> list[tuple[str, str]]:
        """What others said."""
        return [(text, who) for text, who in self.heard if who != self.brief.speaker]

    # -- what is written

    def verse(self) -> str:
        """Four lines or so: sentences broken where one draws breath, and the things in them."""
        lines: list[str] = []
        for text in self._taken(3):
            lines += list(_broken(text))
            if len(lines) >= LINES:
                break
        things = self._things()
        if len(things) >= 2 and (self.making.kind == "song" or len(lines) < LINES):
            lines = [*lines[: LINES - 1], f"{upper_first(things[0])}, {things[1]}."]
        return "\n".join(upper_first(_EDGE.sub("", line)) for line in lines[: LINES + 1])

    def story(self) -> str:
        """A paragraph: what somebody said, told of them, and what the writer knows besides."""
        leads = ["{who} had said it:", "“Listen,” {who} began.", "It was {who} who told it:"]
        self.rng.shuffle(leads)
        told = []
        for (text, who), lead in zip(self._others()[:2], leads, strict=False):
            told.append(f"{lead.format(who=who)} “{end_sentence(text)}”")
        told += [end_sentence(text) for text in self.own[:2]]
        if things := self._things():
            told.append(f"And there was {things[0]}.")
        return " ".join(told[:4])

    def letter(self) -> str:
        """To whom it heard: their words, and an answer to them."""
        others = self._others()
        if not others:
            return " ".join(map(end_sentence, self.own[:3]))
        text, who = others[0]
        own = " ".join(map(end_sentence, self.own[:2]))
        return f"{who}, you said: “{end_sentence(text)}” {own}".strip()

    def essay(self) -> str:
        """What others hold, beside what the writer does."""
        held = [f"{who} holds that “{end_sentence(text)}”" for text, who in self._others()[:2]]
        own = [end_sentence(text) for text in self.own[:2]]
        return " ".join([*own[:1], *held, *own[1:]])

    def title(self) -> str:
        """What it is called: after a thing that was named."""
        things = self._things()
        if things:
            return " ".join(
                map(upper_first, things[self.rng.randrange(min(3, len(things)))].split())
            )
        return upper_first(self.making.theme or f"A {self.making.kind}")


def _broken(text: str) -> Iterator[str]:
    """A sentence as lines of a verse."""
    for part in _BREAK.split(text.rstrip(".")):
        found = part.split()
        while len(found) > LONGEST_LINE + 2:
            yield " ".join(found[:LONGEST_LINE])
            found = found[LONGEST_LINE:]
        if found:
            yield " ".join(found)


def _is_plain(text: str) -> bool:
    """Whether a sentence can stand in a work: with no markup, and no quotation or title in it."""
    return all(is_safe(word) for word in words(text)) and not _MARKED.search(text)


_MARKED = re.compile(r"[<>@#{}\[\]|\\“”\"]")
