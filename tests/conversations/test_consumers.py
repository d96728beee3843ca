"""The tank's websocket over real Redis and real rows."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone

from audit.configuration.configuration import pause_society
from audit.security.roles import give_role
from characters.models import Person
from conversations.admin.channel import ChannelAdmin
from conversations.corrections import edit_message, remove_message
from conversations.models import Channel, Conversation, Message, Participant, Reaction
from conversations.rooms import set_channel_paused
from conversations.services import close_conversation, record_incoming
from conversations.tank import consumers, guests, live, tank
from conversations.upkeep import republish_pending
from tests.builders import (
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_message,
    make_person,
    make_reaction,
    make_staff,
    make_turn,
)
from tests.conversations.tankside import Browser, browser, new_key, rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet_layer")]


@pytest.fixture
def room() -> Channel:
    make_character("Odile")
    return make_channel("bar")


@rows
def say(channel: Channel, person: Person, text: str, **fields: Any) -> Message:
    return record_incoming(channel.pk, person, text, **fields)


@rows
def a_talk(channel: Channel, count: int) -> tuple[Conversation, list[int]]:
    talk = make_conversation(channel)
    person = make_person()
    return talk, [make_message(talk, person, f"Line {n}.").pk for n in range(count)]


# --- watching and catching up ---------------------------------------------------------------------


async def test_a_room_that_is_marked_for_adults_is_shown_to_nobody_who_watches_it(
    room: Channel,
) -> None:
    await a_talk(room, 1)
    room.is_nsfw = True
    marked = SimpleNamespace(changed_data=["is_nsfw"])
    async with browser() as one:
        await one.watch((room.pk, 0))
        await rows(ChannelAdmin(Channel, site).save_model)(None, room, marked, True)
        assert (await one.hear("error"))["field"] == "channel"
        said = await say(room, await rows(make_person)(), "Between ourselves.")
        await one.hear_out()
        assert said.pk not in one.messages()


async def test_it_sends_the_latest_to_whoever_has_seen_nothing(room: Channel) -> None:
    _, said = await a_talk(room, tank.LATEST + 5)
    async with browser() as one:
        (state,) = await one.watch((room.pk, 0))
    assert one.messages() == said[5:]
    assert state["more"] is False
    assert state["moods"] == {"odile": "even"}


async def test_it_sends_what_was_missed_and_no_more(room: Channel) -> None:
    _, said = await a_talk(room, 6)
    async with browser() as one:
        await one.watch((room.pk, said[2]))
    assert one.messages() == said[3:]


async def test_it_sends_a_long_absence_in_chunks(room: Channel) -> None:
    _, said = await a_talk(room, tank.CHUNK + 3)
    async with browser() as one:
        (state,) = await one.watch((room.pk, said[0]))
        assert state["more"] is True
        (state,) = await one.watch((room.pk, one.messages()[-1]))
        assert state["more"] is False
    assert one.messages() == said[1:]


async def test_it_misses_and_doubles_nothing_while_people_talk(room: Channel) -> None:
    """Messages are committed all the while a browser subscribes, reads, and comes again."""
    people = [await rows(make_person)() for _ in range(2)]

    async def talk(person: Person) -> list[int]:
        return [(await say(room, person, f"{person.name} {n}")).pk for n in range(5)]

    talking = asyncio.gather(*(talk(person) for person in people))
    seen = 0
    heard: list[int] = []
    for _ in range(4):
        async with browser() as one:
            await one.watch((room.pk, seen))
            await asyncio.sleep(0.05)
            await one.hear_out()
        heard += one.messages()
        seen = max(heard, default=0)
    said = sorted(pk for one in await talking for pk in one)
    async with browser() as one:
        await one.watch((room.pk, seen))
    heard += one.messages()
    assert heard == said


async def test_a_message_that_was_caught_up_is_not_sent_again_as_an_event(room: Channel) -> None:
    person = await rows(make_person)()
    async with browser() as one:
        await one.watch((room.pk, 0))
        message = await say(room, person, "Only once.")
        await one.hear("event", event="message.sent")
        await rows(_publish_again)(message, room)
        await one.hear_out()
    assert one.messages() == [message.pk]


def _publish_again(message: Message, room: Channel) -> None:
    message.deliveries.update(status="pending", next_attempt_at=timezone.now())
    live.send_now(room.pk, "message.sent", {"message": live.message_facts(message)})


async def test_an_event_that_was_lost_comes_late_and_is_passed_on(
    room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await rows(make_person)()
    async with browser() as one:
        await one.watch((room.pk, 0))
        with monkeypatch.context() as broken:
            broken.setattr(live, "send_now", lambda *_: False)
            lost = await say(room, person, "This one gets lost.")
        second = await say(room, person, "This one arrives.")
        await one.hear("event", event="message.sent")
        later = timezone.now() + timezone.timedelta(seconds=10)
        await rows(republish_pending)(later)
        await one.hear("event", event="message.sent")
    assert one.messages() == [second.pk, lost.pk]
    numbers = [f["message"]["number"] for f in one.heard if f.get("event") == "message.sent"]
    assert numbers == [2, 1]


async def test_it_tells_how_the_room_stands(room: Channel) -> None:
    @rows
    def before() -> tuple[Conversation, Message, Any]:
        bram, person = make_character("Bram"), make_person("Ada")
        ended = make_conversation(room, status="closed", close_reason="The farewell was said.")
        talk = make_conversation(room, topic="tides")
        message = make_message(talk, person, "Any news?")
        make_reaction(message, bram, emoji="🌊")
        turn = make_turn(talk, bram, status="speaking", claimed_at=timezone.now())
        return ended, message, turn

    ended, message, turn = await before()
    async with browser() as one:
        (state,) = await one.watch((room.pk, 0))
    assert state["topic"] == "tides"
    assert state["closed"] == {str(ended.pk): "The farewell was said."}
    assert state["typing"] == [{"turn": turn.pk, "slug": "bram", "name": "Bram"}]
    assert [p["name"] for p in state["people"]] == ["Ada"]
    assert state["reactions"][str(message.pk)][0]["emoji"] == "🌊"


async def test_it_shows_no_private_room_nor_a_guilds(room: Channel) -> None:
    @rows
    def hidden() -> list[Channel]:
        guild = make_community(discord_id=7)
        return [
            make_channel("back room", is_private=True),
            make_channel("guild room", community=guild, discord_id=8),
        ]

    private, guilds = await hidden()
    async with browser() as one:
        channels = [{"id": pk, "after": 0} for pk in (private.pk, guilds.pk, 999, room.pk)]
        await one.tell(type="watch", channels=channels)
        await one.hear("messages", channel=room.pk)
        assert (await one.hear("error"))["field"] == "channel"
        person = await rows(make_person)()
        await say(private, person, "A secret.")
        await one.hear_out()
    assert one.messages() == []


async def test_watching_makes_a_room_lively_until_nobody_looks(room: Channel) -> None:
    async with browser() as one:
        await one.tell(type="visible", visible=False)
        await one.watch((room.pk, 0))
        await one.hear_out()
        assert (await Channel.objects.aget(pk=room.pk)).watched_until is None
        await one.tell(type="visible", visible=True)
        await one.hear_out()
        watched_until = (await Channel.objects.aget(pk=room.pk)).watched_until
        assert watched_until is not None and watched_until > timezone.now()


async def test_it_passes_on_that_a_talk_ends_and_a_room_rests(room: Channel) -> None:
    talk, _ = await a_talk(room, 1)
    async with browser() as one:
        await one.watch((room.pk, 0))
        await rows(close_conversation)(talk, "The farewell was said.", timezone.now())
        ended = await one.hear("event", event="conversation.closed")
        assert ended["reason"] == "The farewell was said."
        await rows(set_channel_paused)(room, True)
        await one.hear("event", event="channel.paused")


async def test_it_passes_on_that_everything_rests_and_what_is_mended(room: Channel) -> None:
    _, (first, second) = await a_talk(room, 2)
    async with browser() as one:
        await one.watch((room.pk, 0))
        await rows(pause_society)(True)
        await one.hear("event", event="society.paused")
        await rows(edit_message)(first, "Mended.")
        assert (await one.hear("event", event="message.edited"))["text"] == "Mended."
        await rows(remove_message)(second)
        removed = await one.hear("event", event="message.removed", message=second)
        assert removed["text"] == ""


async def test_an_event_is_written_once_for_all_who_watch() -> None:
    event = {"type": "live.event", "key": "k1", "event": "turn.over", "channel": 1, "turn": 2}
    assert consumers.written(event) is consumers.written(dict(event))
    assert json.loads(consumers.written(event)) == {
        "type": "event",
        "event": "turn.over",
        "channel": 1,
        "turn": 2,
    }


# --- joining and talking --------------------------------------------------------------------------


async def test_a_guest_joins_enters_and_talks(room: Channel) -> None:
    key = new_key()
    async with browser(key) as one:
        await one.watch((room.pk, 0))
        hello = await one.join("Ada")
        assert hello["you"]["name"] == "Ada"
        await one.tell(type="enter", channel=room.pk)
        assert (await one.hear("event", event="person.joined"))["name"] == "Ada"
        await one.tell(type="say", channel=room.pk, text="Odile, good evening.", nonce="a" * 8)
        heard = await one.hear("event", event="message.sent")
        acked = await one.hear("ack") if not _acks(one) else _acks(one)[0]
        assert acked == {"type": "ack", "nonce": "a" * 8, "message": heard["message"]["id"]}
    person = await Person.objects.aget(username="Ada")
    assert person.web_key == guests.hash_key(key)
    assert await Participant.objects.filter(person=person).aexists()
    assert await person.memberships.filter(community=room.community_id).aexists()
    async with browser(key) as again:
        assert again.heard[0]["you"] == {"id": person.pk, "name": "Ada"}


def _acks(one: Browser) -> list[dict[str, Any]]:
    return [frame for frame in one.heard if frame["type"] == "ack"]


async def test_sending_again_after_a_break_says_it_once(room: Channel) -> None:
    key = new_key()
    said = {"type": "say", "channel": room.pk, "text": "Once only.", "nonce": "same-nonce"}
    acked = []
    for _ in range(2):
        async with browser(key) as one:
            await one.join("Ada")
            await one.tell(**said)
            acked.append((await one.hear("ack"))["message"])
    assert acked[0] == acked[1]
    assert await Message.objects.acount() == 1


async def test_two_people_at_once_are_both_heard_by_both(room: Channel) -> None:
    async with browser(new_key()) as ada, browser(new_key()) as ben:
        for one, name in ((ada, "Ada"), (ben, "Ben")):
            await one.watch((room.pk, 0))
            await one.join(name)
        for n in range(3):
            for one, name in ((ada, "Ada"), (ben, "Ben")):
                await one.tell(
                    type="say", channel=room.pk, text=f"{name} {n}", nonce=f"{name}-000{n}"
                )
        for one in (ada, ben):
            await one.hear_out()
    said = [pk async for pk in Message.objects.order_by("pk").values_list("pk", flat=True)]
    assert len(said) == 6
    assert ada.messages() == said == ben.messages()


async def test_two_cannot_take_one_name(room: Channel) -> None:
    async with browser(new_key()) as ada, browser(new_key()) as other:
        await ada.join("Ada")
        for name, words in (
            ("ADA", "Somebody here is called"),
            ("odile", "one of the characters"),
            ("System", "reserved"),
            ("<b>", "letters, digits"),
            ("", "Type a name"),
            (None, "must be text"),
        ):
            await other.tell(type="join", name=name)
            error = await other.hear("error")
            assert error["field"] == "name"
            assert words in error["text"]


async def test_typing_is_told_to_others_and_not_to_oneself(room: Channel) -> None:
    async with browser(new_key()) as ada, browser() as other:
        for one in (ada, other):
            await one.watch((room.pk, 0))
        await ada.join("Ada")
        await ada.tell(type="typing", channel=room.pk)
        await ada.tell(type="typing", channel=room.pk)
        assert (await other.hear("event", event="person.typing"))["name"] == "Ada"
        await other.hear_out()
        await ada.hear_out()
    assert sum(f.get("event") == "person.typing" for f in other.heard) == 1
    assert not any(f.get("event") == "person.typing" for f in ada.heard)


async def test_a_reaction_is_put_and_taken_away(room: Channel) -> None:
    _, (message,) = await a_talk(room, 1)
    async with browser(new_key()) as one:
        await one.watch((room.pk, 0))
        await one.join("Ada")
        await one.tell(type="react", message=message, emoji="👍")
        assert (await one.hear("event", event="reaction.added"))["name"] == "Ada"
        await one.tell(type="react", message=message, emoji="👍")
        await one.hear("event", event="reaction.removed")
    assert await Reaction.objects.filter(removed_at__isnull=True).acount() == 0


# --- who may talk ---------------------------------------------------------------------------------


@pytest.fixture
def talkers(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda policy: monkeypatch.setattr(guests, "talkers", lambda: policy)


async def test_the_uninvited_may_only_watch(room: Channel, talkers: Any) -> None:
    talkers("invited")
    async with browser(new_key()) as one:
        assert one.heard[0]["may_talk"] is False
        assert one.heard[0]["why_not"] == guests.NEEDS_INVITATION
        await one.watch((room.pk, 0))
        await one.tell(type="join", name="Ada")
        assert (await one.hear("error"))["text"] == guests.NEEDS_INVITATION
    assert not await Person.objects.aexists()


async def test_the_invited_may_talk(room: Channel, talkers: Any) -> None:
    talkers("invited")
    client = Client()
    response = await rows(client.get)("/", {"invite": guests.invite_code()})
    assert response.status_code == 302
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    async with browser(cookies=cookies) as one:
        assert (await one.join("Ada"))["you"]["name"] == "Ada"


async def test_staff_alone_talk_where_staff_alone_may(room: Channel, talkers: Any) -> None:
    talkers("staff")
    client = Client()
    await rows(client.force_login)(await rows(make_staff)())
    assert SESSION_KEY in await rows(lambda: dict(client.session))()
    async with browser(new_key(), cookies={"sessionid": client.cookies["sessionid"].value}) as one:
        assert (await one.join("Keeper of bees"))["you"]["name"] == "Keeper of bees"
    async with browser(new_key()) as other:
        assert other.heard[0]["why_not"] == guests.NEEDS_STAFF


async def test_without_a_cookie_nobody_joins(room: Channel) -> None:
    async with browser() as one:
        await one.tell(type="join", name="Ada")
        assert "cookie" in (await one.hear("error"))["text"]


# --- what is asked for in plain words -------------------------------------------------------------


async def test_plain_words_do_in_the_tank_what_commands_do_on_discord(room: Channel) -> None:
    key = new_key()
    async with browser(key) as one:
        await one.join("Ann")
        await one.watch((room.pk, 0))

        async def answered(text: str) -> str:
            nonce = new_key()
            await one.tell(type="say", channel=room.pk, text=text, nonce=nonce)
            while True:
                told = await one.hear("event", event="message.sent")
                if told["message"]["kind"] == "system":
                    return str(told["message"]["text"])

        assert "Odile" not in await answered("Odile, be quiet")
        assert "Your birthday is 1 May." in await answered("Odile, my birthday is 1 May")
        assert "A reminder for Ann" in await answered("Odile, remind me in 20 minutes to sleep")
        assert "0 things are remembered" in await answered("Odile, what do you know about me?")
        assert "yes, forget me" in await answered("Odile, forget me")
        assert "You are forgotten" in await answered("Odile, yes, forget me")
    assert await rows(Person.objects.filter(erased_at__isnull=False).count)() == 1


@pytest.mark.parametrize(("role", "may"), [("moderator", True), ("viewer", False)])
async def test_a_keeper_at_the_tank_may_have_it_quiet(room: Channel, role: str, may: bool) -> None:
    """Who may change rooms: who only looks on changes nothing here either."""
    client, staff = Client(), await rows(make_staff)()
    await rows(give_role)(staff, role)
    await rows(client.force_login)(staff)
    async with browser(new_key(), cookies={"sessionid": client.cookies["sessionid"].value}) as one:
        await one.join("Kay")
        await one.watch((room.pk, 0))
        await one.tell(type="say", channel=room.pk, text="Everybody, be quiet", nonce=new_key())
        await one.hear("ack")
    await rows(room.refresh_from_db)()
    assert (room.hushed_until is not None) is may
