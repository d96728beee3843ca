"""What a character answers who is asked of its own heart (`heart.py`): from its goals and its
author's material, else a general word that owns up."""

from __future__ import annotations

import re

from fishbowl.llm.offline.drafting import Draft, Part
from fishbowl.llm.offline.ownlife import LONGEST_OWN, OwnLife
from fishbowl.llm.offline.text import clean, count_words

HOLDS_FROM = 0.6  # how much belonging moves whom the place holds
# What of one's own answers: what one says oneself with such a word in it.
_OWN = {
    "fears": r"\b(?:afraid|scared|scares|frighten\w*|fear|fears|dread)\b",
    "misses": r"\b(?:I|i) (?:still |do )?miss (?!the (?:last|boat|ferry|bus|train))",
    "regrets": r"\b(?:regret\w*|I should(?: not|n't)? have|I wish I)\b",
    "lonely": r"\b(?:(?:I|I'm|my) [^.?!]*\b(?:lonely|loneliness)|I(?:'m| am| was) (?:\w+ )?alone"
    r"|by myself|on my own)\b",
    "gladdens": r"\b(?:happy|happiest|glad|delight\w*)\b",
    "in_love": r"\b(?:in love|loved|fell for|sweetheart)\b",
}
_COMPILED = {kind: re.compile(cue, re.IGNORECASE) for kind, cue in _OWN.items()}
_FIRST = re.compile(r"\b(?:I|I'm|I've|me|my)\b", re.IGNORECASE)
WITH_GOAL = {"leaves", "likes_here", "hopes"}
KINDS = frozenset(_OWN) | WITH_GOAL


class InnerLife(OwnLife):
    """The builders; each gives a draft or None."""

    def of_heart(self, kind: str) -> Draft | None:
        """Asked of what moves it: something of its own on that, or a general word and its goal."""
        if kind in WITH_GOAL:
            return self._with_goal(kind)
        cue = _COMPILED[kind]
        pieces = self.desk.index.by_act
        found = [
            piece
            for act in ("claims", "stories")
            for piece in pieces.get(act, [])
            if cue.search(piece.text) and _FIRST.search(piece.text) and not piece.asks
            and count_words(piece.text) <= LONGEST_OWN and not self.desk.echoes.repeats(piece.text)
        ]  # fmt: skip
        text = clean(self.desk.brief.background, 2000)
        part = self._of_oneself("background", text, lambda said: bool(cue.search(said)))
        if part is not None and self.desk.echoes.repeats(part.text):
            part = None
        if found and (part is None or self.desk.chance(0.6)):
            part = self.desk.choose(found)
        made = Draft(kind, [part], length_free=True) if part else self._stock(kind)
        return made or self._stock("not_written")

    def _with_goal(self, kind: str) -> Draft | None:
        """A word on it, by how much belonging moves the speaker, and what it has still to do."""
        goal = self.memory.goal()
        reason = goal.parts[0] if goal else None
        if kind == "hopes" and reason is not None:
            return Draft(kind, [reason], length_free=True)
        holds = dict(self.desk.brief.drives).get("belonging", 0.0) >= HOLDS_FROM
        act = ("stays" if holds else "leaves") if kind == "leaves" else kind
        return self._with(self._stock(act), _fresh(reason, self))


def _fresh(part: Part | None, heart: InnerLife) -> Part | None:
    return None if part is None or heart.desk.echoes.repeats(part.text) else part
