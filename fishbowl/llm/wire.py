"""The HTTP below a model call: a hard deadline, the official client, and its errors made ours.

The client's own timeouts bound each silence, not the whole: a server that trickles a byte a second
would hold a worker for ever. So every socket operation is also bounded by the time left of the
call (`bounded`), and every answer by a size. Only name resolution is left to the resolver's own
limits, and a host with several dead addresses may take the connect timeout for each.
"""

from __future__ import annotations

import ipaddress
import math
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2
import openai

from .errors import (
    BadRequestError,
    CallTimeoutError,
    ConnectionFailedError,
    ContextTooLongError,
    CutOffError,
    FilteredReplyError,
    GatewayError,
    MalformedReplyError,
    QuotaExhaustedError,
    RateLimitedError,
    Redactor,
    ServerFailedError,
    UnauthorisedError,
    UnknownModelError,
)

# What a call may raise that is the server's or the network's doing. All else is a fault of ours.
FAILURES = (
    openai.OpenAIError,
    httpx2.HTTPError,
    httpx2.StreamError,
    ValueError,
    RecursionError,
)
LARGEST_ANSWER = 64 * 1024 * 1024
TOO_LONG = re.compile(
    r"context[_ ](?:length|size|window)|maximum context|exceeds? the (?:available )?context"
    r"|prompt is too long|too many (?:input )?tokens|n_ctx|max_model_len|reduce the length"
    r"|too large to process|physical batch size|input is too (?:long|large)",
    re.IGNORECASE,
)
# Of what was said, not of the key: OpenRouter says it by 403, Azure by 400.
WITHHELD = re.compile(
    r"content_filter|content management policy|content_policy|responsible ai policy"
    r"|flagged (?:by|for|as)|input was flagged|requires moderation",
    re.IGNORECASE,
)
# Of a model that is there, with none of its hosts taking such a call (OpenRouter).
NO_ROUTE = re.compile(r"no endpoints found that", re.IGNORECASE)
NO_MODEL = re.compile(
    r"not a valid model|invalid model (?:id|name)|unknown model|no such model"
    r"|model \S{1,120} (?:(?:is )?not found|does not exist)",
    re.IGNORECASE,
)
# The official client tells every server about the machine it runs on and the OpenAI account in the
# environment. Neither is any other server's business.
NO_KEY = "fishbowl-has-no-key"  # the client insists on one; no Authorization is sent for it
UNASKED = (b"x-stainless-", b"openai-organization", b"openai-project")
NO_AUTHORIZATION = f"Bearer {NO_KEY}".encode()


@dataclass(slots=True)
class Bounds:
    """What is left of one call: until when, how many bytes; and whether an answer has begun."""

    until: float
    bytes_left: int = LARGEST_ANSWER
    has_begun: bool = False


_bounds: ContextVar[Bounds | None] = ContextVar("model_call_bounds", default=None)


@contextmanager
def bounded(seconds: float) -> Iterator[Bounds]:
    """Every model call of this thread inside the block ends within `seconds`, as a timeout."""
    bounds = Bounds(time.monotonic() + seconds)
    token = _bounds.set(bounds)
    try:
        yield bounds
    finally:
        _bounds.reset(token)


def _clamp(timeout: float | None, expired: type[Exception]) -> float | None:
    bounds = _bounds.get()
    if bounds is None:
        return timeout
    left = bounds.until - time.monotonic()
    if left <= 0:
        raise expired("the deadline of the call has passed")
    return left if timeout is None else min(timeout, left)


