"""Other words for a word, by how near their vectors lie: who asks of a 'job' finds a 'career'.

They come from the words that WordLlama's vocabulary holds whole, whichever model embeds memories:
it is installed anyway, and a dictionary of it needs no server. What is nearest to its own words was
worked out once (`manage.py make_synonyms`) and lies beside this file; only other words are compared
with all of it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from django.db import connection

from fishbowl.llm.embedding import WordLlamaEmbedder, whole_words
from fishbowl.llm.vectors import Vectors, normalised

NEAREST = 0.45  # cosine
MOST = 3  # what recall's numbers can count; a fourth brought .001 of recall@10
# WordLlama is trained so that the first numbers of a vector alone say about the same. Words are
# sifted by these first, a fifth of the time: of 400 words' nearest, .1 % were lost.
HEAD, HEAD_NEAREST = 64, 0.3
AT_ONCE = 256  # words that are compared with all
REMEMBERED = 20_000  # words that the vocabulary doesn't have
WORKED_OUT = Path(__file__).with_name("synonyms.txt")


@dataclass(frozen=True)
class Dictionary:
    """Words as lexemes, and a vector of each."""

    lexemes: Sequence[str]
    vectors: Vectors

    @cached_property
    def heads(self) -> Vectors:
        return _heads(self.vectors)

    def near(self, words: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """For each word (with its own lexeme): lexemes of the words nearest to it, the nearest
        first, its own not among them."""
        vectors = WordLlamaEmbedder().embed(list(words))
        sifted = self.heads @ _heads(vectors).T >= HEAD_NEAREST
        found = {}
        for n, (word, own) in enumerate(words.items()):
            close = np.flatnonzero(sifted[:, n])
            nearness = self.vectors[close] @ vectors[n]
            best = np.argsort(-nearness)[: np.count_nonzero(nearness >= NEAREST)]
            near = dict.fromkeys(self.lexemes[at] for at in close[best])
            near.pop(own, None)
            found[word] = tuple(near)[:MOST]
        return found


def _heads(vectors: Vectors) -> Vectors:
    return normalised(vectors[:, :HEAD])


_lock = threading.Lock()
_dictionary: list[Dictionary] = []
_found: dict[str, tuple[str, ...]] = {}  # of other words


def make_ready(words: Iterable[str]) -> None:
    """Read what `synonyms` of these lower-case words needs, which asks the database."""
    known = worked_out()
    if any(word not in known and word not in _found for word in words):
        dictionary()


def synonyms(words: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Lexemes of other words for `words`: lower-case words, each with its own lexeme."""
    known = worked_out()
    found = {word: known[word] if word in known else _found.get(word) for word in words}
    if new := {word: words[word] for word, near in found.items() if near is None}:
        near = dictionary().near(new)
        found |= near
        if len(_found) > REMEMBERED:  # another thread may be looking: it has its words by now
            _found.clear()
        _found.update(near)
    return {word: near or () for word, near in found.items()}


@cache
def worked_out() -> dict[str, tuple[str, ...]]:
    """The lexemes nearest to each word of the vocabulary: a word and its others on each line."""
    lines = WORKED_OUT.read_text("utf-8").splitlines()
    return {word: tuple(others) for word, *others in map(str.split, lines)}


def work_out() -> str:
    """The text of that file, anew."""
    words = stemmed_words()
    found: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(words), AT_ONCE):
        found |= dictionary().near(dict(words[start : start + AT_ONCE]))
    return "".join(" ".join([word, *found[word]]) + "\n" for word in sorted(found))


def dictionary() -> Dictionary:
    """All words of the vocabulary with their vectors."""
    if not _dictionary:
        with _lock:
            if not _dictionary:
                _dictionary.append(_read())
    return _dictionary[0]


def _read() -> Dictionary:
    words = stemmed_words()
    vectors = WordLlamaEmbedder().embed([word for word, _ in words])
    return Dictionary([lexeme for _, lexeme in words], vectors)


def stemmed_words() -> list[tuple[str, str]]:
    """The words of the vocabulary, each with its lexeme."""
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
    return [(word, stem[0]) for word, stem in zip(words, stems, strict=True) if len(stem) == 1]
