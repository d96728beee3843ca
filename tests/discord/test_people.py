"""People of Discord as persons and memberships."""

from __future__ import annotations

import pytest
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Membership, Person
from conversations.discord import people, places
from conversations.discord.inbound import receive
from conversations.models import Conversation, Participant
from conversations.moderation import rulebook
from conversations.turns.briefing import load_brief
from tests.builders import (
    make_character,
    make_memory,
    make_relationship,
    make_rule,
    make_turn,
)
from tests.discord.happenings import GUILD, US, guild, picked, said, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def harbour(db: None) -> None:
    places.take_in_guild(guild())


def test_who_joins_is_a_person_and_a_member() -> None:
    ada = somebody(nickname="Captain", roles=("Sailors",))
    assert people.join(GUILD, ada)
    person = Person.objects.get(discord_id=ada.id)
    assert (person.username, person.display_name, person.name) == ("ada", "Ada", "Ada")
    assert person.consent_level == Person.Consent.MINIMAL
    member = Membership.objects.get(person=person)
    assert (member.community.discord_id, member.nickname, member.roles) == (
        GUILD,
        "Captain",
        ["Sailors"],
    )


def test_joining_twice_is_joining_once() -> None:
    people.join(GUILD, somebody())
    people.join(GUILD, somebody())
    assert (Person.objects.count(), Membership.objects.count()) == (1, 1)


def test_bots_that_join_are_nobody() -> None:
    assert not people.join(GUILD, somebody("Beeper", is_bot=True))
    assert not Person.objects.exists()


@pytest.mark.parametrize("level", ["minimal", "full"])
def test_the_keeper_chooses_what_newcomers_consent_to(level: str) -> None:
    configuration.set_value("discord_inbound", "newcomer_consent", level)
    configuration.forget_cached()
    people.join(GUILD, somebody())
    assert Person.objects.get().consent_level == level


def test_who_must_consent_first_is_nobody_until_then() -> None:
    configuration.set_value("discord_inbound", "newcomer_consent", "none")
    configuration.forget_cached()
    assert not people.join(GUILD, somebody())
    assert not Person.objects.exists()


def test_a_new_name_is_learned_and_the_keepers_own_stays() -> None:
    people.join(GUILD, somebody())
    Person.objects.update(custom_name="Ada of the Lamp")
    renamed = somebody("Ada", username="ada2", display_name="Adelheid", nickname="Addie")
    assert people.change(GUILD, renamed)
    person = Person.objects.get()
    assert (person.username, person.display_name) == ("ada2", "Adelheid")
    assert person.name == "Ada of the Lamp"
    assert Membership.objects.get().nickname == "Addie"


def test_a_history_that_tells_no_nickname_and_roles_takes_none_away() -> None:
    people.join(GUILD, somebody(nickname="Captain", roles=("Sailors",)))
    people.join(GUILD, somebody(is_told_whole=False))
    member = Membership.objects.get()
    assert (member.nickname, member.roles) == ("Captain", ["Sailors"])


def test_of_a_stranger_who_is_renamed_nothing_is_kept() -> None:
    assert not people.change(GUILD, somebody())
    assert not Person.objects.exists()


def test_of_who_does_not_agree_to_be_known_no_new_name_is_kept() -> None:
    people.join(GUILD, somebody())
    Person.objects.update(consent_level="none")
    assert not people.change(GUILD, somebody(display_name="Adelheid", nickname="Ada of the debts"))
    assert Person.objects.get().display_name == "Ada"
    assert Membership.objects.get().nickname == ""


def test_whom_a_keeper_made_inactive_stays_so_though_they_leave_and_come_back() -> None:
    ada = somebody()
    people.join(GUILD, ada)
    Person.objects.update(is_active=False)
    people.change(GUILD, somebody(nickname="Addie"))
    people.leave(GUILD, ada.id)
    people.join(GUILD, ada)
    assert not Person.objects.get().is_active


def test_who_leaves_is_active_no_more_and_again_on_return() -> None:
    ada = somebody()
    people.join(GUILD, ada)
    assert people.leave(GUILD, ada.id)
    assert not people.leave(GUILD, ada.id)
    assert Membership.objects.get().left_at is not None
    assert not Person.objects.get().is_active
    people.join(GUILD, ada)
    assert Membership.objects.get().left_at is None
    assert Person.objects.get().is_active


