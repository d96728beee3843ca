"""What the stand-in refuses of what it is sent, and notes."""

from __future__ import annotations

from typing import Any

import pytest

NONE = {"parse": []}
EMBED = {"title": "x"}
TOO_MANY = [str(number) for number in range(101)]
WITHIN = "components.0.components.0"
ROW = {"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "x"}]}


def button(number: int, **fields: Any) -> dict[str, Any]:
    one = {"type": 2, "style": 1, "label": "x", "custom_id": str(number), **fields}
    return {"type": 1, "components": [one]}


@pytest.mark.parametrize(
    ("body", "where", "code"),
    [
        ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
        ({"content": "🐟" * 1001}, "content", "BASE_TYPE_MAX_LENGTH"),
        ({"content": 5}, "content", "STRING_TYPE_CONVERT"),
        ({"content": "x", "colour": "red"}, "colour", "UNKNOWN_FIELD"),
        (
            {"content": "x", "message_reference": {"message_id": "1"}},
            "message_reference",
            "UNKNOWN_FIELD",
        ),
        ({"content": "x", "nonce": "1"}, "nonce", "UNKNOWN_FIELD"),
        ({"content": "x", "username": ""}, "username", "BASE_TYPE_REQUIRED"),
        ({"content": "x", "username": "M" * 81}, "username", "BASE_TYPE_BAD_LENGTH"),
        ({"content": "x", "username": "Discordia"}, "username", "USERNAME_INVALID_CONTAINS"),
        ({"content": "x", "username": "Bonny CLYDE"}, "username", "USERNAME_INVALID_CONTAINS"),
        ({"content": "x", "avatar_url": "ftp://a.test/b"}, "avatar_url", "URL_TYPE_INVALID_SCHEME"),
        ({"content": "x", "avatar_url": "/static/b.png"}, "avatar_url", "URL_TYPE_INVALID_URL"),
        ({"embeds": [EMBED] * 11}, "embeds", "BASE_TYPE_BAD_LENGTH"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 4000}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
        (
            {"embeds": [{"fields": [{"name": "x"}]}]},
            "embeds.0.fields.0.value",
            "BASE_TYPE_REQUIRED",
        ),
        (
            {"content": "x", "components": [button(n) for n in range(6)]},
            "components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"content": "x", "components": [ROW, ROW]},
            "components",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            {"content": "x", "components": [button(1, custom_id="x" * 101)]},
            f"{WITHIN}.custom_id",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"content": "x", "components": [button(1, label="x" * 81)]},
            f"{WITHIN}.label",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            {"content": "x", "allowed_mentions": {"parse": ["all"]}},
            "allowed_mentions.parse.0",
            "BASE_TYPE_CHOICES",
        ),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            "allowed_mentions.users",
            "MUTUALLY_EXCLUSIVE",
        ),
        (
            {"content": "x", "allowed_mentions": {"users": TOO_MANY}},
            "allowed_mentions.users",
            "BASE_TYPE_BAD_LENGTH",
        ),
        ({"content": "x", "flags": 64}, "flags", "FLAGS_NOT_ALLOWED"),
        (
            {"content": "x", "avatar_url": "http://a.test/" + "b" * 2048},
            "avatar_url",
            "BASE_TYPE_BAD_LENGTH",
        ),
    ],
)
def test_a_form_that_is_wrong_is_refused_and_noted(guild, api, webhook, body, where, code):
    body = {"allowed_mentions": NONE, **body}
    refused = api.post(f"/webhooks/{webhook.id}/{webhook.token}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, 50035)
    found = refused.json()["errors"]
    for step in where.split("."):
        found = found[step]
    assert found["_errors"][0]["code"] == code
    assert guild.server.messages(guild.channel("general")) == []
    (violation,) = guild.server.violations
    assert webhook.token not in violation
    guild.server.violations.clear()


@pytest.mark.parametrize("body", [{"content": " \n "}, {}, {"embeds": []}])
def test_a_message_with_nothing_in_it_is_refused(guild, api, webhook, body):
    refused = api.post(f"/webhooks/{webhook.id}/{webhook.token}", json=body)
    assert refused.json()["code"] == 50006
    assert guild.server.violations.pop()


@pytest.mark.parametrize("name", ["", "D" * 81, "My Discord hook", "clyde"])
def test_a_webhook_has_a_name_that_is_allowed(guild, api, name):
    refused = api.post(f"/channels/{guild.channels[0].id}/webhooks", json={"name": name})
    assert (refused.status_code, refused.json()["code"]) == (400, 50035)
    assert guild.server.violations.pop()


def test_what_is_no_route_and_no_json_is_noted(guild, api):
    assert api.get("/channels/1/nonsense").json() == {"message": "404: Not Found", "code": 0}
    general = guild.channel("general")
    headers = {"Content-Type": "application/json"}
    broken = api.post(f"/channels/{general.id}/messages", content=b"{", headers=headers)
    assert broken.json()["code"] == 50109
    assert len(guild.server.violations) == 2
    guild.server.violations.clear()


def test_a_message_that_leaves_its_mentions_open_is_noted(guild, api, webhook):
    general, ann = guild.channel("general"), guild.person("Ann")
    api.post(f"/channels/{general.id}/messages", json={"content": f"@everyone {ann.mention}"})
    api.post(f"/webhooks/{webhook.id}/{webhook.token}", json={"content": "x"})
    assert len(guild.server.violations) == 2
    assert guild.server.messages(general)[0].mentions == [ann]
    guild.server.violations.clear()


def test_whom_a_message_pings_is_what_it_names_and_may(guild, api):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    fans = guild.add_role("Fans", is_mentionable=True)
    guild.everyone.deny("MENTION_EVERYONE")
    text = f"@everyone {ann.mention} {fans.mention}"
    for allowed in (NONE, {"parse": ["users"]}, {"roles": [str(fans.id)]}, {"parse": ["everyone"]}):
        body = {"content": text, "allowed_mentions": allowed}
        assert api.post(f"/channels/{general.id}/messages", json=body).is_success
    said = server.messages(general)
    assert [one.mentions for one in said] == [[], [ann], [], []]
    assert [one.mention_roles for one in said] == [[], [], [fans], []]
    assert not any(one.mention_everyone for one in said)  # the bot may not
    guild.bot_role.allow("MENTION_EVERYONE")
    body = {"content": text, "allowed_mentions": {"parse": ["everyone"]}}
    api.post(f"/channels/{general.id}/messages", json=body)
    assert server.messages(general)[-1].mention_everyone
