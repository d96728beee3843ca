"""A stand-in for a model server, over real sockets.

    with ModelServer() as server:
        server.enqueue("Hello.", status(429, headers={"Retry-After": "2"}), cut("half a"))
        …
        assert server.history[0].body["model"] == "test"

Each request takes the next step in the queue. Once the queue is empty it answers for ever with
varied sentences that depend only on the request, so it also serves for benchmarks:
`python -m tests.modelserver --port 8099`.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import math
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, Self


def _either(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


SUBJECTS = _either(
    "the old lighthouse|my neighbour's boat|the second tide|that letter from Oslo|the glass eel"
    "|a kettle nobody owns|the choir|last winter's bread|the map in the hall|your question"
)
VERBS = _either(
    "reminds me of|has more to do with|was never about|sits badly with|may yet explain"
    "|keeps company with|cost us|outlived|is kinder than|owes something to"
)
OBJECTS = _either(
    "the harbour|what Mara said|plain stubbornness|a good soup|the missing bell|the weather"
    "|my grandmother's rule|a quarrel over chess|luck|how herons wait"
)

CATEGORIES = _either("harassment|hate|self-harm|sexual|violence|violence/graphic")


@dataclass
class Step:
    """One answer: sent after `delay_s`, whole, cut off after `cut_at` bytes, or trickled."""

    payload: Any = None  # JSON, unless `raw` is given
    raw: bytes | None = None
    events: list[str] | None = None  # server-sent events
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    delay_s: float = 0.0
    cut_at: int | None = None
    cut_by_reset: bool = False
    trickle_s: float = 0.0  # between one byte and the next
    trickle_headers: bool = False
    sentence: str | None = None  # a chat reply that streams if the request asked for a stream
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """A request as it came in. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    at: float


def reply(text: str | None, **options: Any) -> Step:
    """A chat answer. Options: model, finish_reason, usage (False for none), message, delay_s."""
    delay_s = options.pop("delay_s", 0.0)
    content_type = options.pop("content_type", "application/json")
    return Step(sentence=text or "", options={"content": text, **options}, delay_s=delay_s,
                content_type=content_type)  # fmt: skip


def moderation(scores: Mapping[str, float], **options: Any) -> Step:
    """What /v1/moderations says of one text: scores by category, the others near nothing."""
    all_scores = {name: scores.get(name, 0.001) for name in (*CATEGORIES, *scores)}
    result = {
        "flagged": any(score >= 0.5 for score in all_scores.values()),
        "categories": {name: score >= 0.5 for name, score in all_scores.items()},
        "category_scores": all_scores,
    }
    return Step({"id": "modr-1", "model": "test", "results": [result]}, **options)


def stream(pieces: Sequence[str], **options: Any) -> Step:
    """A streamed answer. Options: model, finish_reason (None for none), done, usage, cut_at."""
    cut_at, trickle_s = options.pop("cut_at", None), options.pop("trickle_s", 0.0)
    return Step(events=_events(pieces, **options), content_type="text/event-stream", cut_at=cut_at,
                trickle_s=trickle_s)  # fmt: skip


def status(code: int, message: Any = "no", headers: Mapping[str, str] | None = None) -> Step:
    """An error. A text becomes OpenAI's shape; anything else is sent as it is."""
    payload = {"error": {"message": message}} if isinstance(message, str) else message
    return Step(payload, status=code, headers=dict(headers or {}))


def cut(text: str = "half a sentence", at: int = 40, *, reset: bool = False) -> Step:
    """An answer that breaks off mid-body."""
    return Step(completion(text), cut_at=at, cut_by_reset=reset)


def raw(body: bytes | str, content_type: str = "application/json", **options: Any) -> Step:
    """Whatever bytes you like."""
    return Step(raw=body if isinstance(body, bytes) else body.encode(), content_type=content_type,
                **options)  # fmt: skip


def completion(text: str | None, model: str = "test", **options: Any) -> dict[str, Any]:
    """The JSON of a chat completion."""
    message = {"role": "assistant", "content": text, **options.get("message", {})}
    payload = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": options.get("model", model),
        "choices": [
            {"index": 0, "message": message, "finish_reason": options.get("finish_reason", "stop")}
        ],
    }
    usage = options.get("usage", {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18})
    return {**payload, "usage": usage} if usage else payload


