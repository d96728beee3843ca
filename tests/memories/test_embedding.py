"""The space in force, whose row says so: vectors of it and of none other, and rows that wait."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings as real

from audit.models import LLMCall
from conversations import vectors
from conversations.floor import director
from conversations.models import Message
from fishbowl.llm.embedding import EmbeddingSettings, WordLlamaEmbedder, close_embedders
from fishbowl.llm.errors import GatewayError
from memories.embedding import embedding, filling, shared_vectors
from memories.embedding.embedding import (
    NoEmbedderError,
    Space,
    Vector,
    active,
    active_model,
    embed,
    embed_or_wait,
    embedder,
    settings_trouble,
)
from memories.embedding.filling import fill_missing
from memories.models import EmbeddingModel, Memory
from memories.recall import redis_store
from memories.writing import NewMemory, store_embedded
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
)
from tests.memories.spaces import Spaces, name_server
from tests.modelserver import ModelServer, status

pytestmark = pytest.mark.django_db(transaction=True)
LLAMA = WordLlamaEmbedder.name


@pytest.fixture
def server(settings: Any, redis_client: redis.Redis) -> Iterator[Spaces]:
    """The embedding server that the settings name: model 'reef', 8 dimensions."""
    with Spaces(dimensions=8) as one:
        name_server(settings, one, "reef", 8)
        yield one
    close_embedders()


def activate(name: str, dimensions: int = 8, provider: str = "server") -> EmbeddingModel:
    """Make a model the active one, as another process would: this one isn't told."""
    EmbeddingModel.objects.update(is_active=False)
    row, _ = EmbeddingModel.objects.update_or_create(
        name=name,
        defaults={"dimensions": dimensions, "provider": provider, "is_active": True},
    )
    return row


# --- which space ----------------------------------------------------------------------------------


def test_a_new_deployment_makes_the_configured_model_active() -> None:
    (vector,) = embed(["tides"])
    row = EmbeddingModel.objects.get()
    assert (row.name, row.dimensions, row.is_active) == (LLAMA, 256, True)
    assert (vector.model_id, vector.dimensions()) == (row.pk, 256)


def test_the_row_and_not_the_settings_say_whose_space_it_is(
    settings: Any, server: Spaces, caplog: pytest.LogCaptureFixture
) -> None:
    row = activate(LLAMA, 256, "wordllama")
    with caplog.at_level(logging.WARNING):
        (vector,) = embed(["tides"])
        active_model()
    assert (vector.model_id, vector.dimensions()) == (row.pk, 256)
    assert server.history == []
    (said,) = [
        one.getMessage() for one in caplog.records if one.name == "memories.embedding.embedding"
    ]
    assert said.endswith("manage.py reembed --model reef")


def test_a_servers_model_is_asked_by_the_name_of_the_row(server: Spaces) -> None:
    activate("kelp", 5)
    server.dimensions = 5
    assert embed(["tides"])[0].dimensions() == 5
    assert [one.body["model"] for one in server.history] == ["kelp"]
    assert "reembed --model reef" in settings_trouble(active_model())


def test_a_space_that_cannot_be_reached_says_what_to_set(settings: Any) -> None:
    activate("kelp")
    settings.EMBEDDING = EmbeddingSettings()
    with pytest.raises(NoEmbedderError, match="EMBEDDING_BASE_URL"):
        embed(["tides"])
    assert embed_or_wait(["tides", "ebb"]) == [None, None]
    assert "set EMBEDDING_PROVIDER=server" in settings_trouble(active_model())


def test_another_wordllama_than_the_installed_is_none() -> None:
    with pytest.raises(NoEmbedderError, match=LLAMA):
        embedder(Space(1, "wordllama-of-old", 64, "wordllama"))


def test_changed_dimensions_are_told_to_be_set_back(settings: Any, server: Spaces) -> None:
    activate("reef", 12)
    assert settings_trouble(active_model()).endswith(
        "while EMBEDDING_DIMENSIONS is 8: set it back."
    )


def test_every_process_follows_a_switch_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(embedding.time, "monotonic", lambda: clock[0])
    before = active()
    row = activate("kelp")
    clock[0] += 0.99
    assert active() == before
    clock[0] += 0.02
    assert active() == Space(row.pk, "kelp", 8, "server")


