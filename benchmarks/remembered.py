"""Much to remember, made up: characters with memories by the thousand, and questions about them.

Words are drawn as they are in a language, few of them often and most of them rarely, each stretch
of talk from a subject of its own; so a question has rare words and common ones, near vectors and
far ones.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

BEGAN = dt.datetime(2025, 1, 1, 12, tzinfo=dt.UTC)
A_STRETCH = 12  # lines of a talk
WORDS, SUBJECT = 9000, 40
LEVELS = (("public", "basic", "personal", "intimate", "private"), (8, 8, 76, 5, 3))


class Talk:
    """Lines of talk, the same for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        from fishbowl.llm.embedding import whole_words

        self.rng = Random(seed)
        self.words = Random(0).sample(whole_words(), WORDS)
        self.weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(WORDS)))

    def stretch(self) -> list[str]:
        """What is said about one subject."""
        subject = self._drawn(SUBJECT)
        return [
            " ".join(
                [*self.rng.choices(subject, k=self.rng.randint(2, 5)), *self._drawn(3, 12)]
            ).capitalize()
            + ("?" if self.rng.random() < 0.2 else ".")
            for _ in range(A_STRETCH)
        ]

    def question(self, line: str) -> str:
        """A question that a line may answer: half of its words, and others."""
        words = line.rstrip(".?").lower().split()
        kept = self.rng.sample(words, max(2, len(words) // 2))
        return f"What about {' '.join([*kept, *self._drawn(2)])}?"

    def _drawn(self, least: int, most: int = 0) -> list[str]:
        count = self.rng.randint(least, max(least, most))
        return self.rng.choices(self.words, cum_weights=self.weights, k=count)


def mixed(rng: Random, sizes: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Whose each stretch of talk is and how many lines of it they remember, in the order in which
    life brings them: mixed."""
    order = [owner for owner, size in sizes.items() for _ in range(-(-size // A_STRETCH))]
    rng.shuffle(order)
    left = dict(sizes)
    for owner in order:
        lines = min(A_STRETCH, left[owner])
        left[owner] -= lines
        yield owner, lines


def stretches(talk: Talk, sizes: dict[int, int]) -> Iterator[list[Any]]:
    """So many new memories for each owner, a stretch of talk at a time, the owners' mixed."""
    for number, (owner, lines) in enumerate(mixed(talk.rng, sizes)):
        yield _memories(talk.rng, owner, number, talk.stretch()[:lines])


def said(line: str) -> str:
    """A line as it is remembered."""
    return f"Somebody said: “{line}”"


def unsaid(content: str) -> str:
    """The line of a memory."""
    return content.partition("“")[2].rstrip("”")


def _memories(rng: Random, owner: int, number: int, lines: Sequence[str]) -> list[Any]:
    from memories.writing import NewMemory

    at = BEGAN + dt.timedelta(minutes=20 * number)
    return [
        NewMemory(
            owner_id=owner,
            kind="conversation",
            content=said(line),
            found_by=f"{at:%-d %B %Y}",
            embedded_text=line,
            occurred_at=at + dt.timedelta(seconds=20 * n),
            visibility=rng.choices(*LEVELS)[0],
            importance=rng.uniform(2, 9),
            session_key=f"{owner}:{number}",
            sequence=n + 1,
        )
        for n, line in enumerate(lines)
    ]
