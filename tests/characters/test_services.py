"""Characters come whole, rest when told, and keep a record of what keepers do to bonds."""

from __future__ import annotations

import datetime as dt

import pytest

from characters import mood
from characters.models import Character, CharacterState, RelationshipEvent
from characters.services import (
    clone_character,
    complete_character,
    create_character,
    pause_character,
    pause_characters,
    resume_character,
    resume_characters,
    set_bond,
)
from tests.builders import make_character, make_relationship

pytestmark = pytest.mark.django_db


def test_it_makes_a_character_with_all_it_needs_to_live() -> None:
    character = create_character(
        name="Odile", persona={"agreeableness": 1.0}, style={"humour": 0.9}, talkativeness=0.7
    )
    again = Character.objects.select_related("persona", "style", "state").get(slug="odile")
    assert again == character
    assert again.is_active
    assert again.talkativeness == 0.7
    assert again.style.humour == 0.9
    valence, arousal = mood.baseline(again.persona.traits())
    assert valence > 0
    assert (again.state.mood_valence, again.state.mood_arousal) == (valence, arousal)
    assert again.state.mood_label == mood.label(valence, arousal)


def test_it_gives_a_slug_to_a_name_without_latin_letters() -> None:
    one, other = create_character(name="海"), create_character(name="山")
    assert one.slug
    assert one.slug != other.slug


def test_it_leaves_nothing_behind_when_a_part_is_refused() -> None:
    with pytest.raises(TypeError):
        create_character(name="Odile", persona={"nonsense": 1})
    assert not Character.objects.exists()


def test_it_completes_a_bare_character_once() -> None:
    bare = Character.objects.create(name="Bare", slug="bare")
    state = complete_character(bare)
    CharacterState.objects.filter(pk=state.pk).update(mood_valence=-0.5)
    assert complete_character(Character.objects.get(pk=bare.pk)).mood_valence == -0.5


def test_a_clone_has_every_column_of_the_original_but_what_is_its_own() -> None:
    original = make_character(
        "Vera", tagline="Sees all.", avatar_url="https://example.org/v.png", timezone="Europe/Oslo",
        active_hours_start=dt.time(8), active_hours_end=dt.time(22), talkativeness=0.3,
        system_note="Short.", llm_model="small", llm_temperature=0.4, is_template=True,
        is_adult=True, card={"spec": "chara_card_v2"},
    )  # fmt: skip
    twin = clone_character(original, "Vera II")
    twin.refresh_from_db()
    own = {"id", "name", "slug", "avatar", "status", "created_at", "updated_at"}
    names = {field.name for field in Character._meta.concrete_fields} - own
    assert {name: getattr(twin, name) for name in names} == {
        name: getattr(original, name) for name in names
    }


def test_it_pauses_and_resumes_and_counts() -> None:
    one, other = make_character(), make_character()
    archived = make_character(status=Character.Status.ARCHIVED)
    assert pause_characters([one, other, archived]) == 2
    assert pause_characters([one.pk]) == 0
    assert not Character.objects.active().exists()
    assert resume_characters(Character.objects.all()) == 2
    archived.refresh_from_db()
    assert archived.status == Character.Status.ARCHIVED


def test_it_pauses_one_and_says_whether_that_changed_anything() -> None:
    character = make_character()
    assert pause_character(character)
    assert not character.is_active
    assert not pause_character(character)
    assert resume_character(character)
    assert character.is_active
    assert not resume_character(character)


def test_it_writes_an_event_when_a_keeper_moves_a_bond() -> None:
    bond = make_relationship(make_character(), make_character())
    bond.trust, bond.note = 0.9, "reconciled"
    set_bond(bond, by="keeper")
    bond.refresh_from_db()
    assert bond.score == pytest.approx(100 * 0.4 / 1.8, abs=0.01)
    assert bond.level == "Acquaintance"
    event = RelationshipEvent.objects.get(relationship=bond)
    assert event.kind == RelationshipEvent.Kind.ADMIN
    assert event.delta_trust == pytest.approx(0.4)
    assert event.before["trust"] == 0.5
    assert "keeper" in event.cause


def test_it_writes_no_event_when_only_the_note_changes() -> None:
    bond = make_relationship(make_character(), make_character())
    bond.note = "sits by the stove"
    set_bond(bond, by="keeper")
    assert not RelationshipEvent.objects.exists()


def test_it_does_not_write_over_what_an_exchange_counted_meanwhile() -> None:
    bond = make_relationship(make_character(), make_character())
    type(bond).objects.filter(pk=bond.pk).update(total_interactions=7)
    bond.is_locked = True
    set_bond(bond, by="keeper")
    bond.refresh_from_db()
    assert (bond.total_interactions, bond.is_locked) == (7, True)
