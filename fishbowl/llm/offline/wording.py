"""A memory in words: as the speaker's own, or with who said it and when."""

from __future__ import annotations

import re
from hashlib import blake2b

from fishbowl.llm.offline.drafting import Part
from fishbowl.llm.offline.kinds import as_said
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.mending import without_lead
from fishbowl.llm.offline.text import (
    called_in,
    clean,
    count_words,
    lower_first,
    sentences,
    stem,
    without_call,
    words,
)
from fishbowl.llm.offline.toldhere import ToldHere, names
from fishbowl.llm.offline.viewpoint import as_own, said_back, turn
from fishbowl.llm.questions import is_question
from fishbowl.llm.types import Recollection

_AT_SECOND_HAND = re.compile(r"told|heard|shared|gossip|hearsay", re.IGNORECASE)
_SAID = re.compile(
    r"^(?P<who>[A-Z][\w'’-]+) (?:said|mentioned|told (?P<whom>[A-Z][\w'’-]+|me)) that (?P<what>.+)$"
)
LONGEST_MEMORY = 45  # words
LONGEST_QUOTE = 30
AGO = ((900.0, "a while ago"), (150.0, "a few minutes ago"), (0.0, "just now"))  # seconds
SAYS_WHEN = 0.4  # of the times where it was in the same talk
_OF_OLD = re.compile(
    r"\b(?:before|used to|once|earlier|formerly|back then|at first|in the past|originally)\b",
    re.IGNORECASE,
)
TO_OTHERS = re.compile(r"\byou(?:r|rs|rself)?\b|\byou['’]", re.IGNORECASE)
_IN_TALK = {words for _, words in AGO}


class Wording(ToldHere):
    """The builders of parts; each gives one, or None."""

    def _quoted(self, memory: Recollection) -> Part | None:
        """A line of old talk: to who said it, in the second person; of others, word for word."""
        said = " ".join(sentences(clean(memory.words, 400))[:2]).strip()
        said = without_lead(without_call(said, called_in(said, self.desk.names)))
        if not said or count_words(said) > LONGEST_QUOTE or is_question(said):
            return None
        who = clean(memory.said_by, 40)
        if who.lower() == self.desk.other.lower():
            told = said_back(said.rstrip(".!"))
            act, slots = ("you_told", {"memory": lower_first(told)}) if told else ("", {})
        elif who.lower() == self.desk.brief.speaker.lower():
            if TO_OTHERS.search(said):
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
            return self._dated("you_told", memory, {"memory": lower_first(told)})
        own = as_own(text, self.desk.brief.speaker, 1) or text
        named = own.split(" ", 1)[0] in text  # a name keeps its capital
        memory_said = own if named else lower_first(own)
        return self._dated("told_by", memory, {"name": who, "memory": memory_said})

    def _dated(self, act: str, memory: Recollection, slots: dict[str, str]) -> Part | None:
        part = self.desk.stock(act, **slots)
        if part is None:
            return None
        when = clean(memory.when, 40)
        if when in _IN_TALK and not self.desk.chance(SAYS_WHEN):
            when = ""
        text = part.text.rstrip()
        if when and text.startswith("You ") and self.desk.chance(0.5):
            text = f"{when[0].upper()}{when[1:]} {lower_first(text)}"
        elif when and text.startswith("You "):
            text = f"{text.rstrip('.')}. That was {when}."
        return Part(text, key_of(memory))

    def about(self, name: str) -> Part | None:
        """A recollection in which somebody or something comes up."""
        wanted = {stem(w) for w in words(name)}
        for memory in self.desk.brief.memories[:40]:
            if memory.words:  # a line of old talk is for who asks what was said: see `recalled`
                continue
            text = clean(memory.text, 600)
            if self.is_outdated(as_said(text, self.desk.other)):
                continue
            if wanted and wanted <= {stem(w) for w in words(text)}:
                part = self._tell(self._as_it_is(memory))
                if part is not None and wanted <= {stem(w) for w in words(part.text)}:
                    return part
        return None

    def _as_it_is(self, memory: Recollection) -> Recollection:
        """What is told in a memory's place: what is so since, unless it is asked how it was before;
        its reason, where that is what is asked."""
        asked = self.desk.heard.text
        if memory.beside is None:
            return memory
        if memory.how == "since":
            return memory if _OF_OLD.search(asked) else memory.beside
        is_why = memory.how == "reason" and re.search(r"\bwhy\b", asked, re.IGNORECASE)
        return memory.beside if is_why else memory

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
        return Part(dress_stock(" ".join(kept), brief, self.desk.index), key_of(memory))

    def _turned(self, sentence: str) -> str | None:
        """One sentence of a memory, from the speaker's point of view; None where unsure."""
        desk = self.desk
        said = _SAID.match(sentence.strip())
        if said and said["who"].lower() not in {desk.brief.speaker.lower(), desk.other.lower()}:
            inner = turn(said["what"], desk.brief.speaker, "I")
            if inner is None:
                return None
            told = self.desk.stock("told_by", name=said["who"], memory=lower_first(inner))
            return told.text if told else None
        mine = as_own(sentence, desk.brief.speaker, 1)
        if mine is None:
            return None
        if desk.other and names(mine, desk.other):
            return turn(mine, desk.other, "you")
        return mine


def key_of(memory: Recollection) -> str:
    """None of its words: keys are kept where nobody looks for what somebody told."""
    text = clean(memory.text, 600)
    return f"memory/{blake2b(text.encode(), digest_size=8).hexdigest()}"
