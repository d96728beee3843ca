"""Who writes of a room stands in nobody's way who speaks in it."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from conversations.models import ConversationContext, Message
from conversations.services import hear, record_incoming
from tests.builders import NOON, make_channel, make_event, make_person


def await_one_that_waits() -> None:
    """Until somebody else waits for a lock of this database."""
    deadline = time.monotonic() + 10
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


@pytest.mark.django_db(transaction=True)
def test_what_is_observed_of_a_room_and_what_is_said_there_wait_in_one_direction() -> None:
    """An observation that plans something for a room refers to it when it commits. Whoever speaks
    there holds the room, and waits for the observation: if that waited for the room, too, one of
    them would be thrown out."""
    room, ann = make_channel(), make_person("Ann")
    talk = hear(room, ann, NOON, content="Meet me on Friday.", is_waking=False).conversation
    failed: list[Exception] = []

    def speak() -> None:
        try:
            record_incoming(room.pk, ann, "Or on Sunday.")
        except Exception as error:  # told below
            failed.append(error)
        finally:
            connection.close()

    speaking = threading.Thread(target=speak)
    with transaction.atomic():
        ConversationContext.objects.filter(conversation=talk).update(observed_to=1)
        speaking.start()
        await_one_that_waits()
        make_event(room)
    speaking.join(20)
    assert not failed
    assert Message.objects.filter(content="Or on Sunday.").exists()
