"""Whether a text holds one of many others, word for word. Pure.

Each of ten thousand lines looked for in each of ten thousand texts took hours. A line of three
words and more is looked up by its inner ones, which stand in whatever quotes it as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

INNER = 4  # words that a line is looked up by
START = 8  # characters that one of fewer words is looked up by


class Quotations:
    """What was said, to be found in texts."""

    def __init__(self, said: Iterable[str]) -> None:
        self._by_words: dict[int, dict[tuple[str, ...], list[str]]] = {}
        self._by_start: dict[str, list[str]] = defaultdict(list)
        self._short: list[str] = []
        for one in dict.fromkeys(said):
            # The first word and the last may be parts of longer ones.
            inner = tuple(one.split()[1:-1][:INNER])
            if inner:
                self._by_words.setdefault(len(inner), defaultdict(list))[inner].append(one)
            elif len(one) >= START:
                self._by_start[one[:START]].append(one)
            else:
                self._short.append(one)

    def are_in(self, text: str) -> bool:
        """Whether any of them stands in a text."""
        return any(one in text for one in self._short) or any(
            one in text for one in self._likely(text)
        )

    def _likely(self, text: str) -> Iterator[str]:
        """Those that may stand there."""
        words = text.split()
        for count, known in self._by_words.items():
            for run in zip(*(words[n:] for n in range(count)), strict=False):
                if run in known:
                    yield from known[run]
        if self._by_start:
            for n in range(len(text) - START + 1):
                if text[n : n + START] in self._by_start:
                    yield from self._by_start[text[n : n + START]]
