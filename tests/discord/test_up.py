"""The whole society with a bot: `manage.py up`, and people who talk with it on Discord."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil
import pytest

from tests.discord.server import DiscordServer, Guild
from tests.faults.society import Society
from tests.patience import PATIENCE_S

BOT = "fishbowl.processes bot"


@pytest.fixture
def harbour(discord_server: DiscordServer) -> Guild:
    return discord_server.add_guild("Harbour", members=["Ann"])


@pytest.fixture
def society(
    discord_server: DiscordServer, harbour: Guild, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Society]:
    found = Society(tmp_path_factory.mktemp("society") / "var", **discord_server.environment())
    try:
        yield found
    finally:
        found.copy.kill_all()


def pick(society: Society, guild: Guild) -> str:
    """Have the characters live in the guild's channels. Returns the name of one of them."""
    known = "SELECT count(*) FROM conversations_channel WHERE discord_id IS NOT NULL"
    society.wait_until(lambda: society.value(known), 20, "the channels aren't known")
    with society.connect() as session:
        session.execute(
            "UPDATE conversations_channel SET mode = 'live' WHERE discord_id IS NOT NULL"
        )
    return str(society.value("SELECT name FROM characters_character ORDER BY id LIMIT 1"))


def test_a_person_is_answered_on_discord(
    society: Society, discord_server: DiscordServer, harbour: Guild
) -> None:
    said = society.copy.up()
    assert "web, worker, beat and bot run" in said
    discord_server.wait_connected()
    name = pick(society, harbour)
    general, ann = harbour.channel("general"), harbour.person("Ann")
    ann.say(general, f"{name.split()[0]}, how was your day?")
    discord_server.wait_for(
        lambda: discord_server.webhook_messages(general), 40, "nobody answers on Discord"
    )

    (bot,) = society.copy.named(BOT)
    bot.kill()
    psutil.wait_procs([bot], timeout=PATIENCE_S)
    discord_server.wait_for(lambda: not discord_server.is_connected)
    asked = ann.say(general, f"{name.split()[0]}, are you still there?")
    heard = "SELECT count(*) FROM conversations_message WHERE discord_message_id = %s"
    society.wait_until(lambda: society.value(heard, asked.id), 40, "not caught up with")
    answered = """
        SELECT count(*) FROM conversations_message WHERE reply_to_id =
          (SELECT id FROM conversations_message WHERE discord_message_id = %s)
    """
    society.wait_until(lambda: society.value(answered, asked.id), 40, "not answered")


def test_a_token_that_is_refused_is_asked_once_and_told_at_the_terminal(
    society: Society, discord_server: DiscordServer
) -> None:
    society.copy.env["DISCORD_TOKEN"] = "never.heard.of"
    society.copy.up()
    society.copy.wait(lambda: "Reset Token" in society.copy.said)
    asked = len(discord_server.requests)
    assert asked == 1
    (bot,) = society.copy.named(BOT)
    # The supervisor starts again at once what has ended.
    society.wait_until(lambda: time.time() - bot.create_time() > 12, PATIENCE_S)
    assert [one.pid for one in society.copy.named(BOT)] == [bot.pid]
    assert len(discord_server.requests) == asked
    assert society.copy.end() == 0
    society.copy.require_nothing_left()
    discord_server.violations.clear()  # the stand-in notes a wrong token
