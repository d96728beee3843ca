"""Two bots at once, as while one takes over from another: all happens once all the same."""

from __future__ import annotations

import pytest

from conversations.models import Message, ScheduledEvent
from tests.discord.bots import BotProcess
from tests.discord.commanding import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def both(desk: Desk) -> tuple[BotProcess, BotProcess]:
    desk.open()
    return desk.bot, desk.bots.ready()


def settle(desk: Desk, *bots: BotProcess) -> None:
    """Wait until each bot has seen to all that was asked so far."""
    desk.ann.say(desk.general, "Good morning.")
    for bot in bots:
        bot.wait_until(Message.objects.filter(content="Good morning.").exists)
        assert bot.stop() == 0
        assert "failed on Discord" not in bot.said


def test_what_is_asked_of_two_bots_is_done_once(desk: Desk) -> None:
    bots = both(desk)
    for n in range(5):
        answer = desk.asks("remind", {"when": f"in {20 + n} minutes", "what": f"gull {n}"})
        assert answer.content.startswith("A reminder for Ann")
    settle(desk, *bots)
    told = ScheduledEvent.objects.filter(title__startswith="A reminder")
    assert sorted(told.values_list("context__what", flat=True)) == [f"gull {n}" for n in range(5)]


def test_a_button_is_pressed_once_before_two_bots(desk: Desk) -> None:
    bots = both(desk)
    for n in range(2):
        desk.asks("remind", {"when": f"in {20 + n} minutes", "what": f"gull {n}"})
    listed = desk.asks("reminders")
    desk.presses(listed, "Cancel 1")
    settle(desk, *bots)
    assert listed.content.startswith("That reminder is cancelled.")
    assert ScheduledEvent.objects.filter(status="pending").count() == 1
