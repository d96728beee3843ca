"""The database itself holds the invariants of what is said."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from characters.models import Character, Person
from conversations import scenarios
from conversations.models import (
    Agreement,
    CareNotice,
    Channel,
    CommunityHealth,
    Conversation,
    ConversationAnalytics,
    ConversationContext,
    Delivery,
    DeliveryPart,
    Message,
    ModerationCase,
    ModerationRule,
    Participant,
    Proposal,
    ProposalVote,
    Reaction,
    Reliance,
    Scenario,
    ScenarioVersion,
    ScheduledEvent,
    ToolUse,
    TopicTransition,
    Turn,
    TurnMemory,
)
from memories.embedding.embedding import active_model, embed
from tests.builders import (
    NOON,
    make_agreement,
    make_care_notice,
    make_case,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_event,
    make_health,
    make_memory,
    make_message,
    make_person,
    make_proposal,
    make_reaction,
    make_reliance,
    make_rule,
    make_scenario,
    make_tool_use,
    make_turn,
)
from tests.constraints import attempts, breaks_itself, named, put, refused_by

pytestmark = pytest.mark.django_db
CONSTRAINTS = named("conversations")
BY_PATTERN = [name for name, (_, c) in CONSTRAINTS.items() if breaks_itself(c)]


def rows() -> dict[type, Any]:
    """A valid row of every model of the app."""
    conversation = make_conversation()
    message = make_message(conversation, make_character())
    return {
        Scenario: make_scenario(),
        ScenarioVersion: a_version(make_scenario()),
        Channel: conversation.channel,
        Conversation: conversation,
        ConversationContext: conversation.context,
        Participant: Participant.objects.get(conversation=conversation),
        Message: message,
        Reaction: make_reaction(message, make_person()),
        Delivery: Delivery.objects.get(message=message),
        ScheduledEvent: make_event(conversation.channel),
        Turn: make_turn(conversation),
        ConversationAnalytics: analytics(conversation),
        TopicTransition: transition(message),
        ToolUse: make_tool_use(make_turn(make_conversation())),
        CareNotice: make_care_notice(make_message(conversation, make_person())),
        Reliance: make_reliance(make_person()),
        Agreement: make_agreement(make_character(), make_person()),
        Proposal: a_proposal(),
        ProposalVote: a_vote(a_proposal()),
        CommunityHealth: make_health(),
        ModerationRule: make_rule(),
        ModerationCase: make_case(),
    }


def a_version(scenario: Scenario) -> ScenarioVersion:
    version = scenarios.record(scenario.pk, "edited")
    assert version
    return version


def broken_version() -> None:
    version = a_version(make_scenario())
    version.pk = None
    version.save()


def a_proposal(**fields: Any) -> Proposal:
    return make_proposal(a_message(), **fields)


def a_vote(proposal: Proposal, **fields: Any) -> ProposalVote:
    who = {"character": make_character()} if not fields else {}
    return ProposalVote.objects.create(proposal=proposal, voted_at=NOON, **who, **fields)


def voted_twice(**who: Any) -> None:
    proposal = a_proposal()
    a_vote(proposal, **who)
    a_vote(proposal, **who)


def noticed(**fields: Any) -> None:
    said = make_message(make_conversation(), make_person())
    make_care_notice(said, noticed_at=NOON, **fields)


def agreed(**fields: Any) -> None:
    make_agreement(make_character(), make_person(), **fields)


def agreed_again(person: Person) -> None:
    make_agreement(Character.objects.first() or make_character(), person)


def analytics(conversation: Conversation) -> ConversationAnalytics:
    return ConversationAnalytics.objects.create(
        conversation=conversation, message_count=1, calculated_at=timezone.now()
    )


def transition(message: Message) -> TopicTransition:
    return TopicTransition.objects.create(
        conversation=message.conversation, from_topic="tides", to_topic="tea", message=message,
        similarity=0.1, occurred_at=timezone.now(),
    )  # fmt: skip


def twice(make: Any, of: Any) -> None:
    for _ in range(2):
        make(of)


def a_rule() -> ModerationRule:
    return ModerationRule(name="fish", pattern="herring")


def a_nonce(person: Person) -> None:
    make_case(person, client_nonce="n")


def a_message() -> Message:
    return make_message(make_conversation(), make_character())


@pytest.mark.parametrize("name", BY_PATTERN)
def test_it_holds_ranges_and_known_values(name: str) -> None:
    model, constraint = CONSTRAINTS[name]
    row = rows()[model]
    # What else an unknown value breaks, and is told first.
    besides = {
        "message_role_known": ["message_author_fits_role"],
        "moderationrule_scope_known": ["moderationrule_scope_fits"],
        "moderationcase_state_known": ["moderationcase_decided"],
        "proposal_status_known": ["proposal_decided_when_not_open"],
    }.get(name, [])
    for attempt in attempts(constraint, row):
        with refused_by(name, *besides):
            attempt()


def break_room_name() -> None:
    make_channel("lantern")
    make_channel("lantern")


def break_one_open() -> None:
    make_conversation(make_conversation().channel)


def break_closed_without_time() -> None:
    Conversation.objects.filter(pk=make_conversation().pk).update(status="closed")


def break_open_with_time() -> None:
    Conversation.objects.filter(pk=make_conversation().pk).update(closed_at=timezone.now())


def break_participant(*, both: bool) -> None:
    who = {"character": make_character(), "person": make_person()} if both else {}
    Participant.objects.create(conversation=make_conversation(), joined_at=timezone.now(), **who)


def break_participant_twice(who: str) -> None:
    conversation = make_conversation()
    one = make_character() if who == "character" else make_person()
    for _ in range(2):
        Participant.objects.create(
            conversation=conversation, joined_at=timezone.now(), **{who: one}
        )


def break_number() -> None:
    conversation, character = make_conversation(), make_character()
    make_message(conversation, character)
    conversation.message_count = 0
    make_message(conversation, character)


def break_author(role: str, *authors: str) -> None:
    made = {"character": make_character, "person": make_person}
    Message.objects.create(
        conversation=make_conversation(),
        number=1,
        role=role,
        content="Hm.",
        created_at=timezone.now(),
        **{author: made[author]() for author in authors},
    )


def break_nonce() -> None:
    person = make_person()
    make_message(make_conversation(), person, client_nonce="n")
    make_message(make_conversation(), person, client_nonce="n")


def break_message_vector() -> None:
    message = make_message(make_conversation(), make_person())
    put(message, embedding=str(embed(["tides"])[0].to_list()))


def break_message_model() -> None:
    put(make_message(make_conversation(), make_person()), embedding_model_id=active_model().pk)


def break_reaction(*, both: bool) -> None:
    message = make_message(make_conversation(), make_person())
    who = {"character": make_character(), "person": make_person()} if both else {}
    Reaction.objects.create(message=message, emoji="👍", created_at=timezone.now(), **who)


def break_reaction_twice(who: str) -> None:
    message = make_message(make_conversation(), make_person())
    one = make_character() if who == "character" else make_person()
    make_reaction(message, one)
    make_reaction(message, one)


def break_delivery() -> None:
    message = make_message(make_conversation(), make_person())
    Delivery.objects.create(
        message=message, surface="web", nonce=uuid.uuid4(), next_attempt_at=timezone.now()
    )


def break_delivery_of_reaction() -> None:
    message = make_message(make_conversation(), make_person())
    reaction = make_reaction(message, make_character())
    for _ in range(2):
        Delivery.objects.create(
            message=message,
            reaction=reaction,
            surface="discord",
            nonce=uuid.uuid4(),
            next_attempt_at=timezone.now(),
        )


def break_part() -> None:
    delivery = make_message(make_conversation(), make_person()).deliveries.get()
    for _ in range(2):
        DeliveryPart.objects.create(delivery=delivery, number=0)


def break_turn_number() -> None:
    conversation = make_conversation()
    make_turn(conversation)
    make_turn(conversation, number=1)


def break_one_under_way() -> None:
    conversation, character = make_conversation(), make_character()
    make_turn(conversation, character, status=Turn.Status.SPEAKING)
    make_turn(conversation, character)


def break_actor(action: str) -> None:
    make_turn(make_conversation(), None, action=action)


def break_recollection() -> None:
    memory = make_memory(make_character())
    turn = make_turn(make_conversation())
    for rank in (1, 2):
        TurnMemory.objects.create(turn=turn, memory=memory, rank=rank, score=1.0)


def twice_used(turn: Turn) -> None:
    for _ in range(2):
        make_tool_use(turn)


def break_found_once() -> None:
    message = make_message(make_conversation(), make_person())
    for _ in range(2):
        make_event(message.conversation.channel, found_in=message)


BY_HAND: list[tuple[str, Any]] = [
    ("moderationrule_scope_fits", lambda: put(make_rule(), scope="channel")),
    ("scenarioversion_unique_number", broken_version),
    ("moderationrule_once", lambda: ModerationRule.objects.bulk_create([a_rule(), a_rule()])),
    ("moderationcase_of_one", lambda: make_case(make_person(), character=make_character())),
    ("moderationcase_decided", lambda: make_case(state="released")),
    ("moderationcase_decided", lambda: make_case(decided_at=NOON)),
    ("moderationcase_unique_nonce", lambda: twice(a_nonce, make_person())),
    ("proposal_by_one", lambda: a_proposal(person=make_person())),
    ("proposal_decided_when_not_open", lambda: a_proposal(status="kept")),
    ("proposal_decided_when_not_open", lambda: a_proposal(decided_at=NOON)),
    ("proposalvote_by_one", lambda: a_vote(a_proposal(), is_for=True)),
    ("proposalvote_once_a_character", lambda: voted_twice(character=make_character())),
    ("proposalvote_once_a_person", lambda: voted_twice(person=make_person())),
    ("communityhealth_once_a_day", lambda: twice(make_health, make_community())),
    (
        "scheduledevent_recurring_has_rule",
        lambda: put(make_event(make_channel()), recurrence_rule="FREQ=DAILY"),
    ),
    ("tooluse_once_a_turn", lambda: twice_used(make_turn(make_conversation()))),
    ("scheduledevent_found_once", lambda: break_found_once()),
    ("carenotice_in_order", lambda: noticed(seen_at=NOON - dt.timedelta(days=1))),
    ("reliance_hours_of_a_day", lambda: make_reliance(make_person(), hours=25)),
    ("reliance_once_a_day", lambda: twice(make_reliance, make_person())),
    ("agreement_with_one", lambda: agreed(with_character=make_character())),
    ("agreement_no_more_than_answers", lambda: agreed(answers=1, agreed=2)),
    ("agreement_once_a_day", lambda: twice(agreed_again, make_person())),
    ("analytics_once_a_length", lambda: twice(analytics, make_conversation())),
    ("topictransition_once_a_message", lambda: twice(transition, a_message())),
    ("channel_local_name_unique", break_room_name),
    ("conversation_one_open_a_channel", break_one_open),
    ("conversation_closed_has_time", break_closed_without_time),
    ("conversation_closed_has_time", break_open_with_time),
    ("participant_one_of_two", lambda: break_participant(both=True)),
    ("participant_one_of_two", lambda: break_participant(both=False)),
    ("participant_unique_character", lambda: break_participant_twice("character")),
    ("participant_unique_person", lambda: break_participant_twice("person")),
    ("message_unique_number", break_number),
    ("message_author_fits_role", lambda: break_author("assistant")),
    ("message_author_fits_role", lambda: break_author("assistant", "person")),
    ("message_author_fits_role", lambda: break_author("assistant", "character", "person")),
    ("message_author_fits_role", lambda: break_author("user")),
    ("message_author_fits_role", lambda: break_author("user", "character")),
    ("message_author_fits_role", lambda: break_author("system", "character")),
    ("message_author_fits_role", lambda: break_author("system", "person")),
    ("message_unique_nonce", break_nonce),
    ("message_embedding_names_model", break_message_vector),
    ("message_embedding_names_model", break_message_model),
    ("reaction_one_of_two", lambda: break_reaction(both=True)),
    ("reaction_one_of_two", lambda: break_reaction(both=False)),
    ("reaction_unique_character", lambda: break_reaction_twice("character")),
    ("reaction_unique_person", lambda: break_reaction_twice("person")),
    ("delivery_unique", break_delivery),
    ("delivery_unique_reaction", break_delivery_of_reaction),
    ("deliverypart_unique", break_part),
    ("turn_unique_number", break_turn_number),
    ("turnmemory_unique", break_recollection),
    ("turn_one_under_way", break_one_under_way),
    ("turn_actor_is_chosen", lambda: break_actor("speak")),
    ("turn_actor_is_chosen", lambda: break_actor("react")),
]


@pytest.mark.parametrize(("name", "broken"), BY_HAND)
def test_it_refuses(name: str, broken: Any) -> None:
    with refused_by(name):
        broken()


def test_it_breaks_every_named_constraint() -> None:
    assert {*BY_PATTERN, *(name for name, _ in BY_HAND)} == set(CONSTRAINTS)


def test_it_opens_a_conversation_again_once_one_is_closed() -> None:
    closed = make_conversation(status=Conversation.Status.CLOSED)
    make_conversation(closed.channel)
    make_conversation(status=Conversation.Status.CLOSED, channel=closed.channel)


def test_it_lets_rooms_of_guilds_be_called_alike() -> None:
    guild = make_community(discord_id=1)
    make_channel("general", community=guild, discord_id=10)
    make_channel("general", community=guild, discord_id=11)


def test_it_lets_messages_without_a_nonce_be_many() -> None:
    conversation, person = make_conversation(), make_person()
    for _ in range(3):
        make_message(conversation, person)


def test_it_numbers_messages_without_gaps_across_authors() -> None:
    conversation, character, person = make_conversation(), make_character(), make_person()
    for author in (character, person, None, character):
        make_message(conversation, author)
    numbers = list(
        Message.objects.filter(conversation=conversation).values_list("number", flat=True)
    )
    assert numbers == [1, 2, 3, 4]
    assert Conversation.objects.get(pk=conversation.pk).message_count == 4


def test_it_lets_the_next_turn_be_planned_when_the_last_is_over() -> None:
    conversation, character = make_conversation(), make_character()
    make_turn(conversation, character, status=Turn.Status.DONE)
    make_turn(conversation)
    make_turn(conversation, character)


def test_it_lets_a_reaction_be_given_again_once_taken_back() -> None:
    message, person = make_message(make_conversation(), make_person()), make_person()
    make_reaction(message, person, removed_at=timezone.now())
    make_reaction(message, person)


def test_it_indexes_the_words_of_a_message() -> None:
    message = make_message(make_conversation(), make_person(), "The ferries were late")
    assert Message.objects.filter(pk=message.pk, search="ferry").exists()
    assert not Message.objects.filter(pk=message.pk, search="harbour").exists()


def test_it_lets_everything_in_a_channel_go_with_it() -> None:
    everything = rows()
    everything[Channel].delete()
    for model in (Conversation, ConversationContext, Participant, Message, Reaction, Delivery):
        assert not model.objects.filter(pk=everything[model].pk).exists()


def test_it_lets_a_person_go_with_all_it_said_and_keeps_the_rest() -> None:
    conversation, person, character = make_conversation(), make_person(), make_character()
    asked = make_message(conversation, person, "Is she in?")
    answer = make_message(conversation, character, "She is out.", reply_to=asked)
    turn = make_turn(conversation, character, answers=asked)
    person.delete()
    answer.refresh_from_db()
    turn.refresh_from_db()
    assert answer.reply_to is None
    assert turn.answers is None
    assert not Message.objects.filter(pk=asked.pk).exists()
    assert make_message(conversation, character).number == 3
