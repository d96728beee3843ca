"""Speaking of oneself: what one has understood, what one is asked of oneself, and what one has
wanted to ask for a while."""

from __future__ import annotations

import re

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.recollect import Recollecting
from fishbowl.llm.offline.text import clean, count_words, end_sentence, sentences, upper_first
from fishbowl.llm.offline.viewpoint import as_own, turn

INSIGHT, ASKED = "insight/", "asked/"
LONGEST = 26  # words of an insight that is said
# What stands behind these is for the page, not for the ear.
_FIGURES = re.compile(
    r":| since |; |, (?:\d|as |most of all|after |where |and \w+ did it|even |which is what|"
    r"in (?:two|three|four|\d))|, \w+ times"
)


# After these the speaker's name is whom something is done to.
_BEFORE_ME = "lifts|leave|leaves|costs?|do|does|on|with|to|of|for|from|between|by"


# What one has seen of somebody is nothing without the words it was seen in.
_SEEN = re.compile(
    r"^[^“]*(?:hasn't put down what [\w'’-]+ said|let something be seen while [^“]+ went on): "
    r"“[^”]{12,140}”"
)


def gist(text: str) -> str:
    """What an insight says, without its figures and quotations; empty where nothing is left."""
    if seen := _SEEN.match(clean(text, 600)):
        return seen[0]
    first = (sentences(clean(text, 600)) or [""])[0]
    if first[:1] in '“"':
        return ""
    short = _FIGURES.split(first)[0].strip().rstrip(".,")
    return f"{short}." if 4 <= count_words(short) <= LONGEST and "“" not in short else ""


class SelfSaid:
    """Drafts of what concerns the speaker itself."""

    def __init__(self, desk: Desk, memory: Recollecting) -> None:
        self.desk = desk
        self.memory = memory

    def asked_of_self(self) -> Draft | None:
        """The answer to a question about oneself."""
        brief = self.desk.brief
        if brief.figures:
            said = dress_stock(clean(brief.figures, 600), brief, self.desk.index)
            return Draft("of_self", [Part(said)], length_free=True)
        if brief.own_memory is None:
            return None
        text = self._own(" ".join(sentences(clean(brief.own_memory.text, 900))[:3]))
        return Draft("of_self", [Part(text)], length_free=True) if text else None

    def insight(self) -> Draft | None:
        """Something one has understood, said to whoever is there."""
        found = self.desk.brief.insight
        said = self._own(gist(found.text)) if found is not None else ""
        lead = self.desk.stock("insight_lead") if said else None
        if not said or lead is None or self.desk.echoes.repeats(said):
            return None
        said = upper_first(dress_stock(said, self.desk.brief, self.desk.index))
        return Draft("insight", [lead, Part(said, INSIGHT)], length_free=True)

    def question(self) -> Draft | None:
        """What one has wanted to ask the other for a while."""
        asked = self.desk.brief.to_ask
        if asked is None:
            return None
        name, question = asked
        lead = self.desk.stock("ask_lead", name=clean(name, 40))
        words = end_sentence(upper_first(clean(question, 300)))
        if lead is None or self.desk.echoes.repeats(words):
            return None
        said = dress_stock(words, self.desk.brief, self.desk.index)
        return Draft("ask", [lead, Part(said, ASKED)], length_free=True)

    def _own(self, text: str) -> str:
        """A text about the speaker in the first person, and about the hearer in the second."""
        desk, kept = self.desk, []
        me = re.compile(rf"\b({_BEFORE_ME}) {re.escape(desk.brief.speaker)}\b(?!['’]s)")
        for sentence in sentences(text):
            own = as_own(me.sub(r"\1 me", sentence), desk.brief.speaker, 1)
            if own is None:
                break
            if desk.other and re.search(rf"\b{re.escape(desk.other)}\b", own):
                own = turn(own, desk.other, "you") or own
            kept.append(own)
        return " ".join(kept)
