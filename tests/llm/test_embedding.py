"""Texts as vectors: WordLlama in this process, a server over real sockets, and the cache."""

from __future__ import annotations

import logging
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from fishbowl.llm import embedding, errors
from fishbowl.llm.embedding import (
    CachedEmbedder,
    EmbeddingCall,
    EmbeddingSettings,
    WordLlamaEmbedder,
    blank_direction,
    close_embedders,
    get_embedder,
)
from fishbowl.llm.embedding_server import ServerEmbedder
from fishbowl.llm.vectors import Use, Vectors
from tests.modelserver import ModelServer, Step, cut, raw, status, vector_for

KEY = "sk-very-secret-0123456789"
BLANK = [-0.032005, -0.006681, -0.015667]
llama = WordLlamaEmbedder()


def assert_unit(vectors: Vectors) -> None:
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


# --- WordLlama ---


def test_it_embeds_by_meaning_at_unit_length() -> None:
    vectors = llama.embed(["The cat sleeps.", "A kitten is napping.", "Interest rates rose."])
    assert vectors.shape == (3, 256)
    assert_unit(vectors)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_it_equals_the_package_own_pooling() -> None:
    texts = ["a", "Some words that are longer.", "x " * 500, "naïve 🐟 日本"]
    model = embedding._wordllama()
    alone = np.vstack([model.embed([text], norm=True) for text in texts])
    assert np.allclose(llama.embed(texts), alone, atol=1e-5)


def test_a_text_has_the_same_vector_in_any_company() -> None:
    texts = [f"line {number} " + "word " * (number % 40) for number in range(600)]
    together = llama.embed(texts)
    assert np.allclose(together[[0, 255, 256, 599]], np.vstack(
        [llama.embed([texts[at]]) for at in (0, 255, 256, 599)]), atol=1e-6)  # fmt: skip


def test_a_blank_text_is_far_from_everything_and_never_nan() -> None:
    vectors = llama.embed(["", "  \n", "\0", "The cat sleeps.", "Interest rates rose."])
    assert_unit(vectors)
    assert np.array_equal(vectors[0], blank_direction(256))
    assert np.array_equal(vectors[1], vectors[2])
    assert np.abs(vectors[3:] @ vectors[0]).max() < 0.25


def test_the_blank_direction_never_changes() -> None:
    # It stands in databases.
    assert blank_direction(256)[:3].tolist() == pytest.approx(BLANK, abs=1e-6)


def test_it_takes_long_broken_and_no_texts() -> None:
    long = "The tide comes in. " * 6000
    started = time.monotonic()
    vectors = llama.embed([long, long[:20_000], "a\ud800b", *["short"] * 300])
    assert time.monotonic() - started < 2.0
    assert np.array_equal(vectors[0], vectors[1])
    assert_unit(vectors)
    assert llama.embed([]).shape == (0, 256)


def test_it_loads_once_without_network_or_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was reached for")

    loaded: list[Any] = []
    monkeypatch.setattr(embedding, "_loaded", loaded)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    load, calls = embedding._load_wordllama, []
    monkeypatch.setattr(embedding, "_load_wordllama", lambda: calls.append(1) or load())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: llama.embed(["hello"]), range(16)))
    assert len(calls) == len(loaded) == 1
    assert (root.handlers[:], root.level) == before


# --- a server ---


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(dimensions=8) as server:
        yield server


@pytest.fixture
def at(server: ModelServer) -> Iterator[Callable[..., ServerEmbedder]]:
    opened: list[ServerEmbedder] = []

    def open_embedder(**options: Any) -> ServerEmbedder:
        options = {"dimensions": 8, "timeout_s": 5.0, "base_url": server.base_url, **options}
        opened.append(ServerEmbedder(api_key=KEY, model="nomic", **options))
        return opened[-1]

    yield open_embedder
    for one in opened:
        one.close()


Opener = Callable[..., ServerEmbedder]


