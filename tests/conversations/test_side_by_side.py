"""Who speaks in a room and what is observed of it wait for one another in one direction only: else
PostgreSQL throws one of them out."""

from __future__ import annotations

import ast
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.configuration import configuration
from conversations.models import Channel, Conversation, ConversationContext, Message, Turn
from conversations.services import hear, record_incoming
from conversations.turns import turns
from fishbowl.environment import BASE_DIR
from memories import gathering
from tests.builders import (
    make_channel,
    make_character,
    make_event,
    make_memory,
    make_person,
    make_relationship,
    make_turn,
)
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)


class Beside:
    """Something that another connection does meanwhile."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act, self._failed = act, None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._act()
        except Exception as error:  # told by `join`
            self._failed = error
        finally:
            connection.close()

    def await_waiting(self) -> None:
        """Until it waits for a lock."""
        deadline = time.monotonic() + PATIENCE_S
        with connection.cursor() as cursor:
            while True:
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cursor.fetchone()[0]:
                    return
                assert time.monotonic() < deadline, "nobody waits"
                time.sleep(0.01)

    def join(self) -> None:
        self._thread.join(20)
        assert self._failed is None, self._failed


def observed(talk: Conversation) -> None:
    """What an observation begins with: its stretch is taken."""
    ConversationContext.objects.filter(conversation=talk).update(observed_to=1)


def said_in(room: Channel) -> tuple[Message, Conversation]:
    said = hear(room, make_person("Ann"), timezone.now(), content="On Friday?", is_waking=False)
    return said, said.conversation


def test_an_observation_may_plan_something_for_a_room_in_which_somebody_speaks() -> None:
    room = make_channel()
    said, talk = said_in(room)
    with transaction.atomic():
        observed(talk)
        speaking = Beside(lambda: record_incoming(room.pk, said.person, "Or on Sunday."))
        speaking.await_waiting()
        make_event(room)  # refers to the room, when it is committed
    speaking.join()
    assert Message.objects.filter(content="Or on Sunday.").exists()


def test_an_observation_may_move_who_is_just_speaking() -> None:
    configuration.set_value("director", "time_scale", 0)  # said as soon as it is thought of
    configuration.forget_cached()
    mara = make_character("Mara")
    room = make_channel(residents=(mara,))
    said, talk = said_in(room)
    bond = make_relationship(mara, said.person, community=room.community)
    memory = make_memory(mara, "Ann comes on Friday.", importance=7)
    turn = make_turn(talk, mara, answers=said, trigger="person")
    mara.state.refresh_from_db()
    before = mara.state.unreflected_importance
    with transaction.atomic():
        observed(talk)
        speaking = Beside(lambda: turns.take(turn.pk))
        speaking.await_waiting()
        bond.shared_references = [{"text": "Friday"}]
        bond.save(update_fields=["shared_references"])
        gathering.note([memory])
    speaking.join()
    turn.refresh_from_db()
    assert turn.status == Turn.Status.DONE
    mara.state.refresh_from_db()
    assert mara.state.unreflected_importance == before + 7


# Nobody may write anything new of a person who is being erased.
APART = {"characters": set(), "conversations": {"conversations/people/erasure.py"}}


@pytest.mark.parametrize("app", APART)
def test_what_is_held_may_be_referred_to(app: str) -> None:
    found = {
        f"{path.relative_to(BASE_DIR)}"
        for path in (BASE_DIR / app).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", "") == "select_for_update"
        and "no_key" not in {one.arg for one in call.keywords}
    }
    assert found == APART[app]
