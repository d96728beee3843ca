"""What a character tells of itself and of others it knows, where it is asked for something that
its author has written, or hasn't: then it says so."""

from __future__ import annotations

import re
from collections.abc import Collection

from fishbowl.llm.offline.drafting import Draft, Part
from fishbowl.llm.offline.inner import InnerLife
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.ownlife import STANDING
from fishbowl.llm.offline.portrayed import (
    Aspect,
    asked_of,
    asked_of_speaker,
    asks_of_life,
    sentence_on,
    sentences_on,
    words_asked,
)
from fishbowl.llm.offline.reported import as_of_self, named_in, somebody_in
from fishbowl.llm.offline.text import (
    clean,
    count_words,
    end_sentence,
    lower_first,
    sentences,
    words,
)
from fishbowl.llm.offline.toldhere import names
from fishbowl.llm.offline.viewpoint import as_own
from fishbowl.llm.types import Acquaintance

LONGEST_OWN = 45  # words of a piece of one's own
_CHAR = re.compile(r"\{\{char\}\}", re.IGNORECASE)
_HE = re.compile(r"^(?:He|She)\b(?!')")
_SAYS_SO = r"\b(?:I|i)(?:'m|'ve|'d)?(?: \w+){{0,2}} {stem}\w*"
# What asks of whom it names first: "what does Ada study", "has Ada a boat".
_ASKS = re.compile(
    r"\W*(?:(?:what|where|when|why|how|which)(?: \w+){0,2}? )?"
    r"(?:does|did|is|was|has|had|can|could|will|would) [A-Za-z]\w+",
    re.IGNORECASE,
)  # fmt: skip
_OF_OWN = re.compile(r"\b(?:I|me|my|mine|you|your|yours)\b", re.IGNORECASE)
_WHOLE = {"work", "age", "home", "origin", "children", "love", "family", "nature"}


