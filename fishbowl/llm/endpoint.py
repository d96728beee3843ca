"""A model server as configured: where it is, what it can do, what it costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from .retry import RetryPolicy
from .structured import Structured
from .types import ChatRequest, Tier

MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class Endpoint:
    """A model server and how to speak to it. Prices are per million tokens."""

    name: str
    base_url: str = field(repr=False)
    model: str
    api_key: str = field(default="", repr=False)
    tier_models: Mapping[Tier, str] = field(default_factory=dict)
    timeout_s: float = 90.0  # the whole call, queueing and a trickling body included
    connect_timeout_s: float = 5.0
    read_timeout_s: float | None = None  # the longest silence; None: as long as the call may take
    max_retries: int = 2
    max_concurrency: int = 0  # in this process; 0 sets no limit
    stream: bool = False
    structured: Structured = "none"
    strict_model: bool = False
    supports_name: bool = True
    supports_stop: bool = True
    supports_tools: bool = False
    sees_images: bool = False
    tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    extra_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    extra_query: Mapping[str, str] = field(default_factory=dict, repr=False)
    extra_body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    price_in: Decimal = Decimal(0)
    price_out: Decimal = Decimal(0)
    price_cached: Decimal | None = None  # None: as dear as other input

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", normal_base_url(self.base_url))
        object.__setattr__(self, "api_key", self.api_key.strip())

    def model_for(self, request: ChatRequest) -> str:
        """The model a request asks for, else its tier's, else the server's main one."""
        return request.model or self.tier_models.get(request.tier) or self.model

    def cost(self, prompt: int, completion: int, cached: int = 0) -> Decimal:
        """What so many tokens cost. `cached` are part of `prompt`."""
        cached = min(cached, prompt)
        price_cached = self.price_in if self.price_cached is None else self.price_cached
        total = self.price_in * (prompt - cached) + price_cached * cached
        return (total + self.price_out * completion) / MILLION

    def retry_policy(self, **changes: Any) -> RetryPolicy:
        """The default policy with this server's number of retries."""
        return replace(RetryPolicy(max_attempts=self.max_retries + 1), **changes)

    def secrets(self) -> list[str]:
        """What may never stand in a message or a log."""
        return [self.api_key, *self.extra_headers.values(), *map(str, self.extra_query.values())]


def normal_base_url(url: str) -> str:
    """What people paste, as the base URL the client wants: `http://host:11434` gains `/v1`."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("A model server's address starts with http:// or https:// and a host.")
    if parts.username or parts.password:
        raise ValueError("A model server's address holds no password; use the key or a header.")
    path = re.sub(r"/(?:chat/completions|embeddings|models)$", "", parts.path.rstrip("/"))
    return urlunsplit((parts.scheme, parts.netloc, path or "/v1", parts.query, ""))
