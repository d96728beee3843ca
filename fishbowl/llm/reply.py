"""What a model server answered, read with patience: many servers speak the protocol, few agree.

Answers are read as plain JSON, not through the client's models, so that a null where a list should
be becomes an error of ours that says so, and a missing count an estimate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import (
    CutOffError,
    EmptyReplyError,
    FilteredReplyError,
    GatewayError,
    MalformedReplyError,
    ServerFailedError,
    TruncatedReplyError,
    Usage,
)
from .types import TOKENS_AN_IMAGE, ChatMessage, ChatRequest, ToolCall

# Turns an error body found inside a 200 answer into an error: (status, body) -> error
Problem = Callable[[int, object], GatewayError]

BYTES_A_TOKEN = 4
TOKENS_A_MESSAGE = 4
# How models mark their thoughts, where the server leaves them in the answer.
THINK = re.compile(
    r"<(?:seed:think|think(?:ing)?|thoughts?|reasoning)>|\[THINK\]|◁think▷"
    r"|<\|(?:START_THINKING|begin_of_thought)\|>",
    re.IGNORECASE,
)
THOUGHT = re.compile(
    r"</(?:seed:think|think(?:ing)?|thoughts?|reasoning)>|\[/THINK\]|◁/think▷"
    r"|<\|(?:END_THINKING|end_of_thought)\|>",
    re.IGNORECASE,
)
CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<]*<\|message\|>")
# What chat templates put between turns, and a call for a tool that the server didn't read as one.
# A server that doesn't know a model's own leaves them in, and what the model then makes up.
OPENING = re.compile(
    r"^(?:\s*(?:<\|(?:im_start|start|begin_of_text|start_header_id)\|>|<s>|<start_of_turn>)"
    r"\s*(?:assistant|model)?\s*(?:<\|end_header_id\|>)?)+",
)
TURN_END = re.compile(
    r"<\|(?:im_end|im_start|eot_id|eom_id|end|start|return|call|endoftext|end_of_text"
    r"|start_header_id|assistant|user|system|end_of_turn|end_of_turn_token)\|>"
    r"|</s>|<(?:start|end)_of_turn>|\[/?INST\]|<｜[^\s｜]{1,40}｜>|<tool_call>",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"""[.!?…]+["'”’»)\]*_]*(?=\s|$)|[。！？｡।۔؟]+["'”’»)\]*_」』）]*|\n""")
CUT = ("length", "max_tokens")
FILTERED = ("content_filter", "safety", "refusal", "recitation")


@dataclass(slots=True)
class Reply:
    """One answer as it came."""

    text: str
    finish_reason: str = ""
    model: str = ""
    refusal: str = ""
    reasoning: str = ""  # what it thought, where the server tells it apart
    usage: Usage | None = None
    tool_calls: tuple[ToolCall, ...] = ()

    def estimated(self, messages: Sequence[ChatMessage]) -> Usage:
        """The tokens it must have taken, for servers that do not say."""
        written = estimate_tokens(self.text) + estimate_tokens(self.reasoning)
        return Usage(estimate_prompt_tokens(messages), written, 0, True)

    @property
    def is_all_thought(self) -> bool:
        """Whether its tokens ran out while it thought: in the open, told apart, or unseen."""
        said = self.text.strip()
        thought = bool(self.reasoning) or not said or without_thoughts(said) != said
        return self.finish_reason in CUT and thought


def estimate_tokens(text: str) -> int:
    """About how many tokens `text` is: one for four bytes, which holds in any script. Four letters
    of English make one, and so do one or two characters of Chinese."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    return -(-size // BYTES_A_TOKEN)


def estimate_prompt_tokens(messages: Sequence[ChatMessage]) -> int:
    """About how many tokens a prompt is, each message's frame included."""
    return sum(
        estimate_tokens(message.content) + TOKENS_A_MESSAGE + TOKENS_AN_IMAGE * len(message.images)
        for message in messages
    )


def read_reply(payload: object, problem: Problem) -> Reply:
    """The answer in a plain completion's JSON."""
    answer = _object(payload, problem)
    choice = _first_choice(answer)
    if choice is None:
        raise EmptyReplyError("no choices")
    message = choice.get("message")
    if not isinstance(message, Mapping):
        if not isinstance(choice.get("text"), str):
            raise MalformedReplyError("a choice without a message")
        message = {"content": choice["text"]}
    return Reply(
        text=_content(message.get("content")),
        finish_reason=_word(choice.get("finish_reason")),
        model=_word(answer.get("model")),
        refusal=_word(message.get("refusal")),
        reasoning=_reasoning(message),
        usage=_usage(answer.get("usage")),
        tool_calls=_joined([message.get("tool_calls")]),
    )


def read_stream(events: Iterable[str], problem: Problem) -> Reply:
    """The answer assembled from a stream's events. One that just stops is an error, not a text."""
    reply = Reply("")
    pieces: list[str] = []
    asked: list[object] = []
    is_complete = has_choices = False
    for event in events:
        if event.strip() == "[DONE]":
            is_complete = True
            break
        try:
            payload = json.loads(event)
        except ValueError:
            raise MalformedReplyError("a stream event that is no JSON") from None
        chunk = _object(payload, problem)
        reply.model = _word(chunk.get("model")) or reply.model
        reply.usage = _usage(chunk.get("usage")) or reply.usage
        choice = _first_choice(chunk)
        if choice is None:
            continue
        has_choices = True
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, Mapping):
            pieces.append(_content(delta.get("content")))
            asked.append(delta.get("tool_calls"))
            reply.refusal += _word(delta.get("refusal"))
            reply.reasoning += _reasoning(delta)
        if finish_reason := _word(choice.get("finish_reason")):
            reply.finish_reason = finish_reason
            is_complete = True
    if not is_complete:
        raise CutOffError("the stream stopped before its end")
    if not has_choices:
        raise EmptyReplyError("no choices")
    reply.text = "".join(pieces)
    reply.tool_calls = _joined(asked)
    return reply


