"""How each answer to a person is put together; `people.py` decides which one suits. Their words are
data: understood by rules, few of them ever said back."""

from __future__ import annotations

import re

from fishbowl.llm.offline.drafting import Draft, Part
from fishbowl.llm.offline.facts import Facts
from fishbowl.llm.offline.hearing import topic_hits
from fishbowl.llm.offline.lexicon import FUNCTION, GRAVE
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.stock import STOCK
from fishbowl.llm.offline.text import (
    clean,
    content_stems,
    end_sentence,
    stem,
    words,
)
from fishbowl.llm.offline.toldhere import names
from fishbowl.llm.offline.viewpoint import turn
from fishbowl.llm.offline.works import at_work, read_out, tell
from fishbowl.llm.offline.world import ASKS_WHO_IS

FOND_FROM = 0.55  # how close one is to whom one says so
JUST_S = 180.0  # since one has welcomed somebody
OTHERS = {"him", "her", "them"}  # of whom the one who asks has spoken
_OF_THEIRS = re.compile(r"(?:your|I(?:'m)?)\b", re.IGNORECASE)  # as it is said back to them
_OF_MINE = re.compile(r"my\b", re.IGNORECASE)
MOST_FACTS = 3  # about a person, said to them in one breath


class Answering(Facts):
    """The builders; each gives a draft or None."""

    # -- by intent

    def hello(self) -> Draft | None:
        if self._has_greeted():
            return self._stock("ask_about_person")
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

    def _has_greeted(self) -> bool:
        """Whether they were welcomed by the speaker as they came in: nobody is welcomed twice."""
        own = [x for x in self.desk.brief.lines[-6:] if x.is_own and x.seconds_ago < JUST_S]
        return any(names(line.text, self.name) for line in own)

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

    def who(self) -> Draft | None:
        made = self._stock("who_lead")
        told = self._identity() or self.memory.persona()
        if made and not told and self.desk.brief.interests:
            told = self._part("topic_claim", topic=self.memory.topic_of_interest())
        made = self._with(made, told)
        if made and self.desk.chance(0.5):
            made = self._with(made, self._part("ask_about_person"))
        return made

    def works(self) -> Draft | None:
        """Asked for what it has written: that, or what it is at; asked to read out, a story."""
        if read := read_out(self.desk):
            return read
        return self.work() if words(self.desk.heard.text)[:1] == ("what",) else self.story()

    def like_them(self) -> Draft | None:
        """Asked how it stands to who asks."""
        if self.desk.is_at_odds():
            return self._stock("guarded")
        is_fond = self.desk.warmth() >= FOND_FROM
        return self._stock("fond_of_you" if is_fond else "getting_to_know")

    def work(self) -> Draft | None:
        asked = set(words(self.desk.heard.text))
        at_it = asked & {"are", "re"} and any(word.endswith("ing") for word in asked)
        is_open = bool(asked & {"doing", "up"})
        if at_it and not is_open and (wanted := self.memory.goal()):
            return wanted
        now = at_work(self.desk) if at_it or is_open else None
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

    def fun(self) -> Draft | None:
        """Asked what they like to do: one of the things that are near to them, and a word on it."""
        heavy = GRAVE | {"failure", "drinking", "worrying"}
        liked = [topic for topic, _ in self.desk.brief.interests if not heavy & set(words(topic))]
        if not liked:
            return self._stock("of_myself")
        topic = self.desk.rng.choice(liked[:4])
        return self._with(self._stock("for_fun", topic=topic), self._topic_piece(topic, "claims"))

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
        _, asks, about = self.desk.heard.text.partition(" about ")
        part = self.desk.on_topic(self._topic_of(about), "stories") if asks else None
        if part is None or self.desk.echoes.repeats(part.text):
            part = self.desk.authored("stories", near=0.5)
        if part is not None:
            return Draft("story", [part], length_free=True)
        return self.memory.draft() or self._stock("cant_do")

    def think(self) -> Draft | None:
        about = self.intent.about
        topic = self._topic_of(about)
        if held := self.replying.thinking.view(about):
            return self._with(held, self._topic_piece(topic, "claims") if topic else None)
        if topic:
            part = self._topic_piece(topic, "claims", "claims", "answers")
            made = Draft("think", [part], length_free=True) if part else None
            return self._with(made, self._back(topic))
        if self._known(about):
            return self.know()
        if self.interest_in(about):
            part = self._part("topic_claim", topic=self.interest_in(about))
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
        memory = self.memory
        told = memory.of_kind() or memory.corrected()
        if told is None and not memory.asks_for_name:
            told = memory.recalled() or memory.just_said()
        return told or self.no_such_relative() or self._stock("no_memory")

    def no_such_relative(self) -> Draft | None:
        """Asked after somebody of theirs whom they have told nothing of: that, and what they put
        right of whom they had taken for such."""
        whom = self.memory.relative_asked_after
        if not whom or self.memory.has_told_of(whom):
            return None
        made = self._again(self._stock("no_such_one", word="'s ".join(whom)))
        return self._with(made, self.memory.put_right_of(whom))

    def about_them(self) -> Draft | None:
        """Asked what it knows of the one who asks: the best of it, or what comes to mind."""
        if not self.name:
            return self.recall()
        told = [
            known
            for fact in self.desk.brief.facts
            if names(fact, self.name) and (known := turn(fact, self.name, "you"))
        ]
        told = told[:MOST_FACTS]
        just = [said for said in self.memory.just_told() if not _stands_in(said, told)]
        told += just[-MOST_FACTS:]
        lead = self._part("known_of_you") if told else None
        if lead is None:
            return self.recall()
        about = dress_stock(" ".join(map(end_sentence, told)), self.desk.brief, self.desk.index)
        return Draft("about_them", [lead, Part(about)], length_free=True)

    def know(self) -> Draft | None:
        about = self.intent.about
        if self.name.lower() in words(about):  # asked of oneself by name
            return self.about_them()
        known = self._known(about)
        if known:
            return self._of_somebody(known)
        if _OF_MINE.match(about) and (own := self.of_card()):
            return own
        if _OF_THEIRS.match(about) and (told_of := self.memory.about_theirs(about)):
            return told_of
        if ASKS_WHO_IS.search(self._asked) and self.asks_of_world:
            told = self.memory.about(about)
            parts = self.memory_parts(told) if told else []
            return Draft("know", parts, length_free=True) if parts else self.of_fact()
        if about.lower() in OTHERS:
            return self._stock("know_them", whom=about.lower())
        if about[:1].isupper() and (own := self.of_ones_own(about)):
            return own
        if told := self.memory.about(about):
            return Draft("know", self.memory_parts(told), length_free=True)
        if "remember" in words(self.desk.heard.text):
            return self.recall()
        topic = self._topic_of(about)
        if topic:
            part = self._topic_piece(topic, "stories", "claims")
            return Draft("know", [part], length_free=True) if part else None
        if self.interest_in(about):
            part = self._part("topic_claim", topic=self.interest_in(about))
            return Draft("know", [part], length_free=True) if part else None
        named = self._of_who_said(about) or self.memory.just_named() or self.of_world()
        return named or self._stock("know_nothing", word=about)

    def memory_parts(self, told: Part) -> list[Part]:
        lead = self.desk.stock("memory_lead") if self.desk.chance(0.4) else None
        return [lead, told] if lead else [told]

    def _of_somebody(self, name: str) -> Draft | None:
        shown = name.title()
        if self.desk.heard.asks == "who" and (introduced := self.introduced(name)):
            return introduced
        if told := self.memory.about(name):
            return Draft("know", [told], length_free=True)
        if introduced := self.introduced(name):
            return introduced
        listener = self.desk.listeners.get(name)
        shown = clean(listener.name, 40) if listener else shown
        lines = [p for p in self.desk.index.to.get(name, []) if "?" not in p.text]
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

    def is_of_here(self, word: str) -> bool:
        """Whether a word belongs to the place or to one's own life: nobody asks what it means."""
        brief = self.desk.brief
        place = (brief.room_topic, brief.scenario, brief.identity, brief.background)
        known = {stem(w) for text in place for w in words(clean(text, 2000))}
        known |= self.desk.index.rarity.keys()
        return {stem(w) for w in words(word) if w not in FUNCTION} <= known

    def _topic_of(self, about: str) -> str:
        hits = topic_hits(about, self.desk.index)
        return max(sorted(hits), key=lambda t: hits[t]) if hits else ""

    def interest_in(self, about: str) -> str:
        wanted = {stem(w) for w in words(about) if len(w) > 3}
        return next((clean(t, 40) for t, _ in self.desk.brief.interests
                     if wanted & {stem(w) for w in words(t)}), "")  # fmt: skip


def _stands_in(told: str, known: list[str]) -> bool:
    """Whether most of what was told is known already."""
    stems = set(content_stems(told))
    return 2 * len(stems & {found for one in known for found in content_stems(one)}) > len(stems)
