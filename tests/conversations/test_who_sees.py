"""Who sees what at the tank while it is open: staff as long as they are staff, and nobody what was
said among adults in a room that has opened since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from characters.models import Person
from conversations.models import Channel, Message, Reaction
from conversations.people.erasure import forget_person
from conversations.rooms import set_restricted
from conversations.services import record_incoming
from conversations.tank import consumers, guests
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_reaction,
    make_staff,
)
from tests.conversations.tankside import browser, new_key, rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet_layer")]


@rows
def signed_in() -> tuple[Client, dict[str, str]]:
    """A keeper's browser, and its cookies."""
    client = Client()
    client.force_login(make_staff())
    return client, {"sessionid": client.cookies["sessionid"].value}


@rows
def say(channel: Channel, text: str, **fields: Any) -> Message:
    return record_incoming(channel.pk, make_person(), text, **fields)


# --- staff ----------------------------------------------------------------------------------------

ENDS: dict[str, Callable[[Client], object]] = {
    "signed out": lambda client: client.post("/admin/logout/"),
    "no staff any more": lambda _: User.objects.update(is_staff=False),
    "shut out": lambda _: User.objects.update(is_active=False),
    "ended elsewhere": lambda _: Session.objects.all().delete(),
}


@pytest.mark.parametrize("end", ENDS)
async def test_who_is_no_staff_any_more_hears_no_more_of_a_room_for_adults(
    end: str, monkeypatch: pytest.MonkeyPatch, redis_client: object
) -> None:
    monkeypatch.setattr(consumers, "STAFF_FOR_S", 0.0)
    cellar = await rows(make_channel)("cellar", is_nsfw=True)
    client, cookies = await signed_in()
    async with browser(new_key(), cookies=cookies) as one:
        await one.watch((cellar.pk, 0))
        heard = await say(cellar, "Good evening.")
        await one.hear("event", event="message.sent")
        await rows(ENDS[end])(client)
        unheard = await say(cellar, "Between ourselves.")
        assert (await one.hear("error"))["field"] == "channel"
        assert one.heard[-2]["type"] == "hello"
        assert heard.pk in one.messages() and unheard.pk not in one.messages()
        await one.tell(type="watch", channels=[{"id": cellar.pk, "after": 0}])
        assert (await one.hear("error"))["field"] == "channel"
        assert unheard.pk not in one.messages()


async def test_who_is_no_staff_any_more_says_nothing_where_staff_alone_talk(
    monkeypatch: pytest.MonkeyPatch, redis_client: object
) -> None:
    monkeypatch.setattr(guests, "talkers", lambda: "staff")
    room = await rows(make_channel)("bar")
    client, cookies = await signed_in()
    async with browser(new_key(), cookies=cookies) as one:
        await one.join("Keeper of bees")
        await rows(ENDS["signed out"])(client)
        await one.tell(type="say", channel=room.pk, text="Still here.", nonce=new_key())
        assert (await one.hear("error"))["field"] == "may_talk"
    assert not await Message.objects.aexists()


async def test_staff_stay_staff(monkeypatch: pytest.MonkeyPatch, redis_client: object) -> None:
    monkeypatch.setattr(consumers, "STAFF_FOR_S", 0.0)
    cellar = await rows(make_channel)("cellar", is_nsfw=True)
    _, cookies = await signed_in()
    async with browser(new_key(), cookies=cookies) as one:
        await one.watch((cellar.pk, 0))
        for text in ("Good evening.", "Good night."):
            said = await say(cellar, text)
            heard = await one.hear("event", event="message.sent")
            assert heard["message"]["id"] == said.pk


# --- who was forgotten ----------------------------------------------------------------------------


async def test_who_is_forgotten_is_nobody_at_once_on_every_page(redis_client: object) -> None:
    room = await rows(make_channel)("bar")
    async with browser(new_key()) as ann, browser(new_key()) as other:
        you = (await ann.join("Ann"))["you"]
        for one in (ann, other):
            await one.watch((room.pk, 0))
        await ann.tell(type="say", channel=room.pk, text="Good evening.", nonce=new_key())
        await ann.hear("ack")
        person = await Person.objects.aget(pk=you["id"])
        await rows(forget_person)(person, "the person", timezone.now())
        assert (await ann.hear("hello"))["you"] is None
        left = await other.hear("event", event="person.left")
        assert left["person"] == you["id"] and left["name"] == "somebody"
        await ann.tell(type="typing", channel=room.pk)
        await ann.tell(type="ping")
        await ann.hear("pong")
        heard = await other.hear_out()
        assert not [one for one in heard if one.get("event") == "person.typing"]


# --- what was said before a room opened -----------------------------------------------------------


@rows
def opened_since() -> tuple[Channel, Message]:
    """A room that was for adults, and what was said there then."""
    cellar = make_channel("cellar", is_nsfw=True)
    then = make_message(make_conversation(cellar), make_character("Mara"), "A velvet octopus!")
    make_reaction(then, make_person("Rosamund"))
    set_restricted(cellar, False, NOON)
    cellar.refresh_from_db()
    return cellar, then


async def test_an_answer_quotes_nothing_that_was_said_before_the_room_opened(
    redis_client: object,
) -> None:
    """Ids are easily guessed: who answers one of then would be shown its words."""
    cellar, then = await opened_since()
    async with browser(new_key()) as one:
        await one.join("Ada")
        await one.watch((cellar.pk, 0))
        await one.tell(
            type="say", channel=cellar.pk, text="What?", nonce=new_key(), reply_to=then.pk
        )
        said = await one.hear("event", event="message.sent")
        assert said["message"]["reply"] is None and said["message"]["reply_to"] is None
    assert b"octopus" not in (await rows(Client().get)("/")).content


async def test_nobody_sees_or_leaves_an_emoji_under_what_was_said_before_the_room_opened(
    redis_client: object,
) -> None:
    cellar, then = await opened_since()
    async with browser(new_key()) as one:
        await one.join("Ada")
        (state,) = await one.watch((cellar.pk, 0))
        assert state["reactions"] == {}
        await one.tell(type="react", message=then.pk, emoji="👍")
        assert (await one.hear("error"))["field"] == "message"
    assert await Reaction.objects.acount() == 1
