"""What the tank's websocket makes of garbage, floods and strangers' pages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audit.configuration import configuration
from audit.models import SecurityEvent
from characters.models import Person
from conversations.models import Channel, Message
from conversations.tank import consumers
from conversations.tank.consumers import ADDRESSES, BROWSERS, FRAMES, STRIKES, TankConsumer
from conversations.tank.limits import address_of
from conversations.tank.tank_rules import TankRules
from tests.builders import make_channel, make_character
from tests.conversations.tankside import Browser, browser, new_key, rows
from tests.patience import PATIENCE_S

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet_layer")]


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that no connection of another test has read."""
    monkeypatch.setattr(TankConsumer, "rules", TankRules())


@pytest.fixture
def room() -> Channel:
    make_character("Odile")
    return make_channel("bar")


BAD = [
    (" ", "frame", "no JSON"),
    ("garbage", "frame", "no JSON"),
    ("[" * 100_000, "frame", "no JSON"),
    ("[]", "frame", "JSON object"),
    ('"watch"', "frame", "JSON object"),
    ("{}", "type", "no type"),
    ('{"type": "sudo"}', "type", "no type 'sudo'"),
    ('{"type": ["watch"]}', "type", "no type 'list'"),
    ('{"type": "__class__"}', "type", "no type"),
    ('{"type": "watch"}', "channels", "list"),
    ('{"type": "watch", "channels": [1]}', "channels", "list"),
    ('{"type": "watch", "channels": [{"id": "1"}]}', "id", "whole number"),
    ('{"type": "watch", "channels": [{"id": true}]}', "id", "whole number"),
    ('{"type": "watch", "channels": [{"id": -1}]}', "id", "whole number"),
    ('{"type": "watch", "channels": [{"id": 99999999999999999999}]}', "id", "whole number"),
    ('{"type": "watch", "channels": [{"id": 1, "after": 1.5}]}', "after", "whole number"),
    (json.dumps({"type": "watch", "channels": [{"id": 1}] * 21}), "channels", "At most"),
    ('{"type": "enter", "channel": 999}', "name", "Join"),
    ('{"type": "say"}', "nonce", "nonce"),
    ('{"type": "say", "nonce": "../../etc", "channel": 1}', "nonce", "nonce"),
    ('{"type": "say", "nonce": "12345678", "channel": null}', "channel", "whole number"),
    ('{"type": "say", "nonce": "12345678", "channel": 1, "reply_to": {}}', "reply_to", "whole"),
    ('{"type": "say", "nonce": "12345678", "channel": 1, "text": "x"}', "name", "Join"),
    ('{"type": "react", "message": 1, "emoji": "<img>"}', "emoji", "one of"),
    ('{"type": "react", "message": 1, "emoji": 5}', "emoji", "one of"),
    ('{"type": "visible", "visible": "yes"}', "visible", "true or false"),
    (json.dumps({"type": "join", "name": "x" * 100_000}), "name", "too long"),
    ("x" * 200_001, "frame", "too much"),
]


@pytest.mark.parametrize(("text", "field", "words"), BAD, ids=[row[0][:40] for row in BAD])
async def test_bad_input_gets_a_clear_error(
    room: Channel, text: str, field: str, words: str
) -> None:
    async with browser(new_key()) as one:
        await one.send_to(text_data=text)
        error = await one.hear("error")
        assert error["field"] == field
        assert words in error["text"]
        await one.tell(type="ping")
        await one.hear("pong")


async def test_a_room_that_is_asked_for_twice_is_told_of_once(room: Channel) -> None:
    async with browser() as one:
        await one.tell(type="watch", channels=[{"id": room.pk}] * 20)
        await one.hear("messages")
        heard = await one.hear_out()
    assert [frame["type"] for frame in heard] == ["hello", "messages"]


async def test_binary_gets_a_clear_error(room: Channel) -> None:
    async with browser() as one:
        await one.send_to(bytes_data=b"\x00\xff")
        assert (await one.hear("error"))["text"] == "Send text, not binary data."


SPOKEN = [
    ("", "empty"),
    ("\u200b\u202e \n", "empty"),
    ("x" * 100_000, "at most 2,000"),
    ("x" * 2001, "at most 2,000"),
    (None, "must be text"),
    (["x"], "must be text"),
]


@pytest.mark.parametrize(("text", "words"), SPOKEN, ids=range(len(SPOKEN)))
async def test_a_bad_message_is_refused_by_its_nonce(room: Channel, text: Any, words: str) -> None:
    async with browser(new_key()) as one:
        await one.join("Ada")
        await one.tell(type="say", channel=room.pk, text=text, nonce="12345678")
        error = await one.hear("error")
        assert (error["field"], error["nonce"]) == ("text", "12345678")
        assert words in error["text"]
    assert not await Message.objects.aexists()


async def test_markup_and_marks_arrive_as_plain_text(room: Channel) -> None:
    async with browser(new_key()) as one:
        await one.watch((room.pk, 0))
        await one.join("Ada")
        text = "<script>alert(1)</script> \u202egnp.exe @everyone\x00\x1b[31m"
        await one.tell(type="say", channel=room.pk, text=text, nonce="12345678")
        heard = (await one.hear("event", event="message.sent"))["message"]["text"]
    assert heard == "<script>alert(1)</script> gnp.exe @everyone[31m"


async def test_no_such_room_is_refused(room: Channel) -> None:
    async with browser(new_key()) as one:
        await one.join("Ada")
        for frame in (
            {"type": "enter", "channel": 999},
            {"type": "say", "channel": 999, "text": "Hello?", "nonce": "12345678"},
        ):
            await one.tell(**frame)
            assert (await one.hear("error"))["field"] == "channel"
        await one.tell(type="react", message=999, emoji="👍")
        assert (await one.hear("error"))["text"] == "That message is gone."


