"""What of its own life a character tells who asks for it: where it is from, its people, its day,
whom it knows; and the small steps that every answer to a person is made of."""

from __future__ import annotations

import re
from collections.abc import Callable

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.hearing import without_names
from fishbowl.llm.offline.intents import Intent, intent_of
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.recollect import MINE, names
from fishbowl.llm.offline.replies import Replying
from fishbowl.llm.offline.text import (
    clean,
    count_words,
    end_sentence,
    sentences,
    stem,
    without_call,
    words,
)
from fishbowl.llm.offline.viewpoint import as_own

_ORIGIN = re.compile(r"\b(?:born|grew up|raised|came (?:to|from|here)|moved|left)\b", re.IGNORECASE)
_AGE = re.compile(r"\b(?:\d{2}|aged|years old|\w+ty(?:-\w+)?)\b")
MOODS = {"grief", "good_news", "insult"}  # which a name may be mistaken for
# "She is the widow of Per, who ran the pilot boat": how one stands to somebody, as it is written.
_STANDING = re.compile(
    r"(?:She|He) is (?P<what>(?:(?!\b(?:she|he|her|his|him)\b)[^.;])+?)"
    r"(?:, and (?:she|he)\b.*)?[.;]?$"
)
_BECAME = re.compile(r"\b(?:happened|became)\b", re.IGNORECASE)
LONGEST_OWN = 45  # words of a sentence on somebody
_KIN = (
    r"(?:mother|father|mum|dad|papa|brother|sister|parents|husband|wife|widow|widower|daughter|son|"
    r"children|grandad|grandmother|grandfather)s?"
)
_FAMILY = re.compile(rf"\b{_KIN}\b", re.IGNORECASE)
_MINE = re.compile(rf"\bmy {_KIN}\b|^(?:papa|mum|grandad)\b", re.IGNORECASE)
_TODAY = re.compile(r"\b(?:today|this (?:morning|afternoon|forenoon)|at noon)\b", re.IGNORECASE)


