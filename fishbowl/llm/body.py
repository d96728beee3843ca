"""What is sent to a model server: a request as the body of its call. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from . import structured
from .endpoint import Endpoint
from .learned import Learned, SystemAt
from .types import ChatMessage, ChatRequest, Tool

MOST_STOPS = 4  # OpenAI refuses more; the rest are applied to the answer


def written(
    request: ChatRequest,
    end: Endpoint,
    learned: Learned,
    *,
    streams: bool,
) -> dict[str, Any]:
    """The body of the call, as this server turned out to want it."""
    messages = request.messages
    shape = None
    if request.schema is not None:
        how = learned.shape(end.structured)
        shape = structured.response_format(request.schema, how)
        if how != "json_schema":
            wish = structured.described(request.schema)
            if not messages[-1].content.endswith(wish):  # as the call that mends an answer does
                messages = structured.with_instruction(messages, wish)
    with_name = end.supports_name and not learned.lacks("name")
    with_tools = end.supports_tools and not learned.lacks("tools")
    with_images = end.sees_images and not learned.lacks("images")
    entries = []
    for message in _seated(messages, learned.system_at, with_tools=with_tools):
        entry = _entry(message)
        if message.images and with_images:
            entry["content"] = _with_images(entry["content"], message.images)
        if message.name and with_name:
            entry["name"] = _name(message.name)
        entries.append(entry)
    model = end.model_for(request)
    body: dict[str, Any] = {"model": model, "messages": entries}
    body[learned.tokens_field] = request.max_tokens + learned.room
    if request.temperature is not None and not learned.lacks("temperature"):
        body["temperature"] = request.temperature
    if request.stop and end.supports_stop and not learned.lacks("stop"):
        body["stop"] = list(request.stop[:MOST_STOPS])
    if shape is not None:
        body["response_format"] = shape
    if request.tools and with_tools:
        body["tools"] = [_described(tool) for tool in request.tools]
    if streams and not learned.lacks("stream_options"):
        body["stream_options"] = {"include_usage": True}
    return {**body, **end.extra_body, "messages": entries}


def _seated(
    messages: Sequence[ChatMessage], system_at: SystemAt, *, with_tools: bool
) -> list[ChatMessage]:
    """The messages in the roles that a server takes. To one without tools, what a tool answered is
    told as text. Where system messages aren't taken, their words join those of the user beside
    them: no two of one role stand side by side then, which the same templates refuse."""
    if not with_tools:
        messages = [
            replace(one, role="user" if one.role == "tool" else one.role, tool_calls=())
            for one in messages
            if one.content or not one.tool_calls
        ]
    if system_at == "anywhere":
        return list(messages)
    seated: list[ChatMessage] = []
    for one in messages:
        stays = system_at == "first" and all(before.role == "system" for before in seated)
        if one.role == "system" and not stays:
            one = replace(one, role="user")
        if seated and seated[-1].role == one.role and one.role in ("system", "user"):
            before = seated.pop()
            text = f"{before.content}\n\n{one.content}"
            one = replace(before, content=text, images=before.images + one.images, name=None)
        seated.append(one)
    return seated


def _entry(message: ChatMessage) -> dict[str, Any]:
    """A message as it is sent."""
    entry: dict[str, Any] = {"role": message.role, "content": _sendable(message.content)}
    if message.tool_calls:
        entry["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": _sendable(call.arguments)},
            }
            for call in message.tool_calls
        ]
    elif message.role == "tool":
        entry["tool_call_id"] = message.tool_call_id or ""
    return entry


def _with_images(text: str, addresses: Sequence[str]) -> list[dict[str, Any]]:
    """The content of a message that shows pictures: its text, then each by its address."""
    shown = [{"type": "image_url", "image_url": {"url": one}} for one in addresses]
    return [{"type": "text", "text": text}, *shown]


def _described(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": structured.json_schema(tool.arguments),
        },
    }


def _name(name: str) -> str:
    return re.sub(r"[^\w-]+", "_", name, flags=re.ASCII).strip("_")[:64] or "someone"


def _sendable(text: str) -> str:
    """`text` without lone surrogates, which no server can be sent, and NULs, which break some."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
