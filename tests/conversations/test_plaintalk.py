"""What people ask for in plain words: what is recognised, what is talk, and what is done."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from characters.models import Character, Person, PersonPreference
from conversations.afterwards import observe
from conversations.care import care
from conversations.floor import scene
from conversations.floor.lines import conversation_lines
from conversations.models import Channel, Conversation, Message, ScheduledEvent, Turn
from conversations.services import hear
from conversations.tank import visits
from conversations.tank.guests import Visitor
from conversations.text import Refused
from conversations.turns.briefing import load_brief
from conversations.turns.prompts import build
from conversations.wishes import granting, plaintalk
from conversations.wishes.plaintalk import Asked
from memories.models import ErasureReceipt, Memory, PersonFact
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_turn,
)
from tests.conversations.tankside import new_key

NAMES = ("Mara", "Tomas Brandt")
UTC = ZoneInfo("UTC")


def asked(text: str, *, is_called: bool = False) -> Asked | None:
    return plaintalk.asked(text, NAMES, is_called=is_called, now=NOON, zone=UTC)


def minutes(count: int) -> dt.datetime:
    return NOON + dt.timedelta(minutes=count)


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("Mara, remind me in 20 minutes to check the Oven", minutes(20), "check the Oven"),
        ("hey mara remind me to call Jo in 20 minutes please", minutes(20), "call Jo"),
        ("Tomas, can you remind me in an hour about the match?", minutes(60), "the match"),
        ("Please remind me at 18:30 that it rains, Mara!", minutes(390), "it rains"),
        ("Mara: remind me in 5 min: tea", minutes(5), "tea"),
        ("@Tomas Brandt remind me to call at 13:00", minutes(60), "call"),
        ("Mara, could you remind me tomorrow at 9 to write to Jo", minutes(1260), "write to Jo"),
    ],
)  # fmt: skip
def test_it_hears_what_to_remind_of(text: str, at: dt.datetime, what: str) -> None:
    assert asked(text) == Asked("remind", at, what)


@pytest.mark.parametrize(
    "text",
    [
        "Mara, forget me.",
        "mara, please forget everything you know about me",
        "Could you forget everything about me, Mara?",
        "Tomas, erase me please",
        "Mara: delete my data",
    ],
)
def test_it_hears_who_wants_to_be_forgotten(text: str) -> None:
    assert asked(text) == Asked("forget")


@pytest.mark.parametrize(
    "text",
    [
        "Mara, what do you know about me?",
        "What do you remember of me, Mara?",
        "Mara, tell me what you know about me",
        "Tomas, can you show me what you remember about me?",
        "Mara, what have you stored about me?",
    ],
)
def test_it_hears_who_wants_to_know(text: str) -> None:
    assert asked(text) == Asked("known")


def test_only_who_says_so_is_sure() -> None:
    assert asked("Mara, yes, forget me") == Asked("forget_for_sure")
    assert asked("Mara, yesterday you forget me") is None
    assert asked("Yes, forget me!", is_called=True) == Asked("forget_for_sure")
    assert asked("Yes, forget me!") is None


@pytest.mark.parametrize(
    "text",
    [
        "forget me",  # to nobody
        "Mara, don't forget me.",
        "Mara, did you forget me?",
        "Mara, do you always forget me when Odile comes?",
        "Mara, forget me nots are blue",
        "Mara, you know nothing about me",
        "Mara, forget it.",
        "Mara, forget everything you know about Bob.",
        "Mara, what do you know about mead?",
        "Mara, what do you know about me and Bob?",
        "Mara, what does Bob know about me?",
        "Mara, you remind me of my grandmother.",
        "Mara, songs remind me to breathe.",
        "Mara, remind me of the name of your boat.",
        "Mara, remind me why I came.",
        "Mara, remind me to be kind.",
        "Mara, remind me in a while to go.",
        "Mara, remind me in 20 minutes",
        "Bob, remind me in 20 minutes to go.",
        "I told Mara: what do you know about me, really, when all is said?",
        "Mara delete everything you wrote about the mill",
    ],
)
def test_other_words_are_talk(text: str) -> None:
    assert asked(text) is None


def test_who_calls_the_bot_needs_no_name() -> None:
    assert asked("remind me in 20 minutes to go", is_called=True) == Asked(
        "remind", minutes(20), "go"
    )


def test_in_the_tank_a_reminder_is_asked_for_without_a_name() -> None:
    def in_tank(text: str) -> Asked | None:
        return plaintalk.asked(text, NAMES, is_called=False, now=NOON, zone=UTC, in_tank=True)

    assert in_tank("remind me in 20 minutes to go") == Asked("remind", minutes(20), "go")
    assert in_tank("that will remind me in 20 minutes to go") is None
    assert in_tank("remind me of the ferry") is None
    assert in_tank("quiet") is None
    assert in_tank("forget me") is None


# --- done -----------------------------------------------------------------------------------------


@pytest.fixture
def room(db: None) -> Channel:
    make_character("Mara")
    return make_channel("harbour", mode=Channel.Mode.QUIET)


def answered(room: Channel, text: str, wish: Asked) -> Message:
    """What the system says to Ann's words."""
    person = make_person("Ann")
    message = hear(room, person, NOON, content=text, is_waking=False)
    granting.carry_out(wish, room, person, message, NOON)
    return Message.objects.get(role=Message.Role.SYSTEM)


