"""A character or a room with a year of talk is deleted on the desk as one with a day of it."""

from __future__ import annotations

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.admin.utils import NestedObjects
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from characters.models import Character
from conversations.models import Channel, Message, Reaction, Turn
from fishbowl.among import what_goes_with
from memories.models import Derivation, Memory
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_reaction,
    make_staff,
    make_turn,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(make_staff(is_superuser=True))
    return client


def talk(lines: int) -> tuple[Character, Channel]:
    """A room where a character and a person said so many lines to each other."""
    ada, sam, room = make_character(), make_person(), make_channel()
    conversation = make_conversation(room)
    for _ in range(lines):
        asked = make_message(conversation, sam)
        make_reaction(asked, ada)
        turn = make_turn(conversation, ada, answers=asked, status=Turn.Status.DONE)
        said = make_message(conversation, ada, turn=turn, reply_to=asked)
        make_reaction(said, sam)
        memory = make_memory(ada, source_message_id=asked.pk)
        Derivation.objects.create(memory=memory, from_message=asked)
    return ada, room


def deleted(client: Client, row: Model) -> tuple[int, int]:
    """Look at what would go and have it go: statements, and values that the longest names."""
    asked: list[int] = []

    def look_on(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(len(params or ()))
        return execute(sql, params, many, context)

    meta = row._meta
    page = reverse(f"admin:{meta.app_label}_{meta.model_name}_delete", args=[row.pk])
    with connection.execute_wrapper(look_on):
        assert client.get(page).status_code == 200
        assert client.post(page, {"post": "yes"}).status_code == 302
    assert not type(row)._default_manager.filter(pk=row.pk).exists()
    return len(asked), max(asked)


@pytest.mark.parametrize("which", [0, 1], ids=["character", "channel"])
def test_it_asks_no_more_for_much_talk(desk: Client, which: int) -> None:
    deleted(desk, talk(1)[which])  # what is known once
    few, many = talk(3)[which], talk(40)[which]
    assert deleted(desk, few) == deleted(desk, many)


def test_what_goes_is_what_django_would_take(desk: Client) -> None:
    for which in (0, 1):
        row = talk(3)[which]
        collector = NestedObjects(using="default")
        collector.collect([row])
        counts = {model: len(rows) for model, rows in collector.model_objs.items() if rows}
        assert what_goes_with([row]) == (counts, [])


def test_all_of_it_goes_and_nothing_else(desk: Client) -> None:
    (_, kept), (ada, room) = talk(2), talk(2)
    deleted(desk, room)
    assert set(Channel.objects.all()) == {kept}
    assert Message.objects.count() == 4 and Reaction.objects.count() == 4
    assert Turn.objects.count() == 2 and Memory.objects.count() == 2
    logged = LogEntry.objects.filter(action=LogEntry.Action.DELETE)
    assert [(one.content_type.model, one.object_id) for one in logged] == [("channel", room.pk)]
    deleted(desk, ada)
    assert Character.objects.count() == 1 and Message.objects.count() == 4
    assert logged.all().count() == 2


def test_those_picked_in_the_list_go_too(desk: Client) -> None:
    (_, one), (_, other) = talk(1), talk(1)
    answer = desk.post(
        reverse("admin:conversations_channel_changelist"),
        {"action": "delete_selected", "_selected_action": [one.pk, other.pk], "post": "yes"},
    )
    assert answer.status_code == 302
    assert not Channel.objects.exists() and not Message.objects.exists()
