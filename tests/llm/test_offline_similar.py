from __future__ import annotations

import numpy as np

from fishbowl.llm.offline.similar import CachedSimilarity

ASKED: list[str] = []


def embed(texts: list[str]) -> np.ndarray:
    """A vector for each text: how often each letter stands in it."""
    ASKED.extend(texts)
    return np.array([[t.count(c) + 0.1 for c in "abcdefgh"] for t in texts], dtype=np.float32)


def cosine(one: str, other: str) -> float:
    a, b = embed([one, other])
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_it_is_the_cosine_and_each_text_is_embedded_once():
    similar = CachedSimilarity(embed)
    ASKED.clear()
    found = similar("abba", ["dad", "abba", "face", "dad"])
    assert sorted(ASKED) == ["abba", "dad", "face"]
    similar("face", ["abba", "hedge"])
    assert sorted(ASKED) == ["abba", "dad", "face", "hedge"]
    assert np.allclose(found, [cosine("abba", o) for o in ("dad", "abba", "face", "dad")])
    assert similar("abba", []) == []


def test_texts_that_come_again_together_are_compared_as_any():
    similar = CachedSimilarity(embed, most=4)
    others = ("dad", "abba", "face", "dad")
    for word in ("abba", "hedge", "cab", "bead", "abba"):  # known, new, and after room was made
        assert np.allclose(similar(word, others), [cosine(word, o) for o in others])
        assert similar(word, others) == similar(word, others)


def test_it_makes_room_and_goes_on():
    similar = CachedSimilarity(embed, most=4)
    words = ["a", "bb", "ab", "cab", "dab", "gab", "bed", "bead"]
    for at, word in enumerate(words):
        others = words[max(0, at - 2) : at + 1]
        assert np.allclose(similar(word, others), [cosine(word, o) for o in others])
    assert np.allclose(similar("a", words), [cosine("a", o) for o in words])