def test_before_who_has_left_is_nothing_held_back_until_they_are_back() -> None:
    configuration.set_value("memory", "confide_chance", 0)
    configuration.forget_cached()
    ada, ben, room = somebody(), somebody("Ben"), picked()
    mara = make_character("Mara")
    for who in (ada, ben):
        receive(said(f"Hello, {who.display_name} here.", by=who), US)
    receive(said("Mara, what did I tell you of the surprise on Friday?", by=ben), US)
    talk = Conversation.objects.get(channel=room)
    asked = talk.messages.order_by("number").last()
    told = Person.objects.get(discord_id=ben.id)
    make_relationship(mara, told, community=room.community, trust=0.95)
    make_memory(
        mara, "Ben plans a surprise for Ada on Friday.", visibility="full",
        told_by_person_id=told.pk, about_person_id=told.pk, community_id=room.community_id,
        provenance="told",
    )  # fmt: skip

    def comes_to_mind() -> bool:
        turn = make_turn(talk, mara, answers=asked, move="reply", trigger="person")
        brief, _ = load_brief(turn, room, timezone.now())
        turn.delete()
        return any("surprise for Ada" in one.text for one in brief.memories)

    assert not comes_to_mind()
    people.leave(GUILD, ada.id)
    assert comes_to_mind()
    assert Participant.objects.get(person__discord_id=ben.id).left_at is None
    people.join(GUILD, ada)
    assert not comes_to_mind()  # whoever is back reads the room, though they say nothing
    receive(said("Here I am again.", by=ada), US)
    assert not comes_to_mind()


def test_who_leaves_one_of_two_guilds_stays_active() -> None:
    places.take_in_guild(guild(id=701, name="The Mill"))
    ada = somebody()
    people.join(GUILD, ada)
    people.join(701, ada)
    people.leave(GUILD, ada.id)
    assert Person.objects.get().is_active


def test_nobody_goes_by_a_characters_name() -> None:
    make_character("Odile")
    people.join(GUILD, somebody("Odile"))
    assert Person.objects.get().name == "Odile (on Discord)"


def test_a_name_of_nothing_visible_is_replaced() -> None:
    people.join(GUILD, somebody("x", username="\u200b", display_name="\u202e"))
    person = Person.objects.get()
    assert person.name == f"user {person.discord_id}"


@pytest.mark.usefixtures("redis_client")
@pytest.mark.parametrize("action", ["quarantine", "refuse"])
def test_whom_a_rule_is_against_goes_by_the_name_that_may_be(action: str) -> None:
    picked()
    make_rule(action=action)
    nasty = somebody("Herring", username="ada")
    ben = said("<@77> is late.", by=somebody("Ben"), users={77: "Herring"})
    assert receive(ben, US).content == "@somebody is late."  # nor is Ben to blame for it
    message = receive(said("Good evening.", by=nasty), US)
    assert message is not None  # nothing is wrong with what they say
    assert message.person.name == "ada"
    people.change(GUILD, somebody("Herring", username="ada", display_name="Ada"))
    person = message.person
    person.refresh_from_db()
    assert person.name == "Ada"
    people.change(GUILD, somebody("Herring", username="herring", display_name="H3rr1ng"))
    person.refresh_from_db()
    assert person.name == f"user {nasty.id}"
    Person.objects.update(custom_name="The herring-wife")  # by a keeper
    assert people.know(nasty).name == "The herring-wife"


@pytest.mark.usefixtures("redis_client")
def test_a_rule_that_comes_later_takes_a_name_and_gives_it_back_when_it_goes() -> None:
    picked()
    nasty = somebody("Herring", username="ada")
    receive(said("Good evening.", by=nasty), US)
    assert Person.objects.get().name == "Herring"
    rule = make_rule()
    receive(said("The tide is out.", by=nasty), US)
    assert Person.objects.get().name == "ada"
    rulebook.switch([rule.pk], False)
    configuration.forget_cached()
    receive(said("It is in again.", by=nasty), US)
    assert Person.objects.get().name == "Herring"
