"""What a browser may send down the websocket (docs/tank.md), checked. Pure functions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from conversations.text import Refused

MAX_FRAME = 200_000
MAX_ROOMS = 20
MAX_ID = 2**63 - 1
NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
EMOJI = ("👍", "❤️", "😂", "😮", "😢", "🤔", "🌊", "🐟")


@dataclass(frozen=True, slots=True)
class Watch:
    """Rooms to watch, each with the id of the last message seen; 0 for none."""

    rooms: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Join:
    """The name to join under, not checked yet."""

    name: object


@dataclass(frozen=True, slots=True)
class Enter:
    """The room that a person turns to."""

    channel: int


@dataclass(frozen=True, slots=True)
class Say:
    """A message, its text not checked yet. The same `nonce` again is the same message."""

    channel: int
    text: object
    nonce: str
    reply_to: int | None


@dataclass(frozen=True, slots=True)
class React:
    """An emoji to put under a message, or to take away."""

    message: int
    emoji: str


@dataclass(frozen=True, slots=True)
class Typing:
    """The person is typing in a room."""

    channel: int


@dataclass(frozen=True, slots=True)
class Visible:
    """Whether anybody can see the page."""

    visible: bool


@dataclass(frozen=True, slots=True)
class Ping:
    """Is anybody there?"""


Frame = Watch | Join | Enter | Say | React | Typing | Visible | Ping


def decode(text: str | None) -> dict[str, Any]:
    """The object that a frame holds.

    Raises:
        Refused: it is binary, too long, or no JSON object.
    """
    if text is None:
        raise Refused("frame", "Send text, not binary data.")
    if len(text) > MAX_FRAME:
        raise Refused("frame", f"That is too much at once: at most {MAX_FRAME:,} characters.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("frame", "That is no JSON.") from None
    if not isinstance(data, dict):
        raise Refused("frame", "Send a JSON object with a type.")
    return data


def nonce_of(data: dict[str, Any]) -> str:
    """The nonce by which the sender knows its frame again; empty if there is no usable one."""
    nonce = data.get("nonce")
    return nonce if isinstance(nonce, str) and NONCE.fullmatch(nonce) else ""


def parse(data: dict[str, Any]) -> Frame:
    """What is asked for.

    Raises:
        Refused: the type is unknown or a field isn't what it must be.
    """
    kind = data.get("type")
    match kind:
        case "watch":
            return Watch(_rooms(data.get("channels")))
        case "join":
            return Join(data.get("name"))
        case "enter":
            return Enter(_id(data, "channel"))
        case "say":
            return _say(data)
        case "react":
            return React(_id(data, "message"), _emoji(data.get("emoji")))
        case "typing":
            return Typing(_id(data, "channel"))
        case "visible":
            return Visible(_flag(data, "visible"))
        case "ping":
            return Ping()
    shown = kind[:40] if isinstance(kind, str) else type(kind).__name__
    raise Refused("type", f"There is no type {shown!r}.")


def _say(data: dict[str, Any]) -> Say:
    nonce = nonce_of(data)
    if not nonce:
        raise Refused("nonce", "A nonce must be 8 to 64 letters, digits, hyphens or underscores.")
    reply_to = None if data.get("reply_to") is None else _id(data, "reply_to")
    return Say(_id(data, "channel"), data.get("text"), nonce, reply_to)


def _rooms(value: object) -> tuple[tuple[int, int], ...]:
    if not isinstance(value, list) or not all(isinstance(room, dict) for room in value):
        raise Refused("channels", "The channels must be a list of objects with id and after.")
    if len(value) > MAX_ROOMS:
        raise Refused("channels", f"At most {MAX_ROOMS} channels can be watched at once.")
    # A room that is named twice is read once: reading is what costs.
    return tuple(
        {_id(room, "id"): _id({"after": 0, **room}, "after", least=0) for room in value}.items()
    )


def _id(data: dict[str, Any], name: str, least: int = 1) -> int:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_ID:
        raise Refused(name, f"The {name} must be a whole number.")
    return value


def _flag(data: dict[str, Any], name: str) -> bool:
    value = data.get(name)
    if not isinstance(value, bool):
        raise Refused(name, f"The {name} must be true or false.")
    return value


def _emoji(value: object) -> str:
    if isinstance(value, str) and value in EMOJI:
        return value
    raise Refused("emoji", f"The emoji must be one of {' '.join(EMOJI)}.")
