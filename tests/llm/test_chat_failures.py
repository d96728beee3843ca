"""Every way in which a chat call fails, over real sockets, plain and streamed."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import Any

import pytest

from fishbowl.llm import wire
from tests.llm.chatting import ASK, KEY, Opener, caught
from tests.modelserver import ModelServer, Step, cut, raw, reply, status, stream

ANSWERS = [
    (status(429), "rate_limited", True),
    (status(500), "server_error", True),
    (status(502, {"detail": "bad gateway"}), "server_error", True),
    (status(503, "loading model"), "server_error", True),
    (raw("<html><body>503</body></html>", "text/html", status=503), "server_error", True),
    (status(401, f"Incorrect API key provided: {KEY}"), "auth", False),
    (status(403), "auth", False),
    (status(402, "Insufficient credits"), "quota", False),
    (status(429, {"error": {"message": "no", "code": "insufficient_quota"}}), "quota", False),
    (status(404, "model 'test' not found"), "unknown_model", False),
    (status(400, "bad sampler"), "bad_request", False),
    (status(400, "This model's maximum context length is 8192"), "context_too_long", False),
    (status(400, "the request exceeds the available context size"), "context_too_long", False),
    (status(500, "context size exceeded"), "context_too_long", False),
    (status(307, "", {"Location": "http://127.0.0.1:9/v1"}), "bad_request", False),
    (raw('{"choices": [{"mess'), "malformed", True),
    (raw("[" * 100_000), "malformed", True),
    (raw(b"\xff\xfe\x00"), "malformed", True),
    (raw("<html>hello</html>", "text/html"), "malformed", True),
    (Step([1, 2]), "malformed", True),
    (Step({"choices": "none"}), "malformed", True),
    (Step({"choices": [None]}), "malformed", True),
    (Step({"choices": [{"finish_reason": "stop"}]}), "malformed", True),
    (Step({"choices": []}), "empty", True),
    (Step({"choices": None}), "empty", True),
    (Step({"error": {"message": "upstream", "code": 502}}), "server_error", True),
    (Step({"error": {"message": "slow down", "code": 429}}), "rate_limited", True),
    (reply(None), "empty", True),
    (reply("   "), "empty", True),
    (reply("<think>for ever and"), "empty", True),
    (reply("", message={"reasoning_content": "hm"}), "empty", True),
    (reply("Then the", finish_reason="length"), "truncated", False),
    (reply("<think>for ev", finish_reason="length"), "truncated", True),
    (reply("", message={"reasoning": "hm"}, finish_reason="length"), "truncated", True),
    (reply("I will", finish_reason="content_filter"), "filtered", False),
    (reply(None, message={"refusal": "I can't."}), "filtered", False),
    (status(403, "This model requires moderation and your input was flagged"), "filtered", False),
    (
        status(400, {"error": {"message": "It was filtered", "code": "content_filter"}}),
        "filtered",
        False,
    ),
    (cut(), "cut_off", True),
    (cut(at=0), "cut_off", True),
    (cut(reset=True), "cut_off", True),
]


@pytest.mark.parametrize(("step", "kind", "retryable"), ANSWERS)
def test_it_names_each_failure(
    server: ModelServer, client: Opener, step: Any, kind: str, retryable: bool
) -> None:
    server.enqueue(step)
    one = client()
    error = caught(one)
    assert (error.kind, error.retryable) == (kind, retryable)
    assert str(error).startswith("local: ")
    assert len(server.history) == 1, "one attempt is one call"
    assert one.complete(ASK).text, "and the client lives on"


def test_it_reads_retry_after_in_seconds_and_as_a_date(server: ModelServer, client: Opener) -> None:
    now = time.time()
    dates = {"Date": formatdate(now, usegmt=True)}
    server.enqueue(
        status(429, headers={"Retry-After": "7"}),
        status(503, headers={"Retry-After": formatdate(now + 90, usegmt=True), **dates}),
        status(429, headers={"Retry-After": formatdate(now - 90, usegmt=True), **dates}),
        status(429, headers={"retry-after-ms": "250", "Retry-After": "1"}),
        status(429, headers={"Retry-After": "soon"}),
        status(429, headers={"Retry-After": "inf"}),
    )
    one = client()
    waits = [caught(one).retry_after for _ in range(6)]
    assert waits == [7.0, 90.0, 0.0, 0.25, None, None]


def test_it_notices_a_refused_connection(client: Opener) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = caught(client(base_url=f"http://127.0.0.1:{port}/v1"))
    assert (error.kind, error.detail) == ("connection", "it refuses connections")


def test_it_notices_a_name_that_does_not_exist(
    client: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    one = client(base_url="http://models.invalid/v1")
    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    error = caught(one)
    assert (error.kind, error.detail) == ("connection", "its name cannot be resolved")


def test_it_times_out_on_silence(server: ModelServer, client: Opener) -> None:
    server.enqueue(reply("late", delay_s=30.0), reply("late", delay_s=30.0))
    started = time.monotonic()
    assert caught(client(timeout_s=0.3)).kind == "timeout"
    assert caught(client(), timeout_s=0.3).kind == "timeout"
    assert time.monotonic() - started < 2.0


@pytest.mark.parametrize("with_headers", [False, True])
def test_it_times_out_on_a_trickle(server: ModelServer, client: Opener, with_headers: bool) -> None:
    server.enqueue(raw(b" " * 1000, trickle_s=0.02, trickle_headers=with_headers))
    started = time.monotonic()
    assert caught(client(timeout_s=0.4)).kind == "timeout"
    assert time.monotonic() - started < 1.5


def test_it_refuses_an_endless_answer(
    server: ModelServer, client: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire.Bounds.__init__, "__defaults__", (1000, False))
    server.enqueue(raw(b" " * 200_000))
    assert caught(client()).kind == "cut_off"


def test_it_survives_a_server_that_went_away_between_calls(client: Opener) -> None:
    first = ModelServer()
    with first:
        one = client(base_url=first.base_url, timeout_s=2.0)
        one.complete(ASK)
    assert caught(one).kind == "connection"
    with ModelServer(port=first.port):
        assert one.complete(ASK).text


def test_it_keeps_secrets_out_of_every_error(server: ModelServer, client: Opener) -> None:
    one = client(extra_headers={"X-Token": "hush-hush"}, extra_query={"key": "psst/psst"})
    server.enqueue(
        status(400, f"{KEY} hush-hush psst/psst psst%2Fpsst Bearer abc.def sk-live-x9999")
    )
    said = str(caught(one))
    for secret in ("hush", "psst", "abc.def", "sk-live"):
        assert secret not in said
    assert "[redacted]" in said


def test_it_bounds_calls_at_once(server: ModelServer, client: Opener) -> None:
    one = client(max_concurrency=2)
    server.enqueue(*[reply("ok", delay_s=0.1) for _ in range(6)])
    with ThreadPoolExecutor(6) as pool:
        texts = list(pool.map(lambda _: one.complete(ASK).text, range(6)))
    assert texts == ["ok"] * 6
    assert server.most_at_once == 2


def test_it_says_when_no_slot_comes_free(server: ModelServer, client: Opener) -> None:
    one = client(max_concurrency=1)
    server.enqueue(reply("ok", delay_s=0.6))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(one.complete, ASK)
        while not server.history:
            time.sleep(0.005)
        assert caught(one, timeout_s=0.2).kind == "busy"
        assert first.result().text == "ok"


STREAMS = [
    (stream(["Hel", "lo"], done=False, finish_reason=None), "cut_off"),
    (stream(["Hel", "lo"], cut_at=250), "cut_off"),
    (stream([], done=False, finish_reason=None, usage=False), "cut_off"),
    (raw("data: {oops\n\n", "text/event-stream"), "malformed"),
    (raw('data: {"error": {"message": "overloaded"}}\n\n', "text/event-stream"), "server_error"),
    (
        raw('data: {"error": {"message": "x", "code": 429}}\n\n', "text/event-stream"),
        "rate_limited",
    ),
    (raw("data: [DONE]\n\n", "text/event-stream"), "empty"),
    (stream([]), "empty"),
    (stream(["I", " must"], finish_reason="content_filter"), "filtered"),
    (status(503), "server_error"),
]


@pytest.mark.parametrize(("step", "kind"), STREAMS)
def test_it_never_takes_half_a_stream(
    server: ModelServer, client: Opener, step: Any, kind: str
) -> None:
    server.enqueue(step)
    one = client(stream=True)
    assert caught(one).kind == kind
    assert one.complete(ASK).text


def test_it_never_takes_a_stream_cut_anywhere(server: ModelServer, client: Opener) -> None:
    whole = stream(["Hel", "lo."], usage=False)
    size = sum(len(f"data: {event}\n\n".encode()) for event in whole.events or [])
    end = size - len("data: [DONE]\n\n") - 1  # short of the empty line after the finish reason
    one = client(stream=True)
    for at in range(0, end, 29):
        server.enqueue(stream(["Hel", "lo."], usage=False, cut_at=at))
        assert caught(one).kind == "cut_off", at


def test_it_times_out_on_a_trickling_stream(server: ModelServer, client: Opener) -> None:
    server.enqueue(stream(["Hello"] * 50, trickle_s=0.02))
    started = time.monotonic()
    assert caught(client(stream=True, timeout_s=0.4)).kind == "timeout"
    assert time.monotonic() - started < 1.5