MOST_CALLS = 16  # of tools, in one answer


def _joined(deltas: Iterable[object]) -> tuple[ToolCall, ...]:
    """The tools that an answer asks for, put together from the pieces in which they came. A piece
    goes on with the call of its index; one without an index begins a call where it names one."""
    calls: dict[int, list[str]] = {}
    for pieces in deltas:
        for piece in pieces if isinstance(pieces, list) else ():
            function = piece.get("function") if isinstance(piece, Mapping) else None
            if not isinstance(function, Mapping):
                continue
            begins = len(calls) if function.get("name") else max(0, len(calls) - 1)
            at = piece.get("index")
            place = at if isinstance(at, int) and not isinstance(at, bool) else begins
            if place not in calls and len(calls) >= MOST_CALLS:
                continue
            given = function.get("arguments")
            text = given if isinstance(given, str) else json.dumps(given) if given else ""
            call = calls.setdefault(place, ["", "", ""])
            call[0] = call[0] or _word(piece.get("id"))
            call[1] = call[1] or _word(function.get("name"))
            call[2] += text
    return tuple(
        ToolCall(key or f"call_{place}", name, arguments or "{}")
        for place, (key, name, arguments) in sorted(calls.items())
        if name
    )


def stream_events(chunks: Iterable[bytes]) -> Iterator[str]:
    """The data of each server-sent event. Split at newlines only: U+2028 may stand in a text."""
    data: list[str] = []
    for line in _lines(chunks):
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []
    if data and data != ["[DONE]"]:  # whole events end in an empty line
        raise CutOffError("the stream stopped within an event")
    yield from data


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
    if rest:
        yield rest.removesuffix(b"\r").decode("utf-8", "replace")


def without_thoughts(text: str) -> str:
    """`text` without a reasoning model's thoughts. A thought without end hides all after it; one
    without a beginning all before, since some chat templates put the opening tag into the prompt.
    """
    if channels := list(CHANNEL.finditer(text)):
        last = channels[-1]
        text = text[last.end() :] if last[1].lower() == "final" else text[: channels[0].start()]
    ended = list(THOUGHT.finditer(text))
    if ended and not THINK.search(text):
        text = text[ended[-1].end() :]
    elif ended or THINK.search(text):
        text = _spoken(text)
    return text.strip()


