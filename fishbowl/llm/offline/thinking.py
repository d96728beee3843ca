"""Speaking one's mind: opinions on what is being talked of, what one knows of it, and what lies
between the speaker and the one it talks with."""

from __future__ import annotations

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.manner import stock_pieces
from fishbowl.llm.offline.text import bare, clean, upper_first, words
from fishbowl.llm.types import View

FOR, FOND = 0.4, 0.12  # sentiments from which one is all for something, or leans to it
MUCH, LITTLE = 0.65, 0.3
LATELY_S = 3 * 3600.0  # since one has said what one thinks of a matter, for which it stands
OPPOSED = 0.45  # of the times when somebody is known to see it otherwise


class Thinking:
    """The builders of what is thought, known and shared."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def view(self, about: str = "") -> Draft | None:
        """What the speaker thinks of a topic: of the one asked about, else the first at hand."""
        view = self._of(about)
        if view is None:
            return None
        topic = clean(view.topic, 60)
        if not about and self._has_said(topic):
            return None
        part = self.desk.stock(_act(view.sentiment), topic=topic)
        if part is None:
            return None
        said = bare(part.text)
        if not about and any(said in bare(line.text) for line in self.desk.brief.elsewhere):
            return None  # another has just said so, next door
        part = Part(
            upper_first(part.text) if part.text[:1] == topic[:1] else part.text, part.key, 0.6
        )
        parts = [part]
        others = [clean(name, 40) for name in view.opposed_by]
        if others and self.desk.chance(OPPOSED):
            other = self.desk.stock("view_opposed", name=self.desk.rng.choice(others))
            parts += [other] if other else []
        return Draft("view", parts, length_free=True)

    def _of(self, about: str) -> View | None:
        views = self.desk.brief.views
        if not about:
            return views[0] if views else None
        asked = set(words(about)) - {"the", "a", "an"}
        return next((v for v in views if asked & set(words(v.topic))), None)

    def _has_said(self, topic: str) -> bool:
        """Whether the speaker has said lately, in whichever room, what it thinks of it: nobody asks
        again."""
        brief = self.desk.brief
        own = [
            bare(line.text)
            for line in (*brief.lines, *brief.elsewhere)
            if line.is_own and line.seconds_ago < LATELY_S
        ]
        if not own:
            return False
        for act in ACTS:
            for _, frame in stock_pieces(act, self.desk.brief, self.desk.index, self.desk.tags):
                said = bare(frame.text.replace("{topic}", topic).replace("{Topic}", topic))
                if any(said in line for line in own):
                    return True
        return False

    def has_shared(self) -> bool:
        other = self.desk.other.lower()
        return any(clean(name, 60).lower() == other for name, _ in self.desk.brief.shared)

    def shared(self) -> Draft | None:
        """An allusion to what the two come back to."""
        other = self.desk.other
        theirs = [
            clean(text, 60)
            for name, text in self.desk.brief.shared
            if clean(name, 60).lower() == other.lower()
        ]
        if not theirs:
            return None
        part = self.desk.stock("shared", ref=self.desk.rng.choice(theirs), name=other)
        return Draft("shared", [Part(part.text, part.key, 0.5)], length_free=True) if part else None

    def knowing(self) -> Part | None:
        """How much the speaker knows of what is being talked of, where that is worth a word."""
        for topic, level in self.desk.brief.expertise:
            if level >= MUCH or level < LITTLE:
                act = "expert" if level >= MUCH else "novice"
                key = f"stock/{act}/{topic}"[:200]  # said once, it is known
                part = self.desk.stock(act, topic=clean(topic, 60))
                if part is not None and not self.desk.brief.spent.get(key):
                    return Part(upper_first(part.text), key, 0.5)
        return None


ACTS = ("view_for", "view_fond", "view_torn", "view_doubt", "view_against")


def _act(sentiment: float) -> str:
    if sentiment >= FOR:
        return "view_for"
    if sentiment >= FOND:
        return "view_fond"
    if sentiment > -FOND:
        return "view_torn"
    return "view_doubt" if sentiment > -FOR else "view_against"
