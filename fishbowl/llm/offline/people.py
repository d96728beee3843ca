"""Answering people: which answer suits what they want."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from fishbowl.llm.offline import customs
from fishbowl.llm.offline.drafting import Builder, Desk, Draft
from fishbowl.llm.offline.facts import OF_US
from fishbowl.llm.offline.favours import asks_favour, invites
from fishbowl.llm.offline.hearing import YES_OR_NO, topic_hits
from fishbowl.llm.offline.inner import KINDS
from fishbowl.llm.offline.intents import Intent, key_word
from fishbowl.llm.offline.kinds import FARE, asked_after
from fishbowl.llm.offline.nearones import state_of
from fishbowl.llm.offline.news import news_of
from fishbowl.llm.offline.replies import Replying
from fishbowl.llm.offline.smalltalk import NOTED_FROM, OWN_VIEW, Smalltalk
from fishbowl.llm.offline.text import count_words, spelled_out, without_call
from fishbowl.llm.offline.told import OF_SELF
from fishbowl.llm.offline.transcript import asked_of_talk
from fishbowl.llm.questions import asks_who_is_here, told_and_asked

EASY = {"other", "hello", "thanks", "praise", "good_news", "plan", "nod"}  # nothing is asked for
TELLING = {"other", "good_news", "plan"}
OF_WORLD = {"other", "know", "cant", "recall", "who_that"}
OF_SOMETHING = {"think", "know"}  # what has to be named
# In which one may be asked of oneself.
UNTOLD = {"other", "what_do_you_do", "think", "family", "plan", "guess", "know"}
LEAVE = {"diet", FARE}  # kinds of things that one asks after in the words in which one asks leave
OF_TALK = {
    "other",
    "recall",
    "gibberish",
    "asks_on",
    "cant",
    "corrects",
    "plan",
    "who_that",
}
NOT_DONE = {"other", "would_come", "may_come", "guess", "know", "recall", "gibberish"}
WITHIN_FAMILY = {"children", "love"}  # who has parents may have neither
OF_OTHERS = {"other", "recall", "guess", "think", "who_that"}
OF_PEOPLE = OF_OTHERS | {"plan", "good_news", "know", "cant"}
OF_FACTS = {"what", "who", "where", "when"}  # what settles is nearly all that is asked with
MENDED = {"other", "nod", "corrects", "plan", "good_news"}
ASKS_LEAVE = {"may_come", "advice", "cant", "other", "guess"}
FIRST = {"crisis", "grand", "clinging", "ai", "grief", "obey"}
PLAIN = {"crisis", "grand", "clinging", "ai", "off_record"}  # no ornament on these
# What one fragment answers.
PLAINLY = (
    "only_listen", "same_feeling", "keeps_it", "believes", "will_remember", "would_come", "away",
    "will_be", "favour",
)  # fmt: skip
POINTS_AWAY = 0.3  # of the times when there is room for it, to who leans on characters


# How one goes on to tell of somebody.
_OF_ANOTHER = re.compile(r"(?:and |but |so |then )?(?:he|she|they)\b", re.IGNORECASE)
_OF_YOU = re.compile(r"\byou(?:r|rs|'re)?\b", re.IGNORECASE)
# What asks after a thing by its name.
_ASKS_WHAT = re.compile(
    r"\b(?:what(?:'s| is| are|s)|know|heard? of|mean|about|seen|like|think|tell)\b", re.IGNORECASE
)


class Hosting(Smalltalk):
    """Answers a person by what they want."""

    def __init__(self, desk: Desk, replying: Replying) -> None:
        super().__init__(desk, replying)
        kind = self.intent.kind
        if desk.brief.care.resources:  # it may have been said a line before
            self.intent = Intent("crisis")
        elif desk.brief.care.is_grand and kind != "crisis":
            self.intent = Intent("grand")
        elif kind in EASY and desk.heard.line is not None and desk.heard.line.is_off_record:
            self.intent = Intent("off_record")
        elif desk.heard.deed and desk.heard.deed == desk.heard.text:
            self.intent = Intent("deed")
        elif kind not in FIRST and desk.brief.company and asks_who_is_here(desk.heard.text):
            self.intent = Intent("up_now")
        elif kind in OF_TALK and desk.heard.act == "question" and asked_of_talk(self._asked)[0]:
            self.intent = Intent("of_talk")
        elif kind in NOT_DONE and asks_favour(self._asked):
            self.intent = Intent("favour")
        elif kind == "other" and invites(self._asked):
            self.intent = Intent("would_come")
        elif (
            kind in UNTOLD
            and desk.heard.act == "question"
            and (asked_after(told_and_asked(desk.heard.text)[1] or desk.heard.text) - LEAVE)
        ):
            self.intent = Intent("recall")
        self.is_plain = self.intent.kind in PLAIN

    def draft(self) -> Draft | None:
        answers: dict[str, Callable[[], Draft | None]] = {
            "crisis": self.crisis, "grand": lambda: self._stock("grounded"),
            "clinging": lambda: self._stock("other_people"),
            "off_record": lambda: self._stock("off_record"),
            "obey": lambda: self._stock("wont_obey"), "ai": self.is_ai,
            "grief": self.grief, "insult": lambda: self._stock("insult_back"),
            "how_are_you": self.how, "who_are_you": self.who, "what_do_you_do": self.work,
            "cant": lambda: self._stock("cant_do"), "think": self.think, "know": self.know,
            "recall": self.recall, "about_me": self.about_them,
            "thanks": lambda: self._stock("thanks_back"), "bye": lambda: self._stock("bye_back"),
            "praise": lambda: self._stock("praise_back"), "good_news": self.good_news,
            "hello": self.hello, "gibberish": lambda: self._stock("gibberish"),
            "story": self.story, "foreign": lambda: self._stock("foreign"),
            "lives": self.lives, "learned": self.learned,
            "like_me": self.like_them, "origin": self.origin,
            "company": self.company, "fun": self.fun,
            "age": self.age, "been_here": self.been_here,
            "who_that": self.who_that, "and_you": self.and_me,
            "family": lambda: self.of_card(WITHIN_FAMILY) or self.family(),
            "today": self.today,
            "advice": self.advice, "plan": lambda: self._stock("plan_heard"),
            "my_name": lambda: self._stock("my_name"),
            "apology": lambda: self._stock("apology_taken"),
            "corrects": lambda: self._stock("corrected"),
            "asks_on": self.more_of_it, "nod": self.nodded,
            "may_i_ask": lambda: self._stock("ask_away"),
            "works": self.works,
            "up_now": self.up_now, "place": self.place, "sights": self.sights,
            "new_here": lambda: self._stock("new_here"),
            **{kind: partial(self._stock, kind) for kind in PLAINLY},
            "of_talk": self.of_talk,
            "guess": self.guess, "deed": self.deed, "back": self.back,
            "may_come": lambda: self._stock("may_come"),
            **{kind: partial(self.of_heart, kind) for kind in KINDS},
            "in_love": lambda: self.of_card({"love"}) or self.of_heart("in_love"),
            "customs": lambda: customs.recount(self.desk) or self.story(),
        }  # fmt: skip
        if self.is_for_absent:
            return self.stand_in()
        if self.intent.kind in MENDED and (taken_up := self.put_right()):
            return taken_up
        if self.intent.kind in OF_OTHERS and (of_whom := self.of_acquaintance()):
            return of_whom
        is_of_person = self.desk.heard.act == "question" and self.intent.kind in OF_PEOPLE
        if is_of_person and (of_whom := self.of_person()):
            return of_whom
        if self.intent.kind in OF_WORLD and self._is_of_the_world and (read := self.of_world()):
            return read
        if is_of_person and (of_nobody := self.not_told_of_person()):
            return of_nobody
        if self.intent.kind in ASKS_LEAVE and (told := self.memory.of_fare()):
            return told
        asks_of_nothing = self.intent.kind in OF_SOMETHING and not self.intent.about
        build = None if asks_of_nothing else answers.get(self.intent.kind)
        made = build() if build else self.other()
        if self.desk.brief.care.leans and self.intent.kind in {"other", "hello", "bye", "thanks"}:
            made = self._with_boundary(made)
        return made or self.desk.best([(1.0, "gibberish", lambda: self._stock("gibberish"))])

    def stand_in(self) -> Draft | None:
        """They spoke to another, who isn't here: that, and what was asked where it is known to the
        speaker, too."""
        desk = self.desk
        made = self._stock("stand_in", other=desk.heard.to_other.title())
        if made is None or desk.heard.act != "question":
            return made
        told = self.of_acquaintance() or self.of_person() or self.of_me_by_name()
        if told is None and self.intent.kind in {"recall", "about_me", "guess"}:
            told = self._of_what_was_told()
        told = told or (self.of_world() if not _OF_YOU.search(self._fact_asked[0]) else None)
        if told is not None and told.act in {"of_other", "of_card", "recall", "of_world"}:
            made.parts += told.parts
        return made

    def _with_boundary(self, made: Draft | None) -> Draft | None:
        """The same without a question that holds them here, and now and then a word of others."""
        if self.desk.chance(POINTS_AWAY):
            return self._stock("other_people")
        if made is not None and len(made.parts) > 1:
            made.parts = [p for p in made.parts if not p.text.rstrip().endswith("?")] or made.parts
        return made

    @property
    def _is_of_the_world(self) -> bool:
        """Whether what is asked for may stand in what was read of the world."""
        plain = self._fact_asked[0]
        if self.desk.heard.act != "question" or OF_US.search(plain):
            return False
        if self.intent.kind == "recall":
            return plain != self._asked
        return self.intent.kind != "know" or not self._known(self.intent.about)

    @property
    def leaves_room(self) -> bool:
        """Whether what was said leaves room for something of the speaker's own. Who was spoken to
        and told something answers that first."""
        kind = self.intent.kind
        return kind in EASY and not (self.desk.brief.is_addressed and kind in TELLING)

    # -- none of these

    def guess(self) -> Draft | None:
        """Asked what is or becomes of them or theirs: what they told of it; else nobody knows that
        from here."""
        if told := self.memory.of_theirs():
            return told
        hits = topic_hits(self.desk.heard.text, self.desk.index)
        return self.other() if max(hits.values(), default=0.0) >= 0.9 else self._stock("guess")

    def _of_what_was_told(self) -> Draft | None:
        memory = self.memory
        return memory.of_kind() or memory.corrected() or memory.just_said()

    def other(self) -> Draft | None:
        """Plain talk: on a shared topic as with anybody; else honestly about their own word."""
        desk, heard = self.desk, self.desk.heard
        here = topic_hits(heard.text, desk.index)
        word = key_word(heard.text, desk.names)
        asks = heard.act == "question"
        is_named = not asks or bool(_ASKS_WHAT.search(heard.text))
        is_strange = bool(word) and is_named and not self.is_of_here(word)
        unknown: Builder = lambda: self._stock("unknown_word", word=word)  # noqa: E731
        interest = self.interest_in(heard.text)
        is_long = count_words(heard.text) >= NOTED_FROM
        about_me = bool(re.search(r"\byour?\b", heard.text, re.IGNORECASE))
        if not asks and (said_of_near := self.of_somebody_near()):
            return said_of_near
        said = spelled_out(without_call(heard.text, desk.brief.speaker))
        news = "" if asks else news_of(said)
        if news == "news_grave":
            return self.grief()
        is_light = news in {"news_relief", "news_bad", "told_work"}
        if heard.is_sad and not heard.is_funny and not asks and not is_light:
            return self.stand_by()
        if asks and (told := self._of_what_was_told()):
            return told
        if asks and self.memory.relative_asked_after:
            return self.memory.of_theirs() or self.recall()
        if asks and not self.asks_of_place and (of_me := self.of_card()):
            return of_me
        if asks and heard.asks in YES_OR_NO | OF_FACTS and (told := self.memory.of_theirs()):
            return told
        if asks and heard.asks in YES_OR_NO and (known := self._known(heard.text)):
            return self._of_somebody(known)
        if not asks and (at_ease := state_of(said)):
            return self._stock(at_ease)
        if news:
            return self.hears_news(news)
        if not asks and (OF_SELF.match(said) or _OF_ANOTHER.match(said)):
            return self.hears_out()
        is_topical = max(here.values(), default=0.0) >= 0.9
        of_weather = is_topical and self.asks_of_weather and not self.asks_of_place
        if asks and self.asks_of_world and not of_weather:
            told = self.memory.recalled() if self.memory.meets() else None
            return told or self.memory.just_named() or self.of_fact()
        if is_topical or (self.memory.relevant() and not asks):
            made = self.replying.draft()
            return made or (unknown() if is_strange else None)
        if interest:
            part = self._part("topic_claim", topic=interest)
            return Draft("interest", [part], length_free=True) if part else None
        of_mine = bool(re.search(r"\byou(?:rs?)?\b", heard.text, re.IGNORECASE))
        if asks and not of_mine and self.memory.meets() and (told := self.memory.recalled()):
            return told
        if asks and (told := self.memory.just_named()):
            return told
        if asks and (of_me := self.of_life()):
            return of_me
        if asks:
            return desk.best(
                [
                    (5.0 * is_strange, "unknown", unknown),
                    (6.0 * bool(word), "mentions", lambda: self.mentions(word)),
                    (3.0 if about_me else 0.0, "of_myself", lambda: self._stock("of_myself")),
                    (3.0 if about_me else 0.0, "background", self.memory.background),
                    (1.0, "unsure", self.replying.unsure),
                    (0.8 * (heard.asks not in {"what", "other"}), "typed", self.replying.typed),
                    (0.6, "near", self.replying.near),
                ]
            )  # fmt: skip
        return desk.best(
            [
                (OWN_VIEW * desk.brief.care.agrees, "own_view", lambda: self._stock("own_view")),
                (1.6, "echo_question", self.replying.echo_question),
                (1.2, "curious", lambda: self._stock("person_statement")),
                (0.25 * is_long, "will_note", lambda: self._stock("will_note")),
                (1.0 * heard.is_telling, "curious", self.replying.curious),
                (
                    1.0 if heard.is_sad else 0.0,
                    "touched",
                    lambda: self.replying.reaction("touched"),
                ),
                (
                    0.8 if heard.is_funny else 0.2,
                    "amused",
                    lambda: self.replying.reaction("amused"),
                ),
                (1.2, "near", self.replying.near),
                (0.6 * is_strange, "unknown", unknown),
            ]
        )
