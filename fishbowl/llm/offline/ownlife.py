"""What of its own life a character tells who asks for it: where it is from, its people, its day,
whom it knows; and the small steps that every answer to a person is made of."""

from __future__ import annotations

import re
from collections.abc import Callable

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.hearing import without_names
from fishbowl.llm.offline.intents import Intent, intent_of
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.oneself import MINE
from fishbowl.llm.offline.replies import Replying
from fishbowl.llm.offline.text import (
    bare,
    clean,
    count_words,
    end_sentence,
    sentences,
    spelled_out,
    stem,
    without_call,
    words,
)
from fishbowl.llm.offline.toldhere import names
from fishbowl.llm.offline.viewpoint import as_own

# "You live here?" asks what "do you live here?" does.
_YOU_DO = re.compile(
    r"^(?:so,? )?you "
    r"(?!(?:are|were|will|can|should|would|could|must|had|got|said|told)\b)"
    r"(?=[^.!]*\?\s*$)(\w+(?<!ed)\b)",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"\b(?:born|grew up|raised|came (?:to|from|here)|moved|left)\b", re.IGNORECASE)
_TAUGHT = re.compile(
    r"\b(?:taught|trained|learn\w*|apprentic\w+|studied|gave (?:him|her))\b", re.IGNORECASE
)
_AGE = re.compile(r"\b(?:\d{2}|aged|years old|\w+ty(?:-\w+)?)\b")
# What is so still when it is asked for again: in the same words it is said to be said again.
TOLD_AGAIN = {
    "up_now",
    "up_alone",
    "up_one",
    "asleep_now",
    "asleep_one",
    "my_name",
    "company",
    "no_memory",
    "no_such_one",
    "no_telling",
    "no_telling_of",
    "not_told_of",
    "not_written",
    "foreign",
}
MOODS = {"grief", "good_news", "insult"}  # which a name may be mistaken for
# "She is the widow of Per, who ran the pilot boat": how one stands to somebody, as it is written.
STANDING = re.compile(
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
_HOME = re.compile(
    r"\b(?:I|i) (?:\w+ )?(?:live|sleep|lodge)\b (?!to|for|with)"
    r"|\b(?:my|My) (?:house|room|flat|loft|bedroom|front door|home)\b"
)
_SPOKEN = re.compile(r"(?<!\w)[‘'“\"].+?[’'”\"](?!\w)")  # by another, quoted
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
        self.intent = intent_of(_YOU_DO.sub(r"do you \1", said))
        if self.intent.kind in MOODS and intent_of(without_names(said, desk.names)) != self.intent:
            self.intent = Intent("hello")  # a name was given

    @property
    def _asked(self) -> str:
        """The line, without whom it is said to, and as it is written with care."""
        called = self.desk.heard.to_other or self.desk.brief.speaker
        return spelled_out(without_call(self.desk.heard.text, called))

    def _part(self, act: str, **slots: str) -> Part | None:
        own = {"name": self.name, "me": clean(self.desk.brief.speaker, 40)}
        return self.desk.stock(act, **{**own, **slots})

    def _stock(self, act: str, **slots: str) -> Draft | None:
        """One fragment of an act; another one if the room has just heard it."""
        for _ in range(4):
            part = self._part(act, **slots)
            if part and not self.desk.echoes.repeats(part.text):
                return Draft(act, [part], length_free=True)
        made = Draft(act, [part], length_free=True) if part else None
        return self._again(made) if act in TOLD_AGAIN else made

    def _again(self, made: Draft | None) -> Draft | None:
        """The same, led by a word that it was said before, where the room has just heard it."""
        if made is not None and bare(made.text) in self.desk.echoes.texts:
            made.parts = self.desk.once_more([made.parts])
        return made

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
        return Draft("origin", [part], length_free=True) if part else self._stock("not_written")

    def learned(self) -> Draft | None:
        """Who taught it, out of its background."""
        text = clean(self.desk.brief.background, 1200)
        part = self._of_oneself("background", text, lambda said: bool(_TAUGHT.search(said)))
        return Draft("learned", [part], length_free=True) if part else self._stock("not_written")

    def lives(self) -> Draft | None:
        """Where it lives: what it says of its rooms, else who it is, which says where."""
        own = [
            piece
            for act in ("claims", "stories")
            for piece in self.desk.index.by_act.get(act, [])
            if _HOME.search(_SPOKEN.sub(" ", piece.text)) and not piece.asks
            and count_words(piece.text) <= LONGEST_OWN and not self.desk.echoes.repeats(piece.text)
        ]  # fmt: skip
        home, part = self._part("lives_here"), self.desk.choose(own) if own else self._identity()
        return self._with(Draft("lives", [home], length_free=True) if home else None, part)

    def age(self) -> Draft | None:
        """How old it is, where its author has written that."""
        text = clean(self.desk.brief.identity, 800)
        part = self._of_oneself("identity", text, lambda said: bool(_AGE.search(said)))
        return Draft("age", [part], length_free=True) if part else self._stock("not_written")

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
                if _MINE.search(_SPOKEN.sub(" ", piece.text))
            ]
            part = self.desk.choose(own) if own else None
        return Draft("family", [part], length_free=True) if part else self._stock("not_written")

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
            if standing := STANDING.match(said):
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
