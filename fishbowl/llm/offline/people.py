"""Answering people: which answer suits what they want."""

from __future__ import annotations

import re
from collections.abc import Callable

from fishbowl.llm.offline import customs
from fishbowl.llm.offline.drafting import Builder, Desk, Draft
from fishbowl.llm.offline.hearing import topic_hits
from fishbowl.llm.offline.intents import Intent, key_word
from fishbowl.llm.offline.replies import Replying
from fishbowl.llm.offline.smalltalk import NOTED_FROM, OWN_VIEW, Smalltalk
from fishbowl.llm.offline.text import count_words, without_call
from fishbowl.llm.offline.told import OF_SELF

EASY = {"other", "hello", "thanks", "praise", "good_news", "plan", "nod"}  # nothing is asked for
TELLING = {"other", "good_news", "plan"}
OF_SOMETHING = {"think", "know"}  # what has to be named
PLAIN = {"crisis", "grand", "clinging", "ai", "off_record"}  # no ornament on these
POINTS_AWAY = 0.3  # of the times when there is room for it, to who leans on characters


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
            "like_me": self.like_them, "origin": self.origin, "company": self.company,
            "age": self.age, "been_here": self.been_here,
            "who_that": self.who_that, "and_you": self.and_me, "family": self.family,
            "today": self.today,
            "advice": lambda: self._stock("advice"), "plan": lambda: self._stock("plan_heard"),
            "my_name": lambda: self._stock("my_name"),
            "apology": lambda: self._stock("apology_taken"),
            "corrects": lambda: self._stock("corrected"),
            "asks_on": self.more_of_it, "nod": self.nodded,
            "may_i_ask": lambda: self._stock("ask_away"),
            "works": self.works,
            "customs": lambda: customs.recount(self.desk) or self.story(),
        }  # fmt: skip
        if self.is_for_absent:
            return self._stock("stand_in", other=self.desk.heard.to_other.title())
        asks_of_nothing = self.intent.kind in OF_SOMETHING and not self.intent.about
        build = None if asks_of_nothing else answers.get(self.intent.kind)
        made = build() if build else self.other()
        if self.desk.brief.care.leans and self.intent.kind in {"other", "hello", "bye", "thanks"}:
            made = self._with_boundary(made)
        return made or self.desk.best([(1.0, "gibberish", lambda: self._stock("gibberish"))])

    def _with_boundary(self, made: Draft | None) -> Draft | None:
        """The same without a question that holds them here, and now and then a word of others."""
        if self.desk.chance(POINTS_AWAY):
            return self._stock("other_people")
        if made is not None and len(made.parts) > 1:
            made.parts = [p for p in made.parts if not p.text.rstrip().endswith("?")] or made.parts
        return made

    @property
    def leaves_room(self) -> bool:
        """Whether what was said leaves room for something of the speaker's own. Who was spoken to
        and told something answers that first."""
        kind = self.intent.kind
        return kind in EASY and not (self.desk.brief.is_addressed and kind in TELLING)

    # -- none of these

    def other(self) -> Draft | None:
        """Plain talk: on a shared topic as with anybody; else honestly about their own word."""
        desk, heard = self.desk, self.desk.heard
        here = topic_hits(heard.text, desk.index)
        word = key_word(heard.text, desk.names)
        asks = heard.act == "question"
        is_strange = bool(word) and not self.is_of_here(word)
        unknown: Builder = lambda: self._stock("unknown_word", word=word)  # noqa: E731
        interest = self.interest_in(heard.text)
        is_long = count_words(heard.text) >= NOTED_FROM
        about_me = bool(re.search(r"\byour?\b", heard.text, re.IGNORECASE))
        if heard.is_sad and not heard.is_funny and not asks:
            return self.stand_by()
        if asks and heard.asks in {"yes_no", "yes_do"} and (known := self._known(heard.text)):
            return self._of_somebody(known)
        said = without_call(heard.text, desk.brief.speaker).replace("’", "'")
        if not asks and OF_SELF.match(said):
            return self.hears_out()
        if max(here.values(), default=0.0) >= 0.9 or (self.memory.relevant() and not asks):
            made = self.replying.draft()
            return made or (unknown() if is_strange else None)
        if interest:
            part = self._part("topic_claim", topic=interest)
            return Draft("interest", [part], length_free=True) if part else None
        of_mine = bool(re.search(r"\byou(?:rs?)?\b", heard.text, re.IGNORECASE))
        if asks and not of_mine and self.memory.meets() and (told := self.memory.recalled()):
            return told
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
                (1.0, "curious", self.replying.curious),
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
