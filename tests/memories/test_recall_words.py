"""The words of a question are found by numbers as they would be by looking for each."""

from __future__ import annotations

import datetime as dt
import math
from random import Random

import pytest
from django.db import connection

from memories.embedding import embedding
from memories.models import Memory
from memories.recall.asked import MOST_WORDS, Asked, Word
from memories.recall.recall import NO_VECTOR
from memories.recall.recall_sql import COLUMNS, exact
from memories.recall.weights import Weights
from memories.view import Audience, seen_by
from memories.writing import NewMemory, store
from tests.builders import NOON, make_character

NAMES = [f"thing{n}" for n in range(60)]


def asked(owner: int, words: list[Word]) -> Asked:
    return Asked(
        owner=owner, now=NOON, words=words, vector=NO_VECTOR, model=0, limit=40, weights=Weights()
    )


def test_eight_words_go_in_a_number_with_three_bits_each() -> None:
    words = [Word(name, ((f"{name}a",), (f"{name}b",))) for name in NAMES[:9]]
    first, second = asked(1, words).codes()
    assert (first["thing0"], first["thing0a"], first["thing7"]) == (4, 1, 4 << 21)
    assert sum(first.values()) < 1 << 24
    assert second == {"thing8": 4, "thing8a": 1, "thing8b": 1}


def test_a_name_of_two_words_at_once_adds_up() -> None:
    words = [Word("mara", (("mara",), ("wren",)), 1.0), Word("captain", (("wren",),), 1.0)]
    (codes,) = asked(1, words).codes()
    assert codes == {"mara": 4 + 1, "wren": 1 + 8, "captain": 32}


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 8, 13, MOST_WORDS])
def test_what_a_memory_holds_is_what_its_text_holds(count: int) -> None:
    """Words, other names for them, more of these than numbers count, and names of two words."""
    embedding.active()
    rng, ada = Random(count), make_character()
    store(
        [
            NewMemory(ada.pk, "diary", " ".join(rng.sample(NAMES, 25)), NOON - dt.timedelta(days=n))
            for n in range(40)
        ]
    )
    names = rng.sample(NAMES, count)
    words = [
        Word(
            name,
            tuple(
                tuple(rng.sample(NAMES, rng.choice([1, 1, 2]))) for _ in range(rng.randint(0, 5))
            ),
            0.6,
        )
        for name in names
    ]
    made = exact(asked(ada.pk, words))
    with seen_by(ada.pk, Audience()) as view:
        rows = view.planned(made.sql, **made.values)
    found = {row[0]: float(row[COLUMNS.index("matched")]) for row in rows}
    assert found == pytest.approx(expected(ada.pk, words))


def expected(owner: int, words: list[Word]) -> dict[int, float]:
    """The share of the question's words that each memory holds, word by word."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, tsvector_to_array(search) FROM memories_memory")
        held = {pk: set(lexemes) for pk, lexemes in cursor.fetchall()}
    assert len(held) == Memory.objects.filter(owner=owner).count() == 40
    total = len(held) + Weights().young

    def weight(count: int) -> float:
        return math.log(1 + (total - count + 0.5) / (count + 0.5)) ** 2

    def has_other(lexemes: set[str], word: Word) -> bool:
        return any(set(name) <= lexemes for name in word.others)

    whole, found = 0.0, dict.fromkeys(held, 0.0)
    for word in words:
        itself = weight(sum(word.lexeme in lexemes for lexemes in held.values()))
        others = weight(sum(has_other(lexemes, word) for lexemes in held.values()))
        whole += itself
        for pk, lexemes in held.items():
            if word.lexeme in lexemes:
                found[pk] += itself
            elif has_other(lexemes, word):
                found[pk] += word.share * min(itself, others)
    return {pk: value / whole for pk, value in found.items()}
