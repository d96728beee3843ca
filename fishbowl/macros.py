"""What cards and lorebooks leave open, filled in when they are read: names, choices, dice. Pure.

Only what keepers and authors wrote is read this way, never what people say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

_CHAR = re.compile(r"\{\{\s*char\s*\}\}|<BOT>|<CHAR>", re.IGNORECASE)
_USER = re.compile(r"\{\{\s*user\s*\}\}|<USER>", re.IGNORECASE)
# What authors write for themselves, or only for the search.
_UNSAID = re.compile(r"\{\{\s*(?://|comment:|hidden_key:|noop\s*\}\})[^{}]*\}*", re.IGNORECASE)
_CALL = re.compile(r"\{\{\s*(random|pick|roll|reverse|newline|trim)\b\s*:?:?([^{}]*)\}\}", re.I)
_DICE = re.compile(r"\s*(\d{0,3})\s*d?\s*(\d{1,6})\s*", re.IGNORECASE)
_START = re.compile(r"^[ \t]*<START>[ \t]*$", re.IGNORECASE | re.MULTILINE)
_COMMA = re.compile(r"(?<!\\),")
MOST_DICE = 100
DEEPEST = 4  # a choice may stand in a choice


def with_names(text: str, char: str = "", user: str = "", *, seed: int | None = None) -> str:
    """`text` with `{{char}}` and `{{user}}` as these names, where they are given; with its choices
    made (`{{random:}}`, `{{pick:}}`, `{{roll:}}`), and without its authors' comments.

    `seed` lets chance fall the same way again; `{{pick:}}` always picks the same for one character.
    """
    if "{{" not in text and "<" not in text:
        return text
    text = _UNSAID.sub("", text)
    if char:
        text = _CHAR.sub(lambda _: char, text)
    if user:
        text = _USER.sub(lambda _: user, text)
    if "{{" not in text:
        return text
    rng = Random(seed)
    steady = Random(f"{char}\n{text}")
    for _ in range(DEEPEST):
        text, count = _CALL.subn(_answer(rng, steady), text)
        if not count:
            break
    return text


def with_original(text: str, original: str) -> str:
    """A text that stands in place of ours, which it may name as `{{original}}`; ours when it is
    empty."""
    if not text.strip():
        return original
    return re.sub(r"\{\{\s*original\s*\}\}", lambda _: original, text, flags=re.IGNORECASE)


def without_starts(text: str) -> str:
    """Example dialogue without the marks that begin each example."""
    return re.sub(r"\n{3,}", "\n\n", _START.sub("", text)).strip()


def _answer(rng: Random, steady: Random) -> Callable[[re.Match[str]], str]:
    def answer(call: re.Match[str]) -> str:
        name, value = call[1].lower(), call[2]
        if name == "reverse":
            return value.strip()[::-1]
        if name == "roll":
            return _roll(value, rng)
        if name == "newline":
            return "\n"
        if name == "trim":
            return ""
        choices = _choices(value)
        return (steady if name == "pick" else rng).choice(choices) if choices else ""

    return answer


def _choices(value: str) -> list[str]:
    parts = value.split("::") if "::" in value else _COMMA.split(value)
    return [part.replace("\\,", ",").strip() for part in parts]


def _roll(value: str, rng: Random) -> str:
    """The sum of some dice: `d6`, `6` and `1d6` are one die of six sides."""
    dice = _DICE.fullmatch(value if "d" in value.lower() else f"d{value.strip()}")
    if dice is None or int(dice[2]) < 1:
        return ""
    number = min(MOST_DICE, int(dice[1] or 1))
    return str(sum(rng.randint(1, int(dice[2])) for _ in range(number)))
