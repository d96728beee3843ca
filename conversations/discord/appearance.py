"""How what a character says looks on Discord: its name there, the line that tells what it answers,
whom an @name rings. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import regex

from conversations.discord.splitting import split
from conversations.text import safe_mentions, without_controls

MAX_NAME = 80
QUOTED_CHARS = 70
APART = "\u200a"  # a hair space: the name reads the same, and Discord takes it

# What no webhook may be called; of names that aren't a webhook's alone, the last two.
_REFUSED = re.compile(r"(?P<clyde>c(?=lyde))|(?P<discord>d(?=iscord))", re.IGNORECASE)
_RINGING = re.compile(r"(every(?=one\Z)|he(?=re\Z))", re.IGNORECASE)
_CUSTOM_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_POINTER = re.compile(r"<[@#/][^>\n]{1,120}>|<t:[^>\n]{1,20}>|<?https?://\S+")
_MARKS = re.compile(r"[*_~`|<>#\[\]()\\]+")
_BEGINS_LINE = re.compile(r"```|>|#|-\s|-#|\*\s|\d+\.\s")


@dataclass(frozen=True, slots=True)
class Quote:
    """What a message answers. `link` leads there; empty where it isn't on Discord."""

    name: str
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """What somebody says, before it takes Discord's form. `by_bot` speaks in a character's stead
    where there are no webhooks; nobody's name stands before a notice. `rung` are the people whom an
    @name rings: their ids by name."""

    text: str
    name: str = ""
    by_bot: bool = False
    quote: Quote | None = None
    rung: Mapping[str, int] = field(default_factory=dict)


def contents(speech: Speech) -> list[str]:
    """The texts of the messages that carry what is said, in order."""
    text = ring(speech.text, speech.rung)
    head = quote_line(speech.quote) if speech.quote else ""
    if speech.by_bot and speech.name:
        name = f"**{plain(speech.name) or speech.name}:**"
        head += name + ("\n" if _BEGINS_LINE.match(text.lstrip()) else " ")
    first, *rest = split(text, first=2000 - len(head)) or [""]
    return [part for part in (head + first, *rest) if part.strip()]


def username(name: str, fallback: str) -> str:
    """A character's name as a webhook may bear it, looking the same."""
    cleaned = " ".join(without_controls(name).replace("```", "'''").split())
    cleaned = _REFUSED.sub(lambda m: m[0] + APART, cleaned)
    cleaned = _RINGING.sub(lambda m: m[0] + APART, cleaned) if _RINGING.match(cleaned) else cleaned
    if len(cleaned) > MAX_NAME:
        cleaned = _shortened(cleaned, MAX_NAME)
    return cleaned if any(c.isprintable() and not c.isspace() for c in cleaned) else fallback


def ring(text: str, rung: Mapping[str, int]) -> str:
    """A text in which the @names of people have become mentions of them."""
    for name in sorted(rung, key=len, reverse=True):
        text = re.sub(
            rf"(?<![\w<])@{re.escape(name)}(?!\w)", f"<@{rung[name]}>", text, flags=re.IGNORECASE
        )
    return text


def allowed_mentions(texts: list[str], rung: Mapping[str, int]) -> dict[str, Any]:
    """What Discord may ring for these texts: never by what they say, only whom they are to ring."""
    users = sorted({key for key in rung.values() if any(f"<@{key}>" in text for text in texts)})
    return {"parse": [], "users": [str(key) for key in users[:100]], "replied_user": False}


def quote_line(quote: Quote) -> str:
    """A small line above an answer: whom it answers, a link there, and how that began."""
    name = plain(quote.name) or "somebody"
    whom = f"[{name}](<{quote.link}>)" if quote.link else name
    told = _shortened(plain(quote.text), QUOTED_CHARS)
    return f"-# ↪ {whom}: {told}\n" if told else f"-# ↪ {whom}\n"


def plain(text: str) -> str:
    """A text on one line without anything that Discord would act on."""
    text = _POINTER.sub("…", _CUSTOM_EMOJI.sub(r"\1", without_controls(text)))
    return " ".join(safe_mentions(_MARKS.sub("", text)).split())


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    kept = ""
    for cluster in regex.findall(r"\X", text):
        if len(kept) + len(cluster) > most - 1:
            break
        kept += cluster
    return kept.rstrip() + "…"
