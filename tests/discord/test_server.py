"""The stand-in's gateway, driven by discord.py's own client."""

from __future__ import annotations

import asyncio
import datetime as dt
import json

import aiohttp
import discord

from tests.discord.realclient import RealClient, all_intents, go_to
from tests.discord.server import DiscordServer, Kind, Permission
from tests.discord.server.intents import Intent
from tests.patience import PATIENCE_S


def test_a_client_learns_who_and_what_is_there(guild, real_client):
    server = guild.server
    fans = guild.add_role("Fans", "KICK_MEMBERS", is_mentionable=True)
    ann = guild.person("Ann")
    ann.set_roles(guild, fans)
    ann.call_self(guild, "Annie")
    guild.add_channel("news", kind=Kind.NEWS, topic="What is new", is_nsfw=True)
    guild.channel("art").deny(server.bot, "SEND_MESSAGES")
    ann.start_thread(guild.channel("general"), "Nets")
    with real_client as real:
        found = real.client.get_guild(guild.id)
        assert found.name == "Harbour"
        assert {member.name for member in found.members} == {
            "ann", "bob", "fishbowl", "harbour_owner",
        }  # fmt: skip
        member = found.get_member(ann.id)
        assert (member.display_name, [role.name for role in member.roles]) == (
            "Annie",
            ["@everyone", "Fans"],
        )
        assert member.guild_permissions.kick_members
        assert [channel.name for channel in found.text_channels] == ["general", "art", "news"]
        assert found.text_channels[2].is_nsfw()
        assert not found.text_channels[1].permissions_for(found.me).send_messages
        assert found.text_channels[0].permissions_for(found.me).manage_webhooks
        assert [(thread.name, thread.owner_id) for thread in found.threads] == [("Nets", ann.id)]
        assert real.client.user.id == server.bot.id
        assert server.is_connected


def test_what_people_say_and_unsay_is_told(guild, real_client):
    server = guild.server
    general, ann, bob = guild.channel("general"), guild.person("Ann"), guild.person("Bob")
    with real_client as real:
        first = ann.say(general, f"{bob.mention} look", attachments=[("cat.png", b"PNG")])
        (seen,) = real.wait_for("message")
        assert (seen.id, seen.content, seen.author.id) == (first.id, first.content, ann.id)
        assert [person.id for person in seen.mentions] == [bob.id]
        assert seen.guild.id == guild.id
        assert real.do(seen.attachments[0].read()) == b"PNG"
        assert seen.attachments[0].content_type == "image/png"

        bob.say(general, "nice", reply_to=first)
        (answer,) = real.wait_for("message", 2)
        assert (answer.type, answer.reference.message_id) == (discord.MessageType.reply, first.id)
        assert answer.reference.resolved.content == first.content

        ann.edit(first, "look there")
        (edited,) = real.wait_for("raw_message_edit")
        assert (edited.message_id, edited.data["content"]) == (first.id, "look there")
        assert edited.data["edited_timestamp"]

        bob.react(first, "🐟")
        (added,) = real.wait_for("raw_reaction_add")
        assert (added.user_id, str(added.emoji), added.message_id) == (bob.id, "🐟", first.id)
        bob.unreact(first, "🐟")
        real.wait_for("raw_reaction_remove")

        ann.type_in(general)
        (where, who, _) = real.wait_for("typing")
        assert (where.id, who.id) == (general.id, ann.id)

        ann.delete(first)
        (deleted,) = real.wait_for("raw_message_delete")
        assert deleted.message_id == first.id
        some = [ann.say(general, text) for text in ("a", "b", "c")]
        guild.owner.delete(*some)
        (bulk,) = real.wait_for("raw_bulk_message_delete")
        assert bulk.message_ids == {message.id for message in some}
        assert [message.content for message in server.messages(general)] == ["nice"]


