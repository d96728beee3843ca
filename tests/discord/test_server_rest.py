"""The stand-in's HTTP API: by discord.py where it can go right, by hand where it must go wrong."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import discord
import httpx2 as httpx
import pytest

from tests.discord.realclient import NOBODY, RealClient
from tests.discord.server import JSON_WITH_CHARSET, Kind

NONE = {"parse": []}


def test_the_bot_posts_edits_and_deletes(guild, real_client):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    with real_client as real:
        room = real.channel(general)
        asked = ann.say(general, "hello?")
        (seen,) = real.wait_for("message")
        answer = real.do(seen.reply("hello!", mention_author=True))
        (shown,) = server.messages(general)[1:]
        assert (shown.content, shown.reply_to, shown.mentions) == ("hello!", asked, [ann])
        real.do(answer.edit(content="good day"))
        assert (shown.content, shown.edits) == ("good day", ["hello!"])
        file = discord.File(__file__, filename="notes.txt")
        embed = discord.Embed(title="A tide table", description="High at four").add_field(
            name="Low", value="ten"
        )
        with_file = real.do(room.send("look", file=file, embed=embed))
        shown = server.messages(general)[-1]
        assert [one.filename for one in shown.attachments] == ["notes.txt"]
        assert shown.embeds[0]["fields"] == [{"name": "Low", "value": "ten", "inline": True}]
        assert real.do(with_file.attachments[0].read()) == shown.attachments[0].data
        real.do(answer.delete())
        real.do(with_file.add_reaction("🐟"))
        assert shown.reactions == {"🐟": [server.bot]}
        assert len(real.all_of(real.do(room.fetch_message(shown.id)).reactions[0].users())) == 1
        real.do(with_file.remove_reaction("🐟", real.client.user))
        real.do(room.delete_messages([discord.Object(asked.id), with_file]))
        assert server.messages(general) == []
        real.do(room.typing().__aenter__())
        assert [one.channel for one in server.typing] == [general]


def test_history_is_read_in_pages(guild, real_client):
    general, ann = guild.channel("general"), guild.person("Ann")
    now = dt.datetime.now(dt.UTC)
    said = [ann.say(general, str(n), at=now - dt.timedelta(minutes=300 - n)) for n in range(250)]
    with real_client as real:
        room = real.channel(general)

        def page(**options: Any) -> list[str]:
            return [message.content for message in real.all_of(room.history(**options))]

        assert page(limit=3) == ["249", "248", "247"]
        assert page(limit=None, oldest_first=True) == [message.content for message in said]
        assert page(after=said[247]) == ["248", "249"]
        assert page(before=said[2]) == ["1", "0"]
        assert page(around=said[100], limit=3) == ["101", "100", "99"]
        general.deny(guild.server.bot, "READ_MESSAGE_HISTORY")
        assert page() == []
        with pytest.raises(discord.Forbidden):
            real.do(room.fetch_message(said[0].id))


def test_a_nonce_is_posted_once(guild, real_client):
    general = guild.channel("general")
    with real_client as real:
        room = real.channel(general)
        first, again = (real.do(room.send("once", nonce="part-1")) for _ in range(2))
        assert first.id == again.id
        other = real.do(room.send("once", nonce="part-2"))
        assert other.id != first.id
        assert [message.content for message in guild.server.messages(general)] == ["once", "once"]
        assert str(real.wait_for("message")[0].nonce) == "part-1"


def test_a_webhook_speaks_under_any_name(guild, real_client):
    server, general = guild.server, guild.channel("general")
    with real_client as real:
        webhook = real.do(real.channel(general).create_webhook(name="Society"))
        options = {"wait": True, "allowed_mentions": NOBODY}
        spoken = real.do(
            webhook.send("ahoy", username="Mara", avatar_url="http://a.test/m.png", **options)
        )
        (shown,) = server.webhook_messages(general)
        assert (shown.author_name, shown.avatar_url, shown.content) == (
            "Mara",
            "http://a.test/m.png",
            "ahoy",
        )
        (heard,) = real.wait_for("message")
        assert (heard.webhook_id, heard.author.name, heard.author.bot) == (webhook.id, "Mara", True)
        assert heard.application_id == server.application_id
        real.do(spoken.edit(content="ahoy there"))
        assert shown.content == "ahoy there"
        assert real.do(webhook.fetch_message(spoken.id)).content == "ahoy there"
        assert real.do(webhook.send("and", username="Ada", allowed_mentions=NOBODY)) is None
        real.do(spoken.delete())
        assert [message.author_name for message in server.messages(general)] == ["Ada"]

        thread = guild.person("Ann").start_thread(general, "Nets")
        within = real.do(webhook.send("torn", thread=discord.Object(thread.id), **options))
        assert [message.content for message in server.messages(thread)] == ["torn"]
        real.do(webhook.edit_message(within.id, content="mended", thread=discord.Object(thread.id)))
        with pytest.raises(discord.NotFound):
            real.do(webhook.fetch_message(within.id))  # it stands in the thread

        assert [one.id for one in real.do(real.channel(general).webhooks())] == [webhook.id]
        assert real.do(real.do(real.client.fetch_webhook(webhook.id)).edit(name="Circle"))
        server.world.webhooks[webhook.id].delete()
        with pytest.raises(discord.NotFound) as refused:
            real.do(webhook.send("anybody?", allowed_mentions=NOBODY))
        assert refused.value.code == 10015


def test_another_bots_webhook_hides_its_token(guild, real_client):
    server, general = guild.server, guild.channel("general")
    feed = server.add_person("Feed", is_bot=True)
    theirs = general.add_webhook("News", by=feed)
    theirs.application_id = feed.id
    with real_client as real:
        (found,) = real.do(real.channel(general).webhooks())
        assert (found.name, found.token, found.user.id) == ("News", None, feed.id)
        theirs.say("Rain tomorrow.", username="Weather")
        (heard,) = real.wait_for("message")
        assert (heard.webhook_id, heard.author.name) == (theirs.id, "Weather")
        assert server.webhook_messages(general) == []


def test_a_channel_takes_fifteen_webhooks(guild, api):
    guild.server.limits.is_on = False
    path = f"/channels/{guild.channel('general').id}/webhooks"
    for number in range(15):
        assert api.post(path, json={"name": f"W{number}"}).status_code == 200
    refused = api.post(path, json={"name": "one more"})
    assert (refused.status_code, refused.json()["code"]) == (400, 30007)


@pytest.mark.parametrize(
    ("lost", "method", "path", "body", "code"),
    [
        ("VIEW_CHANNEL", "GET", "/channels/{c}", None, 50001),
        ("VIEW_CHANNEL", "GET", "/channels/{c}/messages", None, 50001),
        ("SEND_MESSAGES", "POST", "/channels/{c}/messages", {"content": "x"}, 50013),
        ("SEND_MESSAGES", "POST", "/channels/{c}/typing", None, 50013),
        ("MANAGE_WEBHOOKS", "POST", "/channels/{c}/webhooks", {"name": "x"}, 50013),
        ("MANAGE_WEBHOOKS", "GET", "/channels/{c}/webhooks", None, 50013),
        ("READ_MESSAGE_HISTORY", "GET", "/channels/{c}/messages/{m}", None, 50013),
        ("ADD_REACTIONS", "PUT", "/channels/{c}/messages/{m}/reactions/🐟/@me", None, 50013),
        ("MANAGE_MESSAGES", "DELETE", "/channels/{c}/messages/{m}", None, 50013),
        (
            "CREATE_PUBLIC_THREADS",
            "POST",
            "/channels/{c}/threads",
            {"name": "x", "type": 11},
            50013,
        ),
    ],
)
def test_what_was_taken_away_is_refused(guild, api, lost, method, path, body, code):
    guild.server.limits.is_on = False
    general, bot = guild.channel("general"), guild.server.bot
    message = guild.person("Ann").say(general, "here")
    general.deny(bot, lost)
    refused = api.request(method, path.format(c=general.id, m=message.id), json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, code)
    general.restore(bot)
    allowed = {**body, "allowed_mentions": NONE} if body and "content" in body else body
    assert api.request(method, path.format(c=general.id, m=message.id), json=allowed).is_success


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/channels/123", 10003),
        ("/guilds/123", 10004),
        ("/users/123", 10013),
        ("/webhooks/123", 10015),
        ("/channels/{c}/messages/123", 10008),
        ("/guilds/{g}/members/123", 10013),
    ],
)
def test_what_is_not_there_has_its_own_code(guild, api, path, code):
    missing = api.get(path.format(c=guild.channel("general").id, g=guild.id))
    assert (missing.status_code, missing.json()["code"]) == (404, code)


def test_without_its_token_nothing_is_done(guild, api, webhook):
    naked = httpx.post(f"{guild.server.api_url}/v10/channels/{guild.channels[0].id}/typing")
    assert (naked.status_code, naked.json()) == (401, {"message": "401: Unauthorized", "code": 0})
    wrong = api.post(f"/webhooks/{webhook.id}/wrong", json={"content": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, 50027)


def test_a_forum_takes_posts_only_in_threads(guild, api):
    guild.server.limits.is_on = False
    forum = guild.add_channel("questions", kind=Kind.FORUM)
    made = api.post(f"/channels/{forum.id}/webhooks", json={"name": "Society"}).json()
    path = f"/webhooks/{made['id']}/{made['token']}"
    body = {"content": "x", "allowed_mentions": NONE}
    assert api.post(path, json=body).json()["code"] == 220001
    posted = api.post(f"{path}?wait=true", json={**body, "thread_name": "Why?"}).json()
    thread = guild.server.world.channels[int(posted["channel_id"])]
    assert (thread.name, thread.parent) == ("Why?", forum)
    assert api.post(f"{path}?thread_id={thread.id}", json=body).status_code == 204


def test_a_client_keeps_to_the_limits_it_is_told(guild, real_client):
    server, general = guild.server, guild.channel("general")
    server.limits.set("POST /channels/{channel_id}/messages", 3, per_s=0.5)
    with real_client as real:
        room = real.channel(general)
        for number in range(8):
            real.do(room.send(str(number)))
        assert server.rate_limited == []
        assert len(server.messages(general)) == 8
        server.faults.rate_limit("POST /channels/*", times=2, retry_after=0.2)
        began = time.monotonic()
        real.do(room.send("later"))
        assert time.monotonic() - began >= 0.4


def test_who_comes_back_too_early_is_noted(guild, api, webhook):
    server = guild.server
    server.limits.set("POST /webhooks/{webhook_id}/{webhook_token}", 2, per_s=0.4)
    path = f"/webhooks/{webhook.id}/{webhook.token}"
    answers = []
    for text in ("a", "b", "c", "c"):
        answers.append(api.post(path, json={"content": text, "allowed_mentions": NONE}))
    assert [answer.status_code for answer in answers] == [204, 204, 429, 429]
    refused = answers[2]
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert 0 < refused.json()["retry_after"] <= 0.4
    assert refused.json()["global"] is False
    (violation,) = server.violations
    assert "came back" in violation
    server.violations.clear()
    server.limits.set("POST /webhooks/{webhook_id}/{webhook_token}", 2, per_s=0.4)
    assert api.post(path, json={"content": "d", "allowed_mentions": NONE}).status_code == 204


def test_fifty_requests_a_second_are_all_there_are(guild, api):
    for route in ("GET /users/@me", "GET /guilds/{guild_id}"):
        guild.server.limits.set(route, 1000, per_s=1.0)
    answers = [api.get("/users/@me") for _ in range(60)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].json()["global"] is True
    assert refused[0].headers["X-RateLimit-Global"] == "true"
    guild.server.violations.clear()


def test_what_goes_wrong_on_the_way(guild, api, webhook):
    server, general = guild.server, guild.channel("general")
    path, route = f"/webhooks/{webhook.id}/{webhook.token}?wait=1", "POST /webhooks/*"
    body = {"content": "x", "allowed_mentions": NONE}
    server.faults.fail(route, status=502)
    assert api.post(path, json=body).status_code == 502
    server.faults.cut(route)
    with pytest.raises(httpx.RemoteProtocolError):
        api.post(path, json=body)
    assert server.messages(general) == []
    server.faults.lose_response(route)
    with pytest.raises(httpx.RemoteProtocolError):
        api.post(path, json=body)
    assert len(server.messages(general)) == 1
    server.faults.refuse(route, status=403, code=50013, message="Missing Permissions")
    assert api.post(path, json=body).json()["code"] == 50013
    server.faults.delay(route, 0.3, times=1)
    with pytest.raises(httpx.ReadTimeout):
        api.post(path, json=body, timeout=0.1)
    server.wait_for(lambda: len(server.messages(general)) == 2, what="the slow one all the same")
    server.faults.content_type = JSON_WITH_CHARSET
    assert api.post(path, json=body).headers["Content-Type"] == JSON_WITH_CHARSET
    server.faults.clear()
    assert api.post(path, json=body).headers["Content-Type"] == "application/json"


def test_a_compatible_server_has_its_own_ways(guild, api):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    fans = guild.add_role("Fans")
    ann.set_roles(guild, fans)
    ann.say(general, "x")
    server.faults.roles_as_objects = True
    server.faults.nulls_in_history = True
    member = api.get(f"/guilds/{guild.id}/members/{ann.id}").json()
    assert member["roles"][0]["id"] == str(fans.id)
    (message,) = api.get(f"/channels/{general.id}/messages").json()
    assert message["embeds"] is None


def test_threads_are_begun_and_archived(guild, real_client: RealClient):
    server, general = guild.server, guild.channel("general")
    with real_client as real:
        message = real.do(real.channel(general).send("nets"))
        thread = real.do(message.create_thread(name="Nets"))
        assert server.world.channels[thread.id].parent is general
        real.do(thread.send("torn"))
        real.do(thread.edit(archived=True))
        assert server.world.channels[thread.id].is_archived
        found = real.all_of(real.channel(general).archived_threads())
        assert [one.id for one in found] == [thread.id]
        assert len(real.do(real.client.get_guild(guild.id).active_threads())) == 0
