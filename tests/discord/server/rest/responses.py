"""What the bot answers to interactions: at once, deferred, and afterwards."""

from __future__ import annotations

import time
from typing import Any

from tests.discord.server import deeds, shapes
from tests.discord.server import messages as m
from tests.discord.server.forms import checks as c
from tests.discord.server.forms.commands import choices
from tests.discord.server.forms.components import modal
from tests.discord.server.forms.messages import DEFERRAL, FOLLOW_UP, RESPONSE, is_empty
from tests.discord.server.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
)
from tests.discord.server.rest.call import Call
from tests.discord.server.rest.errors import DiscordError
from tests.discord.server.rest.messages import change, fields_of, must_be_explicit

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9

_DATA = {
    MESSAGE: RESPONSE,
    DEFERRED: DEFERRAL,
    DEFERRED_UPDATE: c.fields({}),
    UPDATE: RESPONSE,
    CHOICES: c.fields({"choices": choices}, ["choices"]),
    MODAL: modal,
}
_FITS = {
    MESSAGE: (COMMAND, COMPONENT, MODAL_SUBMIT),
    DEFERRED: (COMMAND, COMPONENT, MODAL_SUBMIT),
    DEFERRED_UPDATE: (COMPONENT, MODAL_SUBMIT),
    UPDATE: (COMPONENT, MODAL_SUBMIT),
    CHOICES: (AUTOCOMPLETE,),
    MODAL: (COMMAND, COMPONENT),
}


def callback(call: Call) -> Any:
    """The first answer, within three seconds."""
    interaction = call.server.world.interactions.get(call.id("webhook_id"))
    if interaction is None or interaction.token != call.info["webhook_token"]:
        raise DiscordError(10062)
    if interaction.answer_type is not None:
        raise DiscordError(40060)
    if time.monotonic() > interaction.began + call.server.interaction_deadline_s:
        interaction.is_failed = True
        raise DiscordError(10062)
    call.asked(c.fields({"with_response": c.one_of("1", "0", "true", "false", "True", "False")}))
    body = call.form(c.fields({"type": c.one_of(*_DATA), "data": lambda value: value}, ["type"]))
    kind = body["type"]
    if interaction.kind not in _FITS[kind]:
        message = f"Type {kind} is no answer to an interaction of type {interaction.kind}"
        error = {"code": "INTERACTION_CALLBACK_TYPE", "message": message}
        raise DiscordError(50035, {"type": {"_errors": [error]}})
    data = call._checked(_DATA[kind], body.get("data") or {})
    _settle(call, interaction, kind, data)
    interaction.answer_type = kind
    call.server.changed()
    return _receipt(interaction, kind) if call.query.get("with_response") in ("1", "true") else None


def _settle(call: Call, interaction: Interaction, kind: int, data: dict[str, Any]) -> None:
    if kind == MESSAGE:
        if is_empty(data, len(call.files)):
            raise DiscordError(50006)
        must_be_explicit(call, data)
        interaction.response = _post(call, interaction, data)
    elif kind == DEFERRED:
        flags = m.LOADING | data.get("flags", 0)
        interaction.response = _post(call, interaction, {"flags": flags})
    elif kind in (DEFERRED_UPDATE, UPDATE):
        interaction.response = interaction.message
        if kind == UPDATE and interaction.message is not None:
            change(call, interaction.message, data)
    elif kind == CHOICES:
        interaction.choices = data["choices"]
    elif kind == MODAL:
        interaction.modal = data


def _post(call: Call, interaction: Interaction, data: dict[str, Any]) -> m.Message:
    kinds = {1: m.CHAT_COMMAND, 3: m.MENU_COMMAND}
    return deeds.post(
        call.server,
        interaction.channel,
        author=call.server.bot,
        application_id=call.server.application_id,
        interaction=interaction,
        kind=kinds.get(interaction.data.get("type", 0), m.DEFAULT),
        reply_to=interaction.message,
        **fields_of(data),
        files=call.files,
    )


def _receipt(interaction: Interaction, kind: int) -> dict[str, Any]:
    found: dict[str, Any] = {"id": str(interaction.id), "type": interaction.kind}
    resource: dict[str, Any] = {"type": kind}
    if interaction.response is not None:
        found |= {
            "response_message_id": str(interaction.response.id),
            "response_message_loading": bool(interaction.response.flags & m.LOADING),
            "response_message_ephemeral": interaction.response.is_ephemeral,
        }
        if kind in (MESSAGE, UPDATE, DEFERRED):
            resource["message"] = shapes.message(interaction.response)
    return {"interaction": found, "resource": resource}


def follow_up(call: Call) -> Any:
    """One more message; the first after a deferral takes the place of 'is thinking'."""
    interaction = _of_token(call)
    form = call.form(FOLLOW_UP)
    if is_empty(form, len(call.files)):
        raise DiscordError(50006)
    must_be_explicit(call, form)
    original = interaction.response
    if original is not None and original.flags & m.LOADING:
        change(call, original, {**form, "flags": 0})
        return shapes.message(original)
    message = _post(call, interaction, form)
    interaction.follow_ups.append(message)
    call.server.changed()
    return shapes.message(message)


def own_message(call: Call) -> m.Message:
    """The original answer, or a follow-up, for reading, editing and deleting."""
    interaction = _of_token(call)
    wanted = call.info["message_id"]
    for message in [interaction.response, *interaction.follow_ups]:
        if message is not None and not message.is_deleted:
            if wanted == "@original" and message is interaction.response:
                return message
            if wanted == str(message.id):
                return message
    raise DiscordError(10008)


def _of_token(call: Call) -> Interaction:
    for interaction in call.server.world.interactions.values():
        if interaction.token == call.info["webhook_token"]:
            if interaction.is_expired:
                raise DiscordError(50027)
            if interaction.answer_type is None:
                break
            return interaction
    raise DiscordError(10015)


ROUTES = {"POST /interactions/{webhook_id}/{webhook_token}/callback": callback}