def test_a_reminder_is_confirmed(room: Channel) -> None:
    notice = answered(room, "Mara, …", Asked("remind", minutes(20), "feed the gull"))
    assert ScheduledEvent.objects.get().trigger_at == minutes(20)
    assert "Wednesday 4 March at 12:20 (UTC)" in notice.content
    assert notice.reply_to is not None


def test_what_can_not_be_done_is_said(room: Channel) -> None:
    notice = answered(room, "Mara, …", Asked("remind", minutes(20), "x" * 400))
    assert "characters; at most 300" in notice.content


def test_what_is_known_is_told_in_private_alone(room: Channel) -> None:
    Channel.objects.filter(pk=room.pk).update(discord_id=5)
    room.refresh_from_db()
    notice = answered(room, "Mara, …", Asked("known"))
    assert "/what-do-you-know-about-me" in notice.content
    own = make_channel("direct messages", is_direct=True, is_private=True)
    person = make_person("Bob")
    make_memory(make_character("Odile"), "Bob has a boat.", about_person_id=person.pk)
    message = hear(own, person, NOON, content="…", is_waking=False)
    granting.carry_out(Asked("known"), own, person, message, NOON)
    assert "- Bob has a boat. (Odile)" in Message.objects.latest("pk").content


def test_nobody_is_forgotten_by_the_first_word(room: Channel) -> None:
    notice = answered(room, "Mara, forget me", Asked("forget"))
    assert "yes, forget me" in notice.content
    assert not ErasureReceipt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_is_sure_is_forgotten() -> None:
    make_character("Mara")
    room = make_channel("harbour")
    person = make_person("Ann")
    message = hear(room, person, NOON, content="Mara, yes, forget me", is_waking=False)
    granting.carry_out(Asked("forget_for_sure"), room, person, message, NOON)
    person.refresh_from_db()
    assert person.erased_at == NOON
    assert ErasureReceipt.objects.get().requested_by == "the person"
    notice = Message.objects.get(role=Message.Role.SYSTEM)
    assert notice.content.startswith("You are forgotten: ")
    assert "Ann" not in notice.content


# --- off the record -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Mara, don't remember this.", "please do not remember what I just said, Mara",
     "Mara, could you forget what I said?", "Tomas, never remember that please"],
)  # fmt: skip
def test_it_hears_what_shall_not_be_remembered(text: str) -> None:
    if text.endswith("?"):
        assert asked(text) is None  # a question may be talk
    else:
        assert asked(text) == Asked("off_record")


