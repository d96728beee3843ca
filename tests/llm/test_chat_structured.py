"""Answers in a shape: asked for as the server can, found in prose, repaired once."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field

from fishbowl.llm import errors, structured
from fishbowl.llm.types import ChatMessage, ChatRequest
from tests.llm.chatting import Opener, caught
from tests.modelserver import ModelServer, reply, status


class Fact(BaseModel):
    subject: str
    confidence: float = Field(ge=0, le=1)


ASK = ChatRequest((ChatMessage("user", "What did Jo say?"),), purpose="observe", schema=Fact)
GOOD = '{"subject": "Jo", "confidence": 0.8}'
FACT = Fact(subject="Jo", confidence=0.8)


@pytest.mark.parametrize(
    "said",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Sure! Here it is:\n```\n{GOOD}\n```\nAnything else?",
        f"Of course {{as ever}}: {GOOD} — I hope [it] helps.",
        f'{{"answer": {GOOD}}}',
        f"<think>{{}} or {{1}}?</think>{GOOD}",
        f'{{"subject": "Jo"}} no, wait: {GOOD}',
        'Here:\n```json\n{"subject": "Jo", "confidence": 0.8,\n}\n```',
    ],
)
def test_it_finds_the_value(server: ModelServer, client: Opener, said: str) -> None:
    server.enqueue(said)
    assert client().complete(ASK).parsed == FACT


def test_it_does_not_mistake_a_part_for_the_whole() -> None:
    class Loose(BaseModel):
        mood: str = ""
        tags: list[str] = []

    with pytest.raises(errors.SchemaMismatchError):
        structured.parse('{"mood": 7, "extra": {}, "tags": []}', Loose)


@pytest.mark.parametrize("how", ["json_schema", "json_object", "none"])
def test_it_asks_as_the_server_can(server: ModelServer, client: Opener, how: Any) -> None:
    server.enqueue(GOOD)
    client(structured=how).complete(ASK)
    body = server.history[0].body
    said = body["messages"][-1]["content"]
    if how == "json_schema":
        assert body["response_format"]["json_schema"]["name"] == "Fact"
        assert body["response_format"]["json_schema"]["schema"]["required"] == [
            "subject",
            "confidence",
        ]
        assert said == "What did Jo say?"
    else:
        assert body.get("response_format") == (
            {"type": "json_object"} if how == "json_object" else None
        )
        assert said.startswith("What did Jo say?\n\nAnswer with one JSON value")
        assert '"confidence"' in said


def test_it_adds_nothing_to_peoples_own_words() -> None:
    ask = (ChatMessage("user", "my words", name="Jo"),)
    assert structured.with_instruction(ask, "more") == (*ask, ChatMessage("user", "more"))


def test_it_goes_on_without_a_response_format(server: ModelServer, client: Opener) -> None:
    one = client(structured="json_schema")
    server.enqueue(status(400, "response_format is not supported by this backend"), GOOD)
    assert caught(one, ASK).kind == "unsupported_parameter"
    assert one.complete(ASK).parsed == FACT
    assert "response_format" not in server.history[1].body
    assert "JSON schema" in server.history[1].body["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("This response_format type is unavailable now", 400),
        ("This model does not support response format `json_schema`. See supported models", 400),
        ("The provided JSON schema contains features not supported by xgrammar.", 400),
        ("failed to parse grammar", 500),
    ],
)
def test_it_goes_down_to_a_json_object_and_then_to_plain(
    server: ModelServer, client: Opener, words: str, code: int
) -> None:
    one = client(structured="json_schema")
    refused = "'response_format.type' must be 'json_schema' or 'text'"
    server.enqueue(status(code, words), status(400, refused), GOOD)
    assert caught(one, ASK).free_retry
    assert caught(one, ASK).free_retry
    assert one.complete(ASK).parsed == FACT
    shapes = [(call.body.get("response_format") or {}).get("type") for call in server.history]
    assert shapes == ["json_schema", "json_object", None]


@pytest.mark.parametrize("how", ["json_schema", "json_object", "none"])
def test_the_shape_is_told_once_to_who_mends_an_answer(
    server: ModelServer, client: Opener, how: Any
) -> None:
    server.enqueue('{"subject": "Jo", "confidence": 8}', GOOD)
    client(structured=how).complete(ASK)
    assert server.history[1].body["messages"][-1]["content"].count("JSON schema") == 1


def test_it_repairs_once_and_shows_what_is_wrong(server: ModelServer, client: Opener) -> None:
    server.enqueue('{"subject": "Jo", "confidence": 8}', GOOD)
    result = client().complete(ASK)
    assert result.parsed == FACT
    assert (result.prompt_tokens, result.completion_tokens) == (22, 14)
    _, answer, wish = server.history[1].body["messages"]
    assert answer == {"role": "assistant", "content": '{"subject": "Jo", "confidence": 8}'}
    assert "confidence: Input should be less than or equal to 1" in wish["content"]


def test_it_gives_up_after_one_repair(server: ModelServer, client: Opener) -> None:
    server.enqueue("I'd rather not.", '{"subject": "Jo"}')
    with pytest.raises(errors.SchemaMismatchError, match="confidence: Field required") as info:
        client().complete(ASK)
    assert len(server.history) == 2
    assert info.value.usage == errors.Usage(22, 14)
    assert not info.value.retryable


def test_an_attempt_never_repairs(server: ModelServer, client: Opener) -> None:
    server.enqueue("I'd rather not.")
    error = caught(client(), ASK)
    assert isinstance(error, errors.SchemaMismatchError)
    assert error.reply == "I'd rather not."
    assert error.usage == errors.Usage(11, 7)
    assert len(server.history) == 1


def test_a_shape_cut_short_is_truncated(server: ModelServer, client: Opener) -> None:
    server.enqueue(reply('{"subject": "Jo", "conf', finish_reason="length"))
    assert caught(client(), ASK).kind == "truncated"


def test_deep_and_long_nonsense_costs_little() -> None:
    for text in ("[" * 200_000, "{" * 200_000, '{"a":' * 100_000):
        with pytest.raises(errors.SchemaMismatchError, match="no JSON value"):
            structured.parse(text, Fact)
