"""What of a talk anybody may hear of who wasn't there."""

from __future__ import annotations

import pytest

from characters.models import Character, Person
from conversations.afterwards import openness
from conversations.models import Message, Turn, TurnMemory
from memories.models import Memory
from memories.models.memory import Visibility
from tests.builders import (
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_turn,
)

pytestmark = pytest.mark.django_db
BEES = "Ben keeps his bees on the chapel roof."


def test_what_is_said_again_of_what_is_not_for_everybody_is_not() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    talk = make_conversation()
    kept = make_memory(mara, BEES, visibility=Visibility.INTIMATE)
    known = make_memory(mara, "The mill burnt down in the night.", visibility=Visibility.PUBLIC)

    def says(text: str, *in_mind: Memory) -> Message:
        turn = make_turn(talk, mara, status=Turn.Status.DONE)
        for rank, memory in enumerate(in_mind, 1):
            TurnMemory.objects.create(turn=turn, memory=memory, rank=rank, score=1.0)
        return make_message(talk, mara, text, turn=turn)

    said = [
        says("The bees are on the chapel roof: Ben keeps them.", kept, known),
        says("What a grey day it is.", kept),
        says("The mill burnt down in the night.", known, kept),
        make_message(talk, ann, "Between us, I paint at night."),
        make_message(talk, ann, "The ferry was late."),
    ]
    heard = [openness.of_message(one) for one in said]
    open_to_all = openness.for_all(heard)
    assert open_to_all == {said[at].number for at in (1, 2, 4)}


def test_a_person_and_a_character_of_one_number_are_two() -> None:
    number = 77_001
    mara = Character.objects.create(pk=number, name="Mara", slug="mara")
    ann = Person.objects.create(pk=number, username="ann")
    talk = make_conversation()
    lines = [
        openness.of_message(make_message(talk, who, text))
        for who, text in ((ann, "I smoke on the roof."), (mara, "Please don't tell anyone."))
    ]
    assert openness.for_all(lines) == {lines[0].number}  # her plea covers nothing of another's
