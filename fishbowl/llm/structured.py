"""An answer in a shape: how it is asked for, found in a model's prose, checked, and asked again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from .errors import SchemaMismatchError
from .types import ChatMessage, ChatRequest

Structured = Literal["json_schema", "json_object", "none"]

FENCE = re.compile(r"```[\w-]*[ \t]*\n?(.*?)```", re.DOTALL)
OPENING = re.compile(r"[{\[]")
MOST_OPENINGS = 200
LONGEST_QUOTE = 4000


def _adapter(schema: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(schema)


def json_schema(schema: type[Any]) -> dict[str, Any]:
    """The JSON schema of a Pydantic model."""
    return _adapter(schema).json_schema()


def response_format(schema: type[Any], structured: Structured) -> dict[str, Any] | None:
    """The `response_format` of the request, as far as the server knows one."""
    if structured == "json_schema":
        name = re.sub(r"\W", "_", schema.__name__)[:64]
        return {
            "type": "json_schema",
            "json_schema": {"name": name, "schema": json_schema(schema)},
        }
    return {"type": "json_object"} if structured == "json_object" else None


def with_instruction(messages: tuple[ChatMessage, ...], text: str) -> tuple[ChatMessage, ...]:
    """`messages` with an instruction at the end, where models heed it.

    It joins a last user message, because some chat templates refuse two in a row, but never one
    that bears a name: those are people's own words.
    """
    if messages and messages[-1].role == "user" and messages[-1].name is None:
        last = messages[-1]
        return (*messages[:-1], replace(last, content=f"{last.content}\n\n{text}"))
    return (*messages, ChatMessage("user", text))


def described(schema: type[Any]) -> str:
    """The instruction for servers that cannot be given the schema itself."""
    shape = json.dumps(json_schema(schema), ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON value and nothing else. It satisfies this JSON schema:\n{shape}"


def _candidates(text: str) -> Iterator[str]:
    yield text.strip()
    for block in FENCE.findall(text):
        yield block.strip()
    decoder = json.JSONDecoder()
    position = 0
    for _ in range(MOST_OPENINGS):
        opening = OPENING.search(text, position)
        if opening is None:
            break
        position = opening.start() + 1
        try:
            value, position = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            continue
        yield text[opening.start() : position]
        if isinstance(value, dict) and len(value) == 1:  # some models wrap it: {"answer": {…}}
            yield json.dumps(next(iter(value.values())))
    if mended := _without_commas(text):
        yield mended


def _without_commas(text: str) -> str:
    """The outermost value without commas before a closing bracket, which many models leave."""
    start, end = text.find("{"), text.rfind("}")
    return re.sub(r",\s*([}\]])", r"\1", text[start : end + 1]) if 0 <= start < end else ""


def parse(text: str, schema: type[Any], *, server: str = "") -> Any:
    """The first JSON value in `text` that satisfies `schema`: bare, in a fence, or within prose."""
    problem = ""
    for candidate in _candidates(text):
        try:
            return _adapter(schema).validate_json(candidate)
        except ValidationError as error:
            kinds = {detail["type"] for detail in error.errors(include_url=False)}
            if not problem and "json_invalid" not in kinds:
                problem = _problem(error)
    raise SchemaMismatchError(
        problem or "no JSON value in the answer", reply=text[:LONGEST_QUOTE], server=server
    )


def _problem(error: ValidationError) -> str:
    details = error.errors(include_url=False, include_input=False, include_context=False)
    listed = [
        f"{'.'.join(str(part) for part in detail['loc']) or 'answer'}: {detail['msg']}"
        for detail in details[:8]
    ]
    return "; ".join(listed)


def repair_request(request: ChatRequest, error: SchemaMismatchError) -> ChatRequest:
    """The one call after a mismatch: the model sees its answer and what is wrong with it."""
    if request.schema is None:
        raise ValueError("Only a request with a schema can be repaired.")
    shown = ChatMessage("assistant", error.reply or "(nothing)")
    wish = f"That answer does not fit: {error.detail}.\n{described(request.schema)}"
    return replace(request, messages=(*request.messages, shown, ChatMessage("user", wish)))
