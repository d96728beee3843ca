"""Other words for a word."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np
import pytest

from fishbowl.llm.embedding import WordLlamaEmbedder
from memories.recall import synonyms as kept
from memories.recall.synonyms import (
    MOST,
    Dictionary,
    dictionary,
    stemmed_words,
    synonyms,
    worked_out,
)


@pytest.mark.django_db
@pytest.mark.parametrize(("word", "lexeme", "other"), [("job", "job", "career")])
def test_who_asks_with_one_word_finds_another(word: str, lexeme: str, other: str) -> None:
    assert other in synonyms({word: lexeme})[word]


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["job", "doctor", "house", "qwzx"])
def test_a_word_is_none_for_itself_and_has_few_others(word: str) -> None:
    found = synonyms({word: word})[word]
    assert word not in found
    assert len(found) == len(set(found)) <= MOST


@pytest.mark.django_db
def test_who_asks_while_another_thread_begins_to_remember_anew_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker that has heard too many words lets go of all of them, and goes on with its talk."""
    monkeypatch.setattr(kept, "REMEMBERED", 0)
    synonyms({"qwzx": "qwzx"})
    near, others = Dictionary.near, [threading.Thread(target=synonyms, args=({"vbnq": "vbnq"},))]

    def meanwhile(self: Dictionary, words: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        found = near(self, words)
        while others:
            other = others.pop()
            other.start()
            other.join()
        return found

    monkeypatch.setattr(Dictionary, "near", meanwhile)
    assert synonyms({"qwzx": "qwzx", "xqjk": "xqjk"}).keys() == {"qwzx", "xqjk"}


@pytest.mark.django_db
def test_what_was_worked_out_is_what_the_installed_vocabulary_says() -> None:
    """If not, `manage.py make_synonyms` has to be run: another WordLlama is installed."""
    words = dict(stemmed_words())
    assert worked_out().keys() == words.keys()
    some = {word: words[word] for word in sorted(words)[::200]}
    assert dictionary().near(some) == {word: worked_out()[word] for word in some}


def test_the_nearest_come_first_each_lexeme_once_and_what_is_far_not_at_all() -> None:
    (kettle,) = np.asarray(WordLlamaEmbedder().embed(["kettle"]))
    away = np.roll(kettle, 1) - kettle * float(np.roll(kettle, 1) @ kettle)
    away /= np.linalg.norm(away)
    vectors = np.array(
        [near * kettle + np.sqrt(1 - near**2) * away for near in (0.5, 0.9, 0.8, 0.2, 1.0)]
    )
    dictionary = Dictionary(["pot", "boiler", "pot", "moon", "kettl"], vectors)
    assert dictionary.near({"kettle": "kettl"}) == {"kettle": ("boiler", "pot")}
