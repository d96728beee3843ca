"""The small things that guests say, and what is said back: a nod, a word that asks on, who lives
here, and standing by somebody who has told of a sorrow."""

from __future__ import annotations

import re
from itertools import pairwise

from fishbowl.llm.offline.answering import Answering
from fishbowl.llm.offline.deeds import answer_to
from fishbowl.llm.offline.drafting import Draft, Part
from fishbowl.llm.offline.hearing import topic_hits
from fishbowl.llm.offline.intents import few_words
from fishbowl.llm.offline.mending import correction_in, corrects, without_lead
from fishbowl.llm.offline.nearones import near_one
from fishbowl.llm.offline.text import (
    clean,
    count_words,
    end_sentence,
    sentences,
    upper_first,
    without_call,
    words,
)
from fishbowl.llm.offline.toldhere import names
from fishbowl.llm.offline.transcript import (
    MOST_LINES,
    asked_of_talk,
    first_asked,
    line_asked_for,
    told_then,
    witnessed,
)
from fishbowl.llm.questions import is_question

_INNER = str.maketrans("“”", "‘’")  # what is quoted within a quotation
MOST_QUOTED = 40  # words of a line that are said again
MOST_NAMES = 4  # said to who asks for everybody
NOTED_FROM = 8  # words of a line that one may want to write down
HEAVY_NEWS = {"news_bad", "news_relief"}  # to which nobody tells a story of their own
OWN_VIEW = 3.0  # the weight of seeing it otherwise, where one has agreed to everything
HERE_FOR = 300.0  # seconds since somebody's last line within which they are about
# What nobody puts off because it was said to another.
ALWAYS_HEARD = {"crisis", "grand", "clinging", "grief", "ai", "off_record", "bye", "hello"}
_DOUBTS = re.compile(r"\b(?:really|seriously|for real|is that so|huh|sure|serious)\b", re.I)
_ASKS_ASLEEP = re.compile(r"\b(?:asleep|sleeping|in bed)\b", re.IGNORECASE)
_NAMED = re.compile(r"\b[A-Z][a-z]{2,}\b")


