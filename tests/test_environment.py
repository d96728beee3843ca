"""The schema of the settings: what it takes, what it refuses and how, and what it never tells."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import pytest

from fishbowl.environment import BASE_DIR, Environment, schema
from fishbowl.example import example
from fishbowl.llm.chat import ChatClient, Endpoint
from fishbowl.llm.types import ChatMessage, ChatRequest
from fishbowl.schema import OLLAMA
from fishbowl.sources import SettingsRefusedError, read
from tests.modelserver import ModelServer

NO_FILE = {"FISHBOWL_ENV_FILE": "/dev/null"}


def refused(**settings: str) -> list[str]:
    with pytest.raises(SettingsRefusedError) as caught:
        read({**NO_FILE, **settings})
    return caught.value.complaints


def test_everything_is_optional() -> None:
    found = read(NO_FILE)
    assert found == Environment()
    assert (found.host, found.port, found.talkers) == ("127.0.0.1", 8000, "anyone")
    assert found.voice == "offline improviser (no LLM_MODEL set)"
    assert found.model_servers() == ()


def test_an_empty_value_is_none() -> None:
    assert read({**NO_FILE, **dict.fromkeys(schema(), " ")}) == Environment()


def test_it_reads_every_kind() -> None:
    found = read(
        {
            **NO_FILE,
            "PORT": "8100",
            "HOST": "0.0.0.0",  # noqa: S104
            "DEBUG": "Yes",
            "ALLOWED_HOSTS": "fishbowl.example.org, .example.net",
            "CSRF_TRUSTED_ORIGINS": "https://fishbowl.example.org:8443",
            "LOG_LEVEL": "debug",
            "TIME_ZONE": "Europe/Zurich",
            "LLM_MODEL": "qwen2.5",
            "LLM_MODEL_SMALL": "tiny",
            "LLM_TIMEOUT_S": "12.5",
            "LLM_PRICE_IN": "0.15",
            "LLM_FALLBACKS": '[{"base_url": "http://localhost:1234/v1/", "model": "m", '
            '"price_out": 2, "api_key": "hushhush"}]',
            "EMBEDDING_PROVIDER": "server",
            "EMBEDDING_BASE_URL": "http://localhost:11434/v1/",
        }
    )
    assert (found.port, found.debug, found.log_level) == (8100, True, "DEBUG")
    assert found.site_url() == "http://127.0.0.1:8100/"
    assert found.talkers == "invited"
    assert found.served_hosts() == [
        "localhost", "127.0.0.1", "[::1]", "fishbowl.example.org", ".example.net",
    ]  # fmt: skip
    main, fallback = found.model_servers()
    assert (main.base_url, main.model, main.timeout_s) == (OLLAMA, "qwen2.5", 12.5)
    assert main.tier_models == {"small": "tiny"}
    assert main.price_in == Decimal("0.15")
    assert (fallback.base_url, fallback.price_out) == ("http://localhost:1234/v1", Decimal(2))
    assert found.embedding_base_url == "http://localhost:11434/v1"


def test_what_calls_say_besides_reaches_the_server() -> None:
    extra = '{"dry_multiplier": 0.8, "chat_template_kwargs": {"enable_thinking": false}}'
    with ModelServer() as server:
        found = read(
            {
                **NO_FILE,
                "LLM_MODEL": "m",
                "LLM_BASE_URL": server.base_url,
                "LLM_EXTRA_BODY": extra,
                "LLM_EXTRA_HEADERS": '{"X-Title": "Fishbowl"}',
                "LLM_EXTRA_QUERY": '{"api-version": "3"}',
                "LLM_FALLBACKS": json.dumps(
                    [{"base_url": server.base_url, "model": "n", "extra_body": {"top_k": 4}}]
                ),
            }
        )
        for one in found.model_servers():
            with ChatClient(Endpoint(**asdict(one))) as client:
                client.complete(ChatRequest((ChatMessage("user", "Hello?"),)))
    first, second = server.history
    assert first.path == "/v1/chat/completions?api-version=3"
    assert first.headers["x-title"] == "Fishbowl"
    assert json.loads(extra).items() <= first.body.items()
    assert second.body["top_k"] == 4


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "abc", "must be a whole number from 1 to 65535."),
        ("LLM_EXTRA_BODY", "[1]", "must be a JSON object, in braces."),
        ("LLM_EXTRA_HEADERS", '{"X-A": 1}', "must be a JSON object whose values are texts."),
        ("PORT", "0", "must be a whole number from 1 to 65535."),
        ("PORT", "65536", "must be a whole number from 1 to 65535."),
        ("PORT", "80.5", "must be a whole number from 1 to 65535."),
        ("PORT", "٨٠", "must be a whole number from 1 to 65535."),
        ("HOST", "http://x", "must be a host name or an IP address"),
        ("DEBUG", "app:*", "must be true or false."),
        ("ALLOWED_HOSTS", "https://a.org", "without scheme or port"),
        ("CSRF_TRUSTED_ORIGINS", "a.org", "must be origins"),
        ("TIME_ZONE", "Mars/Base", "must be a time zone's name"),
        ("TIME_ZONE", "../../etc/passwd", "must be a time zone's name"),
        ("LOG_LEVEL", "loud", "must be one of DEBUG, INFO, WARNING, ERROR."),
        ("WHO_MAY_TALK", "everyone", "must be one of anyone, invited, staff."),
        ("WORKERS", "0", "must be a whole number from 1 to 64."),
        ("WORKER_THREADS", "-1", "must be a whole number from 1 to 64."),
        ("DATABASE_URL", "mysql://a:hushhush@b/c", "must be like postgres://"),
        ("DATABASE_URL", "postgres://a:hushhush@b", "must be like postgres://"),
        ("DATABASE_URL", "postgres://a:hushhush@b:x/c", "must be like postgres://"),
        ("REDIS_URL", "http://:hushhush@b", "must be like redis://"),
        ("REDIS_URL", "redis://:hushhush@b:99999/0", "must be like redis://"),
        ("REDIS_URL", "redis://:hushhush@b/x", "must be like redis://"),
        ("LLM_BASE_URL", "localhost:11434", "must be an address that begins with http://"),
        ("LLM_BASE_URL", "http://", "must be an address that begins with http://"),
        ("LLM_BASE_URL", "http://a:b c", "must be an address that begins with http://"),
        ("LLM_TIMEOUT_S", "nan", "must be a number from 1 to 3600."),
        ("LLM_TIMEOUT_S", "0", "must be a number from 1 to 3600."),
        ("LLM_PRICE_IN", "-1", "must be a price"),
        ("LLM_PRICE_OUT", "Infinity", "must be a price"),
        ("LLM_STRUCTURED_OUTPUT", "xml", "must be one of json_schema, json_object, none."),
        ("LLM_FALLBACKS", "hushhush", "must be a JSON list of model servers"),
        ("LLM_FALLBACKS", "{}", "must be a JSON list of model servers, in brackets."),
        ("LLM_FALLBACKS", '[{"model": "hushhush"}]', "needs a base_url and a model"),
        ("LLM_FALLBACKS", '[{"base_url": "x", "model": "m"}]', "base_url of server 1 must be"),
        (
            "LLM_FALLBACKS",
            '[{"base_url": "http://a", "model": "m", "modle": 1}]',
            "has an unknown key 'modle' in server 1",
        ),
        ("EMBEDDING_PROVIDER", "openai", "must be one of wordllama, server."),
        ("EMBEDDING_DIMENSIONS", "0", "must be a whole number from 1 to 4000."),
        ("DISCORD_API_BASE", "discord.com", "must be an address that begins with http://"),
        ("DISCORD_GATEWAY_URL", "https://a", "must be an address that begins with ws://"),
        ("LLM_API_KEY", "hush\nhush", "must be one line"),
        ("EMBEDDING_BASE_URL", "http://a/v1", "set EMBEDDING_PROVIDER=server too."),
        ("EMBEDDING_PROVIDER", "server", "set EMBEDDING_BASE_URL too."),
        ("LLM_BASE_URL", "http://a/v1", "set LLM_MODEL too."),
        ("LLM_FALLBACKS", '[{"base_url": "http://a", "model": "m"}]', "set LLM_MODEL too."),
    ],
)
def test_it_refuses_in_one_sentence_that_names_the_setting(
    name: str, value: str, sentence: str
) -> None:
    (complaint,) = refused(**{name: value})
    assert complaint.startswith(name)
    assert sentence in complaint
    assert "\n" not in complaint
    assert "hush" not in complaint


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("LLM_MODLE", "did you mean LLM_MODEL?"),
        ("EMBEDING_MODEL", None),
        ("EMBEDDING_DIMENSION", "did you mean EMBEDDING_DIMENSIONS?"),
        ("FISHBOWL_VARS", "did you mean FISHBOWL_VAR?"),
        ("DISCORD_TOKN", "did you mean DISCORD_TOKEN?"),
        ("LLM_ZZZZZ", "remove it; .env.example lists them all."),
    ],
)
def test_it_refuses_names_of_ours_that_do_not_exist(name: str, hint: str | None) -> None:
    if hint is None:  # the process's environment holds much that isn't ours
        assert read({**NO_FILE, name: "x"}) == Environment()
        return
    assert refused(**{name: "x"}) == [f"{name} isn't a setting of Fishbowl: {hint}"]


def test_it_tells_all_that_is_wrong_at_once() -> None:
    assert len(refused(PORT="x", LLM_MODLE="y", EMBEDDING_DIMENSIONS="0")) == 3


def test_the_process_goes_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text("# mine\nexport PORT=8001\nLLM_MODEL='a b'\nSECRET_KEY=$dollar#hash\n\n")
    found = read({"FISHBOWL_ENV_FILE": str(path), "PORT": "8002"})
    assert (found.port, found.llm_model, found.secret_key) == (8002, "a b", "$dollar#hash")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("PROT=8000", "PROT in .env isn't a setting of Fishbowl: did you mean PORT?"),
        ("PORT 8000", "line 1, must be NAME=value."),
        ("COMPOSE_PROJECT_NAME=x", None),
    ],
)
def test_the_file_is_checked_too(tmp_path: Path, text: str, sentence: str | None) -> None:
    path = tmp_path / "env"
    path.write_text(text)
    if sentence is None:
        assert read({"FISHBOWL_ENV_FILE": str(path)}) == Environment()
        return
    (complaint,) = refused(FISHBOWL_ENV_FILE=str(path))
    assert complaint.endswith(sentence)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (complaint,) = refused(FISHBOWL_ENV_FILE=str(tmp_path))
    assert "can't be read" in complaint


def test_it_never_shows_secrets() -> None:
    secret = {name: "hushhush" for name, item in schema().items() if item.metadata["secret"]}
    secret |= {
        "DATABASE_URL": "postgres://a:hushhush@b/c",
        "REDIS_URL": "redis://:hushhush@b/0",
        "LLM_MODEL": "m",
        "ALERT_WEBHOOK": "http://hushhush/",
        "LLM_FALLBACKS": '[{"base_url": "http://a", "model": "m", "api_key": "hushhush"}]',
        "LLM_EXTRA_HEADERS": '{"X-Key": "hushhush"}',
        "LLM_EXTRA_QUERY": '{"key": "hushhush"}',
    }
    found = read({**NO_FILE, **secret})
    assert found.llm_api_key == "hushhush"
    assert "hushhush" not in repr(found)
    assert "hushhush" not in repr(found.model_servers())


def test_the_example_file_is_the_schema_and_holds_valid_values(tmp_path: Path) -> None:
    assert (BASE_DIR / ".env.example").read_text() == example()
    path = tmp_path / "env"
    lines = example().splitlines()
    path.write_text("\n".join(line[1:] if "=" in line and line[1] != " " else line for line in lines
                              if not line.startswith("#EMBEDDING_BASE")))  # fmt: skip
    found = read({"FISHBOWL_ENV_FILE": str(path)})
    assert found.llm_model == "llama3.1:8b"
