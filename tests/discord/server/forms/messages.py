"""Bodies that hold a message."""

from __future__ import annotations

from typing import Any

from tests.discord.server import messages as m
from tests.discord.server.forms import checks as c
from tests.discord.server.forms.components import components
from tests.discord.server.forms.embeds import embeds

CONTENT = 2000
USERNAME_BANNED = ("clyde", "discord")


def allowed_mentions(value: Any) -> dict[str, Any]:
    """A type may be parsed or listed, not both."""
    found: dict[str, Any] = _allowed_mentions(value)
    for name in ("users", "roles"):
        if name in (found.get("parse") or []) and found.get(name):
            message = f"parse:[{name!r}] and {name}: [ids...] are mutually exclusive."
            raise c.Invalid({name: c.fault("MUTUALLY_EXCLUSIVE", message).tree})
    return found


_allowed_mentions = c.fields(
    {
        "parse": c.listing(c.one_of("users", "roles", "everyone"), 3),
        "users": c.nullable(c.listing(c.snowflake, 100)),
        "roles": c.nullable(c.listing(c.snowflake, 100)),
        "replied_user": c.boolean,
    }
)

attachments = c.listing(
    c.fields(
        {
            "id": c.snowflake,
            "filename": c.text(260, 1),
            "description": c.nullable(c.text(1024)),
            "title": c.nullable(c.text(1024)),
            "duration_secs": c.number,
            "waveform": c.text(400),
            # What a client hands back of an attachment that it keeps:
            "size": c.integer(0),
            "url": c.text(2048),
            "proxy_url": c.text(2048),
            "content_type": c.nullable(c.text(128)),
            "width": c.nullable(c.integer(0)),
            "height": c.nullable(c.integer(0)),
            "spoiler": c.boolean,
        },
        required=["id"],
    ),
    10,
)


def webhook_name(value: Any) -> str:
    """1 to 80 characters without 'clyde' and 'discord'."""
    found: str = c.text(80, 1)(value)
    for banned in USERNAME_BANNED:
        if banned in found.lower():
            message = f'Username cannot contain "{banned}"'
            raise c.fault("USERNAME_INVALID_CONTAINS", message)
    return found


def nonce(value: Any) -> str | int:
    """A number or a text of at most 25 characters."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not -(1 << 63) <= value < 1 << 63:
            raise c.fault("NONCE_TYPE_INTEGER_TOO_LARGE", "Nonce value is too large.")
        return value
    found: str = c.text(25, trimmed=False)(value)
    return found


def flags(*allowed: int) -> c.Check:
    mask = sum(allowed)

    def check(value: Any) -> int:
        found: int = c.integer(0)(value)
        if found & ~mask:
            raise c.fault("FLAGS_NOT_ALLOWED", f"Flags may only have bits of {mask}.")
        return found

    return check


BODY: dict[str, c.Check] = {
    "content": c.nullable(c.text(CONTENT)),
    "tts": c.nullable(c.boolean),
    "embeds": c.nullable(embeds),
    "components": c.nullable(components),
    "allowed_mentions": allowed_mentions,
    "attachments": c.nullable(attachments),
}

reference = c.fields(
    {
        "type": c.one_of(0),
        "message_id": c.snowflake,
        "channel_id": c.snowflake,
        "guild_id": c.snowflake,
        "fail_if_not_exists": c.boolean,
    },
    required=["message_id"],
)

CREATE = c.fields(
    {
        **BODY,
        "nonce": c.nullable(nonce),
        "enforce_nonce": c.boolean,
        "message_reference": reference,
        "sticker_ids": c.listing(c.snowflake, 3),
        "flags": flags(m.SUPPRESS_EMBEDS, m.SILENT, m.COMPONENTS_V2),
    }
)
EDIT = c.fields({**BODY, "flags": c.nullable(flags(m.SUPPRESS_EMBEDS, m.COMPONENTS_V2))})
EXECUTE = c.fields(
    {
        **BODY,
        "username": webhook_name,
        "avatar_url": c.nullable(c.url()),
        "flags": flags(m.SUPPRESS_EMBEDS, m.SILENT, m.COMPONENTS_V2),
        "thread_name": c.text(100, 1),
        "applied_tags": c.listing(c.snowflake, 5),
    }
)
FOLLOW_UP = c.fields(
    {**BODY, "flags": flags(m.SUPPRESS_EMBEDS, m.EPHEMERAL, m.SILENT, m.COMPONENTS_V2)}
)
RESPONSE = FOLLOW_UP
DEFERRAL = c.fields({"flags": flags(m.EPHEMERAL)})


def is_empty(form: dict[str, Any], files: int) -> bool:
    """Whether a message would have nothing to show."""
    shown = ("content", "embeds", "components", "sticker_ids", "attachments")
    return not files and not any(form.get(name) for name in shown)
