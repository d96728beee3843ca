"""Scores from any OpenAI-compatible `/v1/moderations`: how far a text falls under what."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import wire
from .endpoint import Endpoint
from .errors import GatewayError, MalformedReplyError, Redactor
from .reply import estimate_tokens


@dataclass(frozen=True, slots=True)
class Scores:
    """What an endpoint says of one text: from 0 to 1 by category."""

    by_category: Mapping[str, float]
    model: str
    tokens: int
    latency_ms: int


class ModerationClient:
    """Speaks to one endpoint. Safe to share between threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._redact = Redactor(endpoint.secrets())
        self._client = wire.open_client(
            endpoint.base_url,
            endpoint.api_key,
            connect_timeout_s=endpoint.connect_timeout_s,
            read_timeout_s=endpoint.timeout_s,
            headers={},
            query={},
        )

    def close(self) -> None:
        self._client.close()

    def attempt(self, text: str) -> Scores:
        """Exactly one HTTP call.

        Raises:
            GatewayError: the endpoint can't be used, or its answer can't be read.
        """
        started = time.monotonic()
        with wire.bounded(self.endpoint.timeout_s) as bounds:
            try:
                payload = self._ask(text)
                found = _scores(payload)
                latency_ms = round((time.monotonic() - started) * 1000)
                model = payload.get("model")
                named = model if isinstance(model, str) else self.endpoint.model
                return Scores(found, named, estimate_tokens(text), latency_ms)
            except GatewayError as error:
                failure = error
            except wire.FAILURES as error:
                failure = wire.from_exception(
                    error,
                    server=self.endpoint.name,
                    redact=self._redact,
                    has_begun=bounds.has_begun,
                )
        # Raised out here, so that it does not carry the client's own error and with it the key.
        failure.server, failure.__context__ = self.endpoint.name, None
        raise failure

    def _ask(self, text: str) -> Mapping[str, Any]:
        create = self._client.moderations.with_raw_response.create
        payload = create(model=self.endpoint.model, input=text).http_response.json()
        if not isinstance(payload, Mapping):
            raise MalformedReplyError("not a JSON object")
        return payload


def _scores(payload: Mapping[str, Any]) -> dict[str, float]:
    """The scores of the one text; where there are only verdicts, those as 0 and 1."""
    results = payload.get("results")
    if not isinstance(results, list) or len(results) != 1 or not isinstance(results[0], Mapping):
        raise MalformedReplyError("not one result for one text")
    scores, verdicts = results[0].get("category_scores"), results[0].get("categories")
    found = scores if isinstance(scores, Mapping) and scores else verdicts
    if not isinstance(found, Mapping):
        raise MalformedReplyError("a result without categories")
    read = {}
    for name, value in found.items():
        if value is None:
            continue
        if not isinstance(value, bool | int | float) or not 0 <= float(value) <= 1:
            raise MalformedReplyError(f"a score that is none: {str(name)[:40]}")
        read[str(name)[:60]] = float(value)
    return read


_clients: dict[str, ModerationClient] = {}
_lock = threading.Lock()


def client_for(endpoint: Endpoint) -> ModerationClient:
    """This process's client of an endpoint; a changed one gets a new client."""
    with _lock:
        client = _clients.get(endpoint.name)
        if client is None or client.endpoint != endpoint:
            client = _clients[endpoint.name] = ModerationClient(endpoint)
        return client


def close_clients() -> None:
    """Close every client of this process."""
    with _lock:
        clients = list(_clients.values())
        _clients.clear()
    for client in clients:
        client.close()


def _forget_clients() -> None:
    """A forked worker shares no connection with its parent."""
    global _lock
    _lock = threading.Lock()
    _clients.clear()


os.register_at_fork(after_in_child=_forget_clients)
