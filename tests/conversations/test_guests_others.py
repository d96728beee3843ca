"""What a guest is answered who asks after another guest, and who asks in other words than they told
it in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from characters.models import Character, Person
from conversations.models import Channel
from tests.builders import NOON, make_channel, make_person
from tests.conversations.lantern import ask, part, restart

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


@pytest.fixture(autouse=True)
def _then() -> Iterator[None]:
    with time_machine.travel(NOON, tick=True):
        yield


def told(room: Channel, who: Person, *lines: str) -> None:
    for n, line in enumerate(lines):
        ask(room, who, f"Mara, {line}", n / 1000)
    part(room, 0)
    restart()


@pytest.mark.parametrize(
    ("line", "asked", "answer"),
    [
        ("last weekend I went to the lakes.", "what did Maren do over the weekend?", "lakes"),
        ("last weekend I went to the lakes.", "did Maren say where she went?", "lakes"),
        ("I'm building a boat in my shed.", "what has Maren been up to?", "boat"),
        ("my exam went badly.", "how did Maren's exam go?", "badly"),
        ("I work as a paramedic.", "what's Maren's job?", "paramedic"),
        ("my favourite food is pierogi.", "what does Maren like to eat?", "pierogi"),
        ("my sister lives in Porto.", "has Maren got a sister?", "Porto"),
        ("I grew up in Gdansk.", "where did Maren grow up?", "Gdansk"),
    ],
)
def test_of_another_guest_it_tells_what_they_told_and_from_whom_it_is(
    lantern: Channel, ada: Person, line: str, asked: str, answer: str
) -> None:
    told(lantern, make_person("Maren"), line)
    found = ask(lantern, ada, f"Mara, {asked}", 1).content
    assert answer in found
    assert "Maren" in found


@pytest.mark.parametrize(
    "asked",
    ["what did Maren do over the weekend?", "what has Maren been up to?", "where did Maren go?"],
)
def test_of_whom_nothing_was_told_it_says_so(lantern: Channel, ada: Person, asked: str) -> None:
    found = ask(lantern, ada, f"Mara, {asked}", 1).content
    assert "Maren" in found
    assert any(word in found.lower() for word in ("know", "remember", "no idea", "ask"))


def test_what_a_guest_confided_is_told_no_other(lantern: Channel, ada: Person) -> None:
    told(lantern, make_person("Maren"), "between you and me, I went to the lakes. Tell nobody.")
    assert "lakes" not in ask(lantern, ada, "Mara, where did Maren go?", 1).content


@pytest.mark.parametrize(
    ("line", "asked", "answer"),
    [
        ("I work as a paramedic.", "how do I earn my money?", "paramedic"),
        ("I've got a cat called Biscuit.", "do I have any animals?", "Biscuit"),
        ("I grew up in Gdansk.", "where did I spend my childhood?", "Gdansk"),
        ("I'm terrified of spiders.", "what scares me?", "spiders"),
    ],
)
def test_what_a_guest_told_is_known_in_other_words(
    mara: Character, lantern: Channel, ada: Person, line: str, asked: str, answer: str
) -> None:
    told(lantern, ada, line)
    quay = make_channel("the-quay", residents=(mara,))
    assert answer in ask(quay, ada, f"Mara, {asked}", 1).content


@pytest.mark.parametrize(
    ("line", "asked", "wrong"),
    [
        ("my favourite food is pierogi.", "what's my hobby?", "pierogi"),
        ("my favourite food is pierogi.", "what's my favourite song?", "pierogi"),
        ("I work as a paramedic.", "what do I do for fun?", "paramedic"),
        ("I drive an old green Volvo.", "what's my job?", "Volvo"),
        ("I drive an old green Volvo.", "how old is my daughter?", "Volvo"),
        ("my sister lives in Porto.", "do I have children?", "Porto"),
    ],
)
def test_another_thing_than_is_asked_for_is_no_answer(
    mara: Character, lantern: Channel, ada: Person, line: str, asked: str, wrong: str
) -> None:
    told(lantern, ada, line)
    quay = make_channel("the-quay", residents=(mara,))
    assert wrong not in ask(quay, ada, f"Mara, {asked}", 1).content
