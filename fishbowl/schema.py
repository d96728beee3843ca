"""Every setting there is: its name, kind, default, and what it is for. What follows from them
stands in `environment.py`.

All are optional; `sources.py` reads them. `.env.example` is this schema, printed by `example.py`.
"""

# ruff: noqa: RUF009 - `setting` makes dataclass fields
from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from fishbowl import values
from fishbowl.values import ModelServer, Parser, Structured

OLLAMA = "http://127.0.0.1:11434/v1"


def setting(
    name: str, parse: Parser, default: Any, help: str, *, secret: bool = False, shown: str = ""
) -> Any:
    """A field of the schema. `shown` is the example that stands in `.env.example`."""
    about = {"name": name, "parse": parse, "help": help, "secret": secret, "shown": shown}
    return field(default=default, repr=not secret, metadata=about)


@dataclass(frozen=True, kw_only=True)
class Schema:
    """The settings, each a field."""

    # Where it lives
    var: str = setting(
        "FISHBOWL_VAR",
        values.text,
        "",
        "The folder of everything that Fishbowl keeps: database, logs, secrets. Two copies need "
        "two folders.",
        shown="var",
    )
    host: str = setting("HOST", values.host, "127.0.0.1", "The address to listen on.")
    port: int = setting("PORT", values.whole(1, 65535), 8000, "The port to listen on.")
    allowed_hosts: tuple[str, ...] = setting(
        "ALLOWED_HOSTS",
        values.hosts,
        (),
        "Host names under which people reach the site, parted by commas. This machine's own are "
        "always allowed.",
        shown="fishbowl.example.org",
    )
    csrf_trusted_origins: tuple[str, ...] = setting(
        "CSRF_TRUSTED_ORIGINS",
        values.origins,
        (),
        "Origins behind a proxy from which forms may be sent, parted by commas.",
        shown="https://fishbowl.example.org",
    )
    public_url: str = setting(
        "PUBLIC_URL",
        values.url("http", "https"),
        "",
        "Where the site is reached from everywhere. Discord fetches uploaded pictures of "
        "characters from there; left out, it shows only those with an address of their own.",
        shown="https://fishbowl.example.org",
    )
    https: Literal["", "yes", "no"] = setting(
        "HTTPS",
        values.choice("yes", "no"),
        "",
        "Whether people reach the site by https alone, through a proxy: cookies are then sent by "
        "https only, and http is sent on to it. Left out: yes if PUBLIC_URL begins with https.",
        shown="yes",
    )
    trusted_proxies: tuple[str, ...] = setting(
        "TRUSTED_PROXIES",
        values.networks,
        ("127.0.0.1",),
        "Addresses or networks of the proxies before the site, parted by commas. They alone are "
        "believed when they say from where, and by which scheme, a request came.",
        shown="127.0.0.1",
    )
    who_may_talk: Literal["", "anyone", "invited", "staff"] = setting(
        "WHO_MAY_TALK",
        values.choice("anyone", "invited", "staff"),
        "",
        "Who may talk in the tank: anyone, invited or staff. Left out: anyone while HOST is this "
        "machine alone, otherwise invited.",
        shown="anyone",
    )
    secret_key: str = setting(
        "SECRET_KEY",
        values.text,
        "",
        "Signs sessions. Left out: generated once into var/secrets/. Every host of one society "
        "needs the same.",
        secret=True,
        shown="fifty or more random characters",
    )
    metrics_token: str = setting(
        "METRICS_TOKEN",
        values.text,
        "",
        "What a scraper of /metrics sends as its bearer token. Left out: only this machine may "
        "read them.",
        secret=True,
        shown="a long random word",
    )
    alert_webhook: str = setting(
        "ALERT_WEBHOOK",
        values.url("http", "https"),
        "",
        "Where alerts are told: a Discord channel's webhook, or any address that takes JSON. Left "
        "out: they stand in admin and the log alone.",
        secret=True,
        shown="https://discord.com/api/webhooks/…",
    )
    debug: bool = setting("DEBUG", values.flag, False, "Django's debug pages. Never in public.")
    log_level: str = setting(
        "LOG_LEVEL",
        values.choice("DEBUG", "INFO", "WARNING", "ERROR"),
        "INFO",
        "How much the processes write to var/log/.",
        shown="INFO",
    )
    time_zone: str = setting(
        "TIME_ZONE",
        values.time_zone,
        "UTC",
        "The time zone of the pages and of the characters.",
        shown="UTC",
    )

    # Servers
    database_url: str = setting(
        "DATABASE_URL",
        values.database_url,
        "",
        "A PostgreSQL 16+ server with pgvector 0.7+; a pooler before it must pool sessions, not "
        "transactions. Left out: an embedded one is started.",
        secret=True,
        shown="postgres://fishbowl:password@localhost:5432/fishbowl",
    )
    redis_url: str = setting(
        "REDIS_URL",
        values.redis_url,
        "",
        "A Redis or Valkey server. Left out: an embedded one is started.",
        secret=True,
        shown="redis://localhost:6379/0",
    )
    workers: int = setting("WORKERS", values.whole(1, 64), 1, "Worker processes.")
    worker_threads: int = setting(
        "WORKER_THREADS",
        values.whole(1, 64),
        8,
        "Threads of each worker process. Each may hold a database connection.",
    )

    # The model that speaks
    llm_model: str = setting(
        "LLM_MODEL",
        values.text,
        "",
        "The model that speaks. Left out: the offline improviser speaks.",
        shown="llama3.1:8b",
    )
    llm_base_url: str = setting(
        "LLM_BASE_URL",
        values.url("http", "https"),
        "",
        f"Any server that speaks OpenAI's /v1/chat/completions. Left out: Ollama at {OLLAMA}.",
        shown=OLLAMA,
    )
    llm_api_key: str = setting("LLM_API_KEY", values.text, "", "Its key.", secret=True, shown="…")
    llm_model_reflective: str = setting(
        "LLM_MODEL_REFLECTIVE",
        values.text,
        "",
        "The model that reflects. Left out: LLM_MODEL.",
        shown="llama3.1:70b",
    )
    llm_model_small: str = setting(
        "LLM_MODEL_SMALL",
        values.text,
        "",
        "The model for small tasks such as finding facts. Left out: LLM_MODEL.",
        shown="llama3.2:3b",
    )
    llm_timeout_s: float = setting(
        "LLM_TIMEOUT_S", values.number(1, 3600), 90.0, "Seconds that one call may take."
    )
    llm_max_concurrency: int = setting(
        "LLM_MAX_CONCURRENCY",
        values.whole(0, 1000),
        0,
        "Calls at once, those of all processes together. 0 sets no limit.",
    )
    llm_structured_output: Structured = setting(
        "LLM_STRUCTURED_OUTPUT",
        values.choice("json_schema", "json_object", "none"),
        "json_schema",
        "How the server is asked for structured answers: json_schema, json_object or none.",
    )
    llm_supports_tools: bool = setting(
        "LLM_SUPPORTS_TOOLS",
        values.flag,
        False,
        "Whether the model knows tool calls: characters then look things up, write files and plan "
        "by themselves. Without it they do so by what they say.",
    )
    llm_sees_images: bool = setting(
        "LLM_SEES_IMAGES",
        values.flag,
        False,
        "Whether the model sees pictures: it is then sent the addresses of those posted last. "
        "Without it characters are told in words that there is one.",
    )
    llm_price_in: Decimal = setting(
        "LLM_PRICE_IN", values.price, Decimal(0), "Dollars per million tokens of a prompt."
    )
    llm_price_out: Decimal = setting(
        "LLM_PRICE_OUT", values.price, Decimal(0), "Dollars per million tokens of an answer."
    )
    llm_extra_body: str = setting(
        "LLM_EXTRA_BODY",
        values.json_object,
        "",
        "What every call says besides, as JSON: samplers, how long a model may think.",
        shown='{"dry_multiplier": 0.8, "chat_template_kwargs": {"enable_thinking": false}}',
    )
    llm_extra_headers: str = setting(
        "LLM_EXTRA_HEADERS",
        values.json_texts,
        "",
        "Headers that every call has besides, as JSON.",
        secret=True,
        shown='{"X-Title": "Fishbowl"}',
    )
    llm_extra_query: str = setting(
        "LLM_EXTRA_QUERY",
        values.json_texts,
        "",
        "What every call's address has behind its question mark, as JSON.",
        secret=True,
        shown='{"api-version": "2024-10-21"}',
    )
    llm_fallbacks: tuple[ModelServer, ...] = setting(
        "LLM_FALLBACKS",
        values.model_servers,
        (),
        "Servers to try in turn when the first fails: a JSON list. Keys: "
        f"{', '.join(values.FALLBACK_KEYS)}.",
        secret=True,
        shown='[{"base_url": "http://127.0.0.1:1234/v1", "model": "qwen2.5"}]',
    )

    # The model that embeds
    embedding_provider: Literal["wordllama", "server"] = setting(
        "EMBEDDING_PROVIDER",
        values.choice("wordllama", "server"),
        "wordllama",
        "wordllama (in this process, offline) or server (any /v1/embeddings).",
    )
    embedding_base_url: str = setting(
        "EMBEDDING_BASE_URL",
        values.url("http", "https"),
        "",
        "The embedding server. Only with EMBEDDING_PROVIDER=server.",
        shown=OLLAMA,
    )
    embedding_api_key: str = setting(
        "EMBEDDING_API_KEY", values.text, "", "Its key.", secret=True, shown="…"
    )
    embedding_model: str = setting(
        "EMBEDDING_MODEL", values.text, "nomic-embed-text", "The server's model."
    )
    embedding_dimensions: int = setting(
        "EMBEDDING_DIMENSIONS",
        values.whole(1, 4000),
        768,
        "How long the server's vectors are.",
    )

    # What looks at what is said
    moderation_base_url: str = setting(
        "MODERATION_BASE_URL",
        values.url("http", "https"),
        "",
        "Any server that speaks OpenAI's /v1/moderations. Left out: rules alone look at what is "
        "said.",
        shown="https://api.openai.com/v1",
    )
    moderation_api_key: str = setting(
        "MODERATION_API_KEY", values.text, "", "Its key.", secret=True, shown="…"
    )
    moderation_model: str = setting(
        "MODERATION_MODEL", values.text, "omni-moderation-latest", "Its model."
    )
    moderation_timeout_s: float = setting(
        "MODERATION_TIMEOUT_S", values.number(1, 60), 5.0, "Seconds that one look may take."
    )

    # Discord
    discord_token: str = setting(
        "DISCORD_TOKEN",
        values.text,
        "",
        "The bot's token. With it the society lives on Discord too.",
        secret=True,
        shown="…",
    )
    discord_message_content: bool = setting(
        "DISCORD_MESSAGE_CONTENT",
        values.flag,
        True,
        "Ask for the Message Content intent. Without it the characters hear only direct messages "
        "and what mentions the bot.",
    )
    discord_members: bool = setting(
        "DISCORD_MEMBERS",
        values.flag,
        True,
        "Ask for the Server Members intent: who joins, leaves or goes by another name.",
    )
    discord_shards: int = setting(
        "DISCORD_SHARDS",
        values.whole(0, 10_000),
        0,
        "Over how many gateway connections the servers are spread. 0: as many as Discord advises.",
    )
    discord_api_base: str = setting(
        "DISCORD_API_BASE",
        values.url("http", "https"),
        "https://discord.com/api",
        "Discord's API, or a server compatible with it.",
    )
    discord_gateway_url: str = setting(
        "DISCORD_GATEWAY_URL",
        values.url("ws", "wss"),
        "",
        "The gateway. Left out: the one that the API names.",
        shown="wss://gateway.discord.gg",
    )