def test_direct_messages_come_without_a_server(guild, real_client):
    server = guild.server
    ann = guild.person("Ann")
    with real_client as real:
        private = ann.open_dm()
        ann.say(private, "a word")
        (seen,) = real.wait_for("message")
        assert (seen.guild, seen.content, seen.channel.id) == (None, "a word", private.id)
        real.do(seen.channel.send("yes?"))
        assert [message.content for message in server.messages(private)] == ["a word", "yes?"]
        assert real.do(real.do(real.client.fetch_user(ann.id)).create_dm()).id == private.id


def test_people_come_go_and_change(guild, real_client):
    ann = guild.person("Ann")
    with real_client as real:
        cleo = guild.add_member("Cleo")
        (joined,) = real.wait_for("member_join")
        assert (joined.id, joined.guild.id) == (cleo.id, guild.id)
        cleo.call_self(guild, "Captain")
        (before, after) = real.wait_for("member_update")
        assert (before.nick, after.nick) == (None, "Captain")
        ann.rename("Annabel")
        (_, after) = real.wait_for("user_update")
        assert after.global_name == "Annabel"
        cleo.leave(guild)
        (left,) = real.wait_for("raw_member_remove")
        assert left.user.id == cleo.id
        guild.ban(ann)
        (_, banned) = real.wait_for("member_ban")
        assert banned.id == ann.id
        guild.unban(ann)
        real.wait_for("member_unban")


def test_places_change(guild, real_client):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    with real_client as real:
        guild.add_channel("quay")
        (made,) = real.wait_for("guild_channel_create")
        assert made.name == "quay"
        general.rename("plaza")
        (_, after) = real.wait_for("guild_channel_update")
        assert after.name == "plaza"
        thread = ann.start_thread(general, "Nets", on=ann.say(general, "my nets"))
        (begun,) = real.wait_for("thread_create")
        assert (begun.id, begun.parent_id, begun.name) == (thread.id, general.id, "Nets")
        ann.say(thread, "torn")
        assert real.wait_for("message", 2)[0].channel.id == thread.id
        thread.change(is_archived=True)
        (_, archived) = real.wait_for("thread_update")
        assert archived.archived
        general.delete()
        (gone,) = real.wait_for("guild_channel_delete")
        assert gone.id == general.id
        assert server.world.channels.get(thread.id) is None
        guild.rename("Port")
        (_, renamed) = real.wait_for("guild_update")
        assert renamed.name == "Port"
        other = server.add_guild("Island", members=["Dee"])
        (arrived,) = real.wait_for("guild_join")
        assert (arrived.id, len(arrived.members)) == (other.id, 3)
        other.kick(server.bot)
        (lost,) = real.wait_for("guild_remove")
        assert lost.id == other.id
        guild.set_available(False)
        real.wait_for("guild_unavailable")
        guild.set_available(True)
        real.wait_for("guild_available")


def test_a_channel_the_bot_may_not_see_is_silent(guild, real_client):
    server = guild.server
    general, art, ann = guild.channel("general"), guild.channel("art"), guild.person("Ann")
    with real_client as real:
        general.deny(server.bot, "VIEW_CHANNEL")
        ann.say(general, "in secret")
        ann.say(art, "aloud")
        assert real.wait_for("message")[0].content == "aloud"
        general.restore(server.bot)
        ann.say(general, "again")
        assert real.wait_for("message", 2)[0].content == "again"


def test_without_the_content_intent_only_what_is_meant_for_the_bot_is_read(guild, monkeypatch):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    go_to(server, monkeypatch)
    server.grant_intents("guild_members")
    intents = all_intents()
    intents.message_content = False
    with RealClient(server, intents=intents) as real:
        ann.say(general, "not for you", attachments=[("a.txt", b"x")])
        (seen,) = real.wait_for("message")
        assert (seen.content, seen.attachments) == ("", [])
        ann.say(general, f"{server.bot.mention} for you")
        assert "for you" in real.wait_for("message", 2)[0].content
        ann.say(ann.open_dm(), "in private")
        assert real.wait_for("message", 3)[0].content == "in private"
        page = real.all_of(real.channel(general).history(oldest_first=True))
        assert [message.content for message in page] == ["", f"{server.bot.mention} for you"]


