"""How evidence is weighed in recall. Tuned on public conversations: docs/decisions/0007."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of evidence, as parts of what the best memory has by itself unless said otherwise."""

    rarity: float = 2.0  # power of how few memories hold a word
    young: float = 50.0  # so many more memories count as if they held none of the words
    synonym: float = 0.6  # what another word for it counts of its weight
    vector: float = 0.6  # the nearest vector, beside 1 for the best words
    contrast: float = 1.3  # power of evidence that is passed on, so that strong counts more
    before1: float = 0.55  # what the line before passes on, the two before, the three before
    before2: float = 0.30
    before3: float = 0.07
    after1: float = 0.35
    after2: float = 0.10
    after3: float = 0.09
    talk: float = 0.15  # what the best line passes on to the whole stretch of talk
    question: float = 0.8  # a question is less of an answer by itself
    again: float = 0.4  # the question itself, asked before: of what it counts and passes on
    answer: float = 1.6  # but whatever follows it is more of one
    reply: float = 0.8
    context: float = 0.3  # of what is passed on: what a memory takes that isn't a line of talk
    opening: float = 0.11  # news is told first
    when: float = 0.3  # asked when, what tells a time
    # Shares of the best memory's evidence, neighbours and all.
    speaker: float = 0.2  # said by somebody who is named
    about: float = 0.3  # about somebody who is named
    entity: float = 0.1
    time: float = 0.6  # happened when it is asked about
    phrase: float = 0.3  # holds a quoted phrase
    # What a memory that has little of it loses.
    recency: float = 0.05
    days: float = 90.0
    importance: float = 0.1
    strength: float = 0.1
    doubt: float = 0.5
    derived: float = 0.95
    told: float = 0.85
    gossip: float = 0.8
    damped: float = 0.5  # what everybody keeps saying
    # Of the floor: what counts beside the share of the question's words.
    near: float = 0.25  # a cosine
    concerned: float = 0.1  # that it is about somebody who is named
    strange: float = 0.5  # the share of names that the owner never heard: taken off

    def items(self) -> Iterator[tuple[str, float]]:
        return iter(asdict(self).items())
