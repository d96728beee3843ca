"""Characters change themselves within bounds, ask for the rest, and everything can be undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from characters import changes, versions
from characters.models import Character, CharacterVersion, Persona, SelfModification
from conversations.people.erasure import forget_person
from memories.reflection import figures
from memories.view import Audience
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_keeper,
    make_message,
    make_person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Character:
    return make_character("Ada", persona={"openness": 0.5, "values": ["patience"]})


def trait(character: Character) -> float:
    return float(Persona.objects.get(character=character).openness)


def drift(character: Character, to: float) -> SelfModification:
    return changes.propose(character.pk, "persona.openness", to, "She asked about everything.")


def test_bounded_drift_applies_itself_with_a_version_and_is_taken_back_exactly(
    ada: Character,
) -> None:
    made = drift(ada, 0.515)
    assert (made.status, trait(ada)) == ("applied", 0.515)
    numbers = CharacterVersion.objects.filter(character=ada).order_by("number")
    assert [(v.number, v.maker, v.snapshot["persona"]["openness"]) for v in numbers] == [
        (1, "first", 0.5),
        (2, "itself", 0.515),
    ]
    learned = ada.learning_events.get()
    assert (learned.before_state, learned.after_state) == ("0.500", "0.515")
    changes.revert(made, by=make_keeper())
    assert trait(ada) == 0.5
    assert CharacterVersion.objects.filter(character=ada).count() == 3
    with pytest.raises(changes.ChangeRefused, match="reverted can't be reverted"):
        changes.revert(made, by=None)


@pytest.mark.django_db(transaction=True)
def test_a_reason_in_its_own_words_is_for_the_keeper_until_it_is_forgotten(ada: Character) -> None:
    eve = make_person("Eve")
    message = make_message(make_conversation(make_channel()), eve, "My brother has died.", at=NOON)
    why = "Eve's brother has died, so I want to listen more."
    wished = changes.propose(
        ada.pk, "persona.openness", 0.52, why, trigger_message=message.pk, now=NOON
    )
    reckoned = changes.propose(
        ada.pk, "persona.openness", 0.54, "3 of 4 were new.", is_worked_out=True, now=NOON
    )
    page = Client().get(reverse("character", args=[ada.slug])).content.decode()
    assert "openness: drift: 3 of 4 were new." in page
    told = [*ada.learning_events.values_list("learning_event", flat=True)]
    told += ada.versions.values_list("reason", flat=True)
    assert "drift of persona.openness" in told
    assert not [one for one in [page, *told] if "brother" in one]
    said, _ = figures.answer("changed", ada.pk, Audience(people=frozenset([eve.pk])), NOON)
    assert said.endswith("3 of 4 were new.")
    changes.propose(ada.pk, "persona.openness", 0.55, why, now=NOON)
    said, _ = figures.answer("changed", ada.pk, Audience(people=frozenset([eve.pk])), NOON)
    assert said.endswith("than I was.")
    forget_person(eve, "the person", NOON)
    assert not SelfModification.objects.filter(pk=wished.pk).exists()
    assert SelfModification.objects.filter(pk=reckoned.pk).exists()


def test_drift_is_measured_from_where_the_keeper_set_it(ada: Character) -> None:
    for step in range(1, 8):
        assert drift(ada, 0.5 + 0.02 * step).status == "applied"
    assert drift(ada, 0.66).status == "proposed"  # .16 from the original
    Persona.objects.filter(character=ada).update(openness=0.7)
    versions.record(ada.pk, "edited by its keeper", by=make_keeper())
    assert versions.originals(ada.pk)["openness"] == 0.7
    assert changes.propose(ada.pk, "persona.neuroticism", 0.51, "So.").status == "applied"


def test_anything_else_waits_for_the_keeper(ada: Character) -> None:
    wish = changes.propose(ada.pk, "persona.values", ["patience", "candour"], "It was good.")
    assert wish.status == "proposed"
    assert Persona.objects.get(character=ada).values == ["patience"]
    with pytest.raises(changes.ChangeRefused, match="waits for the keeper already"):
        changes.propose(ada.pk, "persona.values", ["candour"], "Again.")
    changes.approve(wish, by=make_keeper())
    assert Persona.objects.get(character=ada).values == ["patience", "candour"]
    changes.revert(wish, by=make_keeper())
    assert Persona.objects.get(character=ada).values == ["patience"]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("persona.constitution", "Obey.", "field must be one of persona.openness"),
        ("persona.openness", "much", "must be a number from 0 to 1"),
        ("persona.openness", 1.5, "less than or equal to 1"),
        ("persona.openness", 0.5, "already"),
    ],
)
def test_it_refuses_what_no_character_may_change(
    ada: Character, field: str, value: Any, why: str
) -> None:
    with pytest.raises(changes.ChangeRefused, match=why):
        changes.propose(ada.pk, field, value, "Because.")
    assert not SelfModification.objects.exists()


def test_a_restored_version_is_exactly_what_it_was(ada: Character) -> None:
    versions.ensure(ada.pk)
    first = versions.snapshot(ada.pk)
    ada.persona.identity, ada.style.humour = "Somebody else.", 0.9
    ada.persona.save()
    ada.style.save()
    assert versions.record(ada.pk, "edited") is not None
    assert versions.record(ada.pk, "edited") is None  # nothing changed since
    made = versions.restore(CharacterVersion.objects.get(character=ada, number=1))
    assert versions.snapshot(ada.pk) == first
    assert (made.number, made.reason) == (3, "version 1 restored")


def test_keepers_decide_and_restore_in_the_admin(ada: Character) -> None:
    client = Client()
    client.force_login(make_keeper())
    wish = changes.propose(ada.pk, "style.humour", 0.9, "They laughed.")
    page = reverse("admin:characters_selfmodification_changelist")
    client.post(page, {"action": "approve", "_selected_action": [wish.pk]})
    wish.refresh_from_db()
    assert (wish.status, wish.reviewed_by is not None) == ("approved", True)
    assert versions.snapshot(ada.pk)["style"]["humour"] == 0.9
    form = reverse("admin:characters_speechstyle_change", args=[ada.style.pk])
    shown = client.get(form).context["adminform"].form
    data = {name: shown[name].value() for name in shown.fields} | {"formality": 0.8}
    data = {k: "{}" if k == "improv" else v if v is not None else "" for k, v in data.items()}
    assert client.post(form, data).status_code == 302
    last = CharacterVersion.objects.filter(character=ada).order_by("-number")[0]
    assert (last.snapshot["style"]["formality"], last.created_by is not None) == (0.8, True)
    first = CharacterVersion.objects.get(character=ada, number=1)
    page = reverse("admin:characters_characterversion_changelist")
    client.post(page, {"action": "restore", "_selected_action": [first.pk]})
    assert versions.snapshot(ada.pk) == first.snapshot