def test_two_that_come_first_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    row = activate("kelp")
    assert embedding._first_model() == row  # it had seen none a moment ago


def test_a_vector_is_stored_as_the_model_that_made_it(server: Spaces) -> None:
    """The space changes between the making of a vector and its being stored."""
    reef = active()
    server.meanwhile = lambda _: activate("kelp")
    owner = make_character()
    memory = make_memory(owner, "The harbour froze.")
    assert memory.embedding_model_id == reef.id
    assert not Memory.objects.filter(embedding_model__is_active=True).exists()
    embedding.forget_cached()
    assert fill_missing() == 1
    memory.refresh_from_db()
    assert memory.embedding_model is not None and memory.embedding_model.name == "kelp"


def test_a_line_is_stored_as_the_model_that_made_its_vector(server: Spaces) -> None:
    reef, kelp = active_model(), "kelp"
    room = make_channel("bar")
    make_message(make_conversation(room), make_person())
    server.meanwhile = lambda _: activate(kelp)
    assert director.embed_waiting(room.pk) == 1
    assert Message.objects.get().embedding_model == reef
    embedding.forget_cached()
    assert director.embed_waiting(room.pk) == 1
    assert Message.objects.get().embedding_model_id == active().id != reef.pk
    assert director.embed_waiting(room.pk) == 0


def test_questions_are_told_apart_where_the_model_tells_them_apart(server: Spaces) -> None:
    activate("nomic-embed-text:latest")
    embed(["tides"])
    embed(["tides"], use="query")
    assert server.texts() == ["search_document: tides", "search_query: tides"]


def test_calls_to_a_server_are_in_the_log_of_calls(server: Spaces) -> None:
    embed(["tides", "ebb"])
    server.enqueue(status(503))
    with pytest.raises(GatewayError):
        embed(["flood"])
    failed, done = LLMCall.objects.order_by("-id")
    assert (done.purpose, done.model, done.status, done.request) == (
        "embed", "reef", "done", {"texts": 2},
    )  # fmt: skip
    assert (failed.status, failed.prompt_tokens) == ("failed", 0)
    assert "503" in failed.error


# --- rows that wait for theirs --------------------------------------------------------------------


def test_memories_are_stored_without_vectors_and_filled_later(
    server: Spaces, caplog: pytest.LogCaptureFixture
) -> None:
    active()
    owner = make_character()
    server.enqueue(status(503))
    with caplog.at_level(logging.WARNING, "memories.embedding.embedding"):
        line = make_memory(
            owner, "Ada said: “Tides turn.”", text="Tides turn.", kind=Memory.Kind.CONVERSATION
        )
        own = make_memory(owner, "She keeps bees.", text="bees")
        plain = make_memory(owner, "It rained.")
    assert not Memory.objects.filter(embedding__isnull=False).exists()
    assert len(caplog.records) == 1
    assert len(server.history) == 1  # a failing server is left alone
    vectors.forget_rest()
    server.history.clear()
    assert fill_missing() == 3
    assert sorted(server.texts()) == ["It rained.", "Tides turn.", "bees"]
    assert fill_missing() == 0
    for memory in (line, own, plain):
        memory.refresh_from_db()
        assert memory.embedding_model_id == active().id


def test_filling_ends_with_the_server(server: Spaces) -> None:
    active()
    server.enqueue(status(503), status(503))
    make_memory(make_character(), "It rained.")
    with pytest.raises(GatewayError):
        fill_missing()


def test_interests_are_filled_first_and_from_their_topic(server: Spaces) -> None:
    make_character(interests=("tides", "bread"))
    assert fill_missing() == 2
    assert server.texts() == ["tides", "bread"]


def test_a_text_that_is_refused_holds_up_no_other(
    server: Spaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "_refused", {})
    server.refuses = ("poison",)
    owner = make_character()
    store_embedded([
        NewMemory(owner.pk, "experience", f"It rained {what}.", NOON)
        for what in ("rain", "poison", "frogs")
    ], [None] * 3)  # fmt: skip
    assert fill_missing() == 2
    assert Memory.objects.get(embedding__isnull=True).content == "It rained poison."
    server.history.clear()
    assert fill_missing() == 0
    assert server.history == []


