"""Somebody who goes by another name now is whom the old words were about."""

from __future__ import annotations

import pytest

from memories.formation.formation import form
from memories.models import MemoryLink, PersonFact
from tests.builders import make_character, make_person
from tests.memories.talking import stretch

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["Captain Nell", "Adamant", "A"])
def test_what_is_said_under_a_new_name_takes_the_place_of_the_old(name):
    bram, ada = make_character("Bram"), make_person("Ada")
    form(stretch((ada, "I live in Rome."), to=(bram,)))
    ada.username = name
    ada.save()
    form(stretch((ada, "I live in Oslo."), to=(bram,)))
    was, now = PersonFact.objects.order_by("pk")
    assert (was.fact_content, was.is_active) == ("Ada lives in Rome.", False)
    assert (now.fact_content, now.is_active) == (f"{name} lives in Oslo.", True)
    link = MemoryLink.objects.get(link_type="supersedes")
    assert link.to_memory.content == "Ada lives in Rome."


def test_back_under_the_first_name_the_first_home_holds_again():
    bram, ada = make_character("Bram"), make_person("Ada")
    for name, home in (("Ada", "Rome"), ("Nell", "Oslo"), ("Ada", "Rome")):
        ada.username = name
        ada.save()
        form(stretch((ada, f"I live in {home}."), to=(bram,)))
    assert PersonFact.objects.get(is_active=True).fact_content == "Ada lives in Rome."


def test_another_of_a_like_name_is_not_taken_for_them():
    bram = make_character("Bram")
    for name, home in (("Ann", "Rome"), ("Anna", "Oslo"), ("Ann Lee", "Porto")):
        form(stretch((make_person(name), f"I live in {home}."), to=(bram,)))
    assert PersonFact.objects.filter(is_active=True).count() == 3
    assert not MemoryLink.objects.filter(link_type="supersedes").exists()
