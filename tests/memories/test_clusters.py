"""What lies close together in meaning is found, however many rows there are."""

from __future__ import annotations

import numpy as np
import pytest

from memories.embedding.matrices import unit
from memories.nights import clusters
from memories.nights.clusters import near_pairs, stars
from memories.nights.consolidation import is_one_matter
from tests.builders import make_character


def rows(number: int, seed: int = 1) -> clusters.Matrix:
    return unit(list(np.random.default_rng(seed).normal(size=(number, 16))))


def around(centre: int, number: int, distance: float = 0.2) -> clusters.Matrix:
    """So many rows close to one axis."""
    axis = np.zeros(16)
    axis[centre] = 1.0
    noise = np.random.default_rng(centre).normal(scale=distance / 4, size=(number, 16))
    return unit(list(axis + noise))


@pytest.mark.parametrize("fresh", [None, {0, 3, 38}, set()])
@pytest.mark.parametrize("block", [7, 1024])
def test_pairs_are_those_that_one_by_one_finds(
    fresh: set[int] | None, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "BLOCK", block)
    vectors = rows(40)
    expected = {
        (one, other)
        for one in range(40)
        for other in range(one + 1, 40)
        if vectors[one] @ vectors[other] >= 0.3 and (fresh is None or {one, other} & fresh)
    }
    found = near_pairs(vectors, 0.3, fresh)
    assert {pair[:2] for pair in found} == expected
    assert len(found) == len(expected)
    assert [pair[2] for pair in found] == sorted((pair[2] for pair in found), reverse=True)


def test_groups_lie_around_their_centres_and_apart() -> None:
    vectors = np.concatenate([around(0, 5), around(1, 3), around(2, 2), rows(6)])
    groups = stars(vectors, 0.9, least=3, most=10)
    assert sorted(map(sorted, groups)) == [[0, 1, 2, 3, 4], [5, 6, 7]]
    for centre, *others in groups:
        assert all(vectors[centre] @ vectors[other] >= 0.9 for other in others)


def test_a_chain_of_small_steps_is_no_group() -> None:
    steps = np.linspace(0, np.pi / 2, 9)
    chain = unit([[np.cos(at), np.sin(at)] for at in steps])
    assert max(map(len, stars(chain, 0.97, least=2, most=20))) <= 3


def test_a_group_has_no_more_than_it_may_and_keeps_the_nearest() -> None:
    vectors = around(0, 9)
    (group, *_) = stars(vectors, 0.5, least=3, most=4)
    centre = vectors[group[0]]
    assert len(group) == 4
    nearest = sorted(range(9), key=lambda at: -float(vectors[at] @ centre))[:4]
    assert set(group) == set(nearest)


@pytest.mark.django_db
def test_to_be_spoken_to_by_one_name_is_no_matter() -> None:
    make_character("Fenwick")
    assert not is_one_matter(
        [
            "Tamsin said: “Sadly correct, Fenwick.”",
            "Ignatius said: “Nine seconds, you say, Fenwick?”",
            "Ignatius said: “I am obliged to concur, Fenwick.”",
        ]
    )
    assert is_one_matter(
        [
            "Bram said: “The ferry was late again because of the tide.”",
            "Odile said: “Because of the tide the ferry is late.”",
            "Tamsin said: “Wind against tide this morning.”",
        ]
    )
