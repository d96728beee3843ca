"""A character with much talk is deleted by a worker: at once out of sight, and whatever dies."""

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
from characters.models import Character, Goal
from conversations import deleting, tasks
from conversations.floor import holds, lines
from conversations.models import Channel, Conversation, Message, Reaction, Turn
from conversations.tank import tank
from fishbowl.statements import together
from memories.models import Memory
from tests.builders import make_character, make_message, make_person, make_staff, make_turn
from tests.conversations.test_deleting_much import talk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(make_staff(is_superuser=True))
    return client


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch) -> Character:
    """A character of twenty lines, turns and memories each, where fifteen are many."""
    monkeypatch.setattr(deleting, "MANY", 15)
    monkeypatch.setattr(deleting, "AT_ONCE", 8)
    ada, _ = talk(20)
    Goal.objects.create(character=ada, goal_id="tea", description="Make tea.")
    return ada


def page(ada: Character) -> str:
    return reverse("admin:characters_character_delete", args=[ada.pk])


def shown(desk: Client) -> str:
    return desk.get(reverse("admin:characters_character_changelist")).content.decode()


def logged() -> list[LogEntry]:
    kind = ContentType.objects.get_for_model(Character)
    return list(LogEntry.objects.filter(action=LogEntry.Action.DELETE, content_type=kind))


def test_the_page_says_what_goes_by_counting_it(desk: Client, ada: Character) -> None:
    asked: list[int] = []

    def look_on(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sum(len(one) if isinstance(one, str) else 1 for one in params or ()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look_on):
        told = desk.get(page(ada)).content.decode()
    for words in ("20 messages", "20 turns", "20 memories", "40 reactions", "1 goals"):
        assert words in told
    assert max(asked) < 200, "no key is read for it"


def test_it_is_seen_and_heard_nowhere_at_once_and_then_gone(desk: Client, ada: Character) -> None:
    bo, kept = talk(2)
    room = Channel.objects.exclude(pk=kept.pk).get()
    heard = Message.objects.filter(character=ada)[0]
    make_message(heard.conversation, make_person(), reply_to=heard)
    own = f"/characters/{ada.slug}/"
    assert Client().get(own).status_code == 200
    assert desk.post(page(ada), {"post": "yes"}).status_code == 302
    assert "60 of 60 rows left" in shown(desk)
    assert ada.name not in Client().get("/").content.decode()
    assert Client().get(own).status_code == 404
    seen = tank.latest_messages(room.pk)
    assert len(seen) == 21 and not any(one.character_id for one in seen)
    assert tank.catch_up([(room.pk, 0)])[0]["messages"][-1]["reply"] is None
    chips = tank.reactions_to([one.pk for one in seen])
    assert not any(one["slug"] for found in chips.values() for one in found)
    (rows,) = together(lines.asking_room_lines(room.pk, 50))
    assert {one.character_id for one in lines.Said.of(rows)} == {None}
    (entry,) = logged()
    assert entry.object_id == ada.pk and entry.actor is not None
    tasks.observe_due()  # whose nudge the worker takes
    tasks.delete_character(ada.pk)
    assert list(Character.objects.all()) == [bo]
    assert Message.objects.count() == 21 + 4 and Turn.objects.count() == 2
    assert Reaction.objects.count() == 4 and Memory.objects.count() == 2
    assert AdminAction.objects.get(action_type="character.deleted").changes_made["rows"] == 60
    assert len(logged()) == 1


def test_what_it_was_about_to_say_is_not_said(desk: Client, ada: Character) -> None:
    turn = make_turn(Conversation.objects.get(), ada, status=Turn.Status.SPEAKING)
    desk.post(page(ada), {"post": "yes"})
    turn.refresh_from_db()
    assert turn.status == Turn.Status.ABANDONED
    assert holds.hold_turn(turn.pk, Turn.Status.SPEAKING, timezone.now()) is None


def test_its_names_are_free_and_a_second_click_changes_nothing(
    desk: Client, ada: Character
) -> None:
    name, slug = ada.name, ada.slug
    desk.post(page(ada), {"post": "yes"})
    ada.refresh_from_db()
    desk.post(page(ada), {"post": "yes"})
    before, since = ada.name, ada.deleting_since
    ada.refresh_from_db()
    assert (ada.name, ada.deleting_since, len(logged())) == (before, since, 1)
    form = reverse("admin:characters_character_change", args=[ada.pk])
    assert desk.post(form, {"status": "active"}).status_code == 403
    again = make_character(name, slug=slug)
    Goal.objects.create(character=again, goal_id="tea", description="Make tea.")
    tasks.delete_character(ada.pk)
    assert list(Character.objects.all()) == [again]
    assert Goal.objects.get().character == again


def test_after_kill_9_the_next_worker_goes_on(
    desk: Client, ada: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.post(page(ada), {"post": "yes"})
    pieces, delete_piece = [], deleting._delete_piece

    def dies(row: Any) -> bool:
        if len(pieces) == 4:
            raise SystemExit
        pieces.append(delete_piece(row))
        return True

    monkeypatch.setattr(deleting, "_delete_piece", dies)
    with pytest.raises(SystemExit):
        tasks.delete_character(ada.pk)
    monkeypatch.setattr(deleting, "_delete_piece", delete_piece)
    assert "32 of 60 rows left" in shown(desk)
    assert deleting.due(Character) == [ada.pk]
    tasks.delete_character(ada.pk)
    assert not Character.objects.exists() and not Memory.objects.exists()
    assert Message.objects.count() == 20 and deleting.due(Character) == []


def test_one_with_little_talk_is_deleted_at_once(desk: Client, ada: Character) -> None:
    bo, _ = talk(1)
    desk.post(
        reverse("admin:characters_character_changelist"),
        {"action": "delete_selected", "_selected_action": [ada.pk, bo.pk], "post": "yes"},
    )
    assert deleting.due(Character) == [ada.pk]
    assert not Character.objects.filter(pk=bo.pk).exists()
