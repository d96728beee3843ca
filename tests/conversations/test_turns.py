"""From a message to an answer: director and turns over real rows."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from audit.configuration import configuration
from audit.models import LLMCall
from characters.models import Character, CharacterState, MaterialUse, MoodChange, Relationship
from characters.services import pause_character
from conversations import upkeep
from conversations.floor import director
from conversations.floor.lines import UNDER_WAY
from conversations.models import (
    Channel,
    Conversation,
    Delivery,
    Message,
    Participant,
    ScheduledEvent,
    Turn,
)
from conversations.services import enter_room, record_incoming
from conversations.text import Refused
from conversations.turns import claims, saying, turns
from tests.builders import (
    make_budget,
    make_channel,
    make_character,
    make_conversation,
    make_event,
    make_message,
    make_person,
    make_relationship,
    make_turn,
    spent,
)

pytestmark = pytest.mark.django_db(transaction=True)

STYLE = {
    "improv": {
        "topics": {
            "tides": {
                "keys": ["tide", "ebb"],
                "claims": ["The ebb leaves the mussels bare till four.", "Springs come Thursday."],
                "questions": ["Who moved my tide table?"],
            }
        },
        "openers": ["Somebody left a boot on the slip again."],
        "greet": ["Come in, {name}, mind the step."],
        "farewell": ["Right, the nets won't mend themselves."],
    }
}


@pytest.fixture
def room() -> Channel:
    for name in ("Odile", "Bram", "Pilar"):
        make_character(name, style=STYLE, interests=("tides", "boats"))
    return make_channel("the-lantern", pace=Channel.Pace.LIVELY)


@pytest.fixture(autouse=True)
def at_once(db: Any) -> None:
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()


def let_it_run(channel: Channel, steps: int = 60, until: int = 400) -> list[Message]:
    """Drive the room by its own rows, as workers would."""
    for _ in range(steps):
        now = timezone.now()
        Conversation.objects.filter(channel=channel, next_turn_at__isnull=False).update(
            next_turn_at=now
        )
        Channel.objects.filter(pk=channel.pk).update(
            next_look_at=now, watched_until=now + dt.timedelta(minutes=1)
        )
        director.look(channel.pk)
        for turn in Turn.objects.filter(status__in=UNDER_WAY):
            turns.take(turn.pk)
        if Message.objects.count() >= until:
            break
    return list(Message.objects.order_by("pk"))


def answer_to(channel: Channel) -> Turn:
    turn = director.look(channel.pk)
    assert turn is not None
    done = turns.take(turn.pk)
    assert done is not None
    return done


def test_a_person_who_addresses_a_character_is_answered_with_every_effect(room: Channel) -> None:
    ada = make_person("Ada")
    asked = record_incoming(room.pk, ada, "Odile, how is the tide today?")
    turn = answer_to(room)
    turn.refresh_from_db()
    answer = Message.objects.get(turn=turn)
    assert answer.character.name == "Odile"
    assert (asked.number, answer.number) == (1, 2)
    assert answer.reply_to == asked
    assert turn.status == Turn.Status.DONE
    assert turn.reason
    assert turn.scores
    assert turn.prompt_parts
    assert LLMCall.objects.get(pk=turn.llm_call_id).status == LLMCall.Status.DONE
    state = answer.character.state
    assert state.message_count == 1
    assert state.social_battery < 1
    assert state.last_spoke_at == answer.created_at
    assert state.version == 1
    bond = Relationship.objects.get(from_character=answer.character, to_person=ada)
    assert bond.total_interactions == 1
    assert bond.trust > 0.5
    assert bond.events.count() == 1
    conversation = answer.conversation
    assert conversation.context.energy_level < 1.0
    assert conversation.message_count == 2
    assert conversation.chain_length == 1
    assert Delivery.objects.filter(message=answer).count() == 1
    assert Participant.objects.filter(conversation=conversation).count() == 2
    assert answer.embedding is not None
    assert MaterialUse.objects.filter(character=answer.character).exists()


def test_each_whom_a_person_asks_by_name_answers_once(room: Channel) -> None:
    ada = make_person("Ada")
    asked = record_incoming(room.pk, ada, "Odile, Bram and Pilar: tea or coffee?")
    for _ in range(3):
        assert answer_to(room).answers_id == asked.pk
    answers = Message.objects.filter(character__isnull=False).order_by("number")
    names = set(answers.values_list("character__name", flat=True))
    assert names == {"Odile", "Bram", "Pilar"}
    later = director.look(room.pk)
    assert later is None or later.answers_id != asked.pk


def test_a_machine_whose_clock_is_set_back_by_days_goes_on_answering(room: Channel) -> None:
    """Its rows tell of what is yet to be."""
    ada = make_person("Ada")
    record_incoming(room.pk, ada, "Odile, how is the tide today?")
    answer_to(room)
    ahead = dt.timedelta(days=3)
    for rows, fields in (
        (CharacterState.objects, ("last_spoke_at", "battery_at")),
        (Message.objects, ("created_at",)),
        (Conversation.objects, ("started_at", "last_message_at")),
        (Turn.objects, ("due_at", "decided_at", "finished_at")),
    ):
        rows.update(**{field: F(field) + ahead for field in fields})
    asked = record_incoming(room.pk, ada, "Odile, and tomorrow?")
    assert answer_to(room).answers_id == asked.pk


@pytest.mark.parametrize("others", [0, 1])
def test_who_is_alone_with_the_characters_may_say_as_much_as_they_like(
    room: Channel, others: int
) -> None:
    ada, *rest = (make_person(f"Guest {n}") for n in range(1 + others))
    talk = make_conversation(room)
    now = timezone.now()
    for n in range(35):
        by = (ada, *rest)[n % (1 + others)]
        make_message(talk, by, f"Line {n} of many.", at=now - dt.timedelta(seconds=70 - 2 * n))
    make_turn(talk, answers=talk.messages.order_by("number").last(), action="silence")
    record_incoming(room.pk, ada, "And another thing about the tide.")
    turn = director.look(room.pk)
    assert turn is not None
    assert (turn.reason == "The room is busy with people.") == bool(others)


def test_who_comes_after_another_has_gone_is_answered(room: Channel) -> None:
    talk, bo = make_conversation(room), make_person("Bo")
    now = timezone.now()
    for n in range(35):
        make_message(talk, bo, f"Line {n} of many.", at=now - dt.timedelta(seconds=400 - 2 * n))
    make_turn(talk, answers=talk.messages.order_by("number").last(), action="silence")
    record_incoming(room.pk, make_person("Ada"), "And another thing about the tide.")
    turn = director.look(room.pk)
    assert turn is not None
    assert turn.reason != "The room is busy with people."


def test_of_several_who_are_asked_nobody_waits_for_one_who_sleeps(room: Channel) -> None:
    asleep = Character.objects.get(name="Bram")
    now = timezone.localtime(timezone.now(), dt.UTC)
    asleep.timezone = "UTC"
    asleep.active_hours_start = (now + dt.timedelta(hours=2)).time()
    asleep.active_hours_end = (now + dt.timedelta(hours=3)).time()
    asleep.save()
    asked = record_incoming(room.pk, make_person("Ada"), "Odile, Bram: tea or coffee?")
    assert answer_to(room).answers_id == asked.pk
    later = director.look(room.pk)
    assert later is None or later.answers_id != asked.pk


def test_characters_talk_among_themselves_and_the_conversation_ends(room: Channel) -> None:
    let_it_run(room, steps=160)
    closed = list(Conversation.objects.filter(status=Conversation.Status.CLOSED))
    assert closed
    longest: list[Message] = []
    for conversation in closed:
        said = list(conversation.messages.order_by("number"))
        assert [m.number for m in said] == list(range(1, len(said) + 1))
        assert len(said) <= 28
        authors = [m.character_id for m in said]
        assert all(a != b for a, b in itertools.pairwise(authors))
        longest = max(longest, said, key=len)
    assert len(longest) >= 3
    assert len({m.character_id for m in longest}) >= 2


def test_silence_is_written_down_as_a_decision(room: Channel) -> None:
    Channel.objects.filter(pk=room.pk).update(mode=Channel.Mode.QUIET)
    record_incoming(room.pk, make_person("Ada"), "The sea is loud tonight.")
    turn = director.look(room.pk)
    assert turn is not None
    assert turn.status == Turn.Status.SILENT
    assert "quiet" in turn.reason
    assert turn.floor["candidates"]
    assert Message.objects.count() == 1


def test_looking_twice_decides_once(room: Channel) -> None:
    record_incoming(room.pk, make_person("Ada"), "Bram, is she afloat?")
    assert director.look(room.pk) is not None
    assert director.look(room.pk) is None


def test_eight_workers_race_for_one_floor_and_one_speaks(room: Channel) -> None:
    record_incoming(room.pk, make_person("Ada"), "Pilar, what did you count?")
    barrier = threading.Barrier(8)

    def work() -> None:
        try:
            barrier.wait()
            turn = director.look(room.pk)
            for pk in Turn.objects.values_list("pk", flat=True):
                turns.take(pk)
            if turn:
                turns.take(turn.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = Turn.objects.order_by("number").first()
    assert first is not None
    turns.take(first.pk)
    assert Message.objects.filter(character__isnull=False, turn=first).count() == 1
    assert Turn.objects.filter(answers__number=1, status=Turn.Status.DONE).count() == 1
    numbers = list(Message.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_person_takes_the_floor_from_characters(room: Channel) -> None:
    for _ in range(20):
        let_it_run(room, steps=1)
        if Message.objects.exists():
            break
    Conversation.objects.update(next_turn_at=timezone.now())
    planned = None
    for seed in range(20):
        planned = director.look(room.pk, seed=seed)
        if planned and planned.status == Turn.Status.PLANNED:
            break
        Conversation.objects.update(next_turn_at=timezone.now())
    assert planned is not None
    record_incoming(room.pk, make_person("Ada"), "Odile, a word?")
    planned.refresh_from_db()
    assert planned.status == Turn.Status.ABANDONED
    assert turns.take(planned.pk) is None
    answered = answer_to(room)
    answered.refresh_from_db()
    assert answered.chosen is not None
    assert answered.chosen.name == "Odile"


@pytest.mark.parametrize("status", [Turn.Status.DONE, Turn.Status.PLANNED])
def test_who_talks_to_itself_in_another_room_answers_a_guest_in_this_one(
    room: Channel, status: str
) -> None:
    Character.objects.exclude(name="Odile").update(status=Character.Status.PAUSED)
    odile = Character.objects.get(name="Odile")
    alone = make_conversation(make_channel("breakwater"))
    make_message(alone, odile, "Nobody out here but the gulls.")
    make_turn(alone, odile, status=status, move="open")
    record_incoming(room.pk, make_person("Ada"), "I came in by the late ferry.")
    turn = answer_to(room)
    assert turn.chosen == odile, turn.reason


@pytest.mark.parametrize("status", [Turn.Status.DONE, Turn.Status.PLANNED])
def test_who_talks_with_somebody_in_another_room_is_not_in_this_one(
    room: Channel, status: str
) -> None:
    Character.objects.exclude(name="Odile").update(status=Character.Status.PAUSED)
    odile = Character.objects.get(name="Odile")
    talk = make_conversation(make_channel("breakwater"))
    make_message(talk, make_person("Bea"), "Is that the ferry's light?")
    if status == Turn.Status.DONE:
        make_message(talk, odile, "It is.")
    make_turn(talk, odile, status=status)
    record_incoming(room.pk, make_person("Ada"), "I came in by the late ferry.")
    turn = director.look(room.pk)
    assert turn is not None
    assert turn.action == Turn.Action.SILENCE


def test_what_one_process_drafted_another_says_once(room: Channel) -> None:
    record_incoming(room.pk, make_person("Ada"), "Odile, are you there?")
    turn = director.look(room.pk)
    assert turn is not None
    claimed = turns.claim(turn.pk, timezone.now())
    assert claimed is not None
    assert turns.compose(claimed) is not None
    now = timezone.now()
    assert saying.say(turn.pk, now) is not None
    assert saying.say(turn.pk, now) is None
    assert Message.objects.filter(turn=turn).count() == 1


def test_the_claim_of_a_dead_process_is_given_back(room: Channel) -> None:
    record_incoming(room.pk, make_person("Ada"), "Odile, are you there?")
    turn = director.look(room.pk)
    assert turn is not None
    assert turns.claim(turn.pk, timezone.now()) is not None
    here = claims.worker_name().split(":")[0]
    Turn.objects.filter(pk=turn.pk).update(claimed_by=f"{here}:1:1")  # pid 1 began at another time
    assert claims.release_abandoned(timezone.now()) == 1
    done = turns.take(turn.pk)
    assert done is not None
    assert Message.objects.filter(turn=turn).count() == 1


def test_the_claim_of_a_living_process_is_left_alone(room: Channel) -> None:
    record_incoming(room.pk, make_person("Ada"), "Odile, are you there?")
    turn = director.look(room.pk)
    assert turn is not None
    assert turns.claim(turn.pk, timezone.now()) is not None
    assert claims.release_abandoned(timezone.now()) == 0
    assert turns.take(turn.pk) is None


def test_a_paused_character_never_speaks_not_even_its_draft(room: Channel) -> None:
    record_incoming(room.pk, make_person("Ada"), "Odile, are you there?")
    turn = director.look(room.pk)
    assert turn is not None
    claimed = turns.claim(turn.pk, timezone.now())
    assert claimed is not None
    turns.compose(claimed)
    pause_character(Character.objects.get(name="Odile"))
    assert saying.say(turn.pk, timezone.now()) is None
    turn.refresh_from_db()
    assert (turn.status, turn.error) == (Turn.Status.ABANDONED, "The character may not act now.")
    assert not Message.objects.filter(character__isnull=False).exists()


def test_who_is_for_adults_answers_among_adults(room: Channel) -> None:
    Channel.objects.update(is_nsfw=True)
    Character.objects.update(is_adult=True)
    record_incoming(room.pk, make_person("Ada"), "Odile, are you there?")
    assert answer_to(room).chosen.name == "Odile"


@pytest.mark.parametrize("what", ["channel", "society"])
def test_a_pause_holds_everything_and_its_end_lets_it_go_on(room: Channel, what: str) -> None:
    record_incoming(room.pk, make_person("Ada"), "Odile, are you there?")
    turn = director.look(room.pk)
    assert turn is not None

    def pause(paused: bool) -> None:
        if what == "society":
            configuration.pause_society(paused)
        else:
            Channel.objects.filter(pk=room.pk).update(is_paused=paused)

    pause(True)
    assert turns.take(turn.pk) is None
    assert director.look(room.pk) is None
    pause(False)
    assert turns.take(turn.pk) is not None
    assert Message.objects.filter(character__isnull=False).count() == 1


@pytest.mark.parametrize("is_drafted", [False, True])
@pytest.mark.parametrize("why", ["muted", "refused"])
def test_what_was_to_be_said_in_a_channel_that_is_shut_never_is(
    room: Channel, why: str, is_drafted: bool
) -> None:
    Channel.objects.update(is_nsfw=why == "refused")
    record_incoming(room.pk, make_person("Ada"), "Odile, are you there?")
    turn = director.look(room.pk)
    assert turn is not None
    if is_drafted:
        claimed = turns.claim(turn.pk, timezone.now())
        assert claimed is not None
        turns.compose(claimed)

    def shut(is_shut: bool) -> None:
        if why == "muted":
            Channel.objects.update(mode=Channel.Mode.MUTED if is_shut else Channel.Mode.LIVE)
            return
        answer = "refused" if is_shut else "allowed"
        configuration.set_value("age", "restricted_channels", answer)
        configuration.forget_cached()

    shut(True)
    if is_drafted:
        assert saying.say(turn.pk, timezone.now()) is None
    else:
        assert turns.take(turn.pk) is None
    turn.refresh_from_db()
    told = {
        "muted": "The channel is muted.",
        "refused": "Age-restricted channels are refused here.",
    }
    assert (turn.status, turn.error) == (Turn.Status.ABANDONED, told[why])
    shut(False)
    assert turns.take(turn.pk) is None
    assert not Message.objects.filter(character__isnull=False).exists()


def test_with_no_active_character_nothing_runs_and_nothing_is_written(room: Channel) -> None:
    Character.objects.update(status=Character.Status.PAUSED)
    channel = Channel.objects.filter(pk=room.pk).values().get()
    for _ in range(3):
        assert director.look(room.pk) is None
        assert upkeep.sweep() == {}
    assert Channel.objects.filter(pk=room.pk).values().get() == channel
    assert not Turn.objects.exists()
    assert not Conversation.objects.exists()


def test_a_spent_budget_means_no_call_and_no_word(room: Channel, settings: Any) -> None:
    from fishbowl.llm.chat import Endpoint

    settings.LLM_ENDPOINTS = (Endpoint(name="none", base_url="http://127.0.0.1:9", model="m"),)
    budget = make_budget(tokens=100)
    record_incoming(room.pk, make_person("Ada"), "Odile, are you there?")
    turn = director.look(room.pk)
    assert turn is not None
    assert turns.take(turn.pk) is None
    turn.refresh_from_db()
    assert turn.status == Turn.Status.ABANDONED
    assert "budget" in turn.error
    assert spent(budget)[0] == 0
    assert not LLMCall.objects.exists()
    assert director.look(room.pk) is None


def test_a_due_event_gives_its_character_cause_to_speak(room: Channel) -> None:
    bram = Character.objects.get(name="Bram")
    event = make_event(room, character=bram, title="The Patience is launched today")
    turn = director.look(room.pk)
    assert turn is not None
    assert turn.chosen == bram
    assert "Patience" in turn.reason
    assert turns.take(turn.pk) is not None
    event.refresh_from_db()
    assert event.status == ScheduledEvent.Status.TRIGGERED
    assert Message.objects.get().character == bram


def test_a_newcomer_is_noticed_once(room: Channel) -> None:
    ada = make_person("Ada")
    enter_room(room.pk, ada)
    turn = director.look(room.pk, seed=3)
    assert turn is not None
    assert turn.trigger == "newcomer"
    assert turn.move == "greet"
    turns.take(turn.pk)
    greeting = Message.objects.get()
    assert "Ada" in greeting.content
    enter_room(room.pk, ada)
    later = director.look(room.pk)
    assert later is None or later.trigger != "newcomer"


def test_a_newcomer_is_greeted_by_who_is_alone_and_spoke_last(room: Channel) -> None:
    odile = Character.objects.get(name="Odile")
    Character.objects.exclude(pk=odile.pk).delete()
    talk = make_conversation(room)
    said = make_message(talk, odile, "Nobody out tonight.", at=timezone.now())
    enter_room(room.pk, make_person("Ada"))
    for seed in range(9):
        turn = director.look(room.pk, seed=seed)
        assert turn is not None
        assert turn.trigger == "newcomer"
        if turn.chosen_id is not None:
            break
        turn.delete()
    assert turn.chosen == odile
    assert turns.take(turn.pk) is not None
    greeting = Message.objects.exclude(pk=said.pk).get()
    assert "Ada" in greeting.content
    following = director.look(room.pk)
    assert following is None or following.chosen_id is None  # nobody answers itself


def test_what_is_heard_moves_the_mood_with_a_cause(room: Channel) -> None:
    odile = Character.objects.get(name="Odile")
    odile.triggers.create(kind="topic", pattern="ice house", intensity=0.9, valence=-0.9)
    before = odile.state.mood_valence
    record_incoming(room.pk, make_person("Ada"), "Odile, they sold the ice house, it is terrible.")
    answer_to(room)
    odile.state.refresh_from_db()
    change = MoodChange.objects.get(character=odile)
    assert odile.state.mood_valence < before
    assert change.delta_valence == pytest.approx(odile.state.mood_valence - before, abs=1e-3)
    assert -0.2 <= change.delta_valence < 0
    assert change.description == "talk of ice house"


@pytest.mark.parametrize("text", ["", "\u200b", "x" * 100_000])
def test_a_refused_message_leaves_no_row(room: Channel, text: str) -> None:
    with pytest.raises(Refused):
        record_incoming(room.pk, make_person("Ada"), text)
    assert not Message.objects.exists()
    assert not Conversation.objects.exists()


def test_the_same_nonce_is_the_same_message(room: Channel) -> None:
    ada = make_person("Ada")
    first = record_incoming(room.pk, ada, "Hello there", nonce="n1")
    assert record_incoming(room.pk, ada, "Hello there", nonce="n1") == first
    assert Message.objects.count() == 1


def test_a_flood_is_refused_and_what_was_said_before_stays(room: Channel) -> None:
    ada = make_person("Ada")
    for i in range(6):
        record_incoming(room.pk, ada, f"message {i}")
    with pytest.raises(Refused, match="Wait"):
        record_incoming(room.pk, ada, "one more")
    assert Message.objects.count() == 6
    configuration.set_value("writing", "messages", 7)
    configuration.forget_cached()
    record_incoming(room.pk, ada, "one more")
    assert Message.objects.count() == 7


def test_two_people_at_once_get_numbers_without_a_gap(room: Channel) -> None:
    people = [make_person("Ada"), make_person("Ben")]
    barrier = threading.Barrier(2)

    def talk(person: Any) -> None:
        try:
            barrier.wait()
            for i in range(5):
                record_incoming(room.pk, person, f"{person.username} {i}")
        finally:
            connection.close()

    threads = [threading.Thread(target=talk, args=(p,)) for p in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = list(Message.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 11))
    assert Conversation.objects.count() == 1


def test_an_idle_conversation_is_closed(room: Channel) -> None:
    record_incoming(room.pk, make_person("Ada"), "Anybody?")
    assert upkeep.close_idle(timezone.now()) == 0
    assert upkeep.close_idle(timezone.now() + dt.timedelta(minutes=61)) == 1
    assert Conversation.objects.get().close_reason == "idle"


def test_markup_and_mass_mentions_are_only_text(room: Channel) -> None:
    text = "Odile, look: <script>alert(1)</script> @everyone **hi**"
    assert record_incoming(room.pk, make_person("Ada"), text).content == text
    done = answer_to(room)
    answer = Message.objects.get(turn=done)
    assert "<script" not in answer.content
    assert "@everyone" not in answer.content


def test_what_a_person_said_while_another_was_answered_is_answered_next(room: Channel) -> None:
    record_incoming(room.pk, make_person("Ada"), "Odile, are you there?")
    first = director.look(room.pk)
    assert first is not None
    record_incoming(room.pk, make_person("Ben"), "Bram, and you?")
    assert turns.take(first.pk) is not None
    second = answer_to(room)
    second.refresh_from_db()
    assert second.trigger == "person"
    assert second.chosen is not None
    assert second.chosen.name == "Bram"
    assert second.answers is not None
    assert second.answers.content == "Bram, and you?"


def test_a_closed_conversation_is_summed_up_and_the_next_one_knows_it(room: Channel) -> None:
    from conversations.afterwards import summaries
    from conversations.turns.briefing import load_brief

    let_it_run(room, steps=160)
    worth = summaries.missing(timezone.now())
    assert worth
    first = Conversation.objects.get(pk=worth[0])
    summary = summaries.summarise(first.pk)
    assert summary
    assert summaries.summarise(first.pk) == ""  # it is kept, and made once
    Conversation.objects.exclude(pk=first.pk).delete()
    record_incoming(room.pk, make_person("Ada"), "Odile, what did I miss?")
    turn = director.look(room.pk)
    assert turn is not None
    assert load_brief(turn, room, timezone.now())[0].earlier == summary
    assert turns.take(turn.pk) is not None
    turn.refresh_from_db()
    assert "summary" in {p["part"] for p in turn.prompt_parts}


def test_a_person_whom_a_spent_budget_keeps_waiting_is_told_once(
    room: Channel, settings: Any
) -> None:
    from fishbowl.llm.chat import Endpoint

    settings.LLM_ENDPOINTS = (Endpoint(name="none", base_url="http://127.0.0.1:9", model="m"),)
    make_budget(tokens=100)
    ada = make_person("Ada")
    for _ in range(2):
        record_incoming(room.pk, ada, "Odile, are you there?")
        turn = director.look(room.pk)
        assert turn is not None
        turns.take(turn.pk)
    notices = Message.objects.filter(role=Message.Role.SYSTEM)
    assert notices.count() == 1
    assert "budget" in notices.get().content
    numbers = list(Message.objects.order_by("number").values_list("number", flat=True))
    assert numbers == [1, 2, 3]


def test_a_bond_that_was_there_before_they_talked_knows_when_they_first_did(
    room: Channel,
) -> None:
    ada, odile = make_person("Ada"), Character.objects.get(name="Odile")
    bond = make_relationship(odile, ada)
    assert bond.first_interaction_at is None
    record_incoming(room.pk, ada, "Odile, how is the tide today?")
    turn = answer_to(room)
    bond.refresh_from_db()
    assert bond.first_interaction_at == bond.last_interaction_at == turn.finished_at
    Conversation.objects.update(next_turn_at=timezone.now())
    record_incoming(room.pk, ada, "Odile, and the wind?")
    answer_to(room)
    first = bond.first_interaction_at
    bond.refresh_from_db()
    assert bond.first_interaction_at == first
    assert bond.last_interaction_at > first


def test_who_is_trusted_anywhere_is_trusted_here_from_the_start(room: Channel) -> None:
    ada, odile = make_person("Ada"), Character.objects.get(name="Odile")
    make_relationship(odile, ada, trust=0.9, affection=0.8, community=None)
    record_incoming(room.pk, ada, "Odile, the ferry was late.")
    let_it_run(room, steps=4)
    here = Relationship.objects.get(from_character=odile, to_person=ada, community=room.community)
    assert here.trust > 0.85
    assert here.affection > 0.75
