"""On a machine whose clock is not Discord's, what was edited is as old as it is."""

from __future__ import annotations

import pytest
from django.utils import timezone

from conversations.models import Message, MessageEdit
from tests.discord.bots import Bots
from tests.discord.server import DiscordServer, Guild

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def harbour(discord_server: DiscordServer) -> Guild:
    return discord_server.add_guild("Harbour", channels=["general"], members=["Ann"])


def says() -> str:
    return Message.objects.get(person__isnull=False).content


@pytest.mark.parametrize("minutes", [-15, 15])
def test_an_edit_is_as_old_as_it_is_and_known_again(
    discord_server: DiscordServer, harbour: Guild, bots: Bots, minutes: int
) -> None:
    discord_server.ids.clock_off_s = minutes * 60.0
    bot, ann = bots.ready(), harbour.person("Ann")
    message = ann.say(harbour.channel("general"), "The ferry is late.")
    bot.wait_until(Message.objects.filter(person__isnull=False).exists)
    for text in ("The ferry is here.", "The ferry has gone."):
        ann.edit(message, text)
        bot.wait_until(lambda text=text: says() == text)
    for edit in MessageEdit.objects.all():
        assert abs((timezone.now() - edit.edited_at).total_seconds()) < 30
    assert bot.stop() == 0
    ann.edit(message, "The ferry has sunk.")  # while nobody listened
    bot = bots.ready()
    bot.wait_until(lambda: says() == "The ferry has sunk.")
    assert abs((timezone.now() - MessageEdit.objects.latest("pk").edited_at).total_seconds()) < 60
    assert MessageEdit.objects.count() == 3
