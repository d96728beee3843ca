"""What is sent to a model server: a request as the body of its call. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from . import structured
from .endpoint import Endpoint
from .types import ChatMessage, ChatRequest, Tool

MOST_STOPS = 4  # OpenAI refuses more; the rest are applied to the answer


def written(
    request: ChatRequest,
    end: Endpoint,
    without: Collection[str],
    tokens_field: str,
    *,
    streams: bool,
) -> dict[str, Any]:
    """The body of the call. `without` are settings that this server doesn't know (see `DROPPABLE`
    of `chat`), `tokens_field` what it calls the most tokens of an answer."""
    messages = request.messages
    shape = None
    if request.schema is not None:
        how = "none" if "response_format" in without else end.structured
        shape = structured.response_format(request.schema, how)
        if how != "json_schema":
            wish = structured.described(request.schema)
            messages = structured.with_instruction(messages, wish)
    with_name = end.supports_name and "name" not in without
    with_tools = end.supports_tools and "tools" not in without
    with_images = end.sees_images and "images" not in without
    entries = []
    for message in messages:
        entry = _entry(message, with_tools=with_tools)
        if entry is None:
            continue
        if message.images and with_images:
            entry["content"] = _with_images(entry["content"], message.images)
        if message.name and with_name:
            entry["name"] = _name(message.name)
        entries.append(entry)
    body: dict[str, Any] = {"model": end.model_for(request), "messages": entries}
    body[tokens_field] = request.max_tokens
    if request.temperature is not None and "temperature" not in without:
        body["temperature"] = request.temperature
    if request.stop and end.supports_stop and "stop" not in without:
        body["stop"] = list(request.stop[:MOST_STOPS])
    if shape is not None:
        body["response_format"] = shape
    if request.tools and with_tools:
        body["tools"] = [_described(tool) for tool in request.tools]
    if streams and "stream_options" not in without:
        body["stream_options"] = {"include_usage": True}
    return {**body, **end.extra_body, "messages": entries}


def _entry(message: ChatMessage, *, with_tools: bool) -> dict[str, Any] | None:
    """A message as it is sent. To a server without tools, what one answered is told as text."""
    entry: dict[str, Any] = {"role": message.role, "content": _sendable(message.content)}
    if with_tools and message.tool_calls:
        entry["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": _sendable(call.arguments)},
            }
            for call in message.tool_calls
        ]
    elif message.tool_calls and not message.content:
        return None
    elif message.role == "tool" and with_tools:
        entry["tool_call_id"] = message.tool_call_id or ""
    elif message.role == "tool":
        entry["role"] = "user"
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
