"""Many senders, and such as die: every message is shown once, in order; and what wakes a sender."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.db import OperationalError

from conversations import outgoing
from conversations.discord import outbound, outbox, parts
from conversations.discord.crossing import step
from conversations.discord.outbound import Outbound
from conversations.models import Delivery, DeliveryPart
from conversations.tank import live
from tests.builders import make_character, make_conversation, make_turn
from tests.discord.sending import WEBHOOK_POST, Stage
from tests.faults.conftest import Process
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)

DEATHS = {
    "before the first part is noted": ("conversations.discord.parts.begin_part", "before", 1, 0),
    "before the first part is sent": ("conversations.discord.parts.begin_part", "after", 1, 0),
    "after the first part was sent": ("conversations.discord.parts.note_part", "before", 1, 1),
    "once the first part is noted": ("conversations.discord.parts.note_part", "after", 1, 1),
    "after the last part was sent": ("conversations.discord.parts.note_part", "before", 2, 2),
    "when all is sent": ("conversations.discord.outbox.finish", "before", 1, 2),
    "when it is done": ("conversations.discord.outbox.finish", "after", 1, 2),
}


@pytest.fixture(scope="module")
def process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    one = Process(tmp_path_factory.mktemp("sender") / "output")
    yield one
    one.end()


def send_by(process: Process, stage: Stage, death: tuple[str, str, int] | None = None) -> None:
    """Have another process send what waits, and die over it."""
    server, us = stage.server, stage.us
    deed = ("send_to_discord", server.api_url, server.token, us.user_id, us.application_id)
    if death is None:
        process.does(*deed)
    else:
        point, when, call = death
        process.dies(*deed, point=point, when=when, call=call)


@pytest.mark.parametrize("name", DEATHS)
def test_a_sender_that_is_killed_loses_nothing_and_doubles_nothing(
    name: str, stage: Stage, process: Process
) -> None:
    *death, shown = DEATHS[name]
    long = stage.say(make_character("Mara"), "A line of some words. " * 180)
    stage.say(make_character("Tam"), "Then this.")
    send_by(process, stage, tuple(death))  # type: ignore[arg-type]
    assert len(stage.shown()) == shown
    stage.wait(seconds=10)
    stage.send()
    assert [m.author_name for m in stage.shown()] == ["Mara", "Mara", "Tam"]
    assert " ".join(stage.texts()[:2]) == long.content.strip()
    noted = DeliveryPart.objects.order_by("delivery", "number").values_list("discord_id", flat=True)
    assert list(noted) == [m.id for m in stage.shown()]
    assert set(Delivery.objects.filter(surface="discord").values_list("status", flat=True)) == {
        "sent"
    }


def test_an_answer_is_lost_and_the_sender_killed_besides(stage: Stage, process: Process) -> None:
    stage.server.faults.lose_response(WEBHOOK_POST)
    stage.say(make_character(), "Once.")
    send_by(process, stage, ("conversations.discord.outbox.put_off", "before", 1))
    assert stage.texts() == ["Once."]
    stage.wait(seconds=10)
    stage.send()
    assert stage.texts() == ["Once."]


def test_what_the_bot_itself_says_is_not_doubled_either(stage: Stage, process: Process) -> None:
    stage.say(None, "The budget is spent.")
    send_by(process, stage, ("conversations.discord.parts.note_part", "before", 1))
    stage.wait(seconds=10)
    stage.send()
    assert stage.texts() == ["The budget is spent."]
    assert Delivery.objects.get(surface="discord").status == "sent"


def test_what_stands_behind_much_else_is_found(stage: Stage, process: Process) -> None:
    ann = stage.guild.person("Ann")
    stage.say(make_character(), "Once.")
    send_by(process, stage, ("conversations.discord.parts.note_part", "before", 1))
    for n in range(230):
        ann.say(stage.place, f"Line {n}.")
    stage.wait(seconds=10)
    stage.send()
    assert stage.texts().count("Once.") == 1
    assert Delivery.objects.get(surface="discord").status == "sent"


def test_what_was_begun_is_not_looked_for_too_soon(stage: Stage, process: Process) -> None:
    said = stage.say(make_character(), "Once.")
    send_by(process, stage, ("conversations.discord.parts.begin_part", "after", 1))
    stage.send()
    assert stage.asked("GET /channels/*/messages") == 0
    assert stage.delivery(said).next_attempt_at > stage.now()


def test_senders_that_race_send_each_message_once_and_in_order(stage: Stage) -> None:
    stage.server.limits.is_on = False
    mara = make_character()
    others = [stage.guild.add_channel(f"art-{n}") for n in range(3)]
    talks = [stage.talk, *(make_conversation(stage.take_in(place)) for place in others)]
    for n in range(12):
        for talk in talks:
            stage.say(mara, f"Line {n}.", talk)

    async def race() -> None:
        senders = [Outbound(str(stage.server.token), stage.us, stage.now) for _ in range(4)]
        for _ in range(40):
            await asyncio.gather(*(one.send_waiting() for one in senders))
            if not await step(outbox.waiting().exists):
                return

    asyncio.run(race())
    for place in (stage.place, *others):
        assert stage.texts(place) == [f"Line {n}." for n in range(12)]
        assert len(place.webhooks) == 1


def test_who_has_lost_a_claim_writes_nothing(stage: Stage) -> None:
    stage.say(make_character(), "Once.")
    first = outbox.claim(stage.channel.pk, stage.now())
    assert first is not None
    assert outbox.claim(stage.channel.pk, stage.now()) is None
    stage.wait(seconds=parts.LEASE_S + 1)
    second = outbox.claim(stage.channel.pk, stage.now())
    assert second is not None
    with pytest.raises(parts.Lost):
        parts.begin_part(first, 0, "Once.", None, stage.now())
    assert not outbox.finish(first, stage.now())
    assert outbox.finish(second, stage.now())


def test_an_edit_while_it_is_sent_is_sent_after(stage: Stage) -> None:
    said = stage.say(make_character(), "Off.")
    cargo = outbox.claim(stage.channel.pk, stage.now())
    assert cargo is not None
    outgoing.follow([said.pk], stage.now())
    assert not outbox.finish(cargo, stage.now())
    delivery = stage.delivery(said)
    assert (delivery.status, delivery.claimed_by) == ("pending", "")


# --- what wakes it --------------------------------------------------------------------------------


@pytest.fixture
def slow_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "LOOK_EVERY_S", 2 * PATIENCE_S)


async def until(true: Callable[[], object], what: str) -> None:
    for _ in range(round(PATIENCE_S / 0.02)):
        if true():
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"not within {PATIENCE_S:g} s: {what}")


async def heard(client: redis.Redis, channel_id: int) -> None:
    """Wait until somebody listens to a channel's live events."""
    group = f"__group__{live.group_of(channel_id)}"
    await until(
        lambda: any(group in name.decode() for name in client.pubsub_channels()), "a listener"
    )


