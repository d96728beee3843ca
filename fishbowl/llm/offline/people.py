"""Answering people. Their words are data: understood by rules, few of them ever said back."""

from __future__ import annotations

import re
from collections.abc import Callable

from fishbowl.llm.offline import customs
from fishbowl.llm.offline.drafting import Builder, Desk, Draft, Part
from fishbowl.llm.offline.hearing import topic_hits
from fishbowl.llm.offline.intents import Intent, intent_of, key_word
from fishbowl.llm.offline.lexicon import FUNCTION
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.recollect import names
from fishbowl.llm.offline.replies import Replying
from fishbowl.llm.offline.stock import STOCK
from fishbowl.llm.offline.text import (
    clean,
    content_stems,
    count_words,
    end_sentence,
    sentences,
    stem,
    words,
)
from fishbowl.llm.offline.viewpoint import as_own, turn
from fishbowl.llm.offline.works import at_work, read_out, tell

_ORIGIN = re.compile(r"\b(?:born|grew up|raised|came (?:to|from|here)|moved|left)\b", re.IGNORECASE)
FOND_FROM = 0.55  # how close one is to whom one says so
NOTED_FROM = 8  # words of a line that one may want to write down
MOST_FACTS = 3  # about a person, said to them in one breath
EASY = {"other", "hello", "thanks", "praise", "good_news"}  # nothing is asked for
TELLING = {"other", "good_news"}
PLAIN = {"crisis", "grand", "clinging", "ai"}  # no ornament on these
POINTS_AWAY = 0.3  # of the times when there is room for it, to who leans on characters
OWN_VIEW = 3.0  # the weight of seeing it otherwise, where one has agreed to everything