class Portraying(InnerLife):
    """The builders; each gives a draft or None."""

    def of_card(self, kinds: Collection[str] = ()) -> Draft | None:
        """Asked of itself what a card may hold (of these kinds of things, if any are given): that,
        or that it isn't written."""
        aspect = asked_of_speaker(self._asked)
        if aspect is None or (kinds and aspect.kind not in kinds):
            return None
        return self._as_written(aspect)

    def of_life(self) -> Draft | None:
        """Asked of its own life what no kind foresees: that, or that it isn't written."""
        aspect = asks_of_life(self._asked)
        return self._as_written(aspect) if aspect is not None else None

    def of_me_by_name(self) -> Draft | None:
        """Another was asked of the speaker, by its name."""
        aspect = asked_of(self.desk.brief.speaker, self._asked)
        is_me = self.desk.brief.speaker.lower() in words(self._asked)
        return self._as_written(aspect) if aspect is not None and is_me else None

    def _as_written(self, aspect: Aspect) -> Draft | None:
        brief = self.desk.brief
        texts = [brief.identity, brief.background, brief.appearance]
        # A single word of them may stand there for another thing: a watch, and to watch.
        is_sure = aspect.kind != "life" or len(aspect.stems) > 1
        for said in sentences_on(aspect, _where(aspect, *texts)) if is_sure else ():
            if own := self._own(said, aspect.kind):
                part = Part(dress_stock(own, brief, self.desk.index))
                return self._again(Draft("of_card", [part], length_free=True))
        return self._said_so(aspect) or self._stock("not_written")

    def _own(self, said: str, kind: str) -> str:
        """A sentence of the card as the speaker says it; '' where that would be a guess."""
        named = _HE.sub(self.desk.brief.speaker, said)
        own = as_own(named, self.desk.brief.speaker, 1) or ""
        if own and (own != named or kind == "looks"):
            return own
        standing = STANDING.match(said) if kind == "love" else None
        return end_sentence(f"I'm {standing['what']}") if standing else ""

    def _said_so(self, aspect: Aspect) -> Draft | None:
        """What its author has it say of that itself: "I smoke on the slip, never in the shed"."""
        if aspect.tells is not None or not aspect.stems:
            return None
        own = [re.compile(_SAYS_SO.format(stem=re.escape(stem))) for stem in aspect.stems]
        found = [
            piece
            for act in ("claims", "stories", "answers")
            for piece in self.desk.index.by_act.get(act, [])
            if aspect.stems <= piece.stems and not piece.asks and piece.length <= LONGEST_OWN
            and any(said.search(piece.text) for said in own)
        ]  # fmt: skip
        part = self.desk.choose(found) if found else None
        return Draft("of_card", [part], length_free=True) if part else None

    def of_acquaintance(self) -> Draft | None:
        """Asked of another who lives here: what everybody may read of them, or that it doesn't know
        that."""
        for one in self.desk.brief.spoken_of:
            asked = asked_of(one.name, self._asked)
            if asked is None and (self.intent.kind != "other" or not _ASKS.match(self._asked)):
                continue
            aspect = asked or words_asked(one.name, self._asked)
            texts = [_CHAR.sub(one.name, x) for x in (one.identity, one.background, one.appearance)]
            said = sentence_on(aspect, _where(aspect, *texts))
            told = self._again(self._of_other(one, said))
            if told is None and asked is None and self.memory.meets():
                continue
            return told or self._stock("not_known_of", other=clean(one.name, 40))
        return None

    def of_person(self) -> Draft | None:
        """Asked of somebody who is no character it knows: what it was told of them."""
        asked, name = self._asked, self._person_asked_of
        return self.memory.of_person(name, as_of_self(asked, name)) if name else None

    def not_told_of_person(self) -> Draft | None:
        """Asked of somebody of whom it was told nothing that answers: that. Of whom its author has
        written, or whom they told of themselves, there may be more to say."""
        name = self._person_asked_of or somebody_in(self._asked)
        brief = self.desk.brief
        own = (brief.identity, brief.background, brief.scenario, *brief.lore)
        pieces = (piece.text for piece in self.desk.index.pieces)
        if not name or _OF_OWN.search(self._asked):
            return None
        if any(names(text, name) for text in (*own, *pieces)) or self.memory.was_told_of(name):
            return None
        return self._stock("not_told_of", other=clean(name, 40))

    @property
    def _person_asked_of(self) -> str:
        """The name of somebody else they ask of, who is here or of whom something comes to mind;
        '' where they ask of nobody, or of themselves as well."""
        brief = self.desk.brief
        mine = {brief.speaker.lower(), self.desk.other.lower(), ""}
        here = [one.name for one in brief.listeners] + [line.speaker for line in brief.lines]
        told = [memory.said_by for memory in brief.memories]
        known = [name for name in (*here, *told) if name.lower() not in mine]
        return "" if _OF_OWN.search(self._asked) else named_in(self._asked, known)

    def introduced(self, name: str) -> Draft | None:
        """Who somebody is that it knows, as everybody may read it."""
        one = next((x for x in self.desk.brief.spoken_of if x.name.lower() == name.lower()), None)
        first = (sentences(clean(_CHAR.sub(one.name, one.identity), 800)) or [""])[0] if one else ""
        told = self._of_other(one, first) if one and count_words(first) <= LONGEST_OWN else None
        return None if told is None or self.desk.echoes.repeats(told.text) else told

    def _of_other(self, one: Acquaintance, said: str) -> Draft | None:
        """A sentence on another, who is named in it, and the speaker where it comes up as I."""
        if not said or "{" in said:
            return None
        brief, name = self.desk.brief, clean(one.name, 40)
        told = _HE.sub(name, said)
        if name.lower() not in {word.removesuffix("'s") for word in words(told)}:
            told = f"{name}? {told}"
        if brief.speaker.lower() in words(told):
            told = as_own(told, brief.speaker, 1) or ""
        if told and not told.startswith(name):
            told = lower_first(told) if told[:1].islower() else told
        text = dress_stock(told, brief, self.desk.index)
        return Draft("of_other", [Part(text)], length_free=True) if told else None


def _where(aspect: Aspect, identity: str, background: str, appearance: str) -> list[str]:
    """Where an answer may stand, best first."""
    if aspect.kind == "looks":
        return [appearance]
    return [identity, background] if aspect.kind in _WHOLE else [identity, background, appearance]
