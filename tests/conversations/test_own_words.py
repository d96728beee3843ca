"""What a character has said of its material, and when, is before its mind as it speaks."""

from __future__ import annotations

import datetime as dt

import pytest

from characters.models import MaterialUse
from conversations.turns import briefing
from tests.builders import NOON, make_channel, make_character, make_conversation, make_turn

pytestmark = pytest.mark.django_db


def test_what_a_character_said_and_when_is_before_its_mind() -> None:
    ada, room = make_character("Ada"), make_channel("quay")
    bo = make_character("Bo")
    for one, key, hours in ((ada, "farewell/0", 30), (ada, "farewell/1", 2), (bo, "farewell/2", 1)):
        at = NOON - dt.timedelta(hours=hours)
        MaterialUse.objects.create(character=one, key=key, used_count=3, last_used_at=at)
    talk = make_conversation(room)
    turn = make_turn(talk, ada, move="open")
    brief, _ = briefing.load_brief(turn, room, NOON)
    assert brief.own_ago == {"farewell/0": 30.0, "farewell/1": 2.0}
    assert brief.spent == {"farewell/0": 3, "farewell/1": 3}
