"""The stand-in's sessions: refused, broken off, resumed, begun anew."""

from __future__ import annotations

import asyncio
import contextlib
import json

import aiohttp
import discord
import pytest

from tests.discord.realclient import RealClient, go_to
from tests.discord.server import DiscordServer


def test_an_intent_that_is_not_granted_ends_the_connection(guild, real_client):
    server = guild.server
    server.grant_intents()
    real_client.start()
    failure = real_client.wait_for_end()
    assert isinstance(failure, discord.PrivilegedIntentsRequired)


def test_a_wrong_token_is_refused(guild, real_client):
    server = guild.server
    server.token = "another"
    real_client.server = DiscordServer()  # whose token it goes by
    real_client.start()
    assert isinstance(real_client.wait_for_end(), discord.LoginFailure)


def test_a_token_that_is_revoked_ends_it(guild, real_client):
    server = guild.server
    with real_client as real:
        server.revoke_token()
        failure = real.wait_for_end()
    assert isinstance(failure, discord.ConnectionClosed)
    assert failure.code == 4004


@pytest.mark.parametrize("code", [None, 1000, 1012, 4000])
def test_what_was_missed_is_replayed_on_resuming(guild, real_client, code):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    with real_client as real:
        ann.say(general, "before")
        real.wait_for("message")
        server.disconnect(code)
        for number in range(3):
            ann.say(general, f"meanwhile {number}")
        real.wait_for("resumed")
        ann.say(general, "after")
        real.wait_for("message", 5)
        said = [message.content for (message,) in real.events("message")]
        assert said == ["before", "meanwhile 0", "meanwhile 1", "meanwhile 2", "after"]
        assert server.gateway.identified == 1


@pytest.mark.parametrize("resumable", [True, False])
def test_an_invalid_session_is_resumed_or_begun_anew(guild, real_client, resumable):
    server = guild.server
    with real_client as real:
        server.invalidate_sessions(resumable=resumable)
        real.wait_for("resumed" if resumable else "ready", 1 if resumable else 2)
        assert server.gateway.identified == (1 if resumable else 2)


def test_it_can_be_asked_to_reconnect(guild, real_client):
    server = guild.server
    with real_client as real:
        server.ask_to_reconnect()
        real.wait_for("resumed")


@pytest.mark.parametrize("code", [4007, 4009])
def test_a_session_that_is_gone_is_not_resumed(guild, real_client, code):
    server = guild.server
    with real_client as real:
        server.disconnect(code)
        real.wait_for("ready", 2)
        assert real.events("resumed") == []


def test_after_an_outage_a_client_comes_back(guild, real_client):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    with real_client as real:
        with server.outage():
            real.wait_for("disconnect")
            ann.say(general, "nobody hears")
            with pytest.raises(aiohttp.ClientConnectorError):
                real.do(real.client.fetch_user(ann.id))
        real.wait_for("ready", 2)
        page = real.all_of(real.channel(general).history())
        assert [message.content for message in page] == ["nobody hears"]


def test_a_gateway_that_answers_no_heartbeat_is_left(monkeypatch):
    with DiscordServer(heartbeat_interval_s=0.2) as server:
        server.add_guild("Harbour")
        go_to(server, monkeypatch)
        with RealClient(server, heartbeat_timeout=0.5) as real:
            server.faults.heartbeats_unanswered = True
            real.wait_for("disconnect")
            server.faults.heartbeats_unanswered = False
            server.wait_connected()


def test_each_shard_hears_of_its_own_servers(guild, monkeypatch):
    server = guild.server
    guilds = [guild]
    while len({guild.shard(2) for guild in guilds}) < 2:
        guilds.append(server.add_guild("Another", guild_id=guilds[-1].id + (1 << 22)))
    go_to(server, monkeypatch)
    with RealClient(server, shard_count=2) as real:
        server.wait_connected(shards=2)
        assert {guild.id for guild in real.client.guilds} == {guild.id for guild in guilds}
        for guild in guilds:
            assert real.client.get_guild(guild.id).shard_id == guild.shard(2)
            guild.owner.say(guild.channel("general"), guild.name)
        real.wait_for("message", len(guilds))
        private = guilds[-1].owner.open_dm()
        guilds[-1].owner.say(private, "psst")
        assert real.wait_for("message", len(guilds) + 1)[0].content == "psst"


def test_too_few_shards_are_refused(guild, real_client):
    server = guild.server
    server.least_shards = 2
    real_client.start()
    failure = real_client.wait_for_end()
    assert isinstance(failure, discord.ConnectionClosed)
    assert failure.code == 4011
    assert server.violations.pop().startswith("gateway: 4011")


@pytest.mark.parametrize(
    ("payloads", "code"),
    [
        ([{"op": 3, "d": {}}], 4003),
        (["{not json"], 4002),
        ([{"op": 2, "d": {"token": "wrong", "properties": {}, "intents": 1}}], 4004),
        ([{"op": 2, "d": {"token": None, "properties": {}, "intents": 1 << 40}}], 4013),
        ([{"op": 2, "d": {"token": None, "properties": {}, "intents": 1, "shard": [2, 2]}}], 4010),
        ([{"op": 2, "d": {"token": None, "properties": {}, "intents": 1}}] * 2, 4005),
        ([{"op": 2, "d": {"token": None, "properties": {}, "intents": 1}}, {"op": 77}], 4001),
        ([{"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}], 4004),
        ([{"op": 1, "d": None}] * 121, 4008),
        ([{"op": 1, "d": "x" * 5000}], 4002),
    ],
)
def test_each_mistake_at_the_gateway_has_its_close_code(guild, payloads, code):
    server = guild.server

    async def go_wrong() -> int | None:
        url = f"{server.gateway_url}?v=10&encoding=json"
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            with contextlib.suppress(ConnectionError):  # it may be over before all is said
                for payload in payloads:
                    await socket.send_str(payload if isinstance(payload, str) else _filled(payload))
            async for _ in socket:
                pass
            return socket.close_code

    def _filled(payload: dict) -> str:
        return json.dumps(payload).replace('"token": null', f'"token": "{server.token}"')

    assert asyncio.run(go_wrong()) == code
    if code != 4004:
        assert server.violations.pop().startswith(f"gateway: {code}")
