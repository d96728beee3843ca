"""What can go wrong with a model server, and whether trying again helps.

Each class's docstring is the message that keepers read. `str(error)` never holds a secret: whatever
a server said passes through a `Redactor` before it becomes a detail.

`retryable`      the same call may succeed a moment later
`free_retry`     the client has adapted: call again at once, whatever the count of attempts
`blames_server`  the circuit breaker counts it; False where the server is well and the call was not
`elsewhere`      another server may do better, so the fallback order goes on
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

LONGEST_DETAIL = 240
LOOKS_SECRET = re.compile(
    r"(?i)bearer\s+[^\s\"',]+|basic\s+[a-z0-9+/=]{8,}|\b(?:sk|pk|rk|gsk|xai|hf|key|api)[-_][\w*.\-]{6,}"
)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that one call took. `estimated` when the server did not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    estimated: bool = False

    def plus(self, other: Usage) -> Usage:
        """The sum of two calls."""
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True)
class Taught:
    """What a refusal taught of how its server wants to be spoken to (one of `learned.LESSONS`), and
    the refusal in words for keepers."""

    lesson: str
    refusal: str


class Redactor:
    """Takes known secrets, and whatever looks like one, out of a server's words."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {secret for secret in secrets if len(secret) >= 4}
        known |= {quote(secret, safe="") for secret in known}
        self._known = sorted(known, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, "[redacted]")
        text = " ".join(LOOKS_SECRET.sub("[redacted]", text).split())
        return text if len(text) <= LONGEST_DETAIL else text[: LONGEST_DETAIL - 1] + "…"


class GatewayError(Exception):
    """The model server could not be used."""

    kind: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False
    free_retry: ClassVar[bool] = False
    blames_server: ClassVar[bool] = True
    elsewhere: ClassVar[bool] = True

    def __init__(
        self,
        detail: str = "",
        *,
        server: str = "",
        status: int | None = None,
        retry_after: float | None = None,
        usage: Usage | None = None,
        model: str = "",
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.server = server
        self.status = status
        self.retry_after = retry_after
        self.usage = usage
        self.model = model
        self.taught: Taught | None = None

    def __str__(self) -> str:
        message = (type(self).__doc__ or self.kind).split("\n", 1)[0].rstrip(".")
        facts = [f"HTTP {self.status}"] if self.status is not None else []
        facts += [self.detail] if self.detail else []
        text = f"{self.server}: {message}" if self.server else message
        return f"{text} ({'; '.join(facts)})." if facts else f"{text}."

    def facts(self) -> dict[str, Any]:
        """The error as plain data, for a log or a row."""
        return {
            "kind": self.kind,
            "message": str(self),
            "status": self.status,
            "retryable": self.retryable,
            "retry_after": self.retry_after,
        }


class CallTimeoutError(GatewayError):
    """The model server took too long."""

    kind = "timeout"
    retryable = True


class ConnectionFailedError(GatewayError):
    """The model server could not be reached."""

    kind = "connection"
    retryable = True


class CutOffError(GatewayError):
    """The model server's answer broke off half-way."""

    kind = "cut_off"
    retryable = True


class RateLimitedError(GatewayError):
    """The model server asks for fewer calls."""

    kind = "rate_limited"
    retryable = True


class ServerFailedError(GatewayError):
    """The model server failed."""

    kind = "server_error"
    retryable = True


class MalformedReplyError(GatewayError):
    """The model server's answer cannot be read."""

    kind = "malformed"
    retryable = True


class EmptyReplyError(GatewayError):
    """The model said nothing."""

    kind = "empty"
    retryable = True
    blames_server = False


class BadRequestError(GatewayError):
    """The model server refuses the call as it stands."""

    kind = "bad_request"
    blames_server = False


class UnsupportedParameterError(BadRequestError):
    """The model server does not know a setting of the call, which is left out from now on."""

    kind = "unsupported_parameter"
    retryable = True
    free_retry = True


class ImagesRefusedError(BadRequestError):
    """The model server did not take the pictures of the call: it is asked again without them."""

    kind = "images_refused"
    retryable = True
    free_retry = True


class RolesRefusedError(BadRequestError):
    """The model server takes no system message there: its words go with people's from now on."""

    kind = "roles_refused"
    retryable = True
    free_retry = True


class ContextTooLongError(BadRequestError):
    """The prompt is longer than the model can read."""

    kind = "context_too_long"


class UnknownModelError(BadRequestError):
    """The model server knows no such model or address."""

    kind = "unknown_model"
    blames_server = True


class OwnModelUnknownError(UnknownModelError):
    """The model server does not know the character's own model: it is asked for its usual one."""

    kind = "own_model_unknown"
    retryable = True
    free_retry = True
    blames_server = False


class UnauthorisedError(GatewayError):
    """The model server does not accept the key."""

    kind = "auth"


class QuotaExhaustedError(GatewayError):
    """The account at the model server has run out of credit."""

    kind = "quota"


class WrongModelError(GatewayError):
    """Another model answered than the one that was asked."""

    kind = "wrong_model"


class TruncatedReplyError(GatewayError):
    """The answer hit its token limit before it made sense."""

    kind = "truncated"
    blames_server = False


class ThoughtOnlyError(TruncatedReplyError):
    """The model's thoughts took all of the answer's tokens: it is given more from now on."""

    retryable = True
    free_retry = True


class FilteredReplyError(GatewayError):
    """The model server withheld the answer."""

    kind = "filtered"
    blames_server = False
    elsewhere = False


class SchemaMismatchError(GatewayError):
    """The answer does not have the shape that was asked for."""

    kind = "schema_mismatch"
    blames_server = False

    def __init__(self, detail: str = "", *, reply: str = "", **facts: Any) -> None:
        super().__init__(detail, **facts)
        self.reply = reply  # what the model said, for the repair call; never part of the message


class BusyError(GatewayError):
    """As many calls as allowed are under way at this server."""

    kind = "busy"
    retryable = True
    blames_server = False


class UnavailableError(GatewayError):
    """The model server is being left alone after repeated failures."""

    kind = "unavailable"
    retryable = True
    blames_server = False


class WrongDimensionsError(GatewayError):
    """The embedding server's vectors have another length than configured."""

    kind = "wrong_dimensions"
