"""What is new in the starter world comes to worlds that were made before, once, and gently."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from audit.models import AdminAction
from characters import versions
from characters.models import Character, CharacterVersion, SpeechStyle
from conversations import stock
from tests.builders import make_staff

pytestmark = pytest.mark.django_db

SLUGS = {"bram", "fenwick", "ignatius", "nneka", "odile", "pilar", "sorrel", "tamsin"}


def start() -> str:
    """As `make run` and the Docker files do."""
    told = io.StringIO()
    call_command("load_world", if_empty=True, stdout=told)
    return told.getvalue()


@pytest.fixture
def world() -> None:
    """A starter world of a version that knew nothing of what belongs to a place."""
    call_command("load_world", verbosity=0, stdout=io.StringIO())
    for style in SpeechStyle.objects.all():
        style.improv.pop("places")
        style.save(update_fields=["improv"])


def placed() -> set[str]:
    found = SpeechStyle.objects.filter(improv__has_key="places")
    return set(found.values_list("character__slug", flat=True))


def style_of(slug: str) -> SpeechStyle:
    return SpeechStyle.objects.get(character__slug=slug)


@pytest.mark.usefixtures("world")
def test_who_came_before_gets_what_is_new_once_and_the_trail_says_so() -> None:
    assert placed() == set()
    assert "New to odile, for the offline voice: places." in start()
    assert placed() == SLUGS
    action = AdminAction.objects.get(action_type="world.stock")
    assert action.changes_made["added"] == {slug: ["places"] for slug in SLUGS}
    odile = Character.objects.get(slug="odile")
    before, after = CharacterVersion.objects.filter(character=odile).order_by("number")
    assert "places" not in before.snapshot["style"]["improv"]
    assert after.reason == "new in the starter world: places"
    assert "New to" not in start()
    assert AdminAction.objects.count() == 1
    versions.restore(before)  # and what a keeper takes back stays so, in later versions too
    stock.bring()
    assert placed() == SLUGS - {"odile"}


@pytest.mark.usefixtures("world")
def test_what_a_keeper_made_of_somebody_is_left_alone() -> None:
    keeper = Client()
    keeper.force_login(make_staff(is_superuser=True))
    style = style_of("odile")
    style.improv = {"openers": ["Ahoy."], "greet": ["What a day."]}
    style.save()
    Character.objects.filter(slug="bram").update(card={"name": "Bram"})
    Character.objects.filter(slug="pilar").update(name="Pia")
    mended = style_of("tamsin")
    mended.improv["openers"] = ["Well, well."]
    mended.save()
    start()
    assert placed() == SLUGS - {"odile", "bram", "pilar"}
    assert style_of("tamsin").improv["openers"] == ["Well, well."]
    trail = keeper.get(reverse("admin:audit_adminaction_changelist")).content.decode()
    assert "world.stock" in trail


def test_a_new_world_has_it_all() -> None:
    start()
    assert stock.is_brought()
    assert "New to" not in start()
    assert not CharacterVersion.objects.exists()
