"""An embedding server that is down: the talk goes on, and vectors come when it is back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from characters.models import Interest
from conversations import tasks, vectors
from conversations.floor import director
from conversations.models import Channel, ConversationContext, Message, Turn
from conversations.services import record_incoming
from conversations.turns import saying, turns
from fishbowl.llm.embedding import EmbeddingSettings, close_embedders
from memories.embedding.embedding import forget_cached
from tests.builders import make_channel, make_character, make_person
from tests.modelserver import ModelServer, status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings: Any) -> Iterator[ModelServer]:
    """The embedding server of the society."""
    with ModelServer() as one:
        settings.EMBEDDING = EmbeddingSettings(
            provider="server", base_url=one.base_url, model="test", dimensions=8
        )
        forget_cached()
        yield one
    close_embedders()
    forget_cached()


@pytest.fixture
def room() -> Channel:
    make_character("Odile", interests=("tides",))
    return make_channel("bar", pace=Channel.Pace.LIVELY)


def drafted(room: Channel) -> tuple[Turn, dt.datetime]:
    """What Odile is about to answer to a person, and when."""
    record_incoming(room.pk, make_person(), "Odile, are you there?")
    turn = director.look(room.pk)
    assert turn is not None
    claimed = turns.claim(turn.pk, turn.due_at)
    assert claimed is not None
    assert turns.compose(claimed) is not None
    assert claimed.say_at is not None
    return turn, claimed.say_at


def test_the_talk_goes_on_without_vectors(room: Channel, server: ModelServer) -> None:
    server.close()
    turn, say_at = drafted(room)
    assert saying.say(turn.pk, say_at) is not None
    answer = Message.objects.get(turn=turn)
    assert answer.embedding is None and answer.embedding_model_id is None
    assert ConversationContext.objects.get().energy_level < 1  # it tires all the same


def test_a_stale_draft_is_given_up_without_vectors(room: Channel, server: ModelServer) -> None:
    server.close()
    turn, say_at = drafted(room)
    assert saying.say(turn.pk, say_at + 2 * saying.STALE_AFTER) is None
    turn.refresh_from_db()
    assert turn.status == Turn.Status.ABANDONED


def test_a_failing_server_is_left_alone_for_a_while(room: Channel, server: ModelServer) -> None:
    server.enqueue(status(503))
    assert vectors.embed_if_possible(["one"]) is None
    assert vectors.embed_if_possible(["two"]) is None
    assert len(server.history) == 1
    vectors.forget_rest()
    assert len(vectors.embed_if_possible(["three"]) or ()) == 1


def test_vectors_come_when_the_server_is_back(room: Channel, server: ModelServer) -> None:
    server.enqueue(status(503))
    turn, say_at = drafted(room)
    saying.say(turn.pk, say_at)
    assert Message.objects.filter(embedding__isnull=True).count() == 2
    vectors.forget_rest()
    assert director.embed_waiting(room.pk) == 2
    assert not Message.objects.filter(embedding__isnull=True).exists()


def test_the_sweep_goes_on_without_vectors(room: Channel, server: ModelServer) -> None:
    server.enqueue(status(503))
    tasks.sweep()
    assert Interest.objects.filter(embedding__isnull=True).exists()
    vectors.forget_rest()
    tasks.sweep()
    assert not Interest.objects.filter(embedding__isnull=True).exists()
