"""Whom names mean."""

from __future__ import annotations

import pytest
from django.utils import timezone

from memories.recall.names import forget_names, known_names
from tests.builders import make_character, make_person

pytestmark = pytest.mark.django_db


def test_everybody_goes_by_their_whole_and_their_first_name() -> None:
    mara = make_character("Mara Lindqvist")
    for called in (["mara"], ["mara lindqvist"], ["who", "mara"]):
        assert known_names().among(called).characters == (mara.pk,)
    assert known_names().among(["lindqvist"]).characters == ()


def test_people_go_by_each_of_their_names() -> None:
    ada = make_person("ada_l", display_name="Ada Lovelace", custom_name="Countess")
    for called in ("ada_l", "ada", "ada lovelace", "countess"):
        assert known_names().among([called]).people == (ada.pk,)


def test_several_may_share_a_name() -> None:
    ada, character = make_person("Ada"), make_character("Ada Brook")
    named = known_names().among(["ada", "nobody"])
    assert (named.names, named.people, named.characters) == (("ada",), (ada.pk,), (character.pk,))


def test_nobody_goes_by_a_letter_or_is_called_after_being_erased() -> None:
    make_person("A")
    make_person("Ben", erased_at=timezone.now())
    assert known_names().among(["a", "ben"]).people == ()
    assert "ben" not in known_names()


def test_names_are_kept_until_they_are_forgotten() -> None:
    assert "cleo" not in known_names()
    make_character("Cleo")
    assert "cleo" not in known_names()
    forget_names()
    assert "cleo" in known_names()
