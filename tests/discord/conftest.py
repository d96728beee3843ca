"""Discord itself, stood in for over real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2 as httpx
import pytest
import redis
from discord.http import Route

from audit.configuration import configuration
from tests.builders import make_character
from tests.discord.bots import Bots, surroundings
from tests.discord.commanding import Desk
from tests.discord.nursery import Nursery
from tests.discord.realclient import RealClient, go_to
from tests.discord.sending import Stage
from tests.discord.server import DiscordServer, Guild, Webhook


@pytest.fixture
def discord_server() -> Iterator[DiscordServer]:
    """A Discord of this test's own. What a real one would have refused or resented fails the
    test, unless it looked at `violations` itself and emptied them."""
    with DiscordServer() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def real_client(discord_server: DiscordServer, monkeypatch: pytest.MonkeyPatch) -> RealClient:
    """discord.py's client, ready to be started against `discord_server`."""
    go_to(discord_server, monkeypatch)
    return RealClient(discord_server)


@pytest.fixture
def stage(
    discord_server: DiscordServer, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> Stage:
    """A place to send to."""
    monkeypatch.setattr(Route, "BASE", f"{discord_server.api_url}/v10")
    return Stage(discord_server)


@pytest.fixture
def guild(discord_server: DiscordServer) -> Guild:
    return discord_server.add_guild("Harbour", channels=["general", "art"], members=["Ann", "Bob"])


@pytest.fixture
def api(discord_server: DiscordServer) -> Iterator[httpx.Client]:
    """A client that does as the test says, however wrong."""
    headers = {"Authorization": f"Bot {discord_server.token}"}
    with httpx.Client(base_url=f"{discord_server.api_url}/v10", headers=headers) as client:
        yield client


@pytest.fixture
def webhook(guild: Guild, api: httpx.Client) -> Webhook:
    made = api.post(f"/channels/{guild.channel('general').id}/webhooks", json={"name": "Society"})
    return guild.server.world.webhooks[int(made.json()["id"])]


@pytest.fixture(scope="session")
def nursery(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    found = Nursery(tmp_path_factory.mktemp("nursery"), surroundings())
    yield found
    found.end()


@pytest.fixture
def bots(
    discord_server: DiscordServer, redis_client: redis.Redis, nursery: Nursery
) -> Iterator[Bots]:
    """Bots that listen everywhere."""
    configuration.set_value("discord_inbound", "new_channel_mode", "live")
    configuration.forget_cached()
    found = Bots(discord_server, nursery)
    yield found
    found.end_all()


@pytest.fixture
def desk(
    discord_server: DiscordServer, redis_client: redis.Redis, nursery: Nursery
) -> Iterator[Desk]:
    """A guild whose channels are picked, three characters, and a bot to be started by `open()`."""
    configuration.set_value("discord_inbound", "new_channel_mode", "quiet")
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    make_character("Mara", tagline="keeps the lighthouse", interests=("tides",))
    make_character("Odile")
    make_character("Tomas Brandt")
    bots = Bots(discord_server, nursery)
    yield Desk(discord_server, bots)
    bots.end_all()