class _BoundedStream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, _clamp(timeout, httpcore2.ReadTimeout))
        if (bounds := _bounds.get()) is not None:
            bounds.has_begun = bounds.has_begun or bool(data)
            bounds.bytes_left -= len(data)
            if bounds.bytes_left < 0:
                raise httpcore2.ReadError("the answer is too large")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _clamp(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        limit = _clamp(timeout, httpcore2.ConnectTimeout)
        return _BoundedStream(self._inner.start_tls(ssl_context, server_hostname, limit))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _BoundedBackend(httpcore2.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        limit = _clamp(timeout, httpcore2.ConnectTimeout)
        return _BoundedStream(super().connect_tcp(host, port, limit, local_address, socket_options))


def _proxy_for(base_url: str) -> str | None:
    url = urlsplit(base_url)
    host = url.hostname or ""
    try:
        is_near = not ipaddress.ip_address(host).is_global
    except ValueError:
        is_near = host == "localhost" or "." not in host
    if is_near or proxy_bypass(host):
        return None
    proxies = getproxies()
    return proxies.get(url.scheme) or proxies.get("all")


class _Transport(httpx2.HTTPTransport):
    """Sends what was asked for and no more, over sockets that know deadlines."""

    def __init__(self, base_url: str, connections: int) -> None:
        proxy = _proxy_for(base_url)
        limits = httpx2.Limits(max_connections=connections, keepalive_expiry=15.0)
        # Reading the certificates takes longer than the rest; plain HTTP has no use for them.
        needs_certificates = proxy is not None or base_url.startswith("https:")
        super().__init__(proxy=proxy, limits=limits, verify=needs_certificates)
        if not hasattr(self._pool, "_network_backend"):  # a test holds this too; fail loudly
            raise RuntimeError("This version of httpcore2 takes no network backend.")
        self._pool._network_backend = _BoundedBackend()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        # A copy, because the client reads its own headers again from the request it made.
        asked = [
            (name, value)
            for name, value in request.headers.raw
            if not name.lower().startswith(UNASKED) and value != NO_AUTHORIZATION
        ]
        bare = httpx2.Request(
            request.method,
            request.url,
            headers=asked,
            stream=request.stream,
            extensions=request.extensions,
        )
        return super().handle_request(bare)


def open_client(
    base_url: str,
    api_key: str,
    *,
    connect_timeout_s: float,
    read_timeout_s: float,
    headers: Mapping[str, str],
    query: Mapping[str, object],
    connections: int = 64,
) -> openai.OpenAI:
    """The official client with its retries and redirects off, on sockets that know deadlines."""
    timeout = httpx2.Timeout(read_timeout_s, connect=connect_timeout_s)
    return openai.OpenAI(
        base_url=base_url,
        api_key=api_key or NO_KEY,
        admin_api_key="",
        max_retries=0,
        timeout=timeout,
        default_headers={"Accept-Encoding": "identity", "User-Agent": "Fishbowl", **headers},
        default_query=dict(query),
        http_client=httpx2.Client(
            transport=_Transport(base_url, connections),
            timeout=timeout,
            follow_redirects=False,  # prompts go nowhere but where the keeper sent them
        ),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to wait. A date counts from the server's own clock."""
    if (milliseconds := _seconds(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000.0
    value = headers.get("retry-after")
    if value is None:
        return None
    if (seconds := _seconds(value)) is not None:
        return seconds
    try:
        then = parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
    try:
        now = parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, OverflowError):
        now = time.time()
    return max(0.0, then - now)


def _seconds(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else math.nan
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None


def words_of(body: object) -> tuple[str, str]:
    """A server's own words about an error, and its code, in any of the shapes in use."""
    if isinstance(body, Mapping):
        inner = body.get("error", body)
        if isinstance(inner, Mapping):
            code = " ".join(str(inner[key]) for key in ("code", "type") if inner.get(key))
            said = inner.get("message") or inner.get("detail") or inner.get("error") or ""
            return (said if isinstance(said, str) else str(said)), code
        return str(inner), ""
    return (body if isinstance(body, str) else ""), ""


def from_status(
    status: int, body: object, headers: Mapping[str, str], *, server: str, redact: Redactor
) -> GatewayError:
    """The error that an HTTP status and its body stand for."""
    said, code = words_of(body)
    about = f"{code} {said}"
    kind: type[GatewayError]
    if status in (400, 413, 422) and TOO_LONG.search(about):
        kind = ContextTooLongError
    elif status in (400, 403, 422, 451) and WITHHELD.search(about):
        kind = FilteredReplyError
    elif status == 402 or "insufficient_quota" in about:
        kind = QuotaExhaustedError
    elif status in (401, 403):
        kind = UnauthorisedError
    elif status == 404 and NO_ROUTE.search(about):
        kind = BadRequestError
    elif (
        status in (404, 405)
        or "model_not_found" in code
        or (status < 500 and NO_MODEL.search(said))
    ):
        kind = UnknownModelError
    elif status == 408:
        kind = CallTimeoutError
    elif status == 429:
        kind = RateLimitedError
    elif status in (409, 425) or (status >= 500 and status != 501):
        # llama.cpp reports a prompt beyond its window as a 500
        kind = ContextTooLongError if TOO_LONG.search(about) else ServerFailedError
    else:
        kind = BadRequestError
    if "<html" in said[:500].lower():
        said = "a web page instead of an answer"
    return kind(redact(said), server=server, status=status, retry_after=retry_after(headers))


def from_exception(
    error: Exception, *, server: str, redact: Redactor, has_begun: bool
) -> GatewayError:
    """The error of ours that an exception of the client's stands for."""
    if isinstance(error, openai.APIStatusError):
        response = error.response
        try:
            body: object = response.json()
        except (ValueError, UnicodeDecodeError):
            body = response.text
        return from_status(
            response.status_code, body, response.headers, server=server, redact=redact
        )
    causes = list(_causes(error))
    if any(isinstance(cause, httpcore2.TimeoutException) for cause in causes) or isinstance(
        error, openai.APITimeoutError | httpx2.TimeoutException
    ):
        return CallTimeoutError(server=server)
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError):
        if has_begun:
            return CutOffError(server=server)
        return ConnectionFailedError(_why(causes), server=server)
    return MalformedReplyError(type(error).__name__, server=server)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _why(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return "its name cannot be resolved"
        if isinstance(cause, ConnectionRefusedError):
            return "it refuses connections"
        if isinstance(cause, ssl.SSLError):
            return "its certificate or encryption is not accepted"
    return "the connection was lost"