@pytest.mark.parametrize(
    "text",
    ["Mara, I don't remember this.", "Mara, you never remember that song", "Mara, forget that.",
     "Mara, don't remember it that way", "Mara, remember that?"],
)  # fmt: skip
def test_other_words_are_no_wish_to_be_unremembered(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize(
    "text",
    ["I have a debt at the bank. Don't remember that.", "I lost it at cards (don't remember that)",
     "I owe them money — please don’t remember this", "i owe the bank. dont remember that",
     "I sold the boat, please don't remember that, Mara.", "I sold it! Forget I said anything.",
     "He stole a cow. But please forget that I told you that.",
     "I sold the boat. Don't remember any of this, Tomas Brandt!"],
)  # fmt: skip
def test_it_hears_that_a_message_shall_itself_not_be_remembered(text: str) -> None:
    assert plaintalk.is_withheld(text)
    assert asked(text) is None  # it is talk, and a character answers


@pytest.mark.parametrize(
    "text",
    ["Don't remember that.", "I asked him, but don't remember that.",
     "We met. I don't remember it.", "Did he come? I do not remember it.",
     "I met him. Remember that.", "I owe him. Forget it.",
     "We met there. Don't remember that, sorry.", "We danced. Don't remember that song.",
     "I owe the bank. Don't forget that.", "I never remember that"],
)  # fmt: skip
def test_other_words_withhold_nothing(text: str) -> None:
    assert not plaintalk.is_withheld(text)


@pytest.mark.django_db(transaction=True)
def test_a_message_that_asks_for_it_is_off_the_record_by_itself() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    room = make_channel("harbour")
    said = granting.hear_out(
        room, ann, NOON, content="My brother Ivo owes the bank. Don't remember that."
    )
    assert isinstance(said, Message)
    assert said.is_off_record
    talk = Conversation.objects.get()
    assert talk.next_turn_at == NOON  # somebody answers
    notice = Message.objects.get(role=Message.Role.SYSTEM)
    assert notice.content == "Ann: nobody here will remember that."
    assert care.is_apart(said)
    make_message(talk, mara, "Is there no other bank?", at=NOON)
    observe.observe(talk.pk, NOON + dt.timedelta(hours=1))
    assert Memory.objects.filter(content__contains="no other bank").exists()
    assert not Memory.objects.filter(content__contains="Ivo").exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_off_the_record_is_remembered_by_nobody() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    room = make_channel("harbour")
    secret = hear(room, ann, NOON, content="My brother Ivo works at the mill.", is_waking=False)
    talk = secret.conversation
    make_message(talk, mara, "Does he like it there?", at=NOON)
    later = NOON + dt.timedelta(hours=1)
    observe.observe(talk.pk, later)
    assert Memory.objects.filter(content__contains="Ivo").exists()
    second = hear(room, ann, later, content="He stole a cow called Berta.", is_waking=False)
    pity = make_message(second.conversation, mara, "Poor old cow.", at=later, reply_to=second)
    wish = hear(room, ann, later, content="Mara, don't remember that", is_waking=False)
    granting.carry_out(Asked("off_record"), room, ann, wish, later)
    answer = hear(
        room, ann, later, content="Don't remember this.", reply_to=secret, is_waking=False
    )
    granting.carry_out(Asked("off_record"), room, ann, answer, later)
    for message in (second, pity):
        message.refresh_from_db()
        assert message.is_off_record
    talk.refresh_from_db()
    turn = make_turn(talk, mara, answers=answer)
    brief, _ = load_brief(turn, room, later)
    assert {line.text: line.is_off_record for line in brief.lines[:3]} == {
        "My brother Ivo works at the mill.": True,
        "Does he like it there?": False,
        "He stole a cow called Berta.": True,
    }
    prompt = "".join(one.content for one in build(brief).messages)
    assert ", off the record] Ann: My brother Ivo works at the mill." in prompt
    observe.observe(talk.pk, later + dt.timedelta(hours=1))
    assert not Memory.objects.filter(content__contains="Ivo").exists()
    assert not Memory.objects.filter(content__contains="Berta").exists()
    assert not PersonFact.objects.filter(fact_content__contains="Ivo").exists()


def test_it_says_when_it_can_not_tell_what_is_meant(room: Channel) -> None:
    notice = answered(room, "Mara, don't remember this", Asked("off_record"))
    assert "Reply to the message" in notice.content


# --- quiet, and what one tells of oneself ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Mara, be quiet.", Asked("hush")),
        ("everybody, stop talking for a while please", Asked("hush")),
        ("Could you keep quiet for 20 minutes, Mara", Asked("hush", minutes(20))),
        ("All of you, shut up for an hour!", Asked("hush", minutes(60))),
        ("Mara, you can talk again", Asked("unhush")),
        ("Mara, my birthday is on 1 May.", Asked("birthday", what="1 may")),
        ("Mara, forget my birthday", Asked("birthday")),
        ("Mara, my time zone is Europe/Oslo", Asked("timezone", what="Europe/Oslo")),
        ("Mara, don't disturb me between 22:00 and 7:00!", Asked("quiet_hours", what="22:00|7:00")),
        ("Mara, forget my quiet hours.", Asked("quiet_hours")),
        ("Mara, set my privacy to none please", Asked("privacy", what="none")),
        ("Mara, privacy?", Asked("privacy")),
        ("/privacy", Asked("privacy")),
        ("Privacy minimal", Asked("privacy", what="minimal")),  # it can mean nothing else
    ],
)  # fmt: skip
def test_it_hears_who_wants_quiet_and_what_one_tells_of_oneself(text: str, wish: Asked) -> None:
    assert plaintalk.may_ask(text)
    assert asked(text) == wish


@pytest.mark.parametrize(
    "text",
    [
        "be quiet",  # to nobody
        "Mara, you were quiet today",
        "Mara, be quiet as a mouse",
        "Mara, stop talking about boats",
        "Mara, be quiet for the love of god",
        "Mara, I was born in Oslo",
        "Mara, my birthday is tomorrow",
        "Mara, when is my birthday?",
        "Privacy?",
        "Mara, my privacy is full of holes",
        "Mara, privacy matters",
    ],
)
def test_other_words_are_neither(text: str) -> None:
    assert asked(text) is None