@pytest.mark.usefixtures("slow_looks")
def test_it_is_woken_by_what_is_said(stage: Stage, redis_client: redis.Redis) -> None:
    def speak() -> None:
        message = stage.say(make_character(), "At once.")
        live.publish_message(message, stage.channel.pk)

    async def run() -> None:
        sender = Outbound(str(stage.server.token), stage.us)
        running = asyncio.create_task(sender.run())
        await heard(redis_client, stage.channel.pk)
        await step(speak)
        await until(lambda: stage.texts() == ["At once."], "the message")
        sender.stop()
        await running
        assert sender.looked_at is not None

    asyncio.run(run())


def test_it_finds_what_nobody_told_of(stage: Stage) -> None:
    async def run() -> None:
        sender = Outbound(str(stage.server.token), stage.us)
        running = asyncio.create_task(sender.run())
        await until(lambda: sender.looked_at, "a first look")
        await step(lambda: stage.say(make_character(), "Unheard."))
        await until(lambda: stage.texts() == ["Unheard."], "the message")
        sender.stop()
        await running

    asyncio.run(run())


@pytest.mark.usefixtures("slow_looks")
def test_it_shows_that_somebody_types_until_it_is_said(
    stage: Stage, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.discord.typing_shown.AGAIN_AFTER_S", 0.01)
    stage.server.limits.is_on = False
    mara = make_character()
    turn = make_turn(stage.talk, mara)

    def tell(event: str) -> None:
        live.publish(stage.channel.pk, event, turn=turn.pk, slug=mara.slug, name=mara.name)

    async def spoken(text: str) -> None:
        await step(lambda: live.publish_message(stage.say(mara, text), stage.channel.pk))
        await until(lambda: text in stage.texts(), text)

    async def run() -> int:
        sender = Outbound(str(stage.server.token), stage.us)
        running = asyncio.create_task(sender.run())
        await heard(redis_client, stage.channel.pk)
        await step(tell, "turn.typing")
        await until(lambda: len(stage.server.typing) >= 3, "typing, again and again")
        await step(tell, "turn.over")
        await spoken("This was heard of after the end.")
        shown = len(stage.server.typing)
        await spoken("This took longer than typing takes to be shown again.")
        sender.stop()
        await running
        return len(stage.server.typing) - shown

    assert asyncio.run(run()) == 0
    assert {one.channel for one in stage.server.typing} == {stage.place}


def test_it_goes_on_after_the_database_was_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, failed = outbox.claim, []

    def claim_later(channel_id: int, now: Any) -> Any:
        if not failed:
            failed.append(True)
            raise OperationalError("the server closed the connection unexpectedly")
        return claim(channel_id, now)

    monkeypatch.setattr(outbox, "claim", claim_later)
    stage.say(make_character(), "All the same.")

    async def run() -> None:
        sender = Outbound(str(stage.server.token), stage.us)
        running = asyncio.create_task(sender.run())
        await until(lambda: stage.texts() == ["All the same."], "the message")
        sender.stop()
        await running

    asyncio.run(run())
    assert failed


def test_it_ends_with_the_error_of_a_loop_that_broke(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(outbox, "leave_unreachable", broken)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(Outbound(str(stage.server.token), stage.us).run())


def test_it_does_without_live_events_while_redis_is_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise redis.ConnectionError("Connection refused.")

    monkeypatch.setattr(outbound, "get_channel_layer", away)
    stage.say(make_character(), "All the same.")

    async def run() -> None:
        sender = Outbound(str(stage.server.token), stage.us)
        running = asyncio.create_task(sender.run())
        await until(lambda: stage.texts() == ["All the same."], "the message")
        sender.stop()
        await running

    asyncio.run(run())
