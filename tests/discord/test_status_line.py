"""What stands under the bot's name."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.configuration.configuration import pause_society
from characters.services import pause_character
from conversations.discord.status_line import told
from tests.builders import NOON, make_character

pytestmark = pytest.mark.django_db


def test_it_says_who_is_awake_and_that_all_rests() -> None:
    assert told(NOON).text == "Nobody lives here yet"
    early = {"active_hours_start": dt.time(5), "active_hours_end": dt.time(9), "timezone": "UTC"}
    make_character("Ada", **early)
    assert (told(NOON).text, told(NOON).is_idle) == ("Everybody is asleep", True)
    bram, _ = make_character("Bram"), make_character("Cleo")
    assert (told(NOON).text, told(NOON).is_idle) == ("2 of 3 are awake", False)
    pause_character(bram)
    assert told(NOON).text == "1 of 2 are awake"
    pause_society(True)
    assert (told(NOON).text, told(NOON).is_idle) == ("Everything is paused", True)
