from __future__ import annotations

import datetime as dt

import pytest

from characters.models import FormativeMemory
from conversations.world import load_world
from memories.formation.formation import remember_all_formative, remember_formative
from memories.models import Memory
from tests.builders import make_character

pytestmark = pytest.mark.django_db


@pytest.fixture
def bram():
    bram = make_character("Bram")
    bram.formative_memories.create(
        title="A broom",
        content="Dagny gave him a broom.",
        age_or_date="age 17",
        emotional_valence=0.7,
        triggers=["Dagny", "broom"],
    )
    return bram


def of(bram):
    return Memory.objects.get(owner=bram)


def test_what_made_a_character_is_remembered_from_birth(bram):
    assert remember_formative(bram) == 1
    row = of(bram)
    assert (row.kind, row.provenance, row.tier) == ("experience", "own", "long")
    assert row.content == "Dagny gave him a broom."
    assert row.is_locked
    assert row.visibility == "basic"
    assert row.importance > 8
    assert "A broom" in row.found_by
    assert row.keywords == ["Dagny", "broom"]
    assert bram.created_at - row.occurred_at > dt.timedelta(days=3000)


def test_doing_it_again_does_nothing(bram):
    remember_formative(bram)
    before = Memory.objects.values().get()
    assert remember_formative(bram) == 0
    assert remember_all_formative() == 0
    assert Memory.objects.values().get() == before


@pytest.mark.parametrize(
    ("valence", "level"), [(-0.9, "intimate"), (-0.6, "personal"), (-0.3, "basic"), (0.9, "basic")]
)
def test_the_sorer_it_is_the_closer_they_stand(bram, valence, level):
    FormativeMemory.objects.update(emotional_valence=valence)
    remember_formative(bram)
    assert of(bram).visibility == level


def test_an_edit_is_followed_in_the_same_row(bram):
    remember_formative(bram)
    before = of(bram)
    FormativeMemory.objects.update(content="Dagny gave him an adze.", emotional_valence=-0.6)
    assert remember_all_formative() == 1
    after = of(bram)
    assert after.pk == before.pk
    assert (after.content, after.visibility) == ("Dagny gave him an adze.", "personal")
    assert after.content_hash != before.content_hash
    assert after.embedding != before.embedding
    assert after.is_locked


def test_an_edit_of_the_triggers_alone_is_followed(bram):
    remember_formative(bram)
    FormativeMemory.objects.update(triggers=["shavings"])
    assert remember_all_formative() == 1
    assert of(bram).keywords == ["shavings"]


def test_a_deleted_one_is_forgotten(bram):
    remember_formative(bram)
    FormativeMemory.objects.all().delete()
    assert remember_all_formative() == 1
    assert not Memory.objects.exists()


def test_the_same_words_under_two_titles_are_one_memory(bram):
    bram.formative_memories.create(title="Again", content="Dagny gave him a broom.")
    remember_all_formative()
    assert remember_all_formative() == 0
    assert Memory.objects.count() == 1


def test_loading_a_world_remembers():
    load_world()
    assert Memory.objects.filter(session_key__startswith="formative:").count() == (
        FormativeMemory.objects.count()
    )
    assert remember_all_formative() == 0
