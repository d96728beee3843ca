"""Asked for a fact of the world: what was read of it, what the author has the speaker say of it, or
plainly that it isn't known."""

from __future__ import annotations

import re

from fishbowl.llm.offline.anybody import put_to_anybody
from fishbowl.llm.offline.drafting import Draft, Part
from fishbowl.llm.offline.hearing import question_kind
from fishbowl.llm.offline.intents import key_word
from fishbowl.llm.offline.lexicon import PAST
from fishbowl.llm.offline.manner import dress_stock
from fishbowl.llm.offline.portraying import Portraying
from fishbowl.llm.offline.text import clean, content_stems, words
from fishbowl.llm.offline.viewpoint import as_own
from fishbowl.llm.offline.world import ASKS_WHETHER, IS_THERE, told_of_world

FEWEST = 2  # words that a question asks with which a line of one's own may answer
# Kinds of questions that ask for facts.
FACTS = {"who", "where", "when", "when_next", "how_many", "how_long", "why"}
# Of whom nothing is known but by hearsay, and what is so of all of them.
_OF_ANYBODY = re.compile(r"\b(?:any|every|some|no) ?(?:one|body)\b", re.IGNORECASE)
OF_US = re.compile(r"\b(?:you(?:r|rs|'re)?|my|mine|our|ours)\b", re.IGNORECASE)
_ROUNDABOUT = re.compile(
    r"^(?:(?:and|so|but|please|excuse me|sorry)\W+)*"
    r"(?:(?:do|does|did|can|could|would|will) (?:you|(?:any|some|every)(?:one|body))(?: here)? "
    r"(?:please |maybe |happen to )?(?:know|tell (?:me|us)|say)(?: please)?"
    r"|(?:(?:do you|does anyone|does anybody) have |have you (?:got )?|has anyone (?:got )?)?"
    r"any idea) "
    r"(?=(?:who|what|when|where|how|why|which)\b)",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\bhow (?:deep|far|tall|high|big|large|wide|fast|heavy|cold|warm|often)\b", re.IGNORECASE
)
_POINTS_BACK = re.compile(
    r"\b(?:it|that|this|those|these|he|she|they|him|her|them)\b", re.IGNORECASE
)
# It stands for nothing: "how long does it take to get there?"
_OF_NOTHING = re.compile(
    r"\b(?:does|did|will|would|can|could) it (?:\w+ )?(?:take|cost)\b"
    r"|\b(?:is|was) it (?:\w+ )?(?:far|long|safe|allowed|legal|possible|true|free|easy|hard)\b"
    r"(?= (?:to|that|from)\b)",
    re.IGNORECASE,
)
_PLACE = re.compile(r" (?:on|in|at|by|near|around|round|behind|for|with|of)\b", re.IGNORECASE)
_OF_WEATHER = re.compile(
    r"\b(?:weather|rain\w*|snow\w*|wind\w*|storm\w*|fog\w*|sun|sunny|cold|warm|hot)\b",
    re.IGNORECASE,
)
_OF_THE_PAST = re.compile(r"\b(?:was|were|did|had|\w{3,}ed)\b", re.IGNORECASE)


class Facts(Portraying):
    """The builders; each gives a draft or None."""

    def of_world(self) -> Draft | None:
        """Asked of the world: what the speaker has read of it."""
        desk = self.desk
        me, them = desk.brief.speaker.lower(), self.name.lower()
        told = told_of_world(*self._fact_asked, desk.brief.lore, (me, them))
        own = as_own(told, desk.brief.speaker) if me in words(told) else told
        if not own:
            return None
        part = Part(dress_stock(own, desk.brief, desk.index))
        return self._again(Draft("of_world", [part], length_free=True))

    @property
    def _fact_asked(self) -> tuple[str, str]:
        """A question, put straight ("do you know when the ferry leaves?", "do you have wifi?"), and
        its kind."""
        plain = put_to_anybody(_ROUNDABOUT.sub("", self._asked))
        kind = self.desk.heard.asks if plain == self._asked else question_kind(plain)
        if kind == "how" and _MEASURED.search(plain):
            return plain, "how_many"
        if plain == self._asked:
            return plain, kind
        is_past = PAST & set(words(plain)) or _OF_THE_PAST.search(plain)
        return plain, "when_next" if kind == "when" and not is_past else kind

    @property
    def asks_of_world(self) -> bool:
        """Whether it is a fact that is asked for, and neither one of the speaker nor of theirs, nor
        of what the speaker has just told."""
        plain, kind = self._fact_asked
        whether = ASKS_WHETHER.search(plain)
        if self.desk.heard.act != "question" or not (
            kind in FACTS or whether or self.asks_of_place
        ):
            return False
        if (whether and _OF_ANYBODY.search(plain)) or self.asks_of_place:
            return True
        if OF_US.search(plain):
            return False
        return not (self.desk.heard.is_follow_up and self._is_of_what_was_said(plain))

    @property
    def asks_of_place(self) -> bool:
        """Whether they say "you" and mean anybody here."""
        plain = _ROUNDABOUT.sub("", self._asked)
        return put_to_anybody(plain) != plain

    @property
    def asks_of_weather(self) -> bool:
        """Of which anybody may say something, without knowing what it will be."""
        return bool(_OF_WEATHER.search(self._asked))

    def _is_of_what_was_said(self, question: str) -> bool:
        """Whether a question is of what the speaker has just said: it points there, or names
        nothing else."""
        mine = next((x.text for x in self.desk.heard.recent if x.is_own), "")
        asked = set(content_stems(question))
        return bool(_POINTS_BACK.search(_OF_NOTHING.sub(" ", question))) or asked <= set(
            content_stems(clean(mine))
        )

    def of_fact(self) -> Draft | None:
        """Asked for a fact that isn't written anywhere: what its author has it say of that, or
        plainly that it doesn't know; nothing that only comes near."""
        desk = self.desk
        asked, kind = self._fact_asked
        stems = set(content_stems(asked))
        found = [
            piece
            for act in ("claims", "answers", "asides")
            for piece in desk.index.by_act.get(act, [])
            if len(stems) >= FEWEST
            and stems <= piece.stems
            and not piece.asks
            and told_of_world(asked, kind, (piece.text,), (self.name,))
        ]
        part = desk.choose(found) if found else None
        if part is not None:
            return Draft("of_fact", [part], length_free=True)
        if IS_THERE.search(asked):
            asked = _PLACE.split(asked)[0]
        elif ASKS_WHETHER.search(asked):
            return self._untold()
        word = key_word(asked, desk.names)
        return self._stock("no_telling_of", word=word) if word else self._untold()

    def _untold(self) -> Draft | None:
        """That it isn't known; in the author's words where the room has just heard all others. Two
        questions aren't one that is asked again."""
        for part in (self._part("no_telling"), self.desk.authored("unsure")):
            if part is not None and not self.desk.echoes.repeats(part.text):
                return Draft("no_telling", [part], length_free=True)
        return self._stock("no_telling")
