"""What hangs together with what comes to mind: a character that knows that something is over, or
why it is so, says that."""

from __future__ import annotations

import pytest

from characters.models import Character, Person
from conversations.models import Channel, Message, TurnMemory
from conversations.turns.briefing import load_brief
from conversations.turns.prompts import build
from memories.models import Memory, MemoryLink
from tests.builders import make_channel, make_person
from tests.conversations.lantern import ask, part, restart

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


def tell(channel: Channel, person: Person, *told: str) -> None:
    """Say these things, each in a talk of its own, a day apart, and be remembered."""
    for day, text in enumerate(told):
        ask(channel, person, text, day)
        part(channel, day)
    restart()


def mind(answer: Message, channel: Channel) -> str:
    """What the prompt of an answer says that came to mind."""
    assert answer.turn is not None
    brief, _ = load_brief(answer.turn, channel, answer.created_at)
    thoughts = build(brief).messages[1].content
    return thoughts[thoughts.find("What comes to your mind") : thoughts.find("mind>>")]


@pytest.fixture
def moved(lantern: Channel, ada: Person) -> None:
    tell(
        lantern, ada,
        "Mara, I live in Bergen, by the old harbour.",
        "Mara, I live in Oslo now, in a flat with a view.",
        "Mara, I'm allergic to walnuts, so no cake for me.",
        "Mara, I lost my boat in the big storm off the skerries.",
        "Mara, my sister Ana keeps bees on a roof in Lisbon.",
        "Mara, what was that about the storm?",
    )  # fmt: skip


@pytest.mark.usefixtures("moved")
def test_what_is_over_is_not_told_as_if_it_were_so(lantern: Channel, ada: Person) -> None:
    answer = ask(lantern, ada, "Mara, what was it about Bergen?", 10)
    assert "Oslo" in answer.content
    assert "Bergen" not in answer.content
    used = TurnMemory.objects.filter(turn=answer.turn, memory__content__contains="lives in Oslo")
    assert used.get().parts == {"linked": 1.0}, "erasure and secrecy go by what was called to mind"
    memory = "Ada lives in Bergen, by the old harbour. (Ada told you, on 4 March; "
    assert f"{memory}since then: Ada lives in Oslo now, in a flat with a view.)" in mind(
        answer, lantern
    )
    part(lantern, 10)
    answer = ask(lantern, ada, "Mara, where do I live, in Bergen by the harbour?", 11)
    assert "Oslo" in answer.content
    assert f"{memory}said otherwise since)" in mind(answer, lantern), "nothing is said twice"


@pytest.mark.usefixtures("moved")
def test_how_it_was_before_is_told_where_that_is_asked(lantern: Channel, ada: Person) -> None:
    answer = ask(lantern, ada, "Mara, where in Bergen did I live before?", 10)
    assert "Bergen" in answer.content


@pytest.mark.usefixtures("moved")
def test_who_moves_back_lives_there_again(lantern: Channel, ada: Person) -> None:
    ask(lantern, ada, "Mara, I live in Bergen again, by the old harbour.", 10)
    part(lantern, 10)
    answer = ask(lantern, ada, "Mara, do I live in Oslo?", 20)
    assert "Bergen" in answer.content
    assert "Oslo" not in answer.content


def test_the_reason_is_told_to_who_asks_why(lantern: Channel, ada: Person) -> None:
    tell(
        lantern, ada,
        "Mara, I lost my boat in the big storm off the skerries.",
        "Mara, I am sad because I lost my boat in the big storm.",
    )  # fmt: skip
    caused = MemoryLink.objects.get(link_type="causes")
    assert caused.from_memory.content.startswith("Ada lost their boat")
    answer = ask(lantern, ada, "Mara, why am I sad?", 10)
    assert "skerries" in answer.content


def test_what_was_confided_since_is_for_nobody_else(
    lantern: Channel, ada: Person, mara: Character
) -> None:
    tell(
        lantern, ada,
        "Mara, I live in Bergen, by the old harbour.",
        "Mara, between you and me, I live in Oslo now, with Erik. Tell nobody.",
    )  # fmt: skip
    assert MemoryLink.objects.filter(link_type="supersedes", from_memory__owner=mara).exists()
    assert Memory.objects.filter(owner=mara, content__contains="Oslo").exists()
    quay = make_channel("the-quay", residents=(mara,))
    answer = ask(quay, make_person("Theo"), "Mara, what did Ada say about Bergen?", 10)
    assert "Oslo" not in answer.content
    assert answer.turn is not None
    brief, _ = load_brief(answer.turn, quay, answer.created_at)
    assert "Oslo" not in repr(brief)
