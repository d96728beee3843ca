"""One chat call over real sockets: what goes out, and what comes back when all is well."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fishbowl.llm import chat, errors
from fishbowl.llm.chat import Endpoint, client_for, close_clients
from fishbowl.llm.types import ChatMessage, ChatRequest
from tests.llm.chatting import ASK, KEY, Opener, caught
from tests.modelserver import ModelServer, Step, raw, reply, status, stream

# --- what goes out ---


def test_it_asks_and_reads_the_answer(server: ModelServer, client: Opener) -> None:
    server.enqueue(reply("  Hello, Jo. ", model="test-7b"))
    result = client().complete(ASK)
    assert (result.text, result.model, result.provider) == ("Hello, Jo.", "test-7b", "local")
    assert (result.prompt_tokens, result.completion_tokens) == (11, 7)
    assert not result.usage_estimated
    assert result.finish_reason == "stop"
    [received] = server.history
    assert received.path == "/v1/chat/completions"
    assert received.body == {
        "model": "test",
        "messages": [
            {"role": "system", "content": "You are Mara."},
            {"role": "user", "content": "Hello?", "name": "Jo_Li"},
        ],
        "temperature": 0.7,
        "stop": ["\nJo:"],
        "max_tokens": 400,
        "stream": False,
    }


def test_it_passes_headers_query_and_body_through(server: ModelServer, client: Opener) -> None:
    one = client(
        extra_headers={"X-Title": "Fishbowl"},
        extra_query={"api-version": "3"},
        extra_body={"dry_multiplier": 0.8, "temperature": 0.1},
    )
    one.complete(ASK)
    [received] = server.history
    assert received.path == "/v1/chat/completions?api-version=3"
    assert received.headers["x-title"] == "Fishbowl"
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert received.body["dry_multiplier"] == 0.8
    assert received.body["temperature"] == 0.1


def test_it_tells_the_server_nothing_it_need_not_know(
    server: ModelServer, client: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-another-account")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    client(api_key="").complete(ASK)
    headers = server.history[0].headers
    assert not [name for name in headers if name.startswith(("x-stainless", "openai"))]
    assert "authorization" not in headers
    assert "sk-another-account" not in str(headers)


def test_it_chooses_the_model_by_request_then_tier(server: ModelServer, client: Opener) -> None:
    one = client(tier_models={"small": "tiny"})
    one.complete(ChatRequest(ASK.messages, tier="small"))
    one.complete(ChatRequest(ASK.messages, tier="reflective"))
    one.complete(ChatRequest(ASK.messages, tier="small", model="chosen"))
    assert [received.body["model"] for received in server.history] == ["tiny", "test", "chosen"]


def test_it_sends_texts_that_no_server_could_read(server: ModelServer, client: Opener) -> None:
    client().complete(ChatRequest((ChatMessage("user", "a\ud800b\0c \u2028 é"),)))
    assert server.history[0].body["messages"][0]["content"] == "a?bc \u2028 é"


def test_it_leaves_out_what_a_server_does_not_know(server: ModelServer, client: Opener) -> None:
    one = client(supports_name=False, supports_stop=False)
    server.enqueue("Fine.\nJo: and you?")
    assert one.complete(ASK).text == "Fine."
    body = server.history[0].body
    assert "stop" not in body
    assert "name" not in body["messages"][1]


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        ("Unsupported parameter: 'stop' is not supported with this model.", "stop"),
        ("Unsupported value: 'temperature' does not support 0.7 with this model.", "temperature"),
        ("messages.1.name: Extra inputs are not permitted", "name"),
        ("Use 'max_completion_tokens' instead of 'max_tokens'.", "max_tokens"),
    ],
)
def test_it_learns_what_a_server_does_not_know(
    server: ModelServer, client: Opener, message: str, gone: str
) -> None:
    one = client()
    server.enqueue(status(400, message))
    error = caught(one)
    assert (error.kind, error.retryable, error.free_retry) == ("unsupported_parameter", True, True)
    one.complete(ASK)
    body = server.history[1].body
    assert gone not in body
    assert gone not in body["messages"][1]
    assert ("max_completion_tokens" in body) == (gone == "max_tokens")


def test_it_keeps_what_the_keeper_set_and_fails(server: ModelServer, client: Opener) -> None:
    one = client(extra_body={"temperature": 0.3})
    server.enqueue(status(400, "'temperature' is not supported"))
    assert caught(one).kind == "bad_request"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("http://localhost:1234/v1/", "http://localhost:1234/v1"),
        ("https://openrouter.ai/api/v1/chat/completions", "https://openrouter.ai/api/v1"),
    ],
)
def test_it_accepts_addresses_as_people_paste_them(given: str, used: str) -> None:
    assert Endpoint("e", given, "m").base_url == used


@pytest.mark.parametrize("given", ["localhost:11434", "ftp://a/v1", "http://me:secret@host/v1"])
def test_it_refuses_addresses_that_cannot_work(given: str) -> None:
    with pytest.raises(ValueError, match="A model server's address") as info:
        Endpoint("e", given, "m")
    assert "secret" not in str(info.value)


def test_an_endpoint_hides_its_secrets_and_knows_its_prices() -> None:
    prices = {"price_in": Decimal(2), "price_out": Decimal(8), "price_cached": Decimal("0.5")}
    headers = {"X-Key": "hush-hush"}
    end = Endpoint("e", "http://h", "m", api_key=KEY, extra_headers=headers, **prices)
    assert KEY not in repr(end)
    assert "hush" not in repr(end)
    assert end.cost(1_000_000, 500_000, cached=400_000) == Decimal("5.4")


# --- answers that servers really give ---


def test_it_estimates_missing_usage(server: ModelServer, client: Opener) -> None:
    server.enqueue(reply("x" * 400, usage=False))
    result = client().complete(ASK)
    assert (result.prompt_tokens, result.completion_tokens) == (14, 100)
    assert result.usage_estimated


def test_it_reads_cached_tokens(server: ModelServer, client: Opener) -> None:
    usage = {"prompt_tokens": 90, "completion_tokens": 3}
    details = {"prompt_tokens_details": {"cached_tokens": 64}}
    server.enqueue(reply("a", usage={**usage, **details}))
    server.enqueue(reply("a", usage={**usage, "prompt_cache_hit_tokens": 32}))
    one = client()
    assert [one.complete(ASK).cached_tokens for _ in range(2)] == [64, 32]


@pytest.mark.parametrize(
    "said",
    [
        "<think>Jo is sad.\nI should be kind.</think>\n\nCome in.",
        "Jo is sad.</think>Come in.",
        "<THINKING>a</THINKING><reasoning>b</reasoning>Come in.",
        "[THINK]Jo is sad.[/THINK]Come in.",
        "◁think▷Jo is sad.◁/think▷Come in.",
        "<|channel|>analysis<|message|>Jo is sad.<|end|><|start|>assistant"
        "<|channel|>final<|message|>Come in.<|return|>",
        "Come in. <think>And now",
    ],
)
def test_it_strips_thoughts(server: ModelServer, client: Opener, said: str) -> None:
    server.enqueue(said)
    assert client().complete(ASK).text == "Come in."


@pytest.mark.parametrize(
    "said",
    [
        "Come in.<|im_end|>\n<|im_start|>user\nAm I late?",
        "<|im_start|>assistant\nCome in.<|im_end|>",
        "Come in.</s>[INST] Am I late? [/INST]",
        "Come in.<end_of_turn>\n<start_of_turn>user\nAm I late?",
        "Come in.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nAm I late?",
        'Come in.\n<tool_call>\n{"name": "recall", "arguments": {}}\n</tool_call>',
    ],
)
def test_it_ends_where_the_template_ends_the_turn(
    server: ModelServer, client: Opener, said: str
) -> None:
    server.enqueue(said)
    assert client().complete(ASK).text == "Come in."


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "text/plain", ""])
def test_it_reads_json_by_any_name(server: ModelServer, client: Opener, kind: str) -> None:
    server.enqueue(reply("Hi.", content_type=kind))
    assert client().complete(ASK).text == "Hi."


def test_it_reads_content_in_parts(server: ModelServer, client: Opener) -> None:
    parts = [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo."}, {"type": "image"}]
    server.enqueue(reply("", message={"content": parts}))
    assert client().complete(ASK).text == "Hello."


def test_it_records_another_model_unless_strict(server: ModelServer, client: Opener) -> None:
    server.enqueue(reply("a", model="other"), reply("a", model="other"))
    server.enqueue(reply("a", model="test:latest"), reply("a", model="test-2026-01-02"))
    assert client().complete(ASK).model == "other"
    strict = client(strict_model=True)
    error = caught(strict)
    assert (error.kind, error.retryable) == ("wrong_model", False)
    assert (error.model, error.usage) == ("other", errors.Usage(11, 7))
    assert strict.complete(ASK).model == "test:latest"
    assert strict.complete(ASK).model == "test-2026-01-02"


def test_it_cuts_an_answer_at_its_limit_back_to_sentences(
    server: ModelServer, client: Opener
) -> None:
    server.enqueue(reply("I went out. It was raining. Then the", finish_reason="length"))
    result = client().complete(ASK)
    assert (result.text, result.finish_reason) == ("I went out. It was raining.", "length")


def test_sentences_end_in_any_script(server: ModelServer, client: Opener) -> None:
    said = "潮水今天来得很慢。渡船还没有到。我想我们应该"
    server.enqueue(reply(said, finish_reason="length"))
    assert client().complete(ASK).text == "潮水今天来得很慢。渡船还没有到。"


def test_tokens_are_counted_in_any_script(server: ModelServer, client: Opener) -> None:
    server.enqueue(reply("潮" * 400, usage=False))
    assert client().complete(ASK).completion_tokens == 300


def test_thoughts_told_apart_are_counted(server: ModelServer, client: Opener) -> None:
    thought = {"reasoning_content": "h" * 400}
    server.enqueue(reply("Come in.", message=thought, usage=False))
    assert client().complete(ASK).completion_tokens == 102


def test_a_process_keeps_one_client_for_each_endpoint(server: ModelServer) -> None:
    end = Endpoint("e", server.base_url, "m")
    try:
        first = client_for(end)
        assert client_for(Endpoint("e", server.base_url, "m")) is first
        first.close()
        assert client_for(Endpoint("e", server.base_url, "other")) is not first
    finally:
        close_clients()


# --- streams ---


def test_it_assembles_a_stream(server: ModelServer, client: Opener) -> None:
    server.enqueue(stream(["<think>x</th", "ink>Hel", "lo,\u2028Jo", ".\x85"], model="s"))
    result = client(stream=True).complete(ASK)
    assert (result.text, result.model) == ("Hello,\u2028Jo.", "s")
    assert (result.prompt_tokens, result.completion_tokens) == (11, 7)
    assert server.history[0].body["stream"] is True
    assert server.history[0].body["stream_options"] == {"include_usage": True}


def test_it_assembles_what_the_server_makes_up(client: Opener) -> None:
    one = client()
    plain, streamed = one.attempt(ASK), one.attempt(ASK, stream=True)
    assert plain.text
    assert streamed.text


@pytest.mark.parametrize("options", [{"done": False}, {"finish_reason": None}])
def test_either_sign_ends_a_stream(server: ModelServer, client: Opener, options: Any) -> None:
    server.enqueue(stream(["Hel", "lo."], **options))
    assert client(stream=True).complete(ASK).text == "Hello."


def test_it_reads_plain_json_from_a_server_that_cannot_stream(
    server: ModelServer, client: Opener
) -> None:
    server.enqueue(Step({"choices": [{"message": {"content": "Hi."}}]}))
    assert client(stream=True).complete(ASK).text == "Hi."


def test_it_skips_comments_and_names_in_a_stream(server: ModelServer, client: Opener) -> None:
    body = (
        ": PROCESSING\r\n\r\nevent: chunk\r\nid: 1\r\n"
        'data:{"choices":[{"delta":{"content":"Hi."}}]}\r\n\r\ndata: [DONE]\r\n'
    )
    server.enqueue(raw(body, "text/event-stream; charset=utf-8"))
    assert client(stream=True).complete(ASK).text == "Hi."


# --- the way there ---


def test_it_goes_through_the_proxy_of_the_environment(
    server: ModelServer, client: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", server.base_url.removesuffix("/v1"))
    far = client(base_url="http://models.example.com/v1", timeout_s=0.5)
    assert far.complete(ASK).text
    assert server.history[0].path == "http://models.example.com/v1/chat/completions"
    server.enqueue(raw(b" " * 500, trickle_s=0.02))
    assert caught(far).kind == "timeout"
    assert client().complete(ASK).text
    assert server.history[-1].path == "/v1/chat/completions", "what is near needs no proxy"


def test_a_forked_worker_opens_its_own_connections(server: ModelServer) -> None:
    end = Endpoint("e", server.base_url, "m")
    try:
        parent = client_for(end)
        parent.complete(ASK)
        chat._forget_clients()  # what os.register_at_fork runs in the child
        assert client_for(end) is not parent
        parent.close()
    finally:
        close_clients()
