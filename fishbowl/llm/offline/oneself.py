"""What the persona of a brief gives to say: interests, goals, values, background."""

from __future__ import annotations

import re
from collections import Counter

from fishbowl.llm.offline.drafting import Desk, Draft, Part
from fishbowl.llm.offline.lexicon import GRAVE, SAD
from fishbowl.llm.offline.manner import dress_stock, plural
from fishbowl.llm.offline.text import (
    clean,
    content_stems,
    count_words,
    lower_first,
    sentences,
    stem,
    words,
)
from fishbowl.llm.offline.viewpoint import as_own

MINE = re.compile(r"\bI\b|\bI'|\b[Mm]y\b|\bme\b")


class Oneself:
    """The builders; each gives a draft or None."""

    desk: Desk

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
        goal = lower_first(text).removeprefix("to ")
        if not re.match(r"[a-z]+\b", goal) or goal.split()[0].endswith(("ing", "ed")):
            return None
        own = as_own(goal, self.desk.brief.speaker, 1)
        if own is None:
            return None
        part = self.desk.stock("goal_line", goal=lower_first(own).rstrip("."))
        return Draft("goal", [Part(part.text, f"goal/{at}")]) if part else None

    def value(self) -> Draft | None:
        values = [clean(v, 40).rstrip(".").lower() for v in self.desk.brief.values]
        values = [v for v in values if v and count_words(v) <= 4]
        part = self.desk.stock("value_line", value=self.desk.rng.choice(values)) if values else None
        return Draft("value", [part]) if part else None
