"""Messages that the bot reads, posts, edits and deletes under its own name."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from tests.discord.server import deeds, permissions, shapes
from tests.discord.server import messages as m
from tests.discord.server.forms import checks as c
from tests.discord.server.forms.messages import CREATE, EDIT, is_empty
from tests.discord.server.intents import Intent
from tests.discord.server.kinds import Kind
from tests.discord.server.permissions import Permission
from tests.discord.server.places import Channel
from tests.discord.server.rest.call import Call
from tests.discord.server.rest.errors import DiscordError
from tests.discord.server.rest.users import bounded

NONCE_REMEMBERED = dt.timedelta(minutes=5)
TOO_OLD = dt.timedelta(days=14)

_PAGE = c.fields(
    {
        "before": c.snowflake,
        "after": c.snowflake,
        "around": c.snowflake,
        "limit": partial(bounded, most=100),
    }
)


def history(call: Call) -> Any:
    """A page, newest first; empty without the permission to read it."""
    channel = call.channel()
    form = call.asked(_PAGE)
    if len(form.keys() & {"before", "after", "around"}) > 1:
        message = "before, after and around are mutually exclusive"
        raise DiscordError(50035, {"_errors": [{"code": "MUTUALLY_EXCLUSIVE", "message": message}]})
    if channel.kind == Kind.FORUM:
        raise DiscordError(50008)
    if not permissions.in_channel(call.server.bot, channel) & Permission.READ_MESSAGE_HISTORY:
        return []
    found = page(channel, **form)
    shaped = [_shaped(call, one) for one in found]
    return [_holed(one) for one in shaped] if call.server.faults.nulls_in_history else shaped


def page(
    channel: Channel,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 50,
) -> list[m.Message]:
    log = channel.log
    if after is not None:
        start = channel.place_of(after)
        chosen = log[start : start + limit]
    elif around is not None:
        middle = channel.place_of(around)
        start = max(0, middle - (limit + 1) // 2)
        chosen = log[start : start + limit]
    else:
        end = len(log) if before is None else channel.place_of(before - 1)
        chosen = log[max(0, end - limit) : end]
    return chosen[::-1]


def _shaped(call: Call, message: m.Message) -> dict[str, Any]:
    is_granted = bool(call.server.granted_intents & Intent.MESSAGE_CONTENT)
    return shapes.message(message, is_granted or deeds.is_open(call.server, message))


def _holed(message: dict[str, Any]) -> dict[str, Any]:
    """As some compatible servers have it."""
    holes = ("embeds", "attachments", "mentions", "mention_roles", "components")
    return message | dict.fromkeys(holes)


def one(call: Call) -> Any:
    return _shaped(call, call.message(call.channel(Permission.READ_MESSAGE_HISTORY)))


def create(call: Call) -> Any:
    server = call.server
    channel = call.channel()
    form = call.form(CREATE)
    may_send(call, channel)
    if channel.kind == Kind.DM:
        for person in channel.recipients.values():
            if not person.takes_messages:
                raise DiscordError(50007)
    if is_empty(form, len(call.files)):
        raise DiscordError(50006)
    if form.get("enforce_nonce") and (earlier := _of_nonce(call, channel, form.get("nonce"))):
        return shapes.message(earlier) | {"nonce": earlier.nonce}
    must_be_explicit(call, form)
    message = deeds.post(
        server,
        channel,
        author=server.bot,
        reply_to=_replied(call, channel, form),
        nonce=form.get("nonce"),
        **fields_of(form),
        files=call.files,
    )
    return shapes.message(message) | ({"nonce": message.nonce} if message.nonce is not None else {})


def may_send(call: Call, channel: Channel) -> None:
    bits = permissions.in_channel(call.server.bot, channel)
    if channel.kind == Kind.FORUM:
        raise DiscordError(40058)
    if channel.kind == Kind.CATEGORY:
        raise DiscordError(50008)
    needed = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    if not bits & needed:
        raise DiscordError(50013)
    if channel.is_archived and channel.is_locked:
        raise DiscordError(160005)
    if call.files and not bits & Permission.ATTACH_FILES:
        raise DiscordError(50013)


def must_be_explicit(call: Call, form: dict[str, Any]) -> None:
    """Our own rule, not Discord's: whom a message may ping is said with each."""
    if "allowed_mentions" not in form:
        call.server.violate(f"a message without allowed_mentions: {form.get('content')!r:.80}")


