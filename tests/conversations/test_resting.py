"""A character that rests: no words, no thoughts, and nothing heard."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from characters.models import Character
from characters.services import resume_character
from conversations.afterwards.observe import observe
from memories.models import Memory
from tests.builders import (
    make_character,
    make_conversation,
    make_keeper,
    make_message,
    make_person,
)


@pytest.mark.django_db(transaction=True)
def test_who_rests_hears_nothing_of_a_talk_that_it_has_a_part_in(client: Client) -> None:
    """However it came to rest; what it heard before, it remembers."""
    bram, odile = make_character("Bram"), make_character("Odile")
    talk = make_conversation()
    make_message(talk, odile, "The lighthouse was painted green in March.")
    make_message(talk, bram, "And the harbour office burned down in April.")
    client.force_login(make_keeper())
    client.post(
        reverse("admin:characters_character_changelist"),
        {"action": "pause", "_selected_action": [odile.pk]},
    )
    odile.refresh_from_db()
    assert not odile.is_active
    said = make_message(
        talk,
        make_person("Ann"),
        "My brother bought the old windmill.",
        at=timezone.now() + dt.timedelta(seconds=1),
    )
    observe(talk.pk, said.created_at + dt.timedelta(hours=1))

    def remembered(owner: Character) -> str:
        return " ".join(Memory.objects.filter(owner=owner).values_list("content", flat=True))

    assert "windmill" in remembered(bram)
    assert "burned" in remembered(odile)
    assert "windmill" not in remembered(odile)
    resume_character(odile)
    later = said.created_at + dt.timedelta(hours=2)
    make_message(talk, odile, "I was away. What a fine evening.", at=later)
    heard = make_message(talk, bram, "The cellar key hangs in the hall.", at=later)
    observe(talk.pk, heard.created_at + dt.timedelta(hours=1))
    assert "cellar" in remembered(odile)
    assert "windmill" not in remembered(odile)
