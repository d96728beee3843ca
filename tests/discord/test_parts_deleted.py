"""A long line is several messages on Discord: what becomes of it when one of them is deleted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conversations.corrections import edit_message
from conversations.models import Channel, Message
from tests.builders import make_character, make_conversation, make_message
from tests.discord.bots import BotProcess, Bots
from tests.discord.server import Channel as Place
from tests.discord.server import DiscordServer, Guild
from tests.discord.server import Message as Shown

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "The tide comes in by the old pier. " * 150  # three messages there


@pytest.fixture
def harbour(discord_server: DiscordServer) -> Guild:
    return discord_server.add_guild("Harbour", members=["Ann"])


def say_much(bot: BotProcess, general: Place) -> tuple[Message, Callable[[], list[Shown]]]:
    """Have a character say something long, and wait until all of it stands there."""
    found = Channel.objects.filter(discord_id=general.id)
    bot.wait_until(found.exists)
    line = make_message(make_conversation(found.get()), make_character("Mara"), LONG)
    bot.wait_until(lambda: len(general.messages()) == 3)
    bot.wait_until(line.deliveries.filter(surface="discord", status="sent").exists)
    return line, lambda: list(general.messages())


def test_a_moderator_who_deletes_a_part_of_it_deletes_it(harbour: Guild, bots: Bots) -> None:
    general = harbour.channel("general")
    general.allow(harbour.owner, "manage_messages")
    bot = bots.ready()
    line, shown = say_much(bot, general)
    harbour.owner.delete(shown()[1])
    bot.wait_until(Message.objects.filter(pk=line.pk, deleted_at__isnull=False).exists)
    bot.wait_until(lambda: shown() == [])


def test_so_it_is_while_the_bot_is_away(harbour: Guild, bots: Bots) -> None:
    general = harbour.channel("general")
    bot = bots.ready()
    line, shown = say_much(bot, general)
    bot.kill()
    harbour.owner.delete(shown()[2])
    bot = bots.ready()
    bot.wait_until(Message.objects.filter(pk=line.pk, deleted_at__isnull=False).exists)
    bot.wait_until(lambda: shown() == [])


def test_what_is_shortened_here_stands_though_a_part_goes(harbour: Guild, bots: Bots) -> None:
    general, ann = harbour.channel("general"), harbour.person("Ann")
    bot = bots.ready()
    line, shown = say_much(bot, general)
    edit_message(line.pk, "The tide comes in.", longest=10_000)
    bot.wait_until(lambda: [one.content for one in shown()] == ["The tide comes in."])
    ann.say(general, "So it does.")  # comes after the deletions
    bot.wait_until(Message.objects.filter(content="So it does.").exists)
    line.refresh_from_db()
    assert line.deleted_at is None
