"""Discord's markup in words that people and models read. Pure functions."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping

from conversations.models import MAX_CONTENT
from conversations.text import caseless, without_controls

MAX_NAME = 80
NOBODY_KNOWN = "somebody"

_MARKUP = re.compile(
    r"<(?:"
    r"@!?(?P<user>\d{1,20})"
    r"|@&(?P<role>\d{1,20})"
    r"|\#(?P<channel>\d{1,20})"
    r"|a?:(?P<emoji>\w{1,40}):\d{1,20}"
    r"|t:(?P<time>-?\d{1,13})(?::(?P<style>[tTdDfFR]))?"
    r"|/(?P<command>[^:<>\n]{1,100}):\d{1,20}"
    r"|id:(?P<guide>customize|browse|guide|linked-roles(?::\d+)?)"
    r")>"
)
_MANY_NEWLINES = re.compile(r"\n{4,}")
_FORMATS = {"t": "{:%H:%M}", "T": "{:%H:%M:%S}", "d": "{:%Y-%m-%d}", "D": "{:%-d %B %Y}"}


def mentioned(text: str) -> tuple[set[int], set[int]]:
    """The ids of the users and of the channels that a text names."""
    users, channels = set(), set()
    for found in _MARKUP.finditer(text):
        if found["user"]:
            users.add(int(found["user"]))
        elif found["channel"]:
            channels.add(int(found["channel"]))
    return users, channels


def without_call(text: str, bot_id: int) -> str:
    """A text without the mentions of the bot that it begins with, unless it is nothing else."""
    rest = re.sub(rf"^(?:\s*<@!?{bot_id}>[\s,]*)+", "", text)
    return rest or text


def readable(
    text: str,
    *,
    users: Mapping[int, str],
    roles: Mapping[int, str],
    channels: Mapping[int, str],
) -> str:
    """A message with its mentions, emoji and times as people see them; times are UTC."""

    def word(found: re.Match[str]) -> str:
        if key := found["user"]:
            return f"@{users.get(int(key), NOBODY_KNOWN)}"
        if key := found["role"]:
            return f"@{roles.get(int(key), 'some')}"
        if key := found["channel"]:
            return f"#{channels.get(int(key), 'another-channel')}"
        if name := found["emoji"]:
            return f":{name}:"
        if name := found["command"]:
            return f"/{name}"
        if seconds := found["time"]:
            return _moment(int(seconds), found["style"] or "f") or found[0]
        return "#channels-and-roles"

    return _MARKUP.sub(word, text)


def _moment(seconds: int, style: str) -> str:
    try:
        at = dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, OSError, ValueError):
        return ""
    return _FORMATS.get(style, "{:%-d %B %Y, %H:%M} UTC").format(at)


def message_text(text: str, extras: Iterable[str]) -> str:
    """What is stored of a message: its readable text and, in brackets, what else it carries.
    Empty when there is nothing to be seen of it; cut where it is longer than a row holds."""
    brackets = "\n".join(f"[{' '.join(without_controls(extra).split())}]" for extra in extras)
    whole = unicodedata.normalize("NFC", without_controls(f"{text}\n{brackets}"))
    whole = _MANY_NEWLINES.sub("\n\n\n", whole).strip()
    return whole if len(whole) <= MAX_CONTENT else whole[: MAX_CONTENT - 1].rstrip() + "…"


def person_name(name: str, characters: Iterable[str] = ()) -> str:
    """A name that somebody gave themselves, as one line that is no character's. May be empty."""
    cleaned = " ".join(unicodedata.normalize("NFKC", without_controls(name[:500])).split())
    cleaned = cleaned.replace(":", "").strip()[:MAX_NAME].strip()
    if any(caseless(cleaned) == caseless(one) for one in characters):
        cleaned = f"{cleaned[: MAX_NAME - 13]} (on Discord)"
    return cleaned
