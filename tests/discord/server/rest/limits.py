"""Rate limits: a bucket for each route and resource, and 50 requests a second overall.

The figures are near what Discord is seen to use; nothing may depend on them, for it tells them in
headers. A test sets others with `server.limits.set`.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.discord.server.standin import DiscordServer

GLOBAL = 50
PATIENCE_S = 0.05  # how much too early a client may come back: clocks and rounding

# How many requests in how many seconds, by method and address; the rest share none.
BUCKETS: dict[str, tuple[int, float]] = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
    "GET /channels/{channel_id}/messages": (5, 1.0),
    "POST /channels/{channel_id}/typing": (5, 5.0),
    "POST /channels/{channel_id}/webhooks": (5, 5.0),
    "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me": (1, 0.25),
    "POST /webhooks/{webhook_id}/{webhook_token}": (5, 2.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": (5, 2.0),
    "DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": (5, 2.0),
    "POST /users/@me/channels": (10, 10.0),
}
OTHERS = (20, 1.0)
MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")


@dataclass
class Bucket:
    limit: int
    per_s: float
    began: float = 0.0
    used: int = 0

    def left_s(self, now: float) -> float:
        return max(0.0, self.began + self.per_s - now)


@dataclass
class Verdict:
    """Whether a request may pass, and the headers that its answer carries."""

    headers: dict[str, str]
    body: dict[str, Any] | None = None


@dataclass
class _Told:
    until: float
    what: str


@dataclass
class Limits:
    server: DiscordServer
    is_on: bool = True
    buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)
    figures: dict[str, tuple[int, float]] = field(default_factory=lambda: dict(BUCKETS))
    others: tuple[int, float] = OTHERS
    _recent: dict[str, deque[float]] = field(default_factory=dict)
    _told: dict[str, _Told] = field(default_factory=dict)

    def set(self, route: str, limit: int, per_s: float) -> None:
        """Other figures for a route, named as in BUCKETS."""
        self.figures[route] = (limit, per_s)
        for key in [key for key in self.buckets if key[0] == route]:
            del self.buckets[key]

    def judge(self, route: str, info: dict[str, str], who: str, *, is_exempt: bool) -> Verdict:
        """Count a request. `who` is its token or, without one, its address."""
        now = time.time()
        if not self.is_on:
            return Verdict({})
        if not is_exempt and (wait := self._global_wait(who, now)):
            return Verdict(*_refusal(wait, {"X-RateLimit-Global": "true"}, "global"))
        key = (route, *(info[name] for name in MAJOR if name in info))
        limit, per_s = self.figures.get(route, self.others)
        bucket = self.buckets.setdefault(key, Bucket(limit, per_s))
        if not bucket.left_s(now):
            bucket.began, bucket.used = now, 0
        bucket.used += 1
        left = bucket.left_s(now)
        headers = {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(max(0, bucket.limit - bucket.used)),
            "X-RateLimit-Reset": f"{now + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(route.encode()).hexdigest()[:32],
        }
        if bucket.used <= bucket.limit:
            return Verdict(headers)
        self.server.rate_limited.append(route)
        return Verdict(*_refusal(left, headers, "user"))

    def _global_wait(self, who: str, now: float) -> float:
        recent = self._recent.setdefault(who, deque())
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if len(recent) >= GLOBAL:
            self.server.rate_limited.append("global")
            return recent[0] + 1 - now
        recent.append(now)
        return 0.0

    def check_patience(self, fingerprint: str, what: str) -> None:
        """The same request again before the time that a 429 named is what Discord resents."""
        told = self._told.pop(fingerprint, None)
        if told and time.monotonic() < told.until - PATIENCE_S:
            early = told.until - time.monotonic()
            self.server.violate(f"{what}: came back {early:.2f} s before retry_after was over")

    def note_refusal(self, fingerprint: str, what: str, retry_after: float) -> None:
        self._told[fingerprint] = _Told(time.monotonic() + retry_after, what)


def _refusal(
    wait: float, headers: dict[str, str], scope: str
) -> tuple[dict[str, str], dict[str, Any]]:
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(wait, 3),
        "global": scope == "global",
    }
    more = {"Retry-After": str(int(wait) + 1), "X-RateLimit-Scope": scope, "Via": "1.1 stand-in"}
    return headers | more, body