async def test_whoever_talks_too_fast_is_told_and_loses_nothing(room: Channel) -> None:
    async with browser(new_key()) as one:
        await one.join("Ada")
        for n in range(8):
            await one.tell(type="say", channel=room.pk, text=f"Line {n}", nonce=f"nonce-00{n}")
        await one.hear_out()
        refused = [f["nonce"] for f in one.heard if f["type"] == "error"]
        assert refused == ["nonce-006", "nonce-007"]
    assert await Message.objects.acount() == 6


async def test_a_flood_is_refused_then_cut_off(room: Channel) -> None:
    one = Browser(new_key())
    await one.connect()
    for _ in range(FRAMES + STRIKES + 5):
        await one.tell(type="ping")
    closed, errors = None, 0
    while closed is None:
        frame = await one.receive_output(timeout=PATIENCE_S)
        if frame["type"] == "websocket.close":
            closed = frame["code"]
        else:
            errors += json.loads(frame["text"])["type"] == "error"
    assert closed == 4008
    assert errors == 1
    await one.disconnect()
    assert await SecurityEvent.objects.filter(event_type="flooded").acount() == 1


async def test_a_guest_has_so_many_connections_and_no_more(room: Channel) -> None:
    key = new_key()
    held = [Browser(key) for _ in range(TankRules().browser_connections)]
    for one in held:
        await one.connect()
    refused = Browser(key)
    await refused.connect()
    assert (await refused.hear("error"))["field"] == "connections"
    assert (await refused.receive_output(timeout=PATIENCE_S))["code"] == 4009
    await held.pop().disconnect()
    async with browser(key):
        pass
    for one in (*held, refused):
        await one.disconnect()
    assert not BROWSERS._taken
    assert not ADDRESSES._taken


def limit(name: str, value: int) -> None:
    configuration.set_value("tank", name, value)
    configuration.forget_cached()


async def test_an_address_has_so_many_connections_whatever_cookies_it_makes_up(
    room: Channel,
) -> None:
    await rows(limit)("address_connections", 3)
    held = [Browser(key, client="203.0.113.7") for key in (new_key(), new_key(), "")]
    for one in held:
        await one.connect()
        await one.hear("hello")
    refused = Browser(new_key(), client="203.0.113.7")
    await refused.connect()
    assert "network" in (await refused.hear("error", field="connections"))["text"]
    assert (await refused.receive_output(timeout=PATIENCE_S))["code"] == 4010
    async with browser(new_key(), client="203.0.113.8"):
        pass
    await held.pop().disconnect()
    async with browser(new_key(), client="203.0.113.7"):
        pass
    await rows(limit)("address_connections", 4)  # heeded by who finds no room
    async with (
        browser(new_key(), client="203.0.113.7"),
        browser(new_key(), client="203.0.113.7"),
    ):
        pass
    for one in (*held, refused):
        await one.disconnect()
    assert not BROWSERS._taken
    assert not ADDRESSES._taken


async def test_an_address_sends_so_much_over_all_its_connections(room: Channel) -> None:
    await rows(limit)("address_frames", 20)
    many = [Browser(new_key(), client="203.0.113.17") for _ in range(3)]
    for one in many:
        await one.connect()
        await one.hear("hello")
    for _ in range(8):
        for one in many:
            await one.tell(type="ping")
    answers = [
        json.loads((await one.receive_output(timeout=PATIENCE_S))["text"]) for one in many * 6
    ]
    assert [answer["type"] for answer in answers] == ["pong"] * 18
    assert (await many[2].hear("error"))["field"] == "flood"
    for one in many:
        await one.disconnect()


async def test_so_many_new_guests_come_from_one_address_in_an_hour(room: Channel) -> None:
    await rows(limit)("address_newcomers", 2)
    keys = [new_key() for _ in range(3)]
    for number, key in enumerate(keys):
        async with browser(key, client="203.0.113.27") as one:
            if number < 2:
                assert (await one.join(f"Guest {number}"))["you"]
                continue
            await one.tell(type="join", name="Guest of too many")
            assert "came in" in (await one.hear("error", field="name"))["text"]
    async with browser(keys[0], client="203.0.113.27") as one:  # who is known may rename
        assert (await one.join("Ann"))["you"]["name"] == "Ann"
    assert await Person.objects.acount() == 2


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("", ""),
        ("a unix socket", ""),
    ],
)
def test_an_address_is_one_or_a_network_of_the_sixth_version(host: str, counted: str) -> None:
    assert address_of(host) == counted


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("", "localhost:8000"),
        ("https://evil.example", "localhost:8000"),
        ("http://localhost:9999", "localhost:8000"),
        ("http://evil.example", "evil.example"),
        ("null", "localhost:8000"),
        ("http://localhost:8000.evil.example", "localhost:8000"),
        ("http://[::1", "localhost:8000"),
    ],
)
async def test_other_sites_pages_are_denied(origin: str, host: str) -> None:
    is_connected, _ = await Browser(origin=origin, host=host).connect()
    assert not is_connected


async def test_other_addresses_are_denied() -> None:
    is_connected, _ = await Browser(path="/dead/").connect()
    assert not is_connected


async def test_a_break_of_the_house_is_told_without_a_traceback(
    room: Channel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def break_down(*_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(TankConsumer, "_answer", break_down)
    async with browser() as one:
        await one.tell(type="ping")
        error = await one.hear("error")
    assert error["text"] == consumers.BROKEN
    assert "secret detail" in caplog.text