def expected(text: str) -> Vectors:
    vector = np.asarray(vector_for(text, 8), dtype=np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def test_it_asks_in_batches_and_puts_vectors_in_order(server: ModelServer, at: Opener) -> None:
    texts = [f"text {number}" for number in range(5)]
    server.enqueue(server.embeddings(texts[:2], is_shuffled=True))
    vectors = at(batch_size=2).embed(texts)
    assert_unit(vectors)
    assert np.allclose(vectors, np.vstack([expected(text) for text in texts]), atol=1e-6)
    assert [received.body["input"] for received in server.history] == [
        texts[:2],
        texts[2:4],
        texts[4:],
    ]
    first = server.history[0]
    assert first.path == "/v1/embeddings"
    assert first.body["model"] == "nomic"
    assert first.body["encoding_format"] == "float"
    assert first.headers["authorization"] == f"Bearer {KEY}"


def test_it_sends_no_blank_text(server: ModelServer, at: Opener) -> None:
    vectors = at().embed(["", "fish", " "])
    assert server.history[0].body["input"] == ["fish"]
    assert np.array_equal(vectors[0], blank_direction(8))
    assert np.allclose(vectors[1], expected("fish"), atol=1e-6)
    assert at().embed(["", ""]).shape == (2, 8)
    assert at().embed([]).shape == (0, 8)
    assert len(server.history) == 1


def test_it_prefixes_by_use(server: ModelServer, at: Opener) -> None:
    one = at(document_prefix="search_document: ", query_prefix="search_query: ")
    one.embed(["a"])
    one.embed(["a"], use="query")
    assert [received.body["input"][0] for received in server.history] == [
        "search_document: a",
        "search_query: a",
    ]


def data(*vectors: Any, indexes: Sequence[Any] | None = None) -> Step:
    places = range(len(vectors)) if indexes is None else indexes
    return Step(
        {"data": [{"index": p, "embedding": v} for p, v in zip(places, vectors, strict=True)]}
    )


GOOD = [1.0] * 8
FAILURES = [
    (status(429, headers={"Retry-After": "3"}), "rate_limited"),
    (status(503), "server_error"),
    (status(401, f"bad key {KEY}"), "auth"),
    (status(404, "no such model"), "unknown_model"),
    (status(400, "input exceeds maximum context length"), "context_too_long"),
    (cut(), "cut_off"),
    (raw("{"), "malformed"),
    (raw("null"), "malformed"),
    (Step({"data": None}), "malformed"),
    (Step({"data": [1, 2]}), "malformed"),
    (Step({"error": {"message": "out of memory"}}), "server_error"),
    (data(GOOD), "malformed"),
    (data(GOOD, GOOD, indexes=[0, 0]), "malformed"),
    (data(GOOD, GOOD, indexes=[0, 2]), "malformed"),
    (data(GOOD, None), "malformed"),
    (data(GOOD, "AAAA"), "malformed"),
    (data(GOOD, GOOD[:7]), "malformed"),
    (data(GOOD, [*GOOD[:7], math.nan]), "malformed"),
    (data(GOOD[:7], GOOD[:7]), "wrong_dimensions"),
]


@pytest.mark.parametrize(("step", "kind"), FAILURES)
def test_it_names_each_failure(server: ModelServer, at: Opener, step: Step, kind: str) -> None:
    server.enqueue(step)
    one = at()
    with pytest.raises(errors.GatewayError) as info:
        one.embed(["a", "b"])
    assert info.value.kind == kind
    assert str(info.value).startswith("server: ")
    assert KEY not in str(info.value)
    assert info.value.__context__ is None
    assert one.embed(["a", "b"]).shape == (2, 8)


def test_vectors_of_huge_numbers_keep_their_direction(server: ModelServer, at: Opener) -> None:
    server.enqueue(data([3e30] + [0.0] * 6 + [4e30], [1.0] * 8))
    huge, plain = at().embed(["a", "b"])
    assert_unit(np.vstack([huge, plain]))
    assert huge[[0, 7]].tolist() == pytest.approx([0.6, 0.8])


def test_it_keeps_retry_after(server: ModelServer, at: Opener) -> None:
    server.enqueue(status(429, headers={"Retry-After": "3"}))
    with pytest.raises(errors.RateLimitedError) as info:
        at().embed(["a"])
    assert info.value.retry_after == 3.0


def test_it_takes_servers_that_number_nothing(server: ModelServer, at: Opener) -> None:
    other = [-1.0] * 8
    server.enqueue(data(GOOD, other, indexes=[None, None]))
    vectors = at().embed(["a", "b"])
    assert vectors[0, 0] > 0 > vectors[1, 0]


def test_a_vector_without_length_becomes_the_blank_one(server: ModelServer, at: Opener) -> None:
    server.enqueue(data([0.0] * 8))
    assert np.array_equal(at().embed(["a"])[0], blank_direction(8))


def test_it_times_out_on_a_trickle_and_a_dead_server(server: ModelServer, at: Opener) -> None:
    server.enqueue(raw(b" " * 500, trickle_s=0.02))
    with pytest.raises(errors.CallTimeoutError):
        at(timeout_s=0.3).embed(["a"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(errors.ConnectionFailedError):
        at(base_url=f"http://127.0.0.1:{port}").embed(["a"])


def test_it_measures_the_real_dimensions(at: Opener) -> None:
    assert at(dimensions=768).probe() == 8


def test_it_reports_every_call(server: ModelServer, at: Opener) -> None:
    heard: list[EmbeddingCall] = []
    one = at(on_call=heard.append, batch_size=1)
    server.enqueue(Step({"data": [{"index": 0, "embedding": GOOD}]}), server.embeddings(["b" * 8]))
    one.embed(["a" * 40, "b" * 8])
    server.enqueue(status(500))
    with pytest.raises(errors.ServerFailedError):
        one.embed(["c"])
    facts = [(c.tokens, c.estimated, c.error.kind if c.error else None) for c in heard]
    assert facts == [(10, True, None), (2, False, None), (1, True, "server_error")]


# --- the cache ---


class Counting:
    """An embedder that says what it was asked."""

    name, provider, dimensions = "counting", "test", 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str], *, use: Use = "document") -> Vectors:
        self.asked += texts
        return np.asarray([[len(text), use == "query"] for text in texts], dtype=np.float32)


def test_it_asks_for_each_text_once() -> None:
    cached = CachedEmbedder(inner := Counting())
    first = cached.embed(["a", "bb", "a"])
    first[:] = 99.0  # the caller's own
    assert cached.embed(["bb", "ccc", "a"]).tolist() == [[2, 0], [3, 0], [1, 0]]
    assert inner.asked == ["a", "bb", "ccc"]
    assert (cached.hits, cached.misses) == (2, 4)
    assert cached.embed(["a"], use="query").tolist() == [[1, 1]]
    assert cached.embed([]).shape == (0, 2)


def test_it_forgets_the_least_used() -> None:
    cached = CachedEmbedder(inner := Counting(), size=2)
    cached.embed(["a", "bb"])
    cached.embed(["a"])
    cached.embed(["ccc"])
    assert len(cached) == 2
    inner.asked.clear()
    cached.embed(["a", "ccc", "bb"])
    assert inner.asked == ["bb"]
    cached.embed([f"{number}" for number in range(50)])
    assert len(cached) == 2
    cached.clear()
    assert len(cached) == 0


def test_it_may_be_used_by_many_threads() -> None:
    cached = CachedEmbedder(Counting(), size=20)
    barrier = threading.Barrier(8)

    def work(seed: int) -> None:
        barrier.wait()
        for step in range(200):
            texts = ["x" * ((seed * 7 + step * 3 + offset) % 40 + 1) for offset in range(5)]
            assert cached.embed(texts)[:, 0].tolist() == [len(text) for text in texts]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(cached) <= 20
    assert cached.hits + cached.misses == 8 * 200 * 5


def test_a_process_keeps_one_embedder_for_each_setting(server: ModelServer) -> None:
    try:
        assert get_embedder() is get_embedder(EmbeddingSettings())
        assert (get_embedder().provider, get_embedder().dimensions) == ("wordllama", 256)
        settings = EmbeddingSettings("server", server.base_url, KEY, "nomic", 8)
        assert KEY not in repr(settings)
        heard: list[EmbeddingCall] = []
        remote = get_embedder(settings, heard.append)
        remote.embed(["a"])
        remote.embed(["a"])
        assert (remote.name, len(heard)) == ("nomic", 1)
    finally:
        close_embedders()
