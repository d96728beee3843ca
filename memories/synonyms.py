"""Other words for a word, by how near their vectors lie: who asks of a 'job' finds a 'career'.

They come from the words that WordLlama's vocabulary holds whole, whichever model embeds memories:
it is installed anyway, and a dictionary of it needs no server.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.db import connection

from fishbowl.llm.embedding import WordLlamaEmbedder, whole_words
from fishbowl.llm.vectors import Vectors

NEAREST = 0.45  # cosine
MOST = 4


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Words as lexemes, and a vector of each."""

    lexemes: Sequence[str]
    vectors: Vectors

    def near(self, word: str, lexeme: str) -> tuple[str, ...]:
        """Lexemes of the words nearest to `word`, the nearest first, its own not among them."""
        (vector,) = WordLlamaEmbedder().embed([word])
        nearness = self.vectors @ vector
        close = np.flatnonzero(nearness >= NEAREST)
        found = dict.fromkeys(self.lexemes[at] for at in close[np.argsort(-nearness[close])])
        found.pop(lexeme, None)
        return tuple(found)[:MOST]


_lock = threading.Lock()
_dictionary: list[Dictionary] = []


@lru_cache(maxsize=20_000)
def synonyms(word: str, lexeme: str) -> tuple[str, ...]:
    """Lexemes of other words for `word`, which is in lower case and whose own is `lexeme`."""
    return _known().near(word, lexeme)


def _known() -> Dictionary:
    if not _dictionary:
        with _lock:
            if not _dictionary:
                _dictionary.append(_read())
    return _dictionary[0]


def _read() -> Dictionary:
    words = whole_words()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tsvector_to_array(to_tsvector('pg_catalog.english', word))
            FROM unnest(%s::text[]) WITH ORDINALITY AS w (word, n) ORDER BY n
            """,
            [words],
        )
        stems = [row[0] for row in cursor.fetchall()]
    kept = [(word, stem[0]) for word, stem in zip(words, stems, strict=True) if len(stem) == 1]
    vectors = WordLlamaEmbedder().embed([word for word, _ in kept])
    return Dictionary([lexeme for _, lexeme in kept], vectors)
