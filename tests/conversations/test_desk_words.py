"""Keepers find what was said, and what is remembered, by words of any script."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from characters.models import Character
from memories.formation import references
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_staff,
)

pytestmark = pytest.mark.django_db
SAID = {
    "zoe": "Zoë Müller brings the rope.",
    "tea": "Zoë brings tea.",
    "bruecke": "Die alte Brücke ist gesperrt.",
    "lamp": "我们在红灯笼酒馆喝茶。",
    "cat": "昨日、黒い猫を見ました。",
    "boat": "Мы купили старую лодку вчера.",
    "rope": "The rope is old, buy another rope.",
    "plain": "Buy an old boat, and then rope.",
}
ASKED = [
    ("Müller", {"zoe"}),
    ("Muller", {"zoe"}),
    ("zoe", {"zoe", "tea"}),
    ("Zoë -tea", {"zoe"}),
    ("brings -Müller", {"tea"}),
    ('"Zoë Müller"', {"zoe"}),
    ('"Müller Zoë"', set()),
    ("Brücke", {"bruecke"}),
    ('"alte Brücke"', {"bruecke"}),
    ("红灯笼", {"lamp"}),
    ("猫", {"cat"}),
    ("лодка", {"boat"}),
    ("rope -boat", {"zoe", "rope"}),
    ('"old boat"', {"plain"}),
    ('rope "another rope"', {"rope"}),
]


@pytest.fixture
def mara() -> Character:
    return make_character("Mara")


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(make_staff(is_superuser=True))
    return client


def found(desk: Client, app: str, model: str, words: str) -> set[str]:
    """Which of the texts a list shows."""
    page = desk.get(reverse(f"admin:{app}_{model}_changelist"), {"q": words})
    assert page.status_code == 200
    shown = {row.content for row in page.context["cl"].result_list}
    return {name for name, text in SAID.items() if text in shown}


@pytest.mark.parametrize(("words", "meant"), ASKED)
def test_what_was_said_is_found(desk: Client, words: str, meant: set[str]) -> None:
    talk, ann = make_conversation(make_channel()), make_person("Ann")
    for text in SAID.values():
        make_message(talk, ann, text)
    assert found(desk, "conversations", "message", words) == meant


@pytest.mark.parametrize(("words", "meant"), ASKED)
def test_what_is_remembered_is_found(
    desk: Client, mara: Character, words: str, meant: set[str]
) -> None:
    for text in SAID.values():
        make_memory(mara, text)
    assert found(desk, "memories", "memory", words) == meant


def test_what_everybody_says_is_between_no_two_in_any_script(mara: Character) -> None:
    talk = make_conversation(make_channel())
    phrases = ["Zoë Müller", "alte Brücke", "红灯笼", "старую лодку", "old boat"]
    for name in ("Ann", "Bob", "Cy"):
        person = make_person(name)
        for text in SAID.values():
            make_message(talk, person, text, at=NOON)
    assert references.users(phrases, NOON) == dict.fromkeys(phrases, 3)
    assert references.users(["Zoe Muller"], NOON) == {"Zoe Muller": 3}
    nobody = references.users(["Müller Zoë", "gesperrt Brücke"], NOON)
    assert max(nobody.values()) < 2
