"""The small things that guests say, and what is said back: a nod, a word that asks on, who lives
here, and standing by somebody who has told of a sorrow."""

from __future__ import annotations

import re

from fishbowl.llm.offline.answering import Answering
from fishbowl.llm.offline.drafting import Draft
from fishbowl.llm.offline.hearing import topic_hits
from fishbowl.llm.offline.recollect import names
from fishbowl.llm.offline.text import clean, count_words, words

MOST_NAMES = 4  # said to who asks for everybody
NOTED_FROM = 8  # words of a line that one may want to write down
OWN_VIEW = 3.0  # the weight of seeing it otherwise, where one has agreed to everything
HERE_FOR = 300.0  # seconds since somebody's last line within which they are about
# What nobody puts off because it was said to another.
ALWAYS_HEARD = {"crisis", "grand", "clinging", "grief", "ai", "off_record", "bye", "hello"}
_DOUBTS = re.compile(r"\b(?:really|seriously|for real|is that so|huh|sure|serious)\b", re.I)
_NAMED = re.compile(r"\b[A-Z][a-z]{2,}\b")


class Smalltalk(Answering):
    """The builders; each gives a draft or None."""

    def company(self) -> Draft | None:
        """Who lives here: whom the speaker has something to say to, and who was heard lately."""
        desk = self.desk
        heard = [clean(x.name, 40) for x in desk.listeners.values() if not x.is_person]
        known = [name.title() for name in sorted(desk.index.to)]
        names = list(dict.fromkeys(n for n in [*heard, *known] if n))[:MOST_NAMES]
        if len(names) < 2:
            return self._stock("unsure")
        return self._stock("company", names=f"{', '.join(names[:-1])} and {names[-1]}")

    def been_here(self) -> Draft | None:
        """Asked whether they have met: what it knows of them, if anything."""
        brief, name = self.desk.brief, self.name.lower()
        told = any(memory.said_by.lower() == name for memory in brief.memories)
        if not told and not any(names(fact, self.name) for fact in brief.facts):
            return self._stock("not_met")
        return self.about_them()

    def more_of_it(self) -> Draft | None:
        """Asked on in a word: more of what the speaker was just at, or that there is no more."""
        topic, kind = self.desk.heard.my_topic, self.desk.heard.asks
        if kind == "why":
            return self._stock("why")
        if _DOUBTS.search(self.desk.heard.text):
            return self._stock("echo")
        for act in ("stories", "claims"):
            part = self.desk.on_topic(topic, act) if topic else None
            if part is not None and not self.desk.echoes.repeats(part.text):
                return Draft("more", [part], length_free=True)
        return self._stock("followed")

    @property
    def is_for_absent(self) -> bool:
        """Whether they spoke to another, who isn't here to answer: what was asked of that one isn't
        answered for them, and what was told them is once said to be lost on them."""
        desk, heard = self.desk, self.desk.heard
        other = heard.to_other
        if not other or desk.brief.is_addressed or self.intent.kind in ALWAYS_HEARD:
            return False
        lately = [x for x in desk.brief.lines[-12:] if x.seconds_ago < HERE_FOR]
        if any(x.speaker.lower() == other for x in lately):
            return False
        listener = desk.listeners.get(other)
        if listener is not None and listener.is_person:
            return False
        told = any(x.is_own and other in words(x.text) for x in lately)
        return heard.act == "question" or not told

    def hears_out(self) -> Draft | None:
        """They tell of themselves: to that, and neither for it nor against it."""
        desk, replying, heard = self.desk, self.replying, self.desk.heard
        is_here = bool(replying.topic) and replying.is_here
        is_long = count_words(heard.text) >= NOTED_FROM
        return desk.best(
            [
                (1.6, "echo_question", replying.echo_question),
                (1.4, "curious", lambda: self._stock("person_statement")),
                (1.0 * is_long, "curious", replying.curious),
                (0.25 * is_long, "will_note", lambda: self._stock("will_note")),
                (1.6 * is_here, "topic_question", replying.question),
                (0.9 * is_here, "story", replying.story),
                (0.8 * heard.is_funny, "amused", lambda: replying.reaction("amused")),
                (OWN_VIEW * desk.brief.care.agrees, "own_view", lambda: self._stock("own_view")),
            ]
        )

    def who_that(self) -> Draft | None:
        """Asked who that is: whom the speaker has just named."""
        mine = next((x for x in self.desk.heard.recent if x.is_own), None)
        for name in _NAMED.findall(clean(mine.text)) if mine else ():
            if name.lower() in {self.name.lower(), self.desk.brief.speaker.lower()}:
                continue
            if not self.is_name(name):
                continue
            if told := (self._known(name) and self._of_somebody(name.lower())) or (
                self.of_ones_own(name)
            ):
                return told
        return self._stock("who")

    def and_me(self) -> Draft | None:
        """Asked the same back: something of one's own on it, or how one is."""
        before = [x for x in self.desk.heard.recent if x is not self.desk.heard.line]
        for line in before[:3]:
            hits = topic_hits(clean(line.text), self.desk.index)
            topic = max(sorted(hits), key=lambda name: hits[name]) if hits else ""
            for act in ("stories", "claims") if hits.get(topic, 0.0) >= 0.9 else ():
                part = self.desk.on_topic(topic, act)
                if part is not None and not self.desk.echoes.repeats(part.text):
                    return Draft("and_me", [part], length_free=True)
        return self.how()

    def nodded(self) -> Draft | None:
        """They have only nodded: a word back, or something new to talk of."""
        return self.desk.best(
            [
                (1.2, "nodded_back", lambda: self._stock("nodded_back")),
                (1.0, "doing", self.replying.doing),
                (0.8, "ask", lambda: self._stock("ask_about_person")),
                (0.8, "fresh", lambda: self._fresh("questions")),
            ]
        )

    def _fresh(self, act: str) -> Draft | None:
        part = self.desk.fresh_part(act)
        return Draft("fresh", [part]) if part else None

    def stand_by(self) -> Draft | None:
        """After a sorrow that was told: nothing of one's own, and no question that leads away."""
        return self.desk.best(
            [
                (1.0, "comfort", self.grief),
                (0.8, "touched", lambda: self._of("touched")),
                (0.6, "curious", lambda: self._stock("person_statement")),
            ]
        )

    def _of(self, act: str) -> Draft | None:
        part = self.desk.either(act)
        return Draft(act, [part], length_free=True) if part else None
