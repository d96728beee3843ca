"""Settings' values out of text. Each function returns the value or says what it should have been.

The message ends a sentence that begins with the setting's name: "PORT " + "must be …".
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from ipaddress import ip_network
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Structured = Literal["json_schema", "json_object", "none"]
Parser = Callable[[str], Any]

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
DATABASE_SCHEMES = ("postgres", "postgresql")
REDIS_SCHEMES = ("redis", "rediss", "unix")
HOST = re.compile(r"[A-Za-z0-9._:-]+")
HOST_PATTERN = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")


class ValueRefusedError(ValueError):
    """A value isn't of its setting's kind."""


def text(value: str) -> str:
    """Any one line."""
    if any(ord(character) < 32 for character in value):
        raise ValueRefusedError("must be one line without control characters.")
    return value


def flag(value: str) -> bool:
    """Yes or no."""
    if (word := value.lower()) in YES | NO:
        return word in YES
    raise ValueRefusedError("must be true or false.")


def whole(least: int, most: int) -> Parser:
    """A whole number within bounds."""

    def parse(value: str) -> int:
        if re.fullmatch(r"-?[0-9]{1,18}", value) and least <= int(value) <= most:
            return int(value)
        raise ValueRefusedError(f"must be a whole number from {least} to {most}.")

    return parse


def number(least: float, most: float) -> Parser:
    """A number within bounds."""

    def parse(value: str) -> float:
        try:
            found = float(value)
        except ValueError:
            found = math.nan
        if least <= found <= most:
            return found
        raise ValueRefusedError(f"must be a number from {least:g} to {most:g}.")

    return parse


def price(value: str) -> Decimal:
    """Dollars per million tokens."""
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal("NaN")
    if found.is_finite() and 0 <= found <= 100_000:
        return found
    raise ValueRefusedError("must be a price in dollars per million tokens, such as 0.15.")


def choice(*allowed: str) -> Parser:
    """One of a few words, in whatever case."""

    def parse(value: str) -> str:
        for word in allowed:
            if value.lower() == word.lower():
                return word
        raise ValueRefusedError(f"must be one of {', '.join(allowed)}.")

    return parse


def host(value: str) -> str:
    """An address to listen on."""
    if HOST.fullmatch(value):
        return value
    raise ValueRefusedError("must be a host name or an IP address, such as 127.0.0.1 or 0.0.0.0.")


def hosts(value: str) -> tuple[str, ...]:
    """Host names, as Django's ALLOWED_HOSTS takes them."""
    found = _listed(value)
    for name in found:
        if not HOST_PATTERN.fullmatch(name):
            raise ValueRefusedError(
                "must be host names parted by commas, without scheme or port, such as "
                "fishbowl.example.org,.example.net."
            )
    return found


def origins(value: str) -> tuple[str, ...]:
    """Origins, as Django's CSRF_TRUSTED_ORIGINS takes them."""
    found = _listed(value)
    for origin in found:
        if not re.fullmatch(r"https?://[^/\s?#]+", origin):
            raise ValueRefusedError(
                "must be origins parted by commas, such as https://fishbowl.example.org."
            )
    return found


def networks(value: str) -> tuple[str, ...]:
    """Addresses and networks of other machines."""
    found = _listed(value)
    for place in found:
        try:
            ip_network(place)
        except ValueError:
            raise ValueRefusedError(
                "must be addresses or networks parted by commas, such as 127.0.0.1,10.0.0.0/8."
            ) from None
    return found


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part for part in (piece.strip() for piece in value.split(",")) if part)


def url(*schemes: str) -> Parser:
    """An address of one of these schemes, with a host."""

    def parse(value: str) -> str:
        if _is_url(value, schemes):
            return value.rstrip("/")
        names = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ValueRefusedError(f"must be an address that begins with {names} and names a host.")

    return parse


