"""What it means when Discord doesn't do what it was asked, and what a keeper can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any


class Kind(Enum):
    """What is to be done: ask again later, in another way, or never."""

    LIMITED = "too many requests"
    AWAY = "no answer"
    TOKEN = "token not accepted"  # noqa: S105 - not one
    FORBIDDEN = "not allowed here"
    WEBHOOK_GONE = "webhook gone"
    CHANNEL_GONE = "channel gone"
    MESSAGE_GONE = "message gone"
    OBJECTED = "objected to by the server's own moderation"
    REFUSED = "refused"


class Failure(Exception):
    """Discord did not do what it was asked.

    `is_sure` tells whether nothing has come of the request for certain: when an answer is lost on
    the way, or a gateway gives up waiting for it, something may have.
    """

    def __init__(
        self,
        kind: Kind,
        text: str,
        *,
        code: int = 0,
        retry_after: float = 0.0,
        is_sure: bool = True,
        fields: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(text)
        self.kind = kind
        self.code = code
        self.retry_after = retry_after
        self.is_sure = is_sure
        self.fields = fields

    @property
    def remedy(self) -> str:
        """What a keeper reads beside the channel."""
        return REMEDIES.get(self.code) or REMEDIES_BY_KIND.get(self.kind) or f"Discord says: {self}"


UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK = 10003, 10008, 10015
UNKNOWN_EMOJI = 10014
INVALID_WEBHOOK_TOKEN = 50027
MISSING_ACCESS, CANNOT_SEND_TO_USER, MISSING_PERMISSION = 50001, 50007, 50013
NO_COMMON_SERVER, WRONG_CHANNEL_TYPE, NO_TEXT_CHANNEL = 50278, 50024, 50008
SHUT_DOORS = frozenset({CANNOT_SEND_TO_USER, NO_COMMON_SERVER})  # to the person written to
BLOCKED, BLOCKED_LINK = 200000, 240000
MOST_WEBHOOKS, THREAD_ARCHIVED, THREAD_LOCKED = 30007, 50083, 160005
UNREADABLE_S = 60.0

_KINDS = {
    UNKNOWN_CHANNEL: Kind.CHANNEL_GONE,
    UNKNOWN_MESSAGE: Kind.MESSAGE_GONE,
    UNKNOWN_WEBHOOK: Kind.WEBHOOK_GONE,
    INVALID_WEBHOOK_TOKEN: Kind.WEBHOOK_GONE,
    MOST_WEBHOOKS: Kind.FORBIDDEN,
    THREAD_ARCHIVED: Kind.FORBIDDEN,
    THREAD_LOCKED: Kind.FORBIDDEN,
    WRONG_CHANNEL_TYPE: Kind.FORBIDDEN,
    NO_TEXT_CHANNEL: Kind.FORBIDDEN,
    BLOCKED: Kind.OBJECTED,
    BLOCKED_LINK: Kind.OBJECTED,
}
REMEDIES = {
    MISSING_ACCESS: "The bot can't see this channel: give it View Channel.",
    MISSING_PERMISSION: "The bot lacks a permission in this channel: give it Manage Webhooks, "
    "View Channel, Send Messages and Read Message History.",
    CANNOT_SEND_TO_USER: "This person takes no direct messages from the bot.",
    NO_COMMON_SERVER: "This person is in no server any more where the bot is.",
    WRONG_CHANNEL_TYPE: "Characters can't speak in a channel of this kind: pick another.",
    NO_TEXT_CHANNEL: "Characters can't speak in a channel of this kind: pick another.",
    BLOCKED: "The server's AutoMod blocked it: nobody has seen it.",
    BLOCKED_LINK: "Discord blocked it for a link that it takes for harmful: nobody has seen it.",
    MOST_WEBHOOKS: "The channel has as many webhooks as it may have (15): remove one of them.",
    THREAD_ARCHIVED: "The thread is in the archive: open it again.",
    THREAD_LOCKED: "The thread is locked.",
}
REMEDIES_BY_KIND = {
    Kind.AWAY: "Discord does not answer.",
    Kind.LIMITED: "Discord takes nothing more here for a while: too much was sent.",
    Kind.TOKEN: "Discord does not accept the bot's token: set DISCORD_TOKEN to its present one.",
    Kind.FORBIDDEN: "The bot is not allowed to write in this channel: see its permissions there.",
}


def failure(status: int, answer: Any, headers: Mapping[str, str], *, by_webhook: bool) -> Failure:
    """What an answer other than success means. `answer` is its JSON, or its text."""
    said: dict[str, Any] = answer if isinstance(answer, dict) else {}
    code = said.get("code") if isinstance(said.get("code"), int) else 0
    text = f"{status} {code or ''} {said.get('message') or ''}".strip()[:300]
    if status == 429:
        wait = said.get("retry_after", headers.get("Retry-After"))
        return Failure(Kind.LIMITED, text, code=code or 0, retry_after=_seconds(wait))
    if status >= 500:
        return Failure(Kind.AWAY, text, code=code or 0, is_sure=False)
    errors = said.get("errors")
    return Failure(
        _kind(status, code or 0, by_webhook=by_webhook),
        f"{text} {errors}"[:400] if errors else text,
        code=code or 0,
        fields=frozenset(errors) if isinstance(errors, dict) else frozenset(),
    )


def _kind(status: int, code: int, *, by_webhook: bool) -> Kind:
    if code in _KINDS:
        return _KINDS[code]
    if status in (401, 404) and by_webhook:
        return Kind.WEBHOOK_GONE
    if status == 401:
        return Kind.TOKEN
    return Kind.FORBIDDEN if status == 403 else Kind.REFUSED


def _seconds(wait: Any) -> float:
    try:
        return max(0.0, float(wait))
    except (TypeError, ValueError):
        return UNREADABLE_S