def test_who_keeps_a_room_may_quiet_it(room: Channel) -> None:
    mara, person = Character.objects.get(), make_person("Ann")
    talk = make_conversation(room)
    planned = make_turn(talk, chosen=mara, status=Turn.Status.PLANNED, due_at=NOON)
    Channel.objects.update(mode=Channel.Mode.LIVE)
    room.refresh_from_db()
    granting.hear_out(room, person, NOON, content="Mara, be quiet", may_keep=True)
    room.refresh_from_db()
    assert room.hushed_until == minutes(30)
    planned.refresh_from_db()
    assert planned.status == Turn.Status.ABANDONED
    said = Message.objects.latest("pk")
    assert (said.role, said.content[:26]) == (Message.Role.SYSTEM, "Ann: nobody speaks unasked")

    def mode(at: dt.datetime) -> str:
        room.refresh_from_db()
        lines = conversation_lines(talk.pk, 20)
        return scene.load_floor(room, talk, "lull", at, lines=lines).mode

    assert mode(minutes(9)) == Channel.Mode.MUTED  # who asked for quiet wants no answer
    talk.refresh_from_db()
    make_message(talk, person, "Where were we?", at=minutes(10))
    assert mode(minutes(10)) == Channel.Mode.QUIET  # a person spoke last
    make_message(talk, mara, "As you like.", at=minutes(11))
    assert mode(minutes(12)) == Channel.Mode.MUTED
    assert mode(minutes(31)) == Channel.Mode.LIVE
    granting.hear_out(room, person, minutes(13), content="Mara, you can talk again", may_keep=True)
    assert mode(minutes(14)) == Channel.Mode.LIVE


def test_who_does_not_keep_it_is_left_be_alone(room: Channel) -> None:
    person = make_person("Ann")
    granting.hear_out(room, person, NOON, content="Mara, be quiet")
    room.refresh_from_db()
    assert room.hushed_until is None
    assert PersonPreference.objects.filter(person=person).exists()
    assert "only whoever keeps this room" in Message.objects.latest("pk").content


def test_what_one_tells_of_oneself_is_kept(room: Channel) -> None:
    person = make_person("Ann")
    for text in (
        "Mara, my birthday is 1 May",
        "Mara, my time zone is europe/oslo",
        "Mara, don't disturb me from 22:00 to 7",
    ):
        granting.hear_out(room, person, NOON, content=text)
    person.refresh_from_db()
    assert (person.birthday.month, person.timezone) == (5, "Europe/Oslo")
    assert person.quiet_hours == {"start": "22:00", "end": "07:00"}
    granting.hear_out(room, person, NOON, content="Mara, my time zone is the moon")
    assert "is no time zone" in Message.objects.latest("pk").content


def test_a_guest_of_the_tank_is_reminded(room: Channel) -> None:
    ann = make_person("Ann")
    said = granting.hear_out(room, ann, NOON, content="Remind me in 1 minute to look at the kiln")
    assert isinstance(said, Message)
    said.refresh_from_db()
    assert said.is_request
    assert ScheduledEvent.objects.get().trigger_at == minutes(1)


def test_how_far_one_is_remembered_is_set_and_taken_back_in_the_tank(room: Channel) -> None:
    ann = Visitor(new_key(), may_talk=True)
    visits.join(ann, "Ann")

    def says(text: str) -> str:
        visits.say(ann, room.pk, text, new_key(), None)
        return Message.objects.latest("pk").content

    assert "You are at minimal" in says("/privacy")
    assert "You are now at full:" in says("privacy full")
    assert Person.objects.get().consent_level == Person.Consent.FULL
    assert "to be heard again" in says("Mara, set my privacy to none")
    with pytest.raises(Refused) as refused:
        says("Mara, good evening")
    assert "Say “privacy minimal”" in refused.value.remedy
    assert "You are now at minimal:" in says("privacy minimal")
    assert says("Mara, good evening") == "Mara, good evening"


def test_what_was_asked_of_the_house_is_answered_by_nobody_else(room: Channel) -> None:
    ann = make_person("Ann")
    granting.hear_out(room, ann, NOON, content="Good evening, all.")
    granting.hear_out(room, ann, minutes(1), content="Mara, my birthday is 1 May")
    granting.hear_out(room, ann, minutes(2), content="privacy none")
    talk = Message.objects.latest("pk").conversation_id
    assert [line.text for line in conversation_lines(talk, 9)] == ["Good evening, all."]
    granting.hear_out(room, ann, minutes(3), content="Mara, what do you know about me?")
    assert conversation_lines(talk, 9)[-1].text == "Mara, what do you know about me?"