def _is_url(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    if any(character.isspace() for character in value):
        return False
    return parts.scheme in schemes and bool(parts.hostname) and port != 0


def database_url(value: str) -> str:
    """Where a PostgreSQL server is. The value may hold a password, so no message repeats it."""
    try:
        parts = urlsplit(value)
        fits = parts.scheme in DATABASE_SCHEMES and parts.path.strip("/") and parts.port != 0
    except ValueError:
        fits = False
    if fits:
        return value
    raise ValueRefusedError(
        "must be like postgres://user:password@host:5432/database; special characters in the "
        "password are written as %XX."
    )


def redis_url(value: str) -> str:
    """Where a Redis server is. The value may hold a password, so no message repeats it."""
    try:
        parts = urlsplit(value)
        fits = parts.scheme in REDIS_SCHEMES and parts.port != 0
        fits = fits and bool(parts.path if parts.scheme == "unix" else parts.hostname)
        if parts.scheme != "unix":
            fits = fits and bool(re.fullmatch(r"/?[0-9]{0,4}", parts.path))
    except ValueError:
        fits = False
    if fits:
        return value
    raise ValueRefusedError(
        "must be like redis://:password@host:6379/0 or unix:///run/redis.sock?db=0."
    )


def time_zone(value: str) -> str:
    """A name of the time zone database."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueRefusedError("must be a time zone's name, such as Europe/Zurich.") from None
    return value


@dataclass(frozen=True, kw_only=True)
class ModelServer:
    """A model server as the settings describe it."""

    name: str
    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    tier_models: Mapping[Literal["main", "reflective", "small"], str] = field(default_factory=dict)
    timeout_s: float = 90.0
    max_concurrency: int = 0
    structured: Structured = "json_schema"
    supports_tools: bool = False
    sees_images: bool = False
    price_in: Decimal = Decimal(0)
    price_out: Decimal = Decimal(0)
    extra_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    extra_query: Mapping[str, str] = field(default_factory=dict, repr=False)
    extra_body: Mapping[str, Any] = field(default_factory=dict, repr=False)


def json_object(value: str) -> str:
    """A JSON object, as it was written. It may hold keys, so no message repeats it."""
    try:
        found = json.loads(value)
    except ValueError as error:
        raise ValueRefusedError(f"must be a JSON object ({error}).") from None
    if not isinstance(found, dict):
        raise ValueRefusedError("must be a JSON object, in braces.")
    return value.strip()


def json_texts(value: str) -> str:
    """A JSON object whose values are texts, as it was written."""
    if not all(isinstance(one, str) for one in json.loads(json_object(value)).values()):
        raise ValueRefusedError("must be a JSON object whose values are texts.")
    return value.strip()


FALLBACK_KEYS: Mapping[str, Parser] = {
    "name": text,
    "base_url": url("http", "https"),
    "model": text,
    "api_key": text,
    "timeout_s": number(1, 3600),
    "max_concurrency": whole(0, 1000),
    "structured": choice("json_schema", "json_object", "none"),
    "supports_tools": flag,
    "sees_images": flag,
    "price_in": price,
    "price_out": price,
    "extra_headers": json_texts,
    "extra_query": json_texts,
    "extra_body": json_object,
}


def model_servers(value: str) -> tuple[ModelServer, ...]:
    """A JSON list of model servers. It may hold keys, so no message repeats it."""
    try:
        listed = json.loads(value)
    except ValueError as error:
        raise ValueRefusedError(f"must be a JSON list of model servers ({error}).") from None
    if not isinstance(listed, list):
        raise ValueRefusedError("must be a JSON list of model servers, in brackets.")
    return tuple(_model_server(place, item) for place, item in enumerate(listed, start=1))


def _model_server(place: int, item: Any) -> ModelServer:
    if not isinstance(item, dict) or not item.get("base_url") or not item.get("model"):
        raise ValueRefusedError(f"needs a base_url and a model for its server {place}.")
    found: dict[str, Any] = {"name": f"fallback {place}"}
    for key, value in item.items():
        if key not in FALLBACK_KEYS:
            known = ", ".join(FALLBACK_KEYS)
            raise ValueRefusedError(
                f"has an unknown key {key!r} in server {place}; known: {known}."
            )
        try:
            said = json.dumps(value) if isinstance(value, dict) else str(value)
            read = FALLBACK_KEYS[key](said)
            found[key] = json.loads(read) if key.startswith("extra_") else read
        except ValueRefusedError as error:
            raise ValueRefusedError(f"is wrong: {key} of server {place} {error}") from None
    return ModelServer(**found)