def fields_of(form: dict[str, Any]) -> dict[str, Any]:
    """What of a body becomes part of the message."""
    return {
        "content": form.get("content") or "",
        "embeds": form.get("embeds") or [],
        "components": form.get("components") or [],
        "allowed_mentions": form.get("allowed_mentions"),
        "flags": form.get("flags") or 0,
    }


def _of_nonce(call: Call, channel: Channel, nonce: Any) -> m.Message | None:
    since = dt.datetime.now(dt.UTC) - NONCE_REMEMBERED
    for message in reversed(channel.log):
        if message.created_at < since:
            return None
        if nonce is not None and message.author is call.server.bot and message.nonce == nonce:
            return message
    return None


def _replied(call: Call, channel: Channel, form: dict[str, Any]) -> m.Message | None:
    reference = form.get("message_reference")
    if reference is None:
        return None
    if not permissions.in_channel(call.server.bot, channel) & Permission.READ_MESSAGE_HISTORY:
        raise DiscordError(160002)
    found = channel.message(reference["message_id"])
    if found is None and reference.get("fail_if_not_exists", True):
        error = {"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}
        raise DiscordError(50035, {"message_reference": {"_errors": [error]}})
    return found


def edit(call: Call) -> Any:
    channel = call.channel()
    message = call.message(channel)
    form = call.form(EDIT)
    if message.author is not call.server.bot and set(form) - {"flags", "tts"}:
        raise DiscordError(50005)
    if channel.is_archived:
        raise DiscordError(50083)
    change(call, message, form)
    return shapes.message(message)


def change(call: Call, message: m.Message, form: dict[str, Any]) -> None:
    """An edit: what the body names, nothing else. Attachments that it does not list go."""
    names = ("content", "embeds", "components", "allowed_mentions")
    fields = {name: form[name] for name in names if name in form}
    kept_flags = message.flags & ~(m.LOADING | (m.SUPPRESS_EMBEDS if "flags" in form else 0))
    fields["flags"] = kept_flags | (form.get("flags") or 0)
    if "content" in fields:
        fields["content"] = fields["content"] or ""
    for name in ("embeds", "components"):
        if name in fields:
            fields[name] = fields[name] or []
    if "attachments" in form:
        kept = {one["id"] for one in form["attachments"] or []}
        fields["attachments"] = [one for one in message.attachments if one.id in kept]
    added = [deeds.attach(call.server, message, *file) for file in call.files]
    if added:
        fields["attachments"] = fields.get("attachments", message.attachments) + added
    after = {"content": message.content, "embeds": message.embeds} | fields
    after = {"components": message.components, "attachments": message.attachments} | after
    if is_empty(after, 0):
        raise DiscordError(50006)
    deeds.edit(call.server, message, **fields)


def delete(call: Call) -> None:
    channel = call.channel()
    message = call.message(channel)
    may = permissions.in_channel(call.server.bot, channel) & Permission.MANAGE_MESSAGES
    if message.author is not call.server.bot and (channel.guild is None or not may):
        raise DiscordError(50003 if channel.guild is None else 50013)
    deeds.remove(call.server, [message])


def delete_many(call: Call) -> None:
    channel = call.channel(Permission.MANAGE_MESSAGES)
    form = call.form(c.fields({"messages": c.listing(c.snowflake, 1000)}, ["messages"]))
    ids = set(form["messages"])
    if not 2 <= len(ids) <= 100:
        raise DiscordError(50016)
    found = [message for message in map(channel.message, ids) if message is not None]
    oldest = dt.datetime.now(dt.UTC) - TOO_OLD
    if any(message.created_at < oldest for message in found):
        raise DiscordError(50034)
    deeds.remove(call.server, found)


ROUTES = {
    "GET /channels/{channel_id}/messages": history,
    "POST /channels/{channel_id}/messages": create,
    "POST /channels/{channel_id}/messages/bulk-delete": delete_many,
    "GET /channels/{channel_id}/messages/{message_id}": one,
    "PATCH /channels/{channel_id}/messages/{message_id}": edit,
    "DELETE /channels/{channel_id}/messages/{message_id}": delete,
}