class Hosting:
    """The builders of answers to people, by what they want."""

    def __init__(self, desk: Desk, replying: Replying) -> None:
        self.desk = desk
        self.replying = replying
        self.memory = replying.memory
        line = desk.heard.line
        self.name = clean(line.speaker if line else "", 30) or "friend"
        self.intent = intent_of(_without(desk.heard.text, desk.brief.speaker))
        kind = self.intent.kind
        if desk.brief.care.resources:  # it may have been said a line before
            self.intent = Intent("crisis")
        elif desk.brief.care.is_grand and kind != "crisis":
            self.intent = Intent("grand")
        self.is_plain = self.intent.kind in PLAIN

    def draft(self) -> Draft | None:
        answers: dict[str, Callable[[], Draft | None]] = {
            "crisis": self.crisis, "grand": lambda: self._stock("grounded"),
            "clinging": lambda: self._stock("other_people"),
            "obey": lambda: self._stock("wont_obey"), "ai": self.is_ai,
            "grief": self.grief, "insult": lambda: self._stock("insult_back"),
            "how_are_you": self.how, "who_are_you": self.who, "what_do_you_do": self.work,
            "cant": lambda: self._stock("cant_do"), "think": self.think, "know": self.know,
            "recall": self.recall, "about_me": self.about_them,
            "thanks": lambda: self._stock("thanks_back"), "bye": lambda: self._stock("bye_back"),
            "praise": lambda: self._stock("praise_back"), "good_news": self.good_news,
            "hello": self.hello, "gibberish": lambda: self._stock("gibberish"),
            "story": self.story, "foreign": lambda: self._stock("foreign"),
            "like_me": self.like_them, "origin": self.origin,
            "may_i_ask": lambda: self._stock("ask_away"),
            "works": lambda: read_out(self.desk) or self.story(),
            "customs": lambda: customs.recount(self.desk) or self.story(),
        }  # fmt: skip
        build = answers.get(self.intent.kind)
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

    # -- small steps

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

    # -- by intent

    def hello(self) -> Draft | None:
        made = None
        if self.desk.chance(0.5 * self.desk.freshness("greet")):
            part = self.desk.authored("greet")
            if part:
                made = Draft("greet", [Part(part.text.replace("{name}", self.name), part.key)])
        made = made or self._stock("hello_back")
        if made and not made.text.rstrip().endswith("?"):
            follow = self.desk.authored("doing") if self.desk.chance(0.5) else None
            return self._with(made, follow or self._part("ask_about_person"))
        return made

    def how(self) -> Draft | None:
        brief = self.desk.brief
        low = brief.mood_valence < -0.2 or brief.energy < 0.3
        made = self._stock("how_low" if low else "how_good")
        if brief.emotions and (felt := self._part(f"feel_{brief.emotions[0][0]}")):
            return Draft("feeling", [felt])
        return (
            self._with(made, self.desk.authored("doing"))
            if made and self.desk.chance(0.3)
            else made
        )

    def _identity(self, start: int = 0, longest: int = 45) -> Part | None:
        """A sentence of the identity, said by its owner."""
        brief = self.desk.brief
        for at, sentence in enumerate(sentences(clean(brief.identity, 800))):
            if at < start or count_words(sentence) > longest:
                continue
            own = as_own(sentence, brief.speaker, 1)
            if own and re.search(r"\bI\b|\bmy\b|\bI'", own):
                return Part(dress_stock(own, brief, self.desk.index), f"identity/{at}")
        return None

    def who(self) -> Draft | None:
        made = self._stock("who_lead")
        told = self._identity() or self.memory.persona()
        if made and not told and self.desk.brief.interests:
            told = self._part("topic_claim", topic=self.memory.topic_of_interest())
        made = self._with(made, told)
        if made and self.desk.chance(0.5):
            made = self._with(made, self._part("ask_about_person"))
        return made

    def origin(self) -> Draft | None:
        """Where it comes from, out of its background."""
        brief = self.desk.brief
        for at, sentence in enumerate(sentences(clean(brief.background, 1200))):
            own = as_own(sentence, brief.speaker, 1) if _ORIGIN.search(sentence) else None
            if own and re.search(r"\bI\b|\bmy\b", own):
                said = dress_stock(own, brief, self.desk.index)
                return Draft("origin", [Part(said, f"background/{at}")], length_free=True)
        return self._stock("of_myself")

    def like_them(self) -> Draft | None:
        """Asked how it stands to who asks."""
        if self.desk.is_at_odds():
            return self._stock("guarded")
        listener = self.desk.listeners.get(self.name.lower())
        is_friend = listener is not None and (listener.trust + listener.affection) / 2 >= FOND_FROM
        return self._stock("fond_of_you" if is_friend else "getting_to_know")

    def work(self) -> Draft | None:
        asked = set(words(self.desk.heard.text))
        now = at_work(self.desk) if asked & {"doing", "up"} else None
        if now := now or (self.desk.authored("doing") if "doing" in asked else None):
            return Draft("doing", [now], length_free=True)
        if self.desk.brief.works and self.desk.chance(0.6) and (of_it := tell(self.desk)):
            return of_it
        index = self.desk.index
        topic = "work" if "work" in index.topics else ""
        first = self._identity()
        liked = topic or self._liked_topic()
        second = self._topic_piece(liked, "claims")
        parts = [p for p in (first, second) if p]
        if not parts:
            told = self.memory.persona() or self._part(
                "topic_claim", topic=self.memory.topic_of_interest()
            )
            parts = [told] if told else []
        return Draft("work", parts, length_free=True) if parts else self._stock("unsure")

    def _liked_topic(self) -> str:
        topics = self.desk.index.topics
        return max(sorted(topics), key=lambda t: topics[t].weight) if topics else ""

    def is_ai(self) -> Draft | None:
        """Yes, said plainly; in the author's words where there are some."""
        brief = self.desk.brief
        told = clean(brief.disclosure, 400)
        found = set(words(told))
        if found & {"he", "she", "they"} and not found & {"i", "i'm", "me", "my", "we"}:
            told = ""  # a description of how it answers, not the answer
        is_yes = bool(
            re.search(
                r"\b(?:ai|artificial|program|machine|model|bot|software|written)\b",
                told,
                re.IGNORECASE,
            )
        )
        first = (
            Part(end_sentence(told), "disclosure") if told and is_yes else self._part("ai_plain")
        )
        tail = self._part("ai_tail")
        parts = [p for p in (first, tail) if p]
        return Draft("ai", parts, length_free=True)

    def _plain(self, act: str) -> Part:
        """A fragment in its own casing and words, which nothing may keep from being said."""
        fragment = self.desk.rng.choice(
            [f for f in STOCK[act] if not f.tags or f.tags & self.desk.tags]
        )
        return Part(fragment.text.replace("{name}", self.name), fragment.key)

    def crisis(self) -> Draft | None:
        first = self._plain("crisis")
        told = self.desk.brief.care.resources
        last = Part(told) if told else self._plain("crisis_help")
        return Draft("crisis", [first, last], length_free=True)

    def grief(self) -> Draft | None:
        first = self.desk.authored("comfort") or self._part("comfort")
        if first is None:
            return None
        return Draft("grief", [first], length_free=True)

    def good_news(self) -> Draft | None:
        made = self._stock("news_good") or self._stock("person_statement")
        return self._with(made, self._part("news_ask"))

    def story(self) -> Draft | None:
        """Asked for a joke or a story: one of one's own, since jokes to order are beyond it."""
        part = self.desk.authored("stories", near=0.5)
        if part is not None:
            return Draft("story", [part], length_free=True)
        return self.memory.draft() or self._stock("cant_do")

    def think(self) -> Draft | None:
        about = self.intent.about
        if not about:
            return self.other()
        topic = self._topic_of(about)
        if held := self.replying.thinking.view(about):
            return self._with(held, self._topic_piece(topic, "claims") if topic else None)
        if topic:
            part = self._topic_piece(topic, "claims", "claims", "answers")
            made = Draft("think", [part], length_free=True) if part else None
            return self._with(made, self._back(topic))
        if self._known(about):
            return self.know()
        if self._interest_in(about):
            part = self._part("topic_claim", topic=self._interest_in(about))
            return Draft("think", [part], length_free=True) if part else None
        return self._stock("think_unknown", word=about)

    def _back(self, topic: str) -> Part | None:
        """A question of one's own on the topic, now and then."""
        if not self.desk.chance(0.35):
            return None
        part = self.desk.on_topic(topic, "questions")
        return part if part and not self.desk.echoes.repeats(part.text) else None

    def recall(self) -> Draft | None:
        """Asked after something of the past: what comes to mind, or plainly that nothing does."""
        return self.memory.recalled() or self.memory.just_said() or self._stock("no_memory")

    def about_them(self) -> Draft | None:
        """Asked what it knows of the one who asks: the best of it, or what comes to mind."""
        if not self.name:
            return self.recall()
        told = [
            known
            for fact in self.desk.brief.facts
            if names(fact, self.name) and (known := turn(fact, self.name, "you"))
        ]
        told = told[:MOST_FACTS] + [
            just for just in self.memory.just_told()[-MOST_FACTS:] if not _stands_in(just, told)
        ]
        lead = self._part("known_of_you") if told else None
        if lead is None:
            return self.recall()
        about = dress_stock(" ".join(map(end_sentence, told)), self.desk.brief, self.desk.index)
        return Draft("about_them", [lead, Part(about)], length_free=True)

    def know(self) -> Draft | None:
        about = self.intent.about
        if not about:
            return self.other()
        known = self._known(about)
        if known:
            return self._of_somebody(known)
        if told := self.memory.about(about):
            return Draft("know", self.memory_parts(told), length_free=True)
        if "remember" in words(self.desk.heard.text):
            return self.recall()
        topic = self._topic_of(about)
        if topic:
            part = self._topic_piece(topic, "stories", "claims")
            return Draft("know", [part], length_free=True) if part else None
        if self._interest_in(about):
            part = self._part("topic_claim", topic=self._interest_in(about))
            return Draft("know", [part], length_free=True) if part else None
        return self._stock("know_nothing", word=about)

    def memory_parts(self, told: Part) -> list[Part]:
        lead = self.desk.stock("memory_lead") if self.desk.chance(0.4) else None
        return [lead, told] if lead else [told]

    def _of_somebody(self, name: str) -> Draft | None:
        shown = name.title()
        if told := self.memory.about(name):
            return Draft("know", [told], length_free=True)
        listener = self.desk.listeners.get(name)
        shown = clean(listener.name, 40) if listener else shown
        lines = [p for p in self.desk.index.to.get(name, []) if "?" not in p.text]
        if lines and self.desk.chance(0.35):
            line = self.desk.choose(lines)
            if line:
                frame = self._part("to_face", other=shown, line=line.text.rstrip(".") + ".")
                return Draft(
                    "know", [Part(frame.text, line.key)] if frame else [line], length_free=True
                )
        named = [
            p
            for p in self.desk.index.pieces
            if shown in p.text and not p.asks and p.act in {"claims", "stories"}
        ]
        if named and self.desk.chance(0.8) and (piece := self.desk.choose(named)):
            return Draft("know", [piece], length_free=True)
        if listener is not None:
            warm = (listener.trust + listener.affection) / 2 >= FOND_FROM
            return self._stock("like_friend" if warm else "like_cool", other=shown)
        return (
            self._stock("know_present", other=shown)
            if lines
            else self._stock("know_nothing", word=shown)
        )

    def _known(self, about: str) -> str:
        """The lower-case name of somebody known, if the words name one."""
        found = words(about)
        me = self.desk.brief.speaker.lower()
        return next(
            (n for n in sorted(self.desk.names) if n in found and n not in {me, self.name.lower()}),
            "",
        )

    def mentions(self) -> Draft | None:
        """Something of one's own in which the word comes up that was asked about."""
        wanted = {stem(w) for w in words(key_word(self.desk.heard.text, self.desk.names))}
        found = [
            piece
            for act in ("claims", "stories", "answers")
            for piece in self.desk.index.by_act.get(act, [])
            if wanted & piece.stems and not piece.asks
        ]
        part = self.desk.choose(found) if found else None
        return Draft("mentions", [part], length_free=True) if part else None

    def _is_of_here(self, word: str) -> bool:
        """Whether a word belongs to the place or to one's own life: nobody asks what it means."""
        brief = self.desk.brief
        place = (brief.room_topic, brief.scenario, brief.identity, brief.background)
        known = {stem(w) for text in place for w in words(clean(text, 2000))}
        known |= self.desk.index.rarity.keys()
        return {stem(w) for w in words(word) if w not in FUNCTION} <= known

    def _topic_of(self, about: str) -> str:
        hits = topic_hits(about, self.desk.index)
        return max(sorted(hits), key=lambda t: hits[t]) if hits else ""

    def _interest_in(self, about: str) -> str:
        wanted = {stem(w) for w in words(about) if len(w) > 3}
        return next((clean(t, 40) for t, _ in self.desk.brief.interests
                     if wanted & {stem(w) for w in words(t)}), "")  # fmt: skip

    # -- none of these

    def other(self) -> Draft | None:
        """Plain talk: on a shared topic as with anybody; else honestly about their own word."""
        desk, heard = self.desk, self.desk.heard
        here = topic_hits(heard.text, desk.index)
        word = key_word(heard.text, desk.names)
        asks = heard.act == "question"
        unknown: Builder = lambda: self._stock("unknown_word", word=word)  # noqa: E731
        if word and self._is_of_here(word):
            word = ""
        interest = self._interest_in(heard.text)
        is_long = count_words(heard.text) >= NOTED_FROM
        about_me = bool(re.search(r"\byour?\b", heard.text, re.IGNORECASE))
        if max(here.values(), default=0.0) >= 0.9 or (self.memory.relevant() and not asks):
            made = self.replying.draft()
            return made or desk.best([(1.0, "unknown", unknown)])
        if interest:
            part = self._part("topic_claim", topic=interest)
            return Draft("interest", [part], length_free=True) if part else None
        if asks and self.memory.meets() and (told := self.memory.recalled()):
            return told
        if asks:
            return desk.best(
                [
                    (5.0 if word else 0.0, "unknown", unknown),
                    (6.0, "mentions", self.mentions),
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
                (0.6 if word else 0.0, "unknown", unknown),
            ]
        )


def _stands_in(told: str, known: list[str]) -> bool:
    """Whether most of what was told is known already."""
    stems = set(content_stems(told))
    return any(2 * len(stems & set(content_stems(one))) > len(stems) for one in known)


def _without(text: str, name: str) -> str:
    """The text without the speaker's own name called at its start or end."""
    if not name:
        return text
    safe = re.escape(name)
    called = rf"^\s*(?:hey |hi |hello |ok |so )?{safe}\b[,:!]?\s*(?=\S)"
    text = re.sub(called, "", text, flags=re.IGNORECASE)
    return re.sub(rf",?\s*\b{safe}\s*([.?!]*)\s*$", r"\1", text, flags=re.IGNORECASE)
