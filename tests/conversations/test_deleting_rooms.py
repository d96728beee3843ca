"""A room with much talk is deleted by a worker: at once out of sight, and whatever dies."""

from __future__ import annotations

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AdminAction
from characters.models import Character, Person
from conversations import deleting, tasks
from conversations.models import Channel, Conversation, Message, Reaction, Turn
from conversations.services import record_incoming
from conversations.text import Refused
from memories.models import Memory
from tests.builders import make_channel, make_person, make_staff
from tests.conversations.test_deleting_much import talk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(make_staff(is_superuser=True))
    return client


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Channel:
    """A room of forty lines, with a thread of twenty more, where thirty are many."""
    monkeypatch.setattr(deleting, "MANY", 30)
    monkeypatch.setattr(deleting, "AT_ONCE", 10)
    _, room = talk(20)
    _, thread = talk(10)
    Channel.objects.filter(pk=thread.pk).update(parent=room)
    return room


def page(room: Channel) -> str:
    return reverse("admin:conversations_channel_delete", args=[room.pk])


def shown(desk: Client) -> str:
    return desk.get(reverse("admin:conversations_channel_changelist")).content.decode()


def test_the_page_says_what_goes_by_counting_it(desk: Client, room: Channel) -> None:
    asked: list[int] = []

    def look_on(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(len(params or ()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look_on):
        told = desk.get(page(room)).content.decode()
    for words in ("60 messages", "30 turns", "60 reactions", "2 conversations", "2 channels"):
        assert words in told
    assert max(asked) < 30, "no key is read for it"


def test_it_is_gone_at_once_for_all_but_keepers_and_then_for_good(
    desk: Client, room: Channel
) -> None:
    _, kept = talk(2)
    before = Conversation.objects.filter(channel=kept).count()
    assert desk.post(page(room), {"post": "yes"}).status_code == 302
    room.refresh_from_db()
    assert (room.mode, room.is_private, room.discord_id) == ("muted", True, None)
    assert "60 of 60 lines left" in shown(desk)
    assert room.name not in Client().get("/").content.decode()
    logged = LogEntry.objects.filter(
        action=LogEntry.Action.DELETE, content_type=ContentType.objects.get_for_model(Channel)
    )
    assert [one.object_id for one in logged] == [room.pk]
    assert logged[0].actor is not None
    tasks.observe_due()  # whose nudge the worker takes
    tasks.delete_room(room.pk)
    assert list(Channel.objects.all()) == [kept]
    assert Message.objects.count() == 4 and Turn.objects.count() == 2
    assert Reaction.objects.count() == 4 and Memory.objects.count() == 2
    assert Conversation.objects.count() == before
    done = AdminAction.objects.get(action_type="room.deleted")
    assert done.changes_made["lines"] == 60
    assert logged.count() == 1


def test_after_kill_9_the_next_worker_goes_on(
    desk: Client, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.post(page(room), {"post": "yes"})
    pieces, delete_piece = [], deleting._delete_piece

    def dies(channel: Channel) -> bool:
        if len(pieces) == 3:
            raise SystemExit
        pieces.append(delete_piece(channel))
        return True

    monkeypatch.setattr(deleting, "_delete_piece", dies)
    with pytest.raises(SystemExit):
        tasks.delete_room(room.pk)
    monkeypatch.undo()
    assert "30 of 60 lines left" in shown(desk)
    assert deleting.due(Channel) == [room.pk]
    tasks.delete_room(room.pk)
    assert not Channel.objects.exists() and not Message.objects.exists()
    assert deleting.due(Channel) == []


def test_one_worker_is_at_it(desk: Client, room: Channel) -> None:
    desk.post(page(room), {"post": "yes"})
    held: Any = connection.copy()
    with held.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_lock(hashtext('conversations.delete_room'), %s)", [room.pk]
        )
        assert deleting.go_on(Channel, room.pk, timezone.now()) == 0
        cursor.execute("SELECT pg_advisory_unlock_all()")
    held.close()
    assert deleting.go_on(Channel, room.pk, timezone.now()) > 1


def test_nothing_is_said_or_changed_there_meanwhile_and_its_name_is_free(
    desk: Client, room: Channel
) -> None:
    name, sam = room.name, make_person()
    Channel.objects.filter(pk=room.pk).update(discord_id=4711)
    desk.post(page(room), {"post": "yes"})
    desk.post(page(room), {"post": "yes"})
    assert LogEntry.objects.filter(action=LogEntry.Action.DELETE).count() == 1
    again = make_channel(name, discord_id=4711, community=room.community)
    with pytest.raises(Refused):
        record_incoming(room.pk, sam, "Is anybody here?")
    form = reverse("admin:conversations_channel_change", args=[room.pk])
    assert desk.post(form, {"mode": "live"}).status_code in (302, 403)
    room.refresh_from_db()
    assert room.mode == "muted"
    tasks.delete_room(room.pk)
    assert list(Channel.objects.all()) == [again]
    assert Character.objects.exists() and Person.objects.exists()


def test_many_that_are_picked_in_the_list_go_the_same_way(desk: Client, room: Channel) -> None:
    _, small = talk(1)
    desk.post(
        reverse("admin:conversations_channel_changelist"),
        {"action": "delete_selected", "_selected_action": [room.pk, small.pk], "post": "yes"},
    )
    assert set(deleting.due(Channel)) == {room.pk}
    assert not Channel.objects.filter(pk=small.pk).exists()
