"""Messages of Discord as rows: who is heard, what is stored, what becomes of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import redis
from django.utils import timezone

from audit.configuration import configuration
from characters import preferences
from characters.models import Community, Membership, Person
from conversations.discord import inbound, people, places, reactions
from conversations.discord.facts import Reacted, Sent
from conversations.floor import director, scene
from conversations.floor.lines import conversation_lines
from conversations.models import (
    Channel,
    Conversation,
    Delivery,
    DeliveryPart,
    Message,
    MessageEdit,
    ModerationCase,
    Participant,
    Reaction,
    Turn,
)
from tests.builders import (
    make_character,
    make_conversation,
    make_message,
    make_rule,
    make_turn,
)
from tests.discord.happenings import (
    GUILD,
    US,
    direct,
    id_at,
    new_id,
    picked,
    said,
    somebody,
    somewhere,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def harbour(db: None, redis_client: redis.Redis) -> Channel:
    return picked()


def configure(**settings: object) -> None:
    for key, value in settings.items():
        configuration.set_value("discord_inbound", key, value)
    configuration.forget_cached()


def ago(**lengths: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**lengths)


# --- who is heard ---------------------------------------------------------------------------------


def test_a_persons_message_is_a_row(harbour: Channel) -> None:
    sent = said("The ebb came early.", by=somebody("Ada", nickname="Captain", roles=("Sailors",)))
    message = inbound.receive(sent, US)
    assert message == Message.objects.get()
    assert (message.content, message.role) == ("The ebb came early.", Message.Role.USER)
    assert message.discord_message_id == sent.id
    person = Person.objects.get()
    assert (message.person, person.discord_id, person.name) == (person, sent.author.id, "Ada")
    member = Membership.objects.get()
    assert (member.community, member.nickname) == (harbour.community, "Captain")
    conversation = Conversation.objects.get()
    assert (conversation.channel, conversation.kind) == (harbour, Conversation.Kind.WITH_PEOPLE)
    assert conversation.next_turn_at is not None
    assert Participant.objects.get().person == person
    assert Channel.objects.get(pk=harbour.pk).seen_to == sent.id


def test_what_was_written_before_somebody_agreed_is_not_heard_after_it(harbour: Channel) -> None:
    configure(newcomer_consent="none")
    ada = somebody("Ada")
    late = said("Nobody's business.", by=ada, at=ago(seconds=20))
    person = people.know(ada)
    preferences.set_consent(person, "minimal", ago(seconds=10))
    assert inbound.receive(late, US) is None
    assert inbound.receive(said("Good evening.", by=ada), US) is not None
    preferences.set_consent(person, "full", timezone.now())  # agreed to be heard long before
    assert inbound.receive(said("And good night.", by=ada, at=ago(seconds=5)), US) is not None


def test_the_same_event_twice_is_one_row(harbour: Channel) -> None:
    sent = said("Once.")
    first = inbound.receive(sent, US)
    assert inbound.receive(sent, US) == first
    assert Message.objects.count() == 1
    assert Conversation.objects.get().message_count == 1


def test_in_a_muted_channel_nothing_is_taken_in(db: None) -> None:
    assert inbound.receive(said("Just among us."), US) is None
    assert not Message.objects.exists()
    assert not Person.objects.exists()
    channel = Channel.objects.get()
    assert (channel.mode, channel.seen_to) == (Channel.Mode.MUTED, None)


def test_a_channel_that_is_muted_forgets_where_it_was(harbour: Channel) -> None:
    inbound.receive(said("One."), US)
    Channel.objects.update(mode=Channel.Mode.MUTED)
    inbound.receive(said("Two."), US)
    assert Channel.objects.get(pk=harbour.pk).seen_to is None
    assert Message.objects.count() == 1


def test_ourselves_are_not_heard(harbour: Channel) -> None:
    bot = somebody("Fishbowl", id=US.user_id, is_bot=True)
    assert inbound.receive(said("I said that.", by=bot), US) is None
    webhook = somebody("Odile", is_bot=True)
    own = said("Said by Odile.", by=webhook, webhook_id=5, application_id=US.application_id)
    assert inbound.receive(own, US) is None
    assert not Message.objects.exists()
    assert Channel.objects.get(pk=harbour.pk).seen_to == own.id


def test_a_webhook_that_we_stored_is_ours_whoever_made_it(harbour: Channel) -> None:
    configure(other_bots="record")
    Channel.objects.update(webhook_id=55)
    own = said("Said by Odile.", by=somebody("Odile", is_bot=True), webhook_id=55)
    assert inbound.receive(own, US) is None
    assert not Message.objects.exists()


def test_other_bots_are_ignored(harbour: Channel) -> None:
    other = somebody("Beeper", is_bot=True)
    assert inbound.receive(said("Beep.", by=other), US) is None
    sibling = said("Hello, friends!", by=somebody("Bram"), webhook_id=77, application_id=78)
    assert inbound.receive(sibling, US) is None
    assert not Message.objects.exists()
    assert not Person.objects.exists()


def test_other_bots_may_be_recorded_and_are_never_answered(harbour: Channel) -> None:
    configure(other_bots="record")
    message = inbound.receive(said("Beep?", by=somebody("Beeper", is_bot=True)), US)
    assert (message.role, message.person) == (Message.Role.SYSTEM, None)
    assert message.content == "Beeper: Beep?"
    assert Conversation.objects.get().next_turn_at is None
    assert not Person.objects.exists()


def test_what_the_platform_writes_is_no_speech(harbour: Channel) -> None:
    assert inbound.receive(said("Ada joined the server.", is_speech=False), US) is None
    assert not Message.objects.exists()


def test_who_is_blocked_is_not_heard(harbour: Channel) -> None:
    inbound.receive(said("One."), US)
    Person.objects.update(blocked_until=timezone.now() + dt.timedelta(hours=1))
    assert inbound.receive(said("Two."), US) is None
    Person.objects.update(blocked_until=ago(seconds=1))
    assert inbound.receive(said("Three."), US) is not None


def test_whom_a_keeper_made_inactive_is_not_heard(harbour: Channel) -> None:
    inbound.receive(said("One."), US)
    Person.objects.update(is_active=False)
    assert inbound.receive(said("Two."), US) is None
    assert not Person.objects.get().is_active
    Person.objects.update(is_active=True)
    assert inbound.receive(said("Three."), US) is not None


def test_who_left_and_writes_is_active_again(harbour: Channel) -> None:
    inbound.receive(said("One."), US)
    people.leave(GUILD, somebody().id)
    assert not Person.objects.get().is_active
    assert inbound.receive(said("Two."), US) is not None
    assert Person.objects.get().is_active


def test_without_the_intent_what_has_no_text_is_left_out(harbour: Channel) -> None:
    assert inbound.receive(said(""), US) is None
    assert not Person.objects.exists()


def test_spam_is_left_out(harbour: Channel) -> None:
    configure(spam_messages=8)
    taken_in = [inbound.receive(said(f"Buy {n}!"), US) for n in range(12)]
    assert [m is not None for m in taken_in] == [True] * 8 + [False] * 4


def test_who_writes_faster_than_anybody_reads_wakes_nobody(harbour: Channel) -> None:
    for n in range(6):
        inbound.receive(said(f"And {n}."), US)
    Conversation.objects.update(next_turn_at=None)
    inbound.receive(said("And on."), US)
    assert Message.objects.count() == 7
    assert Conversation.objects.get().next_turn_at is None


# --- direct messages ------------------------------------------------------------------------------


def test_direct_messages_are_private_talk(redis_client: redis.Redis) -> None:
    ada = somebody()
    message = inbound.receive(said("Between us.", by=ada, place=direct(ada)), US)
    conversation = message.conversation
    assert conversation.kind == Conversation.Kind.DIRECT
    assert conversation.channel.is_private
    assert not Membership.objects.exists()
    assert conversation.next_turn_at is not None


def test_direct_messages_may_be_closed(db: None) -> None:
    configure(direct_messages=False)
    ada = somebody()
    assert inbound.receive(said("Between us.", by=ada, place=direct(ada)), US) is None
    assert not Channel.objects.exists()


def test_in_direct_messages_whatever_is_said_is_answered(redis_client: redis.Redis) -> None:
    for name in ("Odile", "Bram"):
        make_character(name)
    ada = somebody()
    message = inbound.receive(said("I had a strange day.", by=ada, place=direct(ada)), US)
    turn = director.look(message.conversation.channel_id)
    assert (turn.status, turn.answers) == (Turn.Status.PLANNED, message)


def test_a_mention_of_the_bot_speaks_to_whoever_is_here(harbour: Channel) -> None:
    places.set_mode(harbour, Channel.Mode.QUIET)
    make_character("Odile")
    inbound.receive(said("A strange day."), US)
    assert director.look(harbour.pk).status == Turn.Status.SILENT
    message = inbound.receive(said(f"<@{US.user_id}> A strange day.", users={900: "Fish"}), US)
    assert (message.content, message.is_call) == ("A strange day.", True)
    turn = director.look(harbour.pk)
    assert (turn.status, turn.answers) == (Turn.Status.PLANNED, message)


def test_who_is_named_beside_the_bot_answers(harbour: Channel) -> None:
    for name in ("Odile", "Bram", "Pilar"):
        make_character(name)
    inbound.receive(said(f"<@{US.user_id}> Bram, is it you?", users={900: "Fish"}), US)
    assert director.look(harbour.pk).chosen.name == "Bram"


# --- what is stored -------------------------------------------------------------------------------


def test_mentions_read_as_names(harbour: Channel) -> None:
    inbound.receive(said("I am here.", by=somebody("Ada")), US)
    Person.objects.update(custom_name="Ada of the Lamp")
    ada, ben = somebody("Ada").id, somebody("Ben").id
    sent = said(
        f"<@{ada}> and <@{ben}>, meet the <@&9> in <#710> <:boat:5>",
        by=somebody("Cy"),
        users={ada: "Ada", ben: "Ben"},
        roles={9: "Sailors"},
    )
    message = inbound.receive(sent, US)
    assert message.content == ("@Ada of the Lamp and @Ben, meet the @Sailors in #harbour :boat:")


def test_pictures_are_kept_and_told(harbour: Channel) -> None:
    sent = said("", image_urls=("https://cdn.example/boat.png",), extras=("image: boat.png",))
    message = inbound.receive(sent, US)
    assert message.content == "[image: boat.png]"
    assert message.has_images
    assert message.image_urls == ["https://cdn.example/boat.png"]


def test_controls_and_invisible_marks_are_dropped(harbour: Channel) -> None:
    message = inbound.receive(said("a\x00b\u202ec\u200b\n\n\n\n\n\nd"), US)
    assert message.content == "abc\n\n\nd"


def test_four_thousand_characters_are_taken_in_whole(harbour: Channel) -> None:
    message = inbound.receive(said("x" * 4000), US)
    assert len(message.content) == 4000


def test_a_reply_is_one_here_too(harbour: Channel) -> None:
    first = said("Who has the key?")
    asked = inbound.receive(first, US)
    answer = inbound.receive(said("I do.", by=somebody("Ben"), reply_to=first.id), US)
    assert answer.reply_to == asked


def test_a_reply_to_any_part_of_a_long_line_finds_it(harbour: Channel) -> None:
    conversation = inbound.receive(said("Well?"), US).conversation
    line = make_message(conversation, make_character("Odile"), "A long story.")
    delivery = Delivery.objects.get(message=line, surface=Delivery.Surface.DISCORD)
    part = DeliveryPart.objects.create(delivery=delivery, number=2, digest="", discord_id=new_id())
    answer = inbound.receive(said("Go on.", reply_to=part.discord_id), US)
    assert answer.reply_to == line


def test_a_reply_across_channels_is_none(harbour: Channel) -> None:
    picked(somewhere(712))
    elsewhere = said("Elsewhere.", place=somewhere(712))
    inbound.receive(elsewhere, US)
    assert inbound.receive(said("Here.", reply_to=elsewhere.id), US).reply_to is None


def test_what_somebody_says_first_silences_a_character(harbour: Channel) -> None:
    conversation = inbound.receive(said("Hello."), US).conversation
    turn = make_turn(conversation, make_character())
    inbound.receive(said("One more thing."), US)
    assert Turn.objects.get(pk=turn.pk).status == Turn.Status.ABANDONED


def test_guilds_are_communities_of_their_own(harbour: Channel) -> None:
    mill = somewhere(720, guild_id=701, guild_name="The Mill")
    picked(mill)
    inbound.receive(said("Here."), US)
    inbound.receive(said("There.", place=mill), US)
    person = Person.objects.get()
    communities = {m.community.discord_id for m in Membership.objects.filter(person=person)}
    assert communities == {700, 701}
    assert Community.objects.filter(discord_id__isnull=False).count() == 2


# --- what was missed ------------------------------------------------------------------------------


def test_what_is_old_wakes_nobody(harbour: Channel) -> None:
    message = inbound.receive(said("Anybody?", at=ago(minutes=20)), US)
    assert message is not None
    assert Conversation.objects.get().next_turn_at is None
    assert abs((timezone.now() - message.created_at).total_seconds() - 1200) < 5


def test_what_was_said_long_after_the_rest_is_a_talk_of_its_own(harbour: Channel) -> None:
    first = inbound.receive(said("Morning.", at=ago(hours=5)), US)
    second = inbound.receive(said("Evening.", at=ago(hours=1)), US)
    assert first.conversation != second.conversation
    first.conversation.refresh_from_db()
    assert first.conversation.status == Conversation.Status.CLOSED


def test_what_was_erased_does_not_come_back(harbour: Channel) -> None:
    old = said("Forget this.", at=ago(hours=1))
    inbound.receive(old, US)
    inbound.receive(said("And that."), US)
    Message.objects.filter(discord_message_id=old.id).update(
        content="", discord_message_id=None, deleted_at=timezone.now()
    )
    assert inbound.receive(old, US) is None
    assert Message.objects.count() == 2


# --- what becomes of it ---------------------------------------------------------------------------


def test_what_comes_late_does_not_move_the_mark_back(harbour: Channel) -> None:
    """Else what is before it would be read again: what was erased and refused too."""
    late, sent = said("Late.", at=ago(seconds=5)), said("Now.")
    for one in (sent, late):
        assert inbound.receive(one, US) is not None
    harbour.refresh_from_db()
    assert harbour.seen_to == sent.id


def test_an_edit_keeps_what_was_said_before(harbour: Channel) -> None:
    sent = said("The ebb is at for.")
    inbound.receive(sent, US)
    edited = replace(sent, content="The ebb is at four.", edited_at=timezone.now())
    inbound.change(edited, US)
    inbound.change(edited, US)
    message = Message.objects.get()
    assert (message.content, message.edited_at) == ("The ebb is at four.", edited.edited_at)
    assert MessageEdit.objects.get().content_before == "The ebb is at for."


def test_a_preview_is_no_edit(harbour: Channel) -> None:
    sent = said("See https://example.org")
    inbound.receive(sent, US)
    assert inbound.change(replace(sent, content="Changed?", edited_at=None), US) is None
    assert Message.objects.get().edited_at is None


def test_an_edit_whose_words_the_gateway_leaves_out_changes_nothing(harbour: Channel) -> None:
    sent = said("The ebb is at four.")
    inbound.receive(sent, US)
    assert edit(sent, "") is None
    message = Message.objects.get()
    assert (message.content, message.edited_at) == ("The ebb is at four.", None)


@pytest.mark.parametrize("stands", [False, True])
def test_what_a_character_said_is_edited_by_nobody_on_discord(
    harbour: Channel, stands: bool
) -> None:
    """Of a line that was edited here, Discord tells part by part."""
    whole = "The ebb is at four. " * 150
    line = make_message(
        make_conversation(harbour), make_character(), whole, discord_message_id=new_id()
    )
    webhook = somebody("Mara", is_bot=True)
    part = said(whole[:2000], by=webhook, id=line.discord_message_id, webhook_id=77)
    assert inbound.change(replace(part, edited_at=timezone.now()), US, stands=stands) is None
    line.refresh_from_db()
    assert (line.content, line.edited_at) == (whole, None)


def test_edits_that_cross_leave_the_later_one(harbour: Channel) -> None:
    sent = said("a")
    inbound.receive(sent, US)
    now = timezone.now()
    inbound.change(replace(sent, content="c", edited_at=now), US)
    inbound.change(replace(sent, content="b", edited_at=now - dt.timedelta(seconds=2)), US)
    assert Message.objects.get().content == "c"


def test_an_edit_that_overtook_its_message_is_the_message(harbour: Channel) -> None:
    sent = said("frist")
    edited = replace(sent, content="first", edited_at=timezone.now())
    assert inbound.change(edited, US) is not None
    inbound.receive(sent, US)
    assert Message.objects.get().content == "first"


def test_an_edit_that_overtook_its_message_and_the_next_is_kept_for_it(harbour: Channel) -> None:
    first, second = said("frist"), said("second")
    inbound.receive(second, US)
    edited = replace(first, content="first", edited_at=timezone.now())
    assert inbound.change(edited, US) is None
    inbound.receive(first, US)
    inbound.receive(first, US)
    assert set(Message.objects.values_list("content", flat=True)) == {"first", "second"}


def test_an_edit_of_what_nobody_heard_is_nothing(harbour: Channel) -> None:
    inbound.receive(said("Now."), US)
    old = said("Long ago.", at=ago(days=30), edited_at=timezone.now())
    assert inbound.change(old, US) is None
    assert Message.objects.count() == 1


def edit(sent: Sent, content: str) -> Message | None:
    return inbound.change(replace(sent, content=content, edited_at=timezone.now()), US)


def test_of_who_does_not_agree_to_be_heard_an_edit_leaves_neither_version(harbour: Channel) -> None:
    sent = said("I walked along the pier.")
    message = inbound.receive(sent, US)
    preferences.set_consent(message.person, "none", timezone.now())
    assert edit(sent, "My brother Ivo works at the mill.") is None
    message.refresh_from_db()
    assert message.deleted_at is not None
    assert "Ivo" not in message.content


def test_what_was_edited_before_somebody_agreed_is_not_heard_after_it(harbour: Channel) -> None:
    sent = said("I walked along the pier.", at=ago(seconds=30))
    message = inbound.receive(sent, US)
    preferences.set_consent(message.person, "none", ago(seconds=20))
    late = replace(sent, content="Nobody's business.", edited_at=ago(seconds=15))
    preferences.set_consent(Person.objects.get(), "minimal", ago(seconds=10))
    assert inbound.change(late, US) is None
    message.refresh_from_db()
    assert message.deleted_at is not None


def test_what_was_edited_while_nobody_listened_is_not_heard_after_it(harbour: Channel) -> None:
    sent = said("I walked along the pier.", at=ago(seconds=60))
    inbound.receive(sent, US)
    places.set_mode(harbour, Channel.Mode.MUTED)
    unheard = replace(sent, content="My brother Ivo works at the mill.", edited_at=ago(seconds=30))
    places.set_mode(harbour, Channel.Mode.LIVE)
    assert inbound.change(unheard, US, stands=True) is None
    assert Message.objects.get().content == "I walked along the pier."
    assert edit(sent, "I walked along the quay.") is not None


def test_the_preview_of_a_link_takes_away_no_message(harbour: Channel) -> None:
    once, twice = said("See https://example.org"), said("And https://example.com")
    for sent in (once, twice):
        inbound.receive(sent, US)
    edited = replace(twice, content="Or https://example.com", edited_at=timezone.now())
    inbound.change(edited, US)
    preferences.set_consent(Person.objects.get(), "none", timezone.now())
    inbound.change(once, US)
    inbound.change(edited, US)  # as it is told once the preview is there
    assert not Message.objects.filter(deleted_at__isnull=False).exists()


@pytest.mark.parametrize("why", ["blocked", "inactive", "muted", "refused", "closed"])
def test_an_edit_of_who_is_not_heard_changes_nothing(redis_client: redis.Redis, why: str) -> None:
    ada = somebody()
    place = direct(ada) if why == "closed" else somewhere()
    room = picked(place)
    sent = said("I walked along the pier.", by=ada, place=place)
    message = inbound.receive(sent, US)
    if why == "blocked":
        Person.objects.update(blocked_until=timezone.now() + dt.timedelta(days=1))
    elif why == "inactive":
        Person.objects.update(is_active=False)
    elif why == "muted":
        places.set_mode(room, Channel.Mode.MUTED)
    elif why == "refused":
        places.take_in_channel(somewhere(is_nsfw=True))
        configuration.set_value("age", "restricted_channels", "refused")
        configuration.forget_cached()
    else:
        configure(direct_messages=False)
    assert edit(sent, "My brother Ivo works at the mill.") is None
    message.refresh_from_db()
    assert (message.content, message.deleted_at) == ("I walked along the pier.", None)


@pytest.mark.parametrize("why", ["none", "blocked", "muted"])
def test_what_waits_for_a_moderator_is_not_reworded_by_who_is_not_heard(
    harbour: Channel, why: str
) -> None:
    make_rule("herring", action="quarantine", severity="high")
    sent = said("You herring.")
    assert inbound.receive(sent, US) is None
    case = ModerationCase.objects.get()
    if why == "none":
        preferences.set_consent(Person.objects.get(), "none", timezone.now())
    elif why == "blocked":
        Person.objects.update(blocked_until=timezone.now() + dt.timedelta(days=1))
    else:
        places.set_mode(harbour, Channel.Mode.MUTED)
    assert edit(sent, "My brother Ivo works at the mill.") is None
    case.refresh_from_db()
    assert case.text == ("" if why == "none" else "You herring.")


def test_a_deletion_takes_it_from_eyes_and_minds(harbour: Channel) -> None:
    sent = said("Odile, what do you think?")
    message = inbound.receive(sent, US)
    turn = make_turn(message.conversation, make_character("Odile"), answers=message)
    assert inbound.remove([sent.id]) == 1
    assert inbound.remove([sent.id]) == 0
    message.refresh_from_db()
    assert message.deleted_at is not None
    assert Turn.objects.get(pk=turn.pk).status == Turn.Status.ABANDONED


def test_many_are_deleted_at_once(harbour: Channel) -> None:
    several = [said(f"Number {n}.") for n in range(5)]
    for sent in several:
        inbound.receive(sent, US)
    assert inbound.remove([*(one.id for one in several[:3]), 12345]) == 3
    assert Message.objects.filter(deleted_at__isnull=True).count() == 2


def test_what_was_deleted_before_it_was_heard_of_stays_out(harbour: Channel) -> None:
    sent = said("Oops.")
    assert inbound.remove([sent.id]) == 0
    assert inbound.receive(sent, US) is None
    assert not Message.objects.exists()


# --- reactions ------------------------------------------------------------------------------------


def test_an_emoji_is_put_and_taken_away_once(harbour: Channel) -> None:
    sent, ben = said("Land!"), somebody("Ben")
    message = inbound.receive(sent, US)
    put = Reacted(sent.id, ben.id, "⚓", stands=True, author=ben)
    assert reactions.react(put, US)
    assert not reactions.react(put, US)
    reaction = Reaction.objects.get()
    assert (reaction.message, reaction.person.name, reaction.emoji) == (message, "Ben", "⚓")
    taken = replace(put, stands=False, author=None)
    assert reactions.react(taken, US)
    assert not reactions.react(taken, US)
    reaction.refresh_from_db()
    assert reaction.removed_at is not None


def test_our_own_and_other_bots_emoji_are_left_out(harbour: Channel) -> None:
    sent = said("Land!")
    inbound.receive(sent, US)
    bot = somebody("Beeper", is_bot=True)
    assert not reactions.react(Reacted(sent.id, US.user_id, "⚓", stands=True), US)
    assert not reactions.react(Reacted(sent.id, bot.id, "⚓", stands=True, author=bot), US)
    assert not reactions.react(Reacted(sent.id, 4242, "⚓", stands=True), US)
    assert not reactions.react(Reacted(new_id(), 4242, "⚓", stands=True), US)
    assert not Reaction.objects.exists()


@pytest.mark.parametrize("why", ["muted", "refused", "inactive", "blocked"])
def test_emoji_count_only_where_and_of_whom_words_would(harbour: Channel, why: str) -> None:
    sent, ben = said("Land!"), somebody("Ben")
    inbound.receive(sent, US)
    inbound.receive(said("Where?", by=ben), US)
    if why == "muted":
        places.set_mode(harbour, Channel.Mode.MUTED)
    elif why == "refused":
        places.take_in_channel(somewhere(is_nsfw=True))
        configuration.set_value("age", "restricted_channels", "refused")
        configuration.forget_cached()
    elif why == "inactive":
        Person.objects.update(is_active=False)
    else:
        Person.objects.update(blocked_until=timezone.now() + dt.timedelta(days=1))
    assert not reactions.react(Reacted(sent.id, ben.id, "⚓", stands=True, author=ben), US)
    assert not Reaction.objects.exists()


def test_an_emoji_may_be_taken_away_where_nobody_listens_any_more(harbour: Channel) -> None:
    sent, ben = said("Land!"), somebody("Ben")
    inbound.receive(sent, US)
    reactions.react(Reacted(sent.id, ben.id, "⚓", stands=True, author=ben), US)
    places.set_mode(harbour, Channel.Mode.MUTED)
    assert reactions.react(Reacted(sent.id, ben.id, "⚓", stands=False), US)


def test_emoji_are_cleared_by_kind_or_all(harbour: Channel) -> None:
    sent = said("Land!")
    inbound.receive(sent, US)
    for name in ("Ben", "Cy"):
        one = somebody(name)
        for emoji in ("⚓", "🌊"):
            reactions.react(Reacted(sent.id, one.id, emoji, stands=True, author=one), US)
    assert reactions.clear(sent.id, "⚓") == 2
    assert reactions.clear(sent.id, "⚓") == 0
    assert reactions.clear(sent.id) == 2
    assert not Reaction.objects.filter(removed_at__isnull=True).exists()


# --- settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("new_channel_mode", "loud"),
        ("other_bots", True),
        ("direct_messages", "yes"),
        ("fresh_min", -1),
        ("catch_up_messages", "many"),
        ("unheard_of", 1),
    ],
)
def test_settings_that_would_not_do_are_refused(db: None, key: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"discord_inbound.{key}"):
        configuration.set_value("discord_inbound", key, value)


def test_ids_and_moments_go_together() -> None:
    at = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
    assert places.snowflake(at) <= id_at(at) < places.snowflake(at + dt.timedelta(seconds=1))


def test_slow_mode_is_waited_for(harbour: Channel) -> None:
    odile = make_character("Odile")
    places.take_in_channel(somewhere(slow_mode_s=3600))
    message = inbound.receive(said("Odile, is it you?"), US)
    talk = Conversation.objects.get()
    make_message(talk, odile, "It is.", at=timezone.now())
    assert not scene.load_floor(
        Channel.objects.get(pk=harbour.pk), talk, "character", timezone.now(),
        lines=conversation_lines(talk.pk, 20),
    ).candidates  # fmt: skip
    message = inbound.receive(said("Odile, how are you?"), US)
    turn = director.look(harbour.pk)
    assert (turn.status, turn.answers) == (Turn.Status.PLANNED, message)
    assert turn.due_at > timezone.now() + dt.timedelta(seconds=3500)
