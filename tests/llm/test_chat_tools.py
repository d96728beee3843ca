"""Tool calls over real sockets: described, asked for whole or in a stream, and answered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from fishbowl.llm import errors
from fishbowl.llm.types import ChatMessage, Tool, ToolCall
from tests.llm.chatting import ASK, Opener, caught
from tests.modelserver import ModelServer, Step, reply, status


class Recall(BaseModel):
    question: str


LOOK = Tool("recall", "Look it up.", Recall)
WITH_TOOLS = replace(ASK, tools=(LOOK,))
CALL = {"id": "c1", "type": "function", "function": {"name": "recall", "arguments": '{"question"'}}
WHOLE = {**CALL, "function": {"name": "recall", "arguments": '{"question": "rope"}'}}


def asking(**message: Any) -> Step:
    return reply(None, message=message, finish_reason="tool_calls")


def streamed(*deltas: dict[str, Any]) -> Step:
    def event(delta: dict[str, Any], reason: str | None = None) -> str:
        return json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

    events = [*map(event, deltas), event({}, "tool_calls"), "[DONE]"]
    return Step(events=events, content_type="text/event-stream")


def test_it_describes_tools_and_reads_what_is_called_for(
    server: ModelServer, client: Opener
) -> None:
    server.enqueue(asking(tool_calls=[WHOLE, {"function": {"name": "recall", "arguments": {}}}]))
    result = client(supports_tools=True).complete(WITH_TOOLS)
    assert result.text == ""
    assert result.tool_calls == (
        ToolCall("c1", "recall", '{"question": "rope"}'), ToolCall("call_1", "recall", "{}"),
    )  # fmt: skip
    (sent,) = server.history[0].body["tools"]
    assert sent["function"]["name"] == "recall"
    assert sent["function"]["parameters"]["required"] == ["question"]


def test_it_puts_a_stream_together(server: ModelServer, client: Opener) -> None:
    server.enqueue(
        streamed(
            {"content": "Let me see. "},
            {"tool_calls": [{"index": 0, **CALL}]},
            {"tool_calls": [{"index": 0, "function": {"arguments": ': "rope"}'}}]},
            {"tool_calls": [{"index": 1, "id": "c2", "function": {"name": "recall"}}]},
        )
    )
    result = client(supports_tools=True, stream=True).complete(WITH_TOOLS)
    assert result.text == "Let me see."
    assert result.tool_calls == (
        ToolCall("c1", "recall", '{"question": "rope"}'), ToolCall("c2", "recall", "{}"),
    )  # fmt: skip


def test_a_result_goes_back_in_the_protocols_shape_or_as_text(
    server: ModelServer, client: Opener
) -> None:
    call = ToolCall("c1", "recall", "{}")
    told = (
        *ASK.messages,
        ChatMessage("assistant", "", tool_calls=(call,)),
        ChatMessage("tool", "Nothing.", tool_call_id="c1"),
    )
    client(supports_tools=True).complete(replace(WITH_TOOLS, messages=told))
    client().complete(replace(WITH_TOOLS, messages=told))
    knows, does_not = (received.body for received in server.history)
    assert knows["messages"][-2]["tool_calls"][0]["function"]["name"] == "recall"
    assert knows["messages"][-1] == {"role": "tool", "content": "Nothing.", "tool_call_id": "c1"}
    assert does_not["messages"][-1] == {"role": "user", "content": "Nothing."}
    assert len(does_not["messages"]) == len(knows["messages"]) - 1
    assert "tools" not in does_not


def test_a_server_that_knows_none_is_asked_without(server: ModelServer, client: Opener) -> None:
    server.enqueue(status(400, "test does not support tools"), "Hello.")
    one = client(supports_tools=True)
    assert isinstance(caught(one, WITH_TOOLS), errors.UnsupportedParameterError)
    assert one.attempt(WITH_TOOLS).text == "Hello."
    assert "tools" not in server.history[1].body


@pytest.mark.parametrize(
    "calls", ["recall", [None], [{"function": None}], [{"function": {"arguments": "{}"}}], {}, 7]
)
def test_what_is_no_call_is_no_answer(server: ModelServer, client: Opener, calls: object) -> None:
    server.enqueue(asking(tool_calls=calls))
    assert isinstance(caught(client(supports_tools=True), WITH_TOOLS), errors.EmptyReplyError)
