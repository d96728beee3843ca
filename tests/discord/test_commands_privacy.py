"""What people do with what is kept of them, over real sockets and across restarts of the bot."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Character, Person, PersonPreference
from conversations.initiative import reminders
from conversations.models import Channel, Message
from memories.models import ErasureReceipt, Memory, PersonFact
from tests.builders import make_memory, make_person
from tests.discord.commanding import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def known(desk: Desk) -> Person:
    """Ann, of whom seven things are remembered."""
    desk.ann.say(desk.general, "I keep bees behind the mill.")
    desk.bot.wait_until(lambda: Person.objects.filter(discord_id=desk.ann.id).exists())
    ann = Person.objects.get(discord_id=desk.ann.id)
    mara, odile = Character.objects.get(name="Mara"), Character.objects.get(name="Odile")
    for owner in (mara, odile):
        make_memory(owner, "Ann said: “I keep bees.”", told_by_person_id=ann.pk)
    for number in range(5):
        make_memory(mara, f"Ann has {number} hives.", about_person_id=ann.pk)
    PersonFact.objects.create(
        person=ann, character=mara, fact_content="Ann keeps bees.", learned_at=timezone.now()
    )
    return ann


def test_what_is_known_is_read_and_forgotten_even_after_a_restart(desk: Desk) -> None:
    desk.open()
    assert desk.asks("what-do-you-know-about-me").content == "Nothing is remembered of you."
    ann = known(desk)
    shown = desk.asks("what-do-you-know-about-me")
    assert shown.is_ephemeral
    assert "What is remembered of you (7), page 1 of 2" in shown.content
    assert "**1.** Ann keeps bees." in shown.content
    desk.presses(shown, "More")
    assert "page 2 of 2" in shown.content
    assert "known by Mara, Odile" in shown.content
    desk.bot.stop()
    desk.open()
    desk.presses(shown, "Forget 7")
    assert not Memory.objects.filter(told_by_person=ann).exists()
    assert "(6)" in shown.content
    desk.presses(shown, "Back")
    desk.presses(shown, "Forget 1")
    assert not PersonFact.objects.filter(person=ann).exists()
    assert "Traceback" not in desk.bot.said


def test_long_lists_are_shown_whole_with_a_button_for_each(desk: Desk) -> None:
    desk.open()
    desk.ann.say(desk.general, "I keep bees behind the mill.")
    desk.bot.wait_until(lambda: Person.objects.filter(discord_id=desk.ann.id).exists())
    ann = Person.objects.get(discord_id=desk.ann.id)
    mara = Character.objects.get(name="Mara")
    for number in range(5):
        make_memory(mara, f"Ann counts: {number} " + "*a_b* " * 60, about_person_id=ann.pk)
    somebody = make_person("Bob", discord_id=desk.bob.id)
    make_memory(
        mara, "Bob says that Ann sings.", told_by_person_id=somebody.pk, about_person_id=ann.pk
    )
    shown = desk.asks("what-do-you-know-about-me")
    assert all(f"**{n}.** Ann counts: " in shown.content for n in range(1, 6))
    assert shown.content.endswith(
        "others have told 1 things of you: their words are theirs to read."
    )
    room = Channel.objects.get(discord_id=desk.general.id)
    for number in range(reminders.MOST):
        what = f"{number} " + "__the gull__ " * 10
        reminders.remind(ann, room, f"in {number + 2} hours", what, timezone.now())
    listed = desk.asks("reminders")
    assert len(listed.controls()) == reminders.MOST
    assert all(f"**{n}.** <t:" in listed.content for n in range(1, reminders.MOST + 1))
    assert len(listed.content) <= 2000
    desk.presses(listed, f"Cancel {reminders.MOST}")
    assert listed.content.startswith("That reminder is cancelled.")
    assert len(listed.controls()) == reminders.MOST - 1


def test_a_button_forgets_nothing_of_anybody_else(desk: Desk) -> None:
    desk.open()
    ann = known(desk)
    shown = desk.asks("what-do-you-know-about-me")
    desk.presses(shown, "Forget 1", by=desk.bob)
    assert shown.content == "Nothing is remembered of you."
    assert PersonFact.objects.filter(person=ann).exists()


def test_somebody_is_forgotten_when_they_are_sure(desk: Desk) -> None:
    desk.open()
    assert desk.asks("forget-me").content == "Nothing is kept of you."
    ann = known(desk)
    asked = desk.asks("forget-me")
    desk.presses(asked, "No")
    assert asked.content == "Everything stays as it is."
    assert Person.objects.get(pk=ann.pk).erased_at is None
    desk.presses(desk.asks("forget-me"), "Yes, forget me")
    desk.bot.wait_until(lambda: Person.objects.filter(pk=ann.pk, erased_at__isnull=False))
    receipt = ErasureReceipt.objects.get()
    assert receipt.requested_by == "the person"
    assert not Memory.objects.filter(content__contains="bees").exists()
    assert desk.asks("what-do-you-know-about-me").content == "Nothing is remembered of you."


def test_somebody_takes_all_of_it_with_them(desk: Desk) -> None:
    desk.open()
    assert desk.asks("export-me").content == "Nothing is kept of you."
    known(desk)
    desk.asks("style", {"length": "short"})
    given = desk.asks("export-me")
    assert given.is_ephemeral
    (file,) = given.attachments
    assert file.filename == "kept-of-you.json"
    told = json.loads(file.data)
    assert told["person"]["discord_id"] == str(desk.ann.id)
    assert [one["content"] for one in told["messages"]] == ["I keep bees behind the mill."]
    assert [one["fact_content"] for one in told["facts"]] == ["Ann keeps bees."]
    assert len(told["memories"]) == 7
    assert told["preferences"][0]["value"] == "short"


def test_nobody_is_heard_before_they_agree(desk: Desk) -> None:
    configuration.set_value("discord_inbound", "newcomer_consent", "none")
    configuration.forget_cached()
    desk.open()
    desk.bot.wait_until(lambda: Channel.objects.filter(discord_id=desk.general.id).exists())
    desk.ann.say(desk.general, "Mara, are you there?")
    said = desk.asks("privacy")
    assert "You would begin at **none**" in said.content
    assert not Person.objects.exists()
    refused = desk.asks("remind", {"when": "in 5 minutes", "what": "rope"})
    assert "Change that with /privacy" in refused.content
    assert "minimal" in desk.asks("privacy", {"level": "minimal"}).content
    desk.ann.say(desk.general, "Mara, are you there now?")
    desk.bot.wait_until(Message.objects.exists)
    assert Message.objects.get().content == "Mara, are you there now?"
    desk.asks("privacy", {"level": "none"})
    desk.ann.say(desk.general, "Never mind.")
    desk.bob.say(desk.general, "What?")
    assert "none" in desk.asks("privacy").content
    assert Message.objects.count() == 1


def test_people_say_how_they_would_like_it(desk: Desk) -> None:
    desk.open()
    assert "Europe/Oslo" in desk.suggested("timezone", "zone", "oslo")
    assert len(desk.suggested("timezone", "zone", "")) == 25
    assert "Europe/Oslo" in desk.asks("timezone", {"zone": "europe/oslo"}).content
    assert "no time zone" in desk.asks("timezone", {"zone": "Atlantis"}).content
    assert "1 May" in desk.asks("birthday", {"day": "May 1st 1990"}).content
    assert "22:00–07:00" in desk.asks("quiet", {"start": "22:00", "end": "7am"}).content
    assert "Give both ends" in desk.asks("quiet", {"start": "22:00"}).content
    ann = Person.objects.get(discord_id=desk.ann.id)
    assert (ann.timezone, str(ann.birthday)) == ("Europe/Oslo", "1990-05-01")
    assert ann.quiet_hours == {"start": "22:00", "end": "07:00"}
    assert "length: short" in desk.asks("style", {"length": "short", "emoji": "none"}).content
    assert desk.asks("style", {"length": "as ever"}).content.endswith("emoji: none.")
    assert PersonPreference.objects.get(person=ann).key == "emoji"


def test_whoever_is_blocked_may_still_be_forgotten(desk: Desk) -> None:
    desk.open()
    known(desk)
    Person.objects.update(blocked_until=timezone.now() + timezone.timedelta(days=1))
    assert desk.asks("characters").content.startswith("You can use commands again <t:")
    assert "Shall everything" in desk.asks("forget-me").content
    assert desk.asks("export-me").attachments