def test_without_the_members_intent_nobody_is_announced(guild, monkeypatch):
    server = guild.server
    go_to(server, monkeypatch)
    intents = discord.Intents.default()
    with RealClient(server, intents=intents) as real:
        assert [member.id for member in real.client.get_guild(guild.id).members] == [server.bot.id]
        guild.add_member("Cleo")
        guild.person("Ann").say(guild.channel("general"), "hello")
        real.wait_for("message")
        assert real.events("member_join") == []


def test_presence_is_noted(guild, real_client):
    server = guild.server
    with real_client as real:
        activity = discord.Activity(type=discord.ActivityType.watching, name="the tank")
        real.do(real.client.change_presence(activity=activity, status=discord.Status.idle))
        presence = server.wait_for(lambda: server.presence)
        assert presence["status"] == "idle"
        assert presence["activities"][0]["name"] == "the tank"


def test_events_may_be_doubled_shuffled_dropped_and_spoilt(guild, real_client):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    with real_client as real:
        server.faults.duplicate_events = True
        ann.say(general, "twice")
        real.wait_for("message", 2)
        server.faults.duplicate_events = False
        server.faults.reorder_within_s = 0.1
        sent = [ann.say(general, str(number)).content for number in range(10)]
        real.wait_for("message", 12)
        came = [message.content for (message,) in real.events("message")[2:]]
        assert sorted(came) == sent
        assert came != sent
        server.faults.reorder_within_s = 0.0
        server.faults.drop_events("MESSAGE_CREATE")
        ann.say(general, "lost")
        ann.say(general, "found")
        assert real.wait_for("message", 13)[0].content == "found"


def test_a_spoilt_event_stands_between_two_good_ones(guild):
    """The library falls over it; what comes after is what a bot must get to."""
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")

    async def listen() -> list[dict]:
        async with aiohttp.ClientSession() as session:
            url = f"{server.gateway_url}?v=10&encoding=json"
            async with session.ws_connect(url) as socket:
                await socket.receive_json()
                await socket.send_json(_identify(server))
                await _until(socket, "GUILD_CREATE")
                server.faults.poison("MESSAGE_CREATE")
                for text in ("spoilt", "good"):
                    ann.say(general, text)
                return [await _until(socket, "MESSAGE_CREATE") for _ in range(2)]

    spoilt, good = asyncio.run(listen())
    assert (spoilt["content"], spoilt["author"], good["content"]) == (None, None, "good")
    assert spoilt["id"].isdigit()


def _identify(server: DiscordServer, **fields) -> dict:
    properties = {"os": "linux", "browser": "test", "device": "test"}
    intents = int(Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.MESSAGE_CONTENT)
    return {
        "op": 2,
        "d": {"token": server.token, "properties": properties, "intents": intents} | fields,
    }


async def _until(socket: aiohttp.ClientWebSocketResponse, name: str) -> dict:
    while True:
        payload = json.loads((await socket.receive(timeout=PATIENCE_S)).data)
        if payload["t"] == name:
            return payload["d"]


def test_the_past_is_only_in_the_history(guild, real_client):
    general, ann = guild.channel("general"), guild.person("Ann")
    with real_client as real:
        now = dt.datetime.now(dt.UTC)
        ann.say(general, "now")
        old = ann.say(general, "then", at=now - dt.timedelta(days=3))
        assert abs(old.created_at - (now - dt.timedelta(days=3))) < dt.timedelta(seconds=1)
        real.wait_for("message")
        page = real.all_of(real.channel(general).history(oldest_first=True))
        assert [message.content for message in page] == ["then", "now"]
        assert len(real.events("message")) == 1


def test_permissions_and_intents_have_discords_own_bits():
    for permission in Permission:
        assert discord.Permissions.VALID_FLAGS[permission.name.lower()] == permission
    for intent in set(Intent):
        assert intent in discord.Intents.VALID_FLAGS.values(), intent.name