def listed(names: list[str]) -> str:
    """Names as they are said one after the other."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


class Smalltalk(Answering):
    """The builders; each gives a draft or None."""

    def put_right(self) -> Draft | None:
        """They correct what they or another said: what is to stand is taken up."""
        said = without_call(self.desk.heard.text, self.desk.brief.speaker)
        if correction := correction_in(said):
            word = few_words(correction.new)
            return self._stock("set_right", word=word) if word else self._stock("taken_back")
        if not corrects(said) or is_question(said) or not self.memory.was_told(without_lead(said)):
            return None
        return self._stock("taken_back")

    def of_talk(self) -> Draft | None:
        """Asked who said what: the line of the room, as far back as who asks was there."""
        kind, whom = asked_of_talk(self._asked)
        if kind == "then":
            lines = told_then(self.desk.brief.lines, self.name, self._asked, self.desk.brief.hour)
            return self._again(self.memory.told_before(lines)) or self.recall()
        lines = witnessed(self.desk.brief.lines, self.name)
        is_cut = len(self.desk.brief.lines) >= MOST_LINES
        if kind == "mine_first" and is_cut and lines[:1] == [self.desk.brief.lines[0]]:
            return self._stock("no_memory")  # it began before that
        line = line_asked_for(kind, whom, lines, self.name)
        if kind == "mine_first" and "question" in words(self._asked):
            line = first_asked(lines, self.name)
        if line is None:
            return self.recall() if kind == "theirs" else self._stock("nothing_yet")
        is_theirs = line.speaker.lower() == self.name.lower()
        other = clean(line.speaker, 40)
        if kind == "who":
            whose = "that_was_me" if line.is_own else "that_was_you" if is_theirs else "that_was"
            return self._again(self._stock(whose, other=other))
        plain = clean(line.text, 600)
        said = without_call(plain, self.desk.brief.speaker) if is_theirs else plain
        said = said.translate(_INNER)
        said = " ".join(said.split()[:MOST_QUOTED]) + "…" * (count_words(said) > MOST_QUOTED)
        if clean(plain) != clean(" ".join(line.text.split())) or not said:
            return self._stock("no_memory")  # what it carries besides isn't said again
        act = "my_words" if line.is_own else "your_words" if is_theirs else "they_said"
        made = self._stock("talked_of" if kind == "about" else act, name=other, memory=said)
        return self._again(made)

    def company(self) -> Draft | None:
        """Who lives here: whom the speaker has something to say to, and who was heard lately."""
        desk = self.desk
        heard = [clean(x.name, 40) for x in desk.listeners.values() if not x.is_person]
        known = [name.title() for name in sorted(desk.index.to)]
        names = list(dict.fromkeys(n for n in [*heard, *known] if n))[:MOST_NAMES]
        if len(names) < 2:
            return self._stock("unsure")
        return self._stock("company", names=listed(names))

    def deed(self) -> Draft | None:
        """They say what they do, and no word beside it."""
        act = answer_to(self.desk.heard.deed)
        if act == "hello":
            return self.hello()
        return self._stock(act)

    def place(self) -> Draft | None:
        """Asked what this place is: what the room is for, and whose it is."""
        brief = self.desk.brief
        topic = clean(brief.room_topic, 160).rstrip(".")
        about = (sentences(clean(brief.scenario, 600)) or [""])[0]
        named = clean(brief.room, 40).replace("-", " ").title()
        if not (topic or about or named):
            return self._stock("unsure")
        is_part = topic[:1].islower() or not topic or count_words(topic) <= 12
        lead = self._part("place_is", word=named) if named else None
        told = Part(end_sentence(upper_first(topic if topic and is_part else about or topic)))
        return self._with(Draft("place", [lead] if lead else [], length_free=True), told)

    def sights(self) -> Draft | None:
        """Asked what there is to see or do: what is nearest to the speaker's own heart."""
        topic = self._liked_topic()
        named = topic or self.memory.topic_of_interest()
        lead = self._part("sights", topic=named) if named else None
        told = self._topic_piece(topic, "claims", "stories") if topic else None
        return self._with(Draft("sights", [lead], length_free=True), told) if lead else self.place()

    def up_now(self) -> Draft | None:
        """Who is awake of those who frequent the room, or whether one is, asked by name."""
        said = words(self.desk.heard.text)
        for one in self.desk.brief.company:
            name = clean(one.name, 40)
            if name and set(words(name)) <= set(said):
                until = f" until {one.wakes}" if one.wakes else ""
                act = "up_one" if one.is_awake else "asleep_one"
                return self._stock(act, other=name, until=until)
        awake = [clean(one.name, 40) for one in self.desk.brief.company if one.is_awake]
        asleep = [
            f"{clean(one.name, 40)}{' sleeps' * (at == 0)}{f' until {one.wakes}' * bool(one.wakes)}"
            for at, one in enumerate(x for x in self.desk.brief.company if not x.is_awake)
        ]
        rest = f"{listed(asleep)}." if asleep else ""
        if rest and awake and _ASKS_ASLEEP.search(self.desk.heard.text):
            return self._stock("asleep_now", asleep=rest)
        if not awake:
            return self._stock("up_alone", asleep=rest)
        return self._stock("up_now", awake=listed(awake), asleep=rest)

    @property
    def knows_them(self) -> bool:
        """Whether the speaker knows anything of who it answers, or has answered them before."""
        brief, name = self.desk.brief, self.name.lower()
        told = any(memory.said_by.lower() == name for memory in brief.memories)
        talked = any(
            after.is_own and before.speaker.lower() == name
            for before, after in pairwise(brief.lines)
        )
        return told or talked or any(names(fact, self.name) for fact in brief.facts)

    def advice(self) -> Draft | None:
        """Asked what to do: a word on it; to who has told of a sorrow, no clever one."""
        if self.desk.heard.is_sad:
            return self.stand_by()
        return self.memory.of_kind() or self._stock("advice")

    def back(self) -> Draft | None:
        """They say that they are back: welcomed as one who was here, if it was them."""
        return self._stock("back") if self.knows_them else self.hello()

    def been_here(self) -> Draft | None:
        """Asked whether they have met: what it knows of them, if anything."""
        return self.about_them() if self.knows_them else self._stock("not_met")

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
                (1.0 * (is_long and heard.is_telling), "curious", replying.curious),
                (0.25 * is_long, "will_note", lambda: self._stock("will_note")),
                (1.6 * is_here, "topic_question", replying.question),
                (0.9 * is_here, "story", replying.story),
                (0.8 * heard.is_funny, "amused", lambda: replying.reaction("amused")),
                (OWN_VIEW * desk.brief.care.agrees, "own_view", lambda: self._stock("own_view")),
            ]
        )

    def hears_news(self, act: str) -> Draft | None:
        """They tell of their day: to that, before all else."""
        if act == "news_good":
            return self.good_news()
        replying = self.replying
        is_light = act not in HEAVY_NEWS
        is_here = is_light and bool(replying.topic) and replying.is_here
        return self.desk.best(
            [
                (4.0, act, lambda: self._stock(act)),
                (0.6 * is_light, "echo_question", replying.echo_question),
                (1.6 * is_here, "topic_question", replying.question),
                (0.9 * is_here, "story", replying.story),
            ]
        )

    def of_somebody_near(self) -> Draft | None:
        """They tell how it is with somebody near to them: a word on that one."""
        said = without_call(self.desk.heard.text, self.desk.brief.speaker)
        found = near_one(said)
        return self._stock(found.act, who=found.who, whom=found.whom) if found else None

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
