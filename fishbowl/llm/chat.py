"""Asks a model server for one answer: one call, one result or one error.

`ChatClient.attempt` makes exactly one HTTP call. `complete` adds the one repair call of a
structured answer. Retries and fallbacks are the ledger's, which writes every call as a row; their
policy (`retry.py`) and the circuit breaker (`breaker.py`) are pure.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, TypeVar

from . import structured, wire
from .body import written
from .endpoint import Endpoint
from .errors import (
    BadRequestError,
    BusyError,
    GatewayError,
    OwnModelUnknownError,
    Redactor,
    SchemaMismatchError,
    ServerFailedError,
    TruncatedReplyError,
    UnknownModelError,
    Usage,
    WrongModelError,
)
from .learned import Learned
from .reply import (
    Reply,
    estimate_prompt_tokens,
    finished_text,
    read_reply,
    read_stream,
    stream_events,
)
from .types import ChatRequest, ChatResult

__all__ = [
    "ChatClient",
    "Endpoint",
    "client_for",
    "close_clients",
    "estimate_prompt_tokens",
    "usage_of",
]

T = TypeVar("T")


class ChatClient:
    """Speaks to one server. Safe to share between threads; open one per process and endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.redact = Redactor(endpoint.secrets())
        # By model. It is replaced, never changed: other threads may be reading it.
        self._learned: Mapping[str, Learned] = {}
        self.edition: object = None
        limit = endpoint.max_concurrency
        self._slots = threading.BoundedSemaphore(limit) if limit > 0 else None
        self._client = wire.open_client(
            endpoint.base_url,
            endpoint.api_key,
            connect_timeout_s=endpoint.connect_timeout_s,
            read_timeout_s=endpoint.read_timeout_s or endpoint.timeout_s,
            headers=endpoint.extra_headers,
            query=endpoint.extra_query,
        )

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> ChatClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def knows(self, lessons: Mapping[str, frozenset[str]], edition: object) -> None:
        """Have it know these lessons of each model, and no others. `edition` is the caller's own
        sign of which those are."""
        field = self.endpoint.tokens_field
        self._learned = {model: Learned(field, taught) for model, taught in lessons.items()}
        self.edition = edition

    def complete(self, request: ChatRequest) -> ChatResult:
        """One answer, or an error. A structured answer that does not fit is repaired once."""
        try:
            return self.attempt(request)
        except SchemaMismatchError as error:
            mismatch = error
        first = mismatch.usage or Usage()
        try:
            result = self.attempt(structured.repair_request(request, mismatch))
        except GatewayError as error:
            error.usage = first.plus(error.usage or Usage())
            raise
        usage = first.plus(usage_of(result))
        return replace(
            result,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            cached_tokens=usage.cached_tokens,
            usage_estimated=usage.estimated,
        )

    def attempt(
        self, request: ChatRequest, *, timeout_s: float | None = None, stream: bool | None = None
    ) -> ChatResult:
        """Exactly one HTTP call, within the lesser of `timeout_s` and the endpoint's timeout."""
        limit = self.endpoint.timeout_s
        limit = limit if timeout_s is None else min(limit, timeout_s)
        streams = self.endpoint.stream if stream is None else stream
        learned = self._learned_of(request)
        body = written(request, self.endpoint, learned, streams=streams)
        with wire.bounded(limit) as bounds, self._slot(bounds):
            started = time.monotonic()
            try:
                reply = self._guarded(lambda: self._ask(body, streams), bounds)
            except UnknownModelError as error:
                if request.model:
                    raise OwnModelUnknownError(
                        error.detail, server=error.server, status=error.status
                    ) from None
                raise
            except (BadRequestError, ServerFailedError) as error:
                kept = self.endpoint.extra_body  # what the keeper set stays, and fails
                if better := learned.from_refusal(error, body, kept):
                    raise self._heeded(better, request) from None
                raise
            latency_ms = round((time.monotonic() - started) * 1000)
        return self._result(request, body["model"], learned, reply, latency_ms)

    def _learned_of(self, request: ChatRequest) -> Learned:
        model = self.endpoint.model_for(request)
        return self._learned.get(model) or Learned(self.endpoint.tokens_field)

    def _heeded(self, error: GatewayError, request: ChatRequest) -> GatewayError:
        """`error`, what it taught being known from now on."""
        if error.taught:
            known = self._learned_of(request).with_lesson(error.taught.lesson)
            self._learned = {**self._learned, self.endpoint.model_for(request): known}
        return error

    @contextmanager
    def _slot(self, bounds: wire.Bounds) -> Iterator[None]:
        if self._slots is None:
            yield
            return
        if not self._slots.acquire(timeout=max(0.0, bounds.until - time.monotonic())):
            raise BusyError(server=self.endpoint.name)
        try:
            yield
        finally:
            self._slots.release()

    def _guarded(self, call: Callable[[], T], bounds: wire.Bounds) -> T:
        """`call`'s value, or an error of ours, which must not carry the client's own along: that
        holds the request, and with it the key."""
        try:
            return call()
        except GatewayError as error:
            failure = error
        except wire.FAILURES as error:
            failure = wire.from_exception(
                error, server=self.endpoint.name, redact=self.redact, has_begun=bounds.has_begun
            )
        failure.server = self.endpoint.name
        failure.__context__ = None
        raise failure

    def _ask(self, body: dict[str, Any], streams: bool) -> Reply:
        # The client looks through messages for fields of its own to rename, word by word; ours are
        # as the server wants them, so they go as the rest does.
        rest = {key: value for key, value in body.items() if key not in ("model", "stream")}
        create = self._client.chat.completions.with_raw_response.create
        asked = create(model=body["model"], messages=(), stream=streams, extra_body=rest)
        response = asked.http_response
        try:
            if streams and "json" not in response.headers.get("content-type", ""):
                return read_stream(stream_events(response.iter_bytes()), self._problem)
            response.read()
            return read_reply(response.json(), self._problem)
        finally:
            response.close()

    def _problem(self, status: int, body: object) -> GatewayError:
        """An error that came inside an answer whose own status was 200."""
        return wire.from_status(status, body, {}, server=self.endpoint.name, redact=self.redact)

    def _result(
        self, request: ChatRequest, asked: str, learned: Learned, reply: Reply, latency_ms: int
    ) -> ChatResult:
        end = self.endpoint
        usage = reply.usage or reply.estimated(request.messages)
        model = reply.model or asked
        try:
            if end.strict_model and not _same_model(asked, model):
                raise WrongModelError(f"asked for {asked}, got {self.redact(model)}")
            text = self._finished(reply, request, learned)
            parsed = None if request.schema is None else structured.parse(text, request.schema)
        except GatewayError as error:
            error.server, error.usage, error.model = end.name, usage, model
            raise
        return ChatResult(
            text=text,
            model=model,
            provider=end.name,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            cached_tokens=usage.cached_tokens,
            latency_ms=latency_ms,
            parsed=parsed,
            finish_reason=reply.finish_reason or "stop",
            usage_estimated=usage.estimated,
            tool_calls=reply.tool_calls if request.tools else (),
        )

    def _finished(self, reply: Reply, request: ChatRequest, learned: Learned) -> str:
        try:
            return finished_text(reply, request)
        except TruncatedReplyError as error:
            if not reply.is_all_thought:
                raise
            failure = self._heeded(learned.from_thoughts(error), request)
        raise failure


