"""Speaking from memory: recollections in the first person, interests, goals, values, background."""

from __future__ import annotations

import re
from collections import Counter

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.hearing import SAME_TALK
from fishbowl.llm.offline.lexicon import GRAVE, SAD
from fishbowl.llm.offline.manner import dress_stock, plural
from fishbowl.llm.offline.text import (
    called_in,
    clean,
    content_stems,
    count_words,
    opener,
    sentences,
    stem,
    without_call,
    words,
)
from fishbowl.llm.offline.told import meets, said_in, told_of_self
from fishbowl.llm.offline.viewpoint import as_own, said_back, turn
from fishbowl.llm.types import Line, Recollection

_AT_SECOND_HAND = re.compile(r"told|heard|shared|gossip|hearsay", re.IGNORECASE)
_SAID = re.compile(
    r"^(?P<who>[A-Z][\w'’-]+) (?:said|mentioned|told (?P<whom>[A-Z][\w'’-]+|me)) that (?P<what>.+)$"
)
MINE = re.compile(r"\bI\b|\bI'|\b[Mm]y\b|\bme\b")
LONGEST_MEMORY = 45  # words
LONGEST_QUOTE = 30
LEAST_FIT = 0.3
NOW = "just now"
WORDINGS = 4  # that are tried, so that two answers in a row don't begin alike
_TOLD = re.compile(r"\b(?:says?|said|tells?|told|secrets?|mention\w*|confid\w+)\b", re.IGNORECASE)
_ASKS_ME = re.compile(r"\byou (?:\w+ )?(?:say|said|tell|told|mention(?:ed)?)\b", re.IGNORECASE)
_TO_OTHERS = re.compile(r"\byou(?:r|rs|rself)?\b|\byou['’]", re.IGNORECASE)
_OWN = re.compile(r"\b(?:I|me|my|mine)\b", re.IGNORECASE)


