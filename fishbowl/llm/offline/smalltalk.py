"""The small things that guests say, and what is said back: a nod, a word that asks on, who lives
here, and standing by somebody who has told of a sorrow."""

from __future__ import annotations

from fishbowl.llm.offline.answering import Answering
from fishbowl.llm.offline.drafting import Draft
from fishbowl.llm.offline.recollect import names
from fishbowl.llm.offline.text import clean

MOST_NAMES = 4  # said to who asks for everybody


class Smalltalk(Answering):
    """The builders; each gives a draft or None."""

    def company(self) -> Draft | None:
        """Who lives here: whom the speaker has something to say to, and who was heard lately."""
        desk = self.desk
        heard = [clean(x.name, 40) for x in desk.listeners.values() if not x.is_person]
        known = [name.title() for name in sorted(desk.index.to)]
        names = list(dict.fromkeys(n for n in [*heard, *known] if n))[:MOST_NAMES]
        if len(names) < 2:
            return self._stock("unsure")
        return self._stock("company", names=f"{', '.join(names[:-1])} and {names[-1]}")

    def been_here(self) -> Draft | None:
        """Asked whether they have met: what it knows of them, if anything."""
        brief, name = self.desk.brief, self.name.lower()
        told = any(memory.said_by.lower() == name for memory in brief.memories)
        if not told and not any(names(fact, self.name) for fact in brief.facts):
            return self._stock("not_met")
        return self.about_them()

    def more_of_it(self) -> Draft | None:
        """Asked on in a word: more of what the speaker was just at, or that there is no more."""
        topic, kind = self.desk.heard.my_topic, self.desk.heard.asks
        if kind == "why":
            return self._stock("why")
        for act in ("stories", "claims"):
            part = self.desk.on_topic(topic, act) if topic else None
            if part is not None and not self.desk.echoes.repeats(part.text):
                return Draft("more", [part], length_free=True)
        return self._stock("followed")

    def nodded(self) -> Draft | None:
        """They have only nodded: a word back, or something new to talk of."""
        return self.desk.best(
            [
                (1.2, "nodded_back", lambda: self._stock("nodded_back")),
                (1.0, "doing", self.replying.doing),
                (0.8, "ask", lambda: self._stock("ask_about_person")),
                (0.8, "fresh", lambda: self._fresh("questions")),
            ]
        )

    def _fresh(self, act: str) -> Draft | None:
        part = self.desk.fresh_part(act)
        return Draft("fresh", [part]) if part else None

    def stand_by(self) -> Draft | None:
        """After a sorrow that was told: nothing of one's own, and no question that leads away."""
        return self.desk.best(
            [
                (1.0, "comfort", self.grief),
                (0.8, "touched", lambda: self._of("touched")),
                (0.6, "curious", lambda: self._stock("person_statement")),
            ]
        )

    def _of(self, act: str) -> Draft | None:
        part = self.desk.either(act)
        return Draft(act, [part], length_free=True) if part else None
