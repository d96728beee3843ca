"""What a speaker has before its mind: never older than its rows, and of its room alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from characters.models import Character, Goal, Interest, Persona
from conversations.floor.lines import Said, asking_room_lines
from conversations.models import Conversation, Message
from conversations.turns import portraits
from conversations.turns.briefing import load_brief
from fishbowl.statements import together
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_message,
    make_person,
    make_turn,
)

pytestmark = pytest.mark.django_db(transaction=True)


def portrait(key: int) -> Character:
    return portraits.portrait(key, together(portraits.asking_edition(key))[0])


def edit_persona(mara: Character) -> None:
    Persona.objects.filter(character=mara).update(identity="Somebody else.")


def rename(mara: Character) -> None:
    Character.objects.filter(pk=mara.pk).update(system_note="Whisper.")


def drop_interest(mara: Character) -> None:
    Interest.objects.filter(character=mara).delete()


def add_goal(mara: Character) -> None:
    Goal.objects.create(character=mara, goal_id="tea", description="Make tea.")


@pytest.mark.parametrize("edit", [edit_persona, rename, drop_interest, add_goal])
def test_what_a_keeper_changes_is_known_at_the_next_turn(edit: Any) -> None:
    mara = make_character(interests=("tides",))
    before = portrait(mara.pk)
    assert portrait(mara.pk) is before  # nothing changed, nothing read anew
    edit(mara)
    assert portrait(mara.pk) is not before


def test_of_its_goals_those_are_read_that_it_has_still() -> None:
    mara = make_character()
    for name, status in (("tea", "active"), ("toast", "done"), ("jam", "dropped")):
        Goal.objects.create(character=mara, goal_id=name, description=name, status=status)
    before = portrait(mara.pk)
    assert [goal.goal_id for goal in before.goals.all()] == ["tea"]
    Goal.objects.filter(goal_id="jam").update(progress=0.5)
    assert portrait(mara.pk) is before  # what is over is no part of it
    Goal.objects.filter(goal_id="toast").update(status="active")
    assert {goal.goal_id for goal in portrait(mara.pk).goals.all()} == {"tea", "toast"}
    Goal.objects.filter(goal_id="tea").update(status="blocked")
    assert [goal.goal_id for goal in portrait(mara.pk).goals.all()] == ["toast"]


def test_of_a_deleted_character_there_is_no_portrait() -> None:
    mara = make_character()
    portrait(mara.pk)
    key = mara.pk
    mara.delete()
    with pytest.raises(Character.DoesNotExist):
        portrait(key)


def test_the_lines_of_a_room_are_its_latest_of_whichever_conversation() -> None:
    room, mara, jo = make_channel(), make_character("Mara"), make_person("jo")
    said: list[Message] = []
    for number in range(3):
        talk = make_conversation(
            room,
            status=Conversation.Status.CLOSED,
            closed_at=NOON + dt.timedelta(hours=number),
        )
        said += [make_message(talk, mara, f"{number}-{line}") for line in range(4)]
    talk = make_conversation(room)
    said.append(make_message(talk, jo, "Hello?"))
    said.append(make_message(talk, mara, "Hello.", reply_to=said[-1]))
    make_message(talk, None, "A notice.")
    make_message(talk, jo, "Taken back.", deleted_at=NOON)
    make_message(make_conversation(make_channel()), mara, "In another room.")
    (rows,) = together(asking_room_lines(room.pk, 7))
    lines = Said.of(rows)
    assert [line.id for line in lines] == [message.pk for message in said[-7:]]
    assert [line.author for line in lines[-2:]] == ["jo", "Mara"]
    assert lines[-1].answers_person_id == jo.pk


def test_what_was_said_lately_in_other_rooms_is_known_and_no_secret_of_other_communities() -> None:
    mara, bo = make_character("Mara"), make_character("Bo")
    inn, pier = make_channel("inn"), make_channel("pier")
    far = make_channel("far", community=make_community(discord_id=77))
    talks = {channel: make_conversation(channel) for channel in (inn, pier, far)}
    for channel, who, text, ago in (
        (pier, mara, "mine, of yesterday", 86_400),
        (pier, bo, "another's, an hour ago", 3600),
        (pier, mara, "mine, of late", 60),
        (pier, bo, "another's, just now", 60),
        (far, mara, "mine, far away", 60),
        (inn, bo, "here", 0),
    ):
        make_message(talks[channel], who, text, at=NOON - dt.timedelta(seconds=ago))
    turn = make_turn(talks[inn], chosen=mara, move="reply")
    brief, _ = load_brief(turn, inn, NOON)
    known = {(line.text, line.is_own, line.seconds_ago) for line in brief.elsewhere}
    assert known == {("mine, of late", True, 60.0), ("another's, just now", False, 60.0)}