class Recollecting:
    """What the persona and the memories of the brief give to say."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._ranked: list[tuple[float, int]] | None = None

    def relevant(self) -> bool:
        ranked = self._rank()
        return bool(ranked) and ranked[0][0] > 0.28

    def meets(self) -> bool:
        """Whether what came to mind first has half of the words that were asked with in it."""
        called = {stem(name) for name in self.desk.names}  # who speaks to whom tells nothing
        asked = set(content_stems(self.desk.heard.text)) - called
        first = next(iter(self.desk.brief.memories), None)
        if first is None or not asked:
            return False
        return 2 * len(asked & set(content_stems(clean(first.text, 600)))) >= len(asked)

    def _rank(self) -> list[tuple[float, int]]:
        """The memories of the brief that meet the talk, best first; told ones come last."""
        if self._ranked is None:
            weights = self.desk.heard.weights
            found = []
            for at, memory in enumerate(self.desk.brief.memories[:40]):
                if memory.words:  # a line of old talk is for who asks after it: see `recalled`
                    continue
                stems = set(content_stems(clean(memory.text, 600)))
                shared = sum(weights[s] for s in sorted(stems & weights.keys()))
                score = shared / (2.0 + 0.15 * len(stems))
                score -= 0.5 * self.desk.brief.spent.get(_key(memory), 0)
                found.append((score, at))
            self._ranked = sorted(found, key=lambda item: (-item[0], item[1]))
        return self._ranked

    def draft(self) -> Draft | None:
        """A recollection, told as the speaker's own."""
        for score, at in self._rank()[:4]:
            if score <= -0.4:
                break
            memory = self.desk.brief.memories[at]
            part = self._tell(memory)
            if part is not None:
                part.relevance = score
                return Draft("memory", self._led(part, memory))
        return None

    def recalled(self) -> Draft | None:
        """What comes to mind first when somebody asks after it, with who said it and when."""
        told: list[Part] = []
        for memory in self.desk.brief.memories[:6]:
            if not self._answers(memory):
                continue
            for _ in range(WORDINGS):
                part = self._quoted(memory) if memory.words else self._attributed(memory)
                if part is None:
                    break
                told.append(part)
                if opener(part.text) not in self.desk.echoes.openers:
                    return Draft("recall", [part], length_free=True)
        return Draft("recall", told[:1], length_free=True) if told else None

    def _answers(self, memory: Recollection) -> bool:
        """Whether a memory may be an answer: it has enough to do with the question, what somebody
        asks of themselves is answered with what is theirs, and what others said not with its own
        words."""
        other, asked = self.desk.other, self.desk.heard.text
        if memory.fit < LEAST_FIT:
            return False
        is_own = memory.said_by.lower() == self.desk.brief.speaker.lower()
        if is_own and _TOLD.search(asked) and not _ASKS_ME.search(asked):
            return False
        if not other or not _OWN.search(asked):
            return True
        return memory.said_by.lower() == other.lower() or names(memory.text, other)

    def just_told(self) -> list[str]:
        """What the one who is answered has told of themselves in this very talk, in the second
        person, oldest first: what was said a moment ago is remembered only later."""
        names = self.desk.names
        return [told for line in self._told_here() for told in told_of_self(line.text, names)]

    def just_said(self) -> Draft | None:
        """What the one who is answered has said in this very talk of what they ask after. What
        others said may have been for other ears: the database decides on that, once it is
        remembered."""
        question = self.desk.heard.text
        if not _OWN.search(question):
            return None
        for line in reversed(self._told_here()):
            for said in said_in(line.text, self.desk.names):
                if not meets(question, said):
                    continue
                memory = Recollection(said, said_by=line.speaker, words=said, when=NOW)
                if part := self._quoted(memory):
                    return Draft("recall", [part], length_free=True)
        return None

    def _told_here(self) -> list[Line]:
        """The lines in this talk of the one who is answered, but for the last and for what is off
        the record."""
        heard, other = self.desk.heard.line, self.desk.other.lower()
        return [
            line
            for line in self.desk.brief.lines
            if line is not heard
            and not line.is_off_record
            and line.speaker.lower() == other
            and line.seconds_ago < SAME_TALK
        ]

    def confided(self) -> Draft | None:
        """What the brief has to tell, told in confidence."""
        memory = self.desk.brief.to_tell
        if memory is None:
            return None
        part = self._quoted(memory) if memory.words else self._tell(memory)
        lead = self.desk.stock("confide")
        return Draft("confide", [lead, part], length_free=True) if part and lead else None

    def _quoted(self, memory: Recollection) -> Part | None:
        """A line of old talk: to who said it, in the second person; of others, word for word."""
        said = " ".join(sentences(clean(memory.words, 400))[:2]).strip()
        said = without_call(said, called_in(said, self.desk.names))
        if not said or count_words(said) > LONGEST_QUOTE or said.endswith("?"):
            return None
        who = clean(memory.said_by, 40)
        if who.lower() == self.desk.other.lower():
            told = said_back(said.rstrip(".!"))
            act, slots = ("you_told", {"memory": _lower_first(told)}) if told else ("", {})
        elif who.lower() == self.desk.brief.speaker.lower():
            if _TO_OTHERS.search(said):
                return None  # said to somebody else, it would be said of who asks
            act, slots = "i_said", {"memory": said.rstrip(".!")}
        else:
            act, slots = "they_said", {"name": who, "memory": said.rstrip(".!")}
        return self._dated(act, memory, slots) if act else None

    def _attributed(self, memory: Recollection) -> Part | None:
        """What somebody told, distilled: said with whom it is from."""
        who, other = clean(memory.said_by, 40), self.desk.other
        text = (sentences(clean(memory.text, 600)) or [""])[0].rstrip(".!")
        if not text or not who or who.lower() == self.desk.brief.speaker.lower():
            return self._tell(memory)
        if other and who.lower() == other.lower():
            told = turn(text, other, "you")
            if told is None or told == text:
                return self._tell(memory)
            return self._dated("you_told", memory, {"memory": _lower_first(told)})
        own = as_own(text, self.desk.brief.speaker, 1) or text
        named = own.split(" ", 1)[0] in text  # a name keeps its capital
        memory_said = own if named else _lower_first(own)
        return self._dated("told_by", memory, {"name": who, "memory": memory_said})

    def _dated(self, act: str, memory: Recollection, slots: dict[str, str]) -> Part | None:
        part = self.desk.stock(act, **slots)
        if part is None:
            return None
        when = clean(memory.when, 40)
        text = part.text.rstrip()
        if when and text.startswith("You ") and self.desk.chance(0.5):
            text = f"{when[0].upper()}{when[1:]} {_lower_first(text)}"
        elif when and text.startswith("You "):
            text = f"{text.rstrip('.')}. That was {when}."
        return Part(text, _key(memory))

    def about(self, name: str) -> Part | None:
        """A recollection in which somebody or something comes up."""
        wanted = {stem(w) for w in words(name)}
        for memory in self.desk.brief.memories[:40]:
            if memory.words:  # a line of old talk is for who asks what was said: see `recalled`
                continue
            if wanted and wanted <= {stem(w) for w in words(clean(memory.text, 600))}:
                part = self._tell(memory)
                if part is not None:
                    return part
        return None

    def _led(self, part: Part, memory: Recollection) -> list[Part]:
        if re.search(r"\btold me\b|\bfrom \S+ that\b", part.text, re.IGNORECASE):
            return [part]  # already led by who told it
        act = "heard_lead" if _AT_SECOND_HAND.search(memory.provenance) else "memory_lead"
        if self.desk.chance(0.55) and (lead := self.desk.stock(act)):
            lead.text = lead.text.rstrip(":") + "." if lead.text.endswith(":") else lead.text
            return [lead, part]
        return [part]

    def _tell(self, memory: Recollection) -> Part | None:
        brief = self.desk.brief
        text = clean(memory.text, 600)
        kept: list[str] = []
        for sentence in sentences(text)[:3]:
            if count_words(" ".join([*kept, sentence])) > LONGEST_MEMORY:
                break
            turned = self._turned(sentence)
            if turned is None:
                break
            kept.append(turned)
        if not kept:
            return None
        return Part(dress_stock(" ".join(kept), brief, self.desk.index), _key(memory))

    def _turned(self, sentence: str) -> str | None:
        """One sentence of a memory, from the speaker's point of view; None where unsure."""
        desk = self.desk
        said = _SAID.match(sentence.strip())
        if said and said["who"].lower() not in {desk.brief.speaker.lower(), desk.other.lower()}:
            inner = turn(said["what"], desk.brief.speaker, "I")
            if inner is None:
                return None
            told = self.desk.stock("told_by", name=said["who"], memory=_lower_first(inner))
            return told.text if told else None
        mine = as_own(sentence, desk.brief.speaker, 1)
        if mine is None:
            return None
        if desk.other and desk.other.lower() in words(mine):
            return turn(mine, desk.other, "you")
        return mine

    # -- persona

    def persona(self) -> Part | None:
        """Something about oneself, out of the background, that meets the talk if it can."""
        brief = self.desk.brief
        best: tuple[float, Part] | None = None
        text = clean(brief.background, 1200)
        for at, sentence in enumerate(sentences(text)[:14]):
            own = as_own(sentence, brief.speaker, 1)
            if own is None or not 4 <= count_words(own) <= 40 or not MINE.search(own):
                continue
            key = f"background/{at}"
            shared = sum(self.desk.heard.weights.get(s, 0.0) for s in content_stems(own))
            score = shared - 2.0 * brief.spent.get(key, 0) + self.desk.gumbel(0.4)
            if self.desk.echoes.repeats(own):
                score -= 5.0
            if best is None or score > best[0]:
                best = (score, Part(dress_stock(own, brief, self.desk.index), key, shared))
        return best[1] if best else None

    def background(self) -> Draft | None:
        part = self.persona()
        return Draft("background", [part]) if part else None

    def topic_of_interest(self) -> str:
        """An interest that the talk touches, else one drawn by weight."""
        lately = Counter(
            s for line in self.desk.brief.lines[-8:] for s in set(content_stems(clean(line.text)))
        )
        liked = [
            (clean(t, 40), w)
            for t, w in self.desk.brief.interests
            if clean(t, 40)
            and not set(words(t)) & (SAD | GRAVE)  # these are no matter for a frame
            and max((lately[s] for s in content_stems(clean(t, 40))), default=0) < 4
        ]
        for topic, _ in liked:
            if {stem(w) for w in words(topic) if len(w) > 3} & self.desk.heard.weights.keys():
                return topic
        subject = clean(self.desk.brief.room_topic, 40)
        if subject and count_words(subject) <= 4 and self.desk.chance(0.25 if liked else 1.0):
            return subject[:1].lower() + subject[1:]
        if not liked:
            return ""
        return self.desk.rng.choices([t for t, _ in liked], [max(0.05, w) for _, w in liked])[0]

    def interest(
        self, acts: tuple[str, ...] = ("topic_claim", "topic_question", "topic_aside")
    ) -> Draft | None:
        topic = self.topic_of_interest()
        if not topic:
            return None
        act = self.desk.rng.choice(acts)
        part = self.desk.stock(act, topic=topic)
        if part is None or (plural(topic) and " it" in part.text):
            return None
        near = {stem(w) for w in words(topic)} & self.desk.heard.weights.keys()
        return Draft(act, [Part(part.text, part.key, 0.8 if near else 0.0)])

    def goal(self) -> Draft | None:
        spent = self.desk.brief.spent
        goals = [
            (spent.get(f"goal/{at}", 0), at, text)
            for at, text in enumerate(clean(g, 160).rstrip(".!") for g in self.desk.brief.goals)
            if text and count_words(text) <= 18 and spent.get(f"goal/{at}", 0) < 3
        ]
        if not goals:
            return None
        _, at, text = min(goals)
        goal = _lower_first(text).removeprefix("to ")
        if not re.match(r"[a-z]+\b", goal) or goal.split()[0].endswith(("ing", "ed")):
            return None
        own = as_own(goal, self.desk.brief.speaker, 1)
        if own is None:
            return None
        part = self.desk.stock("goal_line", goal=_lower_first(own).rstrip("."))
        return Draft("goal", [Part(part.text, f"goal/{at}")]) if part else None

    def value(self) -> Draft | None:
        values = [clean(v, 40).rstrip(".").lower() for v in self.desk.brief.values]
        values = [v for v in values if v and count_words(v) <= 4]
        part = self.desk.stock("value_line", value=self.desk.rng.choice(values)) if values else None
        return Draft("value", [part]) if part else None


def names(text: str, name: str) -> bool:
    """Whether somebody's name stands in a text."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _key(memory: Recollection) -> str:
    return "memory/" + "-".join(words(clean(memory.text, 600))[:6])


def _lower_first(text: str) -> str:
    first = text.split(" ", 1)[0]
    if first == "I" or first.startswith(("I'", "I’")) or first.isupper():
        return text
    if first.lower() in {"the", "a", "an", "he", "she", "it", "they", "my", "your", "his", "her",
                         "there", "we", "you", "our", "their", "to", "that", "this", "at", "in",
                         "on"} or text[:1].isupper():  # fmt: skip
        return text[:1].lower() + text[1:]
    return text