def test_a_text_that_is_too_long_for_the_server_holds_up_no_other(
    server: Spaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "_refused", {})
    server.refuses = ("poison",)
    server.refusal = status(
        500, "input (812 tokens) is too large to process. increase the physical batch size"
    )
    owner = make_character()
    store_embedded([
        NewMemory(owner.pk, "experience", f"It rained {what}.", NOON)
        for what in ("rain", "poison", "frogs")
    ], [None] * 3)  # fmt: skip
    assert fill_missing() == 2


def test_a_row_that_changed_meanwhile_is_filled_from_what_it_says_now(server: Spaces) -> None:
    active()
    owner = make_character()
    server.enqueue(status(503))
    memory = make_memory(owner, "It rained.")
    vectors.forget_rest()

    def edit(texts: list[str]) -> None:
        server.meanwhile = lambda _: None
        Memory.objects.filter(pk=memory.pk).update(content="It snowed.")

    server.meanwhile = edit
    fill_missing()
    fill_missing()
    memory.refresh_from_db()
    assert memory.embedding == pytest.approx(embed(["It snowed."])[0].to_list(), abs=1e-3)


def test_nothing_is_filled_with_the_space_that_was_left(server: Spaces) -> None:
    active()
    owner = make_character()
    server.enqueue(status(503))
    make_memory(owner, "It rained.")
    vectors.forget_rest()
    server.meanwhile = lambda _: activate("kelp")
    assert fill_missing() == 0
    assert Memory.objects.get().embedding_model_id is None


# --- kept in Redis --------------------------------------------------------------------------------


def test_no_process_sends_a_text_again(server: Spaces, redis_client: redis.Redis) -> None:
    (first,) = embed(["tides"])
    close_embedders()  # as good as another process
    again, other = embed(["tides", "ebb"])
    assert server.texts() == ["tides", "ebb"]
    assert again.to_list() == pytest.approx(first.to_list(), abs=1e-3)
    (key, *_) = redis_client.keys("*memories:vector:*")
    assert redis_client.strlen(key) == 16
    longest = shared_vectors.KEPT_FOR_S * 1000
    assert 0.89 * longest < redis_client.pttl(key) <= 1.1 * longest
    assert other.to_list() != again.to_list()


def test_spaces_and_uses_are_kept_apart(server: Spaces) -> None:
    embed(["tides"])
    close_embedders()
    embed(["tides"], use="query")
    activate("kelp")
    embedding.forget_cached()
    embed(["tides"])
    assert server.texts() == ["tides"] * 3


def test_spoilt_values_are_made_anew(server: Spaces, redis_client: redis.Redis) -> None:
    (first,) = embed(["tides"])
    (key,) = redis_client.keys("*memories:vector:*")
    redis_client.set(key, b"short")
    close_embedders()
    assert embed(["tides"])[0] == first
    assert redis_client.strlen(key) == 16


def test_lifetimes_differ() -> None:
    drawn = {redis_store.jittered_ms(100) for _ in range(200)}
    assert 90_000 <= min(drawn) < 95_000 < 105_000 < max(drawn) <= 110_000


def test_vectors_need_no_redis(settings: Any, server: Spaces) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    embed(["tides"])
    close_embedders()
    embed(["tides"])
    assert server.texts() == ["tides", "tides"]


def test_wordllama_does_not_ask_redis(redis_client: redis.Redis) -> None:
    embed(["tides"])
    assert redis_client.keys("*") == []


def test_a_vector_of_a_row_is_a_vector_again() -> None:
    memory = make_memory(make_character(), "It rained.")
    assert memory.embedding is not None and memory.embedding_model_id is not None
    copied = Vector(memory.embedding, memory.embedding_model_id)
    assert copied == embed(["It rained."])[0]
    assert real.EMBEDDING.provider == "wordllama"


def test_two_servers_are_two_embedders(server: Spaces, settings: Any) -> None:
    embed(["tides"])
    with ModelServer(dimensions=8) as other:
        name_server(settings, other, "reef", 8)
        embed(["ebb"])
        assert len(other.history) == 1