def _spoken(text: str) -> str:
    """What stands outside of every thought."""
    marks = sorted(
        [(m.start(), m.end(), True) for m in THINK.finditer(text)]
        + [(m.start(), m.end(), False) for m in THOUGHT.finditer(text)]
    )
    said, at, is_thinking = "", 0, False
    for start, end, opens in marks:
        if opens and not is_thinking:
            said += text[at:start]
        elif not opens and not is_thinking:
            said = ""
        at, is_thinking = end, opens
    return said if is_thinking else said + text[at:]


def own_turn(text: str) -> str:
    """`text` up to where a chat template ends a turn: what stands after it nobody said."""
    text = OPENING.sub("", text)
    end = TURN_END.search(text)
    return (text[: end.start()] if end else text).strip()


def whole_sentences(text: str) -> str:
    """`text` up to its last sentence end, or nothing if less than half of it would be left."""
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    kept = text[: ends[-1]].strip() if ends else ""
    return kept if 2 * len(kept) >= len(text) else ""


def finished_text(reply: Reply, request: ChatRequest) -> str:
    """What may be used of an answer, or the error that it amounts to.

    An answer that hit its token limit is cut back to whole sentences; `finish_reason` still says
    'length'. If nothing sensible is left, or a shape was asked for, it is an error.
    """
    text = own_turn(without_thoughts(reply.text))
    if reply.finish_reason in FILTERED or (reply.refusal and not text):
        raise FilteredReplyError(reply.finish_reason if not reply.refusal else "the model refuses")
    if reply.finish_reason == "error":
        raise ServerFailedError("the answer ends in an error")
    if reply.tool_calls and request.tools:
        return text  # often nothing: what it asks for comes first
    was_cut = reply.finish_reason in CUT
    if request.schema is None:
        for stop in request.stop:
            if stop and (at := text.find(stop)) >= 0:
                text, was_cut = text[:at].strip(), False
    if was_cut:
        if not text and (reply.reasoning or reply.text.strip()):
            raise TruncatedReplyError("all of it went into reasoning; raise max_tokens")
        text = text if request.schema is not None else whole_sentences(text)
        if not text or (request.schema is not None and not _is_json(text)):
            raise TruncatedReplyError(f"max_tokens is {request.max_tokens}")
    if not text:
        raise EmptyReplyError("only reasoning" if reply.reasoning else "")
    return text


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _object(payload: object, problem: Problem) -> Mapping[str, Any]:
    if not isinstance(payload, Mapping):
        raise MalformedReplyError("not a JSON object")
    error = payload.get("error")
    if error:
        code = error.get("code") if isinstance(error, Mapping) else None
        is_status = str(code).isdecimal() and 400 <= int(str(code)) <= 599
        raise problem(int(str(code)) if is_status else 500, payload)
    return payload


def _first_choice(answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    choices = answer.get("choices")
    if not choices:
        return None
    if not isinstance(choices, list) or not isinstance(choices[0], Mapping):
        raise MalformedReplyError("choices that are no list of objects")
    return choices[0]


def _content(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):  # parts; only text is of use here
        texts = [part.get("text") for part in content if isinstance(part, Mapping)]
        return "".join(text for text in texts if isinstance(text, str))
    return ""


def _reasoning(message: Mapping[str, Any]) -> str:
    return _content(message.get("reasoning_content") or message.get("reasoning"))


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _usage(usage: object) -> Usage | None:
    if not isinstance(usage, Mapping):
        return None
    prompt, completion = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    if not prompt and not completion:
        return None  # some servers fill it with noughts
    details = usage.get("prompt_tokens_details")
    cached = _count(details, "cached_tokens") if isinstance(details, Mapping) else 0
    return Usage(
        prompt, completion, min(prompt, cached or _count(usage, "prompt_cache_hit_tokens"))
    )


def _count(source: Mapping[str, Any], key: str) -> int:
    value = source.get(key)
    return int(value) if isinstance(value, int | float) and 0 <= value < 10**9 else 0
