"""What the room has heard lately, so that it isn't said again."""

from __future__ import annotations

from dataclasses import dataclass, field

from fishbowl.llm.offline.text import bare, clean, opener, trigrams, words
from fishbowl.llm.types import Brief

MOST_SHARED = 0.34  # of a text's trigrams that may have stood in the room's last lines


@dataclass(slots=True)
class Echoes:
    texts: dict[str, int] = field(default_factory=dict)  # and how many lines ago each was last said
    openers: set[tuple[str, ...]] = field(default_factory=set)
    first_words: dict[str, int] = field(default_factory=dict)
    trigrams: set[tuple[str, ...]] = field(default_factory=set)

    @classmethod
    def of(cls, brief: Brief) -> Echoes:
        heard = cls()
        for age, line in enumerate(reversed(brief.lines[-60:])):
            text = clean(line.text, 800)
            found = words(text)
            if not found:
                continue
            heard.texts.setdefault(bare(text), age)
            heard.openers.add(found[:3])
            heard.trigrams |= trigrams(text)
            if age < 8:
                heard.first_words[found[0]] = heard.first_words.get(found[0], 0) + 1
        for line in brief.elsewhere:
            text = clean(line.text, 800)
            heard.texts.setdefault(bare(text), len(brief.lines))
            if line.is_own:  # nor the better part of one's own story, a few minutes later next door
                heard.trigrams |= trigrams(text)
        return heard

    def repeats(self, text: str) -> bool:
        """Whether the room has heard this, or the better part of it, lately."""
        if bare(text) in self.texts or opener(text) in self.openers:
            return True
        mine = trigrams(text)
        return bool(mine) and len(mine & self.trigrams) > MOST_SHARED * len(mine)

    def heaviness(self, text: str) -> float:
        """How much the text leans on what was said lately; 0 is fresh."""
        found = words(text)
        if not found:
            return 0.0
        mine = trigrams(text)
        shared = len(mine & self.trigrams) / len(mine) if mine else 0.0
        return 2.0 * shared + 0.35 * self.first_words.get(found[0], 0)
