"""What characters say comes to Discord once, in order, under their names, whatever goes wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from audit.configuration import configuration
from conversations import outgoing
from conversations.corrections import edit_message, remove_message
from conversations.discord import parts
from conversations.discord.cargo import Cargo, Hook
from conversations.discord.carrying import Carrier
from conversations.discord.crossing import step
from conversations.discord.known import message_id_of
from conversations.discord.rest import Rest
from conversations.models import Channel, Delivery, DeliveryPart
from fishbowl.sealing import unseal
from tests.builders import (
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_reaction,
)
from tests.discord.sending import WEBHOOK_POST, Stage
from tests.discord.server import JSON_WITH_CHARSET

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_sends_under_the_characters_own_name_and_face(stage: Stage) -> None:
    mara = make_character("Mara", avatar_url="https://pictures.example/mara.png")
    said = stage.say(mara, "The kettle is on.")
    stage.send()
    (shown,) = stage.shown()
    assert (shown.author_name, shown.avatar_url) == ("Mara", "https://pictures.example/mara.png")
    assert shown.content == "The kettle is on."
    assert shown.allowed_mentions == {"parse": [], "users": [], "replied_user": False}
    said.refresh_from_db()
    assert said.discord_message_id == shown.id
    delivery = stage.delivery(said)
    assert (delivery.status, delivery.attempts, delivery.claimed_by) == ("sent", 1, "")
    assert delivery.sent_at is not None


def test_it_sends_nothing_twice(stage: Stage) -> None:
    stage.say(make_character(), "Once.")
    stage.send()
    stage.send()
    assert stage.texts() == ["Once."]


def test_one_webhook_serves_all_and_its_token_is_sealed(stage: Stage) -> None:
    for name in ("Mara", "Tam"):
        stage.say(make_character(name), f"I am {name}.")
    stage.send()
    (webhook,) = stage.place.webhooks
    stage.channel.refresh_from_db()
    assert stage.channel.webhook_id == webhook.id
    assert webhook.token not in stage.channel.webhook_token
    assert unseal(stage.channel.webhook_token, settings.SECRET_KEY) == webhook.token
    assert [m.author_name for m in stage.shown()] == ["Mara", "Tam"]


def test_it_finds_its_own_webhook_again_and_leaves_others_alone(stage: Stage) -> None:
    stage.place.add_webhook("Fishbowl", by=stage.guild.person("Ann"))
    stage.say(make_character(), "First.")
    stage.send()
    Channel.objects.update(webhook_id=None, webhook_token="")
    stage.say(make_character(), "Second.")
    stage.send()
    assert stage.texts() == ["First.", "Second."]
    assert len(stage.place.webhooks) == 2
    assert len({m.webhook.id for m in stage.shown() if m.webhook}) == 1


def test_it_makes_a_webhook_anew_when_its_own_was_deleted(stage: Stage) -> None:
    stage.say(make_character(), "First.")
    stage.send()
    stage.place.webhooks[0].delete()
    stage.say(make_character(), "Second.")
    stage.send()
    assert stage.texts() == ["First.", "Second."]
    stage.channel.refresh_from_db()
    assert stage.channel.webhook_id == stage.place.webhooks[0].id
    assert stage.channel.send_trouble == ""


def test_it_speaks_in_threads_by_the_webhook_of_their_channel(stage: Stage) -> None:
    thread = stage.guild.person("Ann").start_thread(stage.place, "tea")
    talk = make_conversation(stage.take_in(thread, parent=stage.channel))
    stage.say(make_character(), "In here.", talk)
    stage.send()
    assert stage.texts(thread)[-1] == "In here."
    assert stage.texts(stage.place).count("In here.") == 0
    stage.channel.refresh_from_db()
    assert stage.channel.webhook_id is not None


def test_in_direct_messages_the_bot_says_who_speaks(stage: Stage) -> None:
    dm = stage.guild.person("Ann").open_dm()
    channel = stage.take_in(dm, is_direct=True, is_private=True)
    said = stage.say(make_character("Mara"), "Just us.", make_conversation(channel))
    stage.send()
    assert stage.texts(dm) == ["**Mara:** Just us."]
    edit_message(said.pk, "Only us.")
    stage.send()
    assert stage.texts(dm) == ["**Mara:** Only us."]


def test_a_notice_is_the_bots_own(stage: Stage) -> None:
    stage.say(None, "The budget is spent.")
    stage.send()
    (shown,) = stage.shown()
    assert (shown.content, shown.author) == ("The budget is spent.", stage.server.bot)


def test_a_pause_of_everything_stops_a_long_text_between_its_parts(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = stage.say(make_character("Mara"), " ".join(f"The tide, {n}." for n in range(300)))
    noted = parts.note_part

    def pause_then(*told: Any) -> None:
        noted(*told)
        configuration.pause_society(True)

    with monkeypatch.context() as patched:
        patched.setattr(parts, "note_part", pause_then)
        stage.send()
    assert len(stage.texts()) == 1
    stage.send()
    assert len(stage.texts()) == 1
    assert stage.delivery(long).attempts == 0  # it waits: nothing has failed
    configuration.pause_society(False)
    stage.send()
    assert "".join(stage.texts()).count("The tide,") == 300
    assert stage.delivery(long).status == "sent"


def test_a_pause_that_comes_while_a_limit_is_waited_for_is_heeded(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    mara = make_character("Mara")
    heard = stage.say(mara, "First.")
    stage.send()
    said = stage.say(mara, "Too late.")
    outgoing.send_reaction(make_reaction(heard, make_character("Tam")), stage.channel, stage.now())

    async def pause_meanwhile(*_: object) -> None:
        await step(configuration.pause_society, True)

    monkeypatch.setattr(Rest, "await_limits", pause_meanwhile)
    stage.send()
    assert stage.texts() == ["First."]
    assert stage.shown()[0].reactions == {}
    waits = Delivery.objects.filter(surface="discord", status="pending", sent_at=None)
    assert waits.count() == 2
    assert stage.delivery(said) in waits


def test_what_people_said_there_is_not_said_again(stage: Stage) -> None:
    make_message(stage.talk, make_person(discord_id=5), "Hello.")
    assert not Delivery.objects.filter(surface="discord").exists()


def test_in_rooms_of_our_own_nothing_goes_out() -> None:
    said = make_message(make_conversation(), make_character(), "Here.")
    assert [d.surface for d in said.deliveries.all()] == ["web"]


def test_it_shows_what_is_answered_without_ringing_anybody(stage: Stage) -> None:
    ann = stage.guild.person("Ann")
    asked = ann.say(stage.place, f"Is **she** in, {ann.mention}? @everyone")
    person = make_person("Ann", discord_id=ann.id)
    heard = make_message(stage.talk, person, asked.content, discord_message_id=asked.id)
    stage.say(make_character(), "She is out.", reply_to=heard)
    stage.send()
    line, said = stage.texts()[-1].split("\n")
    assert said == "She is out."
    assert line.startswith(f"-# ↪ [Ann](<https://discord.com/channels/{stage.guild.id}/")
    assert line.endswith(f"/{asked.id}>): Is she in, …? @\u200beveryone")
    assert stage.shown()[-1].mentions == []
    assert not stage.shown()[-1].mention_everyone


def test_everyone_is_never_rung(stage: Stage) -> None:
    stage.community.settings = {"mentions": "people"}
    stage.community.save()
    stage.say(make_character(), "@everyone come, @here too, <@&123456789012345678>!")
    stage.send()
    (shown,) = stage.shown()
    assert not shown.mention_everyone
    assert (shown.mentions, shown.mention_roles) == ([], [])


@pytest.mark.parametrize(("allowed", "rung"), [("none", False), ("people", True)])
def test_it_rings_people_only_where_the_keeper_allows(
    stage: Stage, allowed: str, rung: bool
) -> None:
    stage.community.settings = {"mentions": allowed}
    stage.community.save()
    ann = stage.guild.person("Ann")
    make_message(stage.talk, make_person("Ann", discord_id=ann.id), "Hello.")
    stage.say(make_character(), "@Ann, tea?")
    stage.send()
    (shown,) = stage.shown()
    assert (shown.mentions == [ann]) is rung
    assert shown.content == (f"{ann.mention}, tea?" if rung else "@Ann, tea?")


def test_names_that_discord_refuses_are_made_good(stage: Stage) -> None:
    names = ["Clyde", "DISCORDIA", "everyone", "x" * 80, "```", "Clyde " + "of Discord " * 6]
    for name in names:
        stage.say(make_character(name), "Hello.")
    stage.send()
    assert [m.content for m in stage.shown()] == ["Hello."] * len(names)
    shown = [m.author_name.replace("\u200a", "") for m in stage.shown()]
    assert shown[:4] == names[:4]
    assert shown[4] == "'''"
    assert shown[5] == names[5].strip()


def test_a_long_message_comes_in_parts_that_are_all_known(stage: Stage) -> None:
    code = "\n".join(f"    value_{n} = {n}" for n in range(180))
    said = stage.say(make_character(), f"Look:\n```python\n{code}\n```\nThat is all.")
    assert len(said.content) > 2000
    stage.send()
    assert len(stage.shown()) == 2
    assert all("```python\n" in text and text.count("```") == 2 for text in stage.texts())
    said.refresh_from_db()
    first, second = (m.id for m in stage.shown())
    assert said.discord_message_id == first
    assert message_id_of(first) == message_id_of(second) == said.pk


# --- edits, deletions, reactions ------------------------------------------------------------------


def test_what_is_edited_and_removed_here_is_there(stage: Stage) -> None:
    said = stage.say(make_character(), "The kettle is off. " * 150)
    other = stage.say(make_character(), "Other.")
    stage.send()
    assert len(stage.shown()) == 3
    edit_message(said.pk, "The kettle is on.")
    stage.send()
    assert stage.texts() == ["The kettle is on.", "Other."]
    remove_message(said.pk)
    stage.send()
    assert stage.texts() == ["Other."]
    assert not DeliveryPart.objects.filter(delivery__message=said).exists()
    assert stage.delivery(said).status == "sent"
    assert stage.delivery(other).attempts == 1


def test_what_is_removed_before_it_was_sent_never_comes(stage: Stage) -> None:
    said = stage.say(make_character(), "Never mind.")
    remove_message(said.pk)
    stage.send()
    assert stage.texts() == []
    assert stage.asked(WEBHOOK_POST) == 0


def test_an_answer_forgets_what_it_quotes_when_that_is_removed(stage: Stage) -> None:
    heard = make_message(stage.talk, make_person("Ann", discord_id=5), "I live in Ashby Road.")
    stage.say(make_character(), "Noted.", reply_to=heard)
    stage.send()
    assert "Ashby Road" in stage.texts()[0]
    remove_message(heard.pk)
    stage.send()
    assert stage.texts() == ["Noted."]


def test_what_was_deleted_there_needs_no_deleting(stage: Stage) -> None:
    said = stage.say(make_character(), "Gone.")
    stage.send()
    stage.guild.owner.delete(stage.shown()[0])
    remove_message(said.pk)
    stage.send()
    assert (stage.delivery(said).status, stage.delivery(said).error) == ("sent", "")


def test_what_an_earlier_webhook_sent_is_deleted_by_the_bot(stage: Stage) -> None:
    said = stage.say(make_character(), "Secret.")
    stage.send()
    stage.place.webhooks[0].delete()
    edit_message(said.pk, "Changed.")
    stage.send()
    assert "no more" in stage.delivery(said).error
    remove_message(said.pk)
    stage.send()
    assert stage.texts() == []


def test_a_characters_reaction_is_the_bots(stage: Stage) -> None:
    stage.server.limits.is_on = False
    asked = stage.guild.person("Ann").say(stage.place, "Tea?")
    heard = make_message(stage.talk, make_person(discord_id=5), "Tea?", discord_message_id=asked.id)
    reactions = [make_reaction(heard, make_character()) for _ in range(2)]
    for reaction in reactions:
        outgoing.send_reaction(reaction, stage.channel, stage.now())
    stage.send()
    assert stage.shown()[0].reactions == {"👍": [stage.server.bot]}
    for reaction, left in zip(reactions, ([stage.server.bot], []), strict=True):
        reaction.removed_at = stage.now()
        reaction.save()
        outgoing.send_reaction(reaction, stage.channel, stage.now())
        stage.send()
        assert stage.shown()[0].reactions.get("👍", []) == left


def test_a_reaction_that_is_forbidden_stops_nothing(stage: Stage) -> None:
    stage.place.deny(stage.server.bot, "ADD_REACTIONS")
    asked = stage.guild.person("Ann").say(stage.place, "Tea?")
    heard = make_message(stage.talk, make_person(discord_id=5), "Tea?", discord_message_id=asked.id)
    outgoing.send_reaction(make_reaction(heard, make_character()), stage.channel, stage.now())
    stage.say(make_character(), "Tea it is.")
    stage.send()
    assert stage.texts() == ["Tea?", "Tea it is."]
    assert Delivery.objects.get(reaction__isnull=False).status == "abandoned"
    stage.channel.refresh_from_db()
    assert stage.channel.send_trouble == ""


# --- what goes wrong ------------------------------------------------------------------------------


def test_an_answer_that_was_lost_doubles_nothing(stage: Stage) -> None:
    stage.server.faults.lose_response(WEBHOOK_POST)
    said = stage.say(make_character(), "Once.")
    stage.say(make_character(), "Then this.")
    stage.send()
    assert stage.texts() == ["Once."]
    stage.wait(seconds=10)
    stage.send()
    assert stage.texts() == ["Once.", "Then this."]
    said.refresh_from_db()
    assert said.discord_message_id == stage.shown()[0].id


@pytest.mark.parametrize("deviation", ["content_type", "nulls_in_history"])
def test_it_is_found_on_compatible_servers_too(stage: Stage, deviation: str) -> None:
    value = JSON_WITH_CHARSET if deviation == "content_type" else True
    setattr(stage.server.faults, deviation, value)
    stage.server.faults.lose_response(WEBHOOK_POST)
    stage.say(make_character(), "Once.")
    stage.send()
    stage.wait(seconds=10)
    stage.send()
    assert stage.texts() == ["Once."]
    assert Delivery.objects.get(surface="discord").status == "sent"


def test_what_the_gateway_tells_of_need_not_be_looked_for(stage: Stage) -> None:
    stage.place.deny(stage.server.bot, "READ_MESSAGE_HISTORY")
    stage.server.faults.lose_response(WEBHOOK_POST)
    said = stage.say(make_character(), "Once.")
    stage.send()
    (shown,) = stage.shown()
    assert shown.webhook is not None
    told = (stage.place.id, shown.id, shown.content, shown.webhook.id)
    assert not parts.recognise(stage.place.id, shown.id, "Other words.", shown.webhook.id)
    assert parts.recognise(*told)
    assert not parts.recognise(*told)
    stage.wait(seconds=10)
    stage.send()
    assert stage.texts() == ["Once."]
    said.refresh_from_db()
    assert (said.discord_message_id, stage.delivery(said).status) == (shown.id, "sent")


def test_what_was_lost_on_the_way_there_is_sent_again(stage: Stage) -> None:
    stage.server.faults.cut(WEBHOOK_POST)
    stage.say(make_character(), "Once.")
    stage.send()
    assert stage.texts() == []
    stage.wait(seconds=10)
    stage.send()
    assert stage.texts() == ["Once."]


def test_the_same_words_said_twice_are_two_messages(stage: Stage) -> None:
    mara = make_character()
    stage.say(mara, "Ha!")
    stage.send()
    stage.server.faults.cut(WEBHOOK_POST)
    stage.say(mara, "Ha!")
    stage.send()
    stage.wait(seconds=10)
    stage.send()
    assert stage.texts() == ["Ha!", "Ha!"]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_it_tries_again_after_an_error_of_theirs(stage: Stage, status: int) -> None:
    stage.server.faults.fail(WEBHOOK_POST, times=2, status=status)
    said = stage.say(make_character(), "At last.")
    stage.send()
    assert stage.asked(WEBHOOK_POST) == 1
    for _ in range(2):
        stage.wait(seconds=30)
        stage.send()
    assert stage.texts() == ["At last."]
    assert stage.delivery(said).attempts == 3


def test_in_parts_it_goes_on_where_it_broke_off(stage: Stage) -> None:
    said = stage.say(make_character(), "A line of some words. " * 180)
    stage.server.faults.delay(WEBHOOK_POST, 0.0, times=1)
    stage.send()
    whole = stage.texts()
    assert len(whole) == 2
    stage.server.faults.lose_response(WEBHOOK_POST)
    again = stage.say(make_character(), said.content)
    stage.send()
    assert stage.texts()[2:] == whole[:1]
    stage.wait(seconds=10)
    stage.send()
    assert stage.texts()[2:] == whole
    assert stage.delivery(again).parts.count() == 2


def test_it_waits_as_long_as_it_is_told(stage: Stage) -> None:
    stage.server.faults.rate_limit(WEBHOOK_POST, retry_after=20.0)
    said = stage.say(make_character(), "Slowly.")
    stage.send()
    delivery = stage.delivery(said)
    assert (delivery.status, delivery.attempts) == ("pending", 0)
    assert 20 <= (delivery.next_attempt_at - stage.now()).total_seconds() + 1 < 22
    stage.send()
    assert stage.asked(WEBHOOK_POST) == 1


def test_order_is_kept_through_limits(stage: Stage) -> None:
    stage.server.limits.set("POST /webhooks/{webhook_id}/{webhook_token}", 5, per_s=0.3)
    mara = make_character()
    for n in range(23):
        stage.say(mara, f"Line {n}.")
    stage.send()
    assert stage.texts() == [f"Line {n}." for n in range(23)]
    assert stage.server.rate_limited == []


def test_a_failing_message_holds_back_those_after_it(stage: Stage) -> None:
    stage.server.faults.fail(WEBHOOK_POST, status=502)
    for n in range(3):
        stage.say(make_character(), f"Line {n}.")
    stage.send()
    assert stage.texts() == []
    stage.wait(seconds=30)
    stage.send()
    assert stage.texts() == ["Line 0.", "Line 1.", "Line 2."]


def test_other_channels_do_not_wait_for_one(stage: Stage) -> None:
    other = stage.guild.add_channel("art")
    stage.place.deny(stage.server.bot, "MANAGE_WEBHOOKS")
    stage.say(make_character(), "Stuck.")
    stage.say(make_character(), "Free.", make_conversation(stage.take_in(other)))
    stage.send()
    assert (stage.texts(), stage.texts(other)) == ([], ["Free."])


def test_a_missing_permission_is_told_and_found_to_be_mended(stage: Stage) -> None:
    stage.place.deny(stage.server.bot, "MANAGE_WEBHOOKS")
    said = stage.say(make_character(), "Later.")
    stage.send()
    stage.channel.refresh_from_db()
    assert "Manage Webhooks" in stage.channel.send_trouble
    assert stage.delivery(said).status == "pending"
    stage.place.restore(stage.server.bot)
    stage.wait(minutes=3)
    stage.send()
    stage.channel.refresh_from_db()
    assert (stage.texts(), stage.channel.send_trouble) == (["Later."], "")


def test_a_channel_that_is_gone_is_given_up(stage: Stage) -> None:
    said = [stage.say(make_character(), f"Line {n}.") for n in range(3)]
    stage.place.delete()
    stage.send()
    stage.channel.refresh_from_db()
    assert stage.channel.removed_at is not None
    assert {stage.delivery(one).status for one in said} == {"abandoned"}
    assert stage.say(make_character(), "Anybody?").deliveries.filter(surface="discord").count() == 0


def test_what_discord_refuses_is_given_up_and_the_rest_goes_on(stage: Stage) -> None:
    stage.server.faults.refuse(
        WEBHOOK_POST, times=4, status=400, code=50035, message="Invalid Form Body"
    )
    refused, after = stage.say(make_character(), "Bad."), stage.say(make_character(), "Good.")
    for _ in range(5):
        stage.send()
        stage.wait(seconds=59 / 5)
    assert stage.texts() == ["Good."]
    assert stage.delivery(refused).status == "abandoned"
    assert "50035" in stage.delivery(refused).error
    assert stage.delivery(after).status == "sent"


def test_what_breaks_the_sender_is_set_aside(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    post = Carrier._post

    async def break_on_poison(
        carrier: Carrier, cargo: Cargo, number: int, text: str, hook: Hook | None
    ) -> Any:
        if text == "Poison.":
            raise ZeroDivisionError
        return await post(carrier, cargo, number, text, hook)

    monkeypatch.setattr(Carrier, "_post", break_on_poison)
    poison = stage.say(make_character(), "Poison.")
    stage.say(make_character(), "Tea.")
    for _ in range(12):
        stage.send()
        stage.wait(seconds=20)
    assert stage.texts() == ["Tea."]
    assert stage.delivery(poison).status == "failed"
    assert "ZeroDivisionError" in stage.delivery(poison).error


def test_after_an_outage_there_is_no_flood(stage: Stage) -> None:
    ann = stage.guild.person("Ann")
    asked = make_message(stage.talk, make_person("Ann", discord_id=ann.id), "Tea?")
    mara = make_character()
    answer = stage.say(mara, "Yes, Ann!", reply_to=asked)
    old = [stage.say(mara, f"Old {n}.") for n in range(20)]
    with stage.server.outage():
        stage.send()
        stage.wait(minutes=30)
        stage.send()
        recent = [stage.say(mara, f"Recent {n}.", at=stage.now()) for n in range(10)]
        stage.wait(minutes=5)
    stage.send()
    assert stage.texts()[0].endswith("Yes, Ann!")
    assert stage.texts()[1:] == [f"Recent {n}." for n in range(4, 10)]
    assert {stage.delivery(one).status for one in [*old, *recent[:4]]} == {"abandoned"}
    assert "unsaid" in stage.delivery(old[0]).error
    assert stage.delivery(answer).status == "sent"


def test_while_discord_is_away_the_characters_fall_silent(stage: Stage) -> None:
    stage.say(make_character(), "Hello?")
    told = []
    with stage.server.outage():
        for _ in range(3):
            stage.send()
            stage.wait(seconds=30)
            stage.channel.refresh_from_db()
            told.append(stage.channel.send_trouble)
    assert told == ["", "", "Discord does not answer."]
    stage.send()
    stage.channel.refresh_from_db()
    assert (stage.texts(), stage.channel.send_trouble) == (["Hello?"], "")


def test_what_became_of_a_line_is_carried_after_it_for_long_and_not_for_good(
    stage: Stage,
) -> None:
    said = stage.say(make_character(), "Nobody should have heard this.")
    stage.send()
    remove_message(said.pk)
    for attempts, status in ((98, "pending"), (99, "abandoned")):
        Delivery.objects.update(attempts=attempts)
        with stage.server.outage():
            stage.send()
        assert stage.delivery(said).status == status
        stage.wait(minutes=20)


def test_a_token_that_is_not_accepted_is_told(stage: Stage) -> None:
    said = stage.say(make_character(), "Hello?")
    stage.server.revoke_token()
    stage.send()
    stage.channel.refresh_from_db()
    assert "DISCORD_TOKEN" in stage.channel.send_trouble
    assert stage.delivery(said).status == "pending"