def _events(
    pieces: Sequence[str],
    model: str = "test",
    finish_reason: str | None = "stop",
    done: bool = True,
    usage: Mapping[str, int] | bool | None = None,
) -> list[str]:
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": model}

    def event(delta: dict[str, Any], reason: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return json.dumps({**base, "choices": [choice]}, ensure_ascii=False)

    events = [event({"role": "assistant", "content": ""})]
    events += [event({"content": piece}) for piece in pieces]
    if finish_reason is not None:
        events.append(event({}, finish_reason))
    if usage is not False:
        counts = usage if isinstance(usage, Mapping) else None
        counts = counts or {"prompt_tokens": 11, "completion_tokens": 7}
        events.append(json.dumps({**base, "choices": [], "usage": counts}))
    return events + (["[DONE]"] if done else [])


def sentence_for(body: Any) -> str:
    """A sentence that depends only on the request: the same prompt gets the same answer."""
    seed = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()
    rng = Random(seed)
    pick = f"{rng.choice(SUBJECTS)} {rng.choice(VERBS)} {rng.choice(OBJECTS)}"
    ends = (".", ", I think.", ", and you know it.", "?", f", all {rng.randint(2, 999)} of them.")
    return pick[0].upper() + pick[1:] + rng.choice(ends)


def vector_for(text: str, dimensions: int) -> list[float]:
    """A vector that depends only on the text; not of unit length."""
    rng = Random(hashlib.sha256(text.encode("utf-8", "replace")).digest())
    return [round(rng.gauss(0.0, 1.0), 6) for _ in range(dimensions)]


class ModelServer:
    """Listens on a port of its own from `with` to its end."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        model: str = "test",
        dimensions: int = 8,
        delay_s: float = 0.0,
        keep_history: bool = True,
    ) -> None:
        self.model = model
        self.dimensions = dimensions
        self.delay_s = delay_s
        self.keep_history = keep_history
        self.history: list[Received] = []
        self.most_at_once = 0
        self.stopping = threading.Event()
        self._at_once = 0
        self._queue: deque[Step] = deque()
        self._lock = threading.Lock()
        self._http = _Http((host, port), _Handler)
        self._http.owner = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def enqueue(self, *steps: Step | str) -> Self:
        """What the next requests get, one each. A text is a plain chat answer."""
        with self._lock:
            self._queue.extend(reply(step) if isinstance(step, str) else step for step in steps)
        return self

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.stopping.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join(5)
        self._http.hang_up()
        self._http.server_close()

    def answer(self, received: Received) -> Step:
        """The step for a request: the next in the queue, or one made up for it."""
        with self._lock:
            if self.keep_history:
                self.history.append(received)
            step = self._queue.popleft() if self._queue else None
        return step or self._made_up(received)

    def _made_up(self, received: Received) -> Step:
        body = received.body if isinstance(received.body, dict) else {}
        path = received.path.partition("?")[0]
        if path.endswith("/models"):
            return Step({"object": "list", "data": [{"id": self.model, "object": "model"}]})
        if path.endswith("/embeddings"):
            texts = body.get("input", [])
            return self.embeddings([texts] if isinstance(texts, str) else texts)
        if path.endswith("/moderations"):
            return moderation({})
        if path.endswith("/chat/completions"):
            return reply(sentence_for(body), model=body.get("model", self.model),
                         delay_s=self.delay_s)  # fmt: skip
        return status(404, "no such address")

    def embeddings(self, texts: Sequence[str], *, is_shuffled: bool = False) -> Step:
        """Vectors for `texts`, in an order of the server's own if `is_shuffled`."""
        data = [
            {"object": "embedding", "index": place, "embedding": vector_for(text, self.dimensions)}
            for place, text in enumerate(texts)
        ]
        if is_shuffled:
            data.reverse()
        tokens = sum(math.ceil(len(text) / 4) for text in texts)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return Step({"object": "list", "model": self.model, "data": data, "usage": usage})

    @contextlib.contextmanager
    def counting(self) -> Any:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    owner: ModelServer

    def __init__(self, *arguments: Any) -> None:
        self.open: set[socket.socket] = set()
        super().__init__(*arguments)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep alive, as the end of a real server would."""
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):  # a client that hangs up is what some tests are about
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def do_GET(self) -> None:
        self._serve(None)

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._serve(json.loads(content or b"null"))

    def log_message(self, *_: Any) -> None:
        pass

    def _serve(self, body: Any) -> None:
        owner = self.server.owner
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(self.command, self.path, headers, body, time.monotonic())
        with owner.counting():
            step = owner.answer(received)
            if step.delay_s and owner.stopping.wait(step.delay_s):
                self.close_connection = True
                return
            self._send(self._as_asked(step, body))

    @staticmethod
    def _as_asked(step: Step, body: Any) -> Step:
        if step.sentence is None:
            return step
        options = dict(step.options)
        text = options.pop("content")
        if isinstance(body, dict) and body.get("stream"):
            known = {k: v for k, v in options.items() if k in ("model", "finish_reason", "usage")}
            words = [word + " " for word in step.sentence.split(" ")]
            words[-1] = words[-1][:-1]
            events = _events(words, **known)
            return Step(events=events, content_type="text/event-stream")
        return Step(completion(text, **options), content_type=step.content_type)

    def _send(self, step: Step) -> None:
        is_stream = step.events is not None
        if step.events is not None:
            body = b"".join(f"data: {event}\n\n".encode() for event in step.events)
        else:
            body = step.raw if step.raw is not None else json.dumps(step.payload).encode()
        headers = {"Content-Type": step.content_type, "Date": self.date_time_string()}
        if is_stream:
            headers["Connection"] = "close"  # the end of the stream is the end of the connection
        else:
            headers["Content-Length"] = str(len(body))
        headers |= step.headers
        lines = [f"HTTP/1.1 {step.status} {self.responses.get(step.status, ('',))[0]}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        if step.cut_at is not None:
            body = body[: step.cut_at]
        if is_stream or step.cut_at is not None:
            self.close_connection = True
        if step.trickle_s:
            self._trickle(head, body, step)
        else:
            self.wfile.write(head + body)  # one packet
        if step.cut_by_reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

    def _trickle(self, head: bytes, body: bytes, step: Step) -> None:
        slowly = head + body if step.trickle_headers else body
        if not step.trickle_headers:
            self.wfile.write(head)
        for byte in slowly:
            if self.server.owner.stopping.wait(step.trickle_s):
                break
            self.wfile.write(bytes([byte]))
        self.close_connection = True


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in model server that answers for ever.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each chat answer")
    parser.add_argument("--dimensions", type=int, default=768)
    asked = parser.parse_args()
    server = ModelServer(
        asked.host, asked.port, dimensions=asked.dimensions, delay_s=asked.delay, keep_history=False
    )
    with server:
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            server.stopping.wait()


if __name__ == "__main__":
    main()
