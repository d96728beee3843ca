"""`manage.py recall`."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Character
from tests.builders import make_character, make_memory, make_person, make_relationship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_client")]


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("recall", *arguments, stdout=out, no_color=True)
    return out.getvalue()


@pytest.fixture
def mara() -> Character:
    """A character with a secret, something anybody may hear, and a dream."""
    mara, ada = make_character("Mara"), make_person("Ada")
    make_memory(
        mara, "Ada's cat is called Juniper.", visibility="public", about_person_id=ada.pk,
        told_by_person_id=ada.pk,
    )  # fmt: skip
    make_memory(mara, "Mara buried the lantern under the quay.", visibility="private")
    make_memory(mara, "A lantern burned under the sea.", kind="dream", visibility="public")
    return mara


def test_it_shows_what_comes_with_its_parts_and_where_it_is_known_from(mara: Character) -> None:
    said = told("mara", "What is Ada's cat called?", "--audience", "Ada")
    best = said.split("\n2. ")[0]
    assert best.startswith("known ")
    for expected in (
        "Ada's cat is called Juniper.", "text +", "vector +", "speaker +", "about +", "cosine ",
        "words matched", "experience", "witnessed (by Ada)", f"{timezone.now():%Y-%m-%d}", "public",
    ):  # fmt: skip
        assert expected in best


def test_who_listens_decides_what_is_shown(mara: Character) -> None:
    assert "buried" in told("Mara", "the lantern")
    assert "buried" not in told("Mara", "the lantern", "--audience", "Ada")
    ben = make_character("Ben")
    make_relationship(mara, ben, trust=1.0)
    assert "buried" not in told("Mara", "the lantern", "--audience", "Ada, ben")


def test_it_says_when_nothing_comes_and_by_how_much(mara: Character) -> None:
    said = told("Mara", "Which isotope decays into thorium?")
    assert said.startswith("Nothing comes to Mara's mind.\nThe best reaches 0.")
    assert "below the floor of 0.22" in said
    assert "1. " in told("Mara", "Which isotope decays into thorium?", "--no-floor")


def test_the_floor_is_the_keepers(mara: Character) -> None:
    configuration.set_value("memory", "recall_floor", 5)
    configuration.forget_cached()
    assert "below the floor of 5.00" in told("Mara", "What is Ada's cat called?")


def test_it_tells_what_is_only_said_in_passing(mara: Character) -> None:
    said = told("Mara", "Good evening, Ada!")
    assert "asks for nothing" in said


def test_it_says_when_there_is_nothing_at_all() -> None:
    make_character("Blank")
    assert "remembers nothing that may be said here" in told("Blank", "the lantern")


def test_kinds_people_and_limits_narrow_it(mara: Character) -> None:
    said = told("Mara", "the lantern", "--kind", "dream")
    assert "sea" in said
    assert "quay" not in said
    assert "Juniper" in told("Mara", "the lantern, the cat", "--about", "ada", "--no-floor")
    assert "2. " not in told("Mara", "the lantern", "--limit", "1")


def test_programs_get_json(mara: Character) -> None:
    found = json.loads(told("Mara", "What is Ada's cat called?", "--audience", "Ada", "--json"))
    assert found["floor"] == 0.22
    assert found["known"] > found["floor"]
    assert found["memories"][0]["content"] == "Ada's cat is called Juniper."
    assert found["memories"][0]["parts"]["text"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Nemo", "a cat"], "CHARACTER: nobody is called Nemo. There are Mara."),
        (["Mara", "a cat", "--audience", "Ada,Nemo"],
         "--audience: nobody is called Nemo. There are Mara, Ada."),
        (["Mara", "a cat", "--about", "Nemo"],
         "--about: no person is called Nemo. There are Ada."),
        (["Mara", "a cat", "--community", "Nowhere"], "--community: there is no Nowhere."),
        (["Mara", "a cat", "--kind", "song"], "argument --kind: invalid choice: 'song'"),
        (["Mara", "a cat", "--limit", "0"], "--limit must be at least 1."),
        (["Mara", "a cat", "--limit", "99999999999"], "--limit must be 1,000 at most."),
        (["Mara", "  "], "There is nothing to recall for an empty query."),
    ],
)  # fmt: skip
def test_a_wrong_name_is_refused_with_those_there_are(
    mara: Character, arguments: list[str], said: str
) -> None:
    with pytest.raises(CommandError) as refused:
        told(*arguments)
    assert said in str(refused.value)


def test_of_several_of_one_name_one_is_named_by_id(mara: Character) -> None:
    other = make_character("Ada")
    with pytest.raises(CommandError, match="several are called Ada") as refused:
        told("Mara", "a cat", "--audience", "Ada")
    assert f"character:{other.pk}" in str(refused.value)
    assert "Juniper" in told("Mara", "Ada's cat", "--audience", f"character:{other.pk}")