def usage_of(result: ChatResult) -> Usage:
    """The tokens that a result took."""
    return Usage(
        result.prompt_tokens,
        result.completion_tokens,
        result.cached_tokens,
        result.usage_estimated,
    )


def _same_model(asked: str, got: str) -> bool:
    """Whether `got` is `asked`, or a dated or tagged name of it."""
    rest = got.removeprefix(asked)
    return rest != got and re.fullmatch(r"(?::latest|-\d{4}-?\d{2}-?\d{2})?", rest) is not None


_clients: dict[str, ChatClient] = {}
_clients_lock = threading.Lock()


def client_for(endpoint: Endpoint) -> ChatClient:
    """This process's client of `endpoint`. A changed endpoint of the same name gets a new one.

    The old one is not closed here, since another thread may be in the midst of a call; its idle
    connections go with it.
    """
    with _clients_lock:
        client = _clients.get(endpoint.name)
        if client is None or client.endpoint != endpoint:
            client = _clients[endpoint.name] = ChatClient(endpoint)
        return client


def close_clients() -> None:
    """Close every client of this process: at shutdown, and after each test."""
    with _clients_lock:
        clients = list(_clients.values())
        _clients.clear()
    for client in clients:
        client.close()


def _forget_clients() -> None:
    """A forked worker shares no connection with its parent."""
    global _clients_lock
    _clients_lock = threading.Lock()
    _clients.clear()


os.register_at_fork(after_in_child=_forget_clients)