class OwnLife:
    """The builders; each gives a draft or None."""

    def __init__(self, desk: Desk, replying: Replying) -> None:
        self.desk = desk
        self.replying = replying
        self.memory = replying.memory
        line = desk.heard.line
        self.name = clean(line.speaker if line else "", 30) or "friend"
        said = without_call(desk.heard.text, desk.heard.to_other or desk.brief.speaker)
        self.intent = intent_of(said)
        if self.intent.kind in MOODS and intent_of(without_names(said, desk.names)) != self.intent:
            self.intent = Intent("hello")  # a name was given

    def _part(self, act: str, **slots: str) -> Part | None:
        return self.desk.stock(act, name=self.name, me=clean(self.desk.brief.speaker, 40), **slots)

    def _stock(self, act: str, **slots: str) -> Draft | None:
        """One fragment of an act; another one if the room has just heard it."""
        for _ in range(4):
            part = self._part(act, **slots)
            if part and not self.desk.echoes.repeats(part.text):
                return Draft(act, [part], length_free=True)
        return Draft(act, [part], length_free=True) if part else None

    def _with(self, draft: Draft | None, part: Part | None) -> Draft | None:
        if draft is not None and part is not None and part.text.strip():
            draft.parts.append(part)
        return draft

    def _topic_piece(self, topic: str, *acts: str) -> Part | None:
        return self.desk.on_topic(topic, self.desk.rng.choice(acts)) if topic else None

    def _of_oneself(self, key: str, text: str, fits: Callable[[str], bool]) -> Part | None:
        """The first sentence that fits of what is written of the speaker, said by the speaker."""
        brief = self.desk.brief
        for at, sentence in enumerate(sentences(text)):
            own = as_own(sentence, brief.speaker, 1) if fits(sentence) else None
            if own and MINE.search(own):
                return Part(dress_stock(own, brief, self.desk.index), f"{key}/{at}")
        return None

    def _identity(self, longest: int = 45) -> Part | None:
        text = clean(self.desk.brief.identity, 800)
        return self._of_oneself("identity", text, lambda said: count_words(said) <= longest)

    def origin(self) -> Draft | None:
        """Where it comes from, out of its background."""
        text = clean(self.desk.brief.background, 1200)
        part = self._of_oneself("background", text, lambda said: bool(_ORIGIN.search(said)))
        return Draft("origin", [part], length_free=True) if part else self._stock("of_myself")

    def age(self) -> Draft | None:
        """How old it is, where its author has written that."""
        text = clean(self.desk.brief.identity, 800)
        part = self._of_oneself("identity", text, lambda said: bool(_AGE.search(said)))
        return Draft("age", [part], length_free=True) if part else self._stock("of_myself")

    def family(self) -> Draft | None:
        """Asked after its people: what its author has written of them."""
        brief = self.desk.brief

        def is_of(said: str) -> bool:
            return bool(_FAMILY.search(said)) and count_words(said) <= LONGEST_OWN

        part = self._of_oneself("background", clean(brief.background, 2000), is_of)
        part = part or self._of_oneself("identity", clean(brief.identity, 1200), is_of)
        if part is None:
            own = [
                piece
                for act in ("claims", "stories")
                for piece in self.desk.index.by_act.get(act, [])
                if _MINE.search(piece.text)
            ]
            part = self.desk.choose(own) if own else None
        return Draft("family", [part], length_free=True) if part else self._stock("of_myself")

    def today(self) -> Draft | None:
        """Asked what it has done today: what it begins a talk with, of today."""
        by_act = self.desk.index.by_act
        pieces = [*by_act.get("openers", []), *by_act.get("doing", [])]
        fresh = [p for p in pieces if _TODAY.search(p.text) and not p.asks]
        fresh = [p for p in fresh if not self.desk.echoes.repeats(p.text)]
        part = self.desk.choose(fresh or [p for p in pieces if not p.asks])
        return Draft("today", [part], length_free=True) if part else self._stock("of_myself")

    def is_name(self, word: str) -> bool:
        """Whether a word is somebody's name: it keeps its capital within a sentence of its own."""
        within = re.compile(rf"(?<=[a-z,] ){re.escape(word)}\b")
        texts = [self.desk.brief.identity, self.desk.brief.background]
        return any(map(within.search, (*texts, *(p.text for p in self.desk.index.pieces))))

    def of_ones_own(self, name: str) -> Draft | None:
        """What the author has written of somebody who lives in the speaker's own life only."""
        brief = self.desk.brief

        def is_of(said: str) -> bool:
            return names(said, name) and count_words(said) <= LONGEST_OWN

        asks_how = _BECAME.search(self.desk.heard.text) is not None  # not who that is
        for said in filter(is_of, sentences(clean(brief.identity, 1200)) if not asks_how else ()):
            if standing := _STANDING.match(said):
                own = dress_stock(end_sentence(f"I'm {standing['what']}"), brief, self.desk.index)
                if self.desk.echoes.repeats(own):
                    break
                return Draft("know", [Part(own, "identity/standing")], length_free=True)
        part = self._of_oneself("background", clean(brief.background, 2000), is_of)
        if part is None:
            spoken = re.compile(rf"(?<!['‘“\"])\b{re.escape(name)}\b")
            found = [
                piece
                for act in ("claims", "stories")
                for piece in self.desk.index.by_act.get(act, [])
                if spoken.search(piece.text) and not piece.asks
            ]
            introduced = re.compile(rf"\b(?:called|named) {re.escape(name)}")
            called = [piece for piece in found if introduced.search(piece.text)]
            part = self.desk.choose(called or found) if found else None
        return Draft("know", [part], length_free=True) if part else None

    def _of_who_said(self, name: str) -> Draft | None:
        """Asked of somebody whom another has just brought up: to ask that one."""
        for line in reversed(self.desk.brief.lines[-12:]):
            is_mine = line.is_own or line.speaker.lower() == self.desk.brief.speaker.lower()
            if line.kind == "character" and not is_mine and name and names(line.text, name):
                return self._stock("ask_them", other=clean(line.speaker, 40), word=name)
        return None

    def mentions(self, word: str) -> Draft | None:
        """Something of one's own in which the word comes up that was asked about."""
        wanted = {stem(w) for w in words(word)}
        found = [
            piece
            for act in ("claims", "stories", "answers")
            for piece in self.desk.index.by_act.get(act, [])
            if wanted & piece.stems and not piece.asks
        ]
        part = self.desk.choose(found) if found else None
        return Draft("mentions", [part], length_free=True) if part else None
