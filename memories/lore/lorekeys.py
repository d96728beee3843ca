"""Which entries of a lorebook some lines bring up: by whole words, or by a regular expression that
is given up before it takes long. Pure."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import regex

LONGEST_LINE = 2_000  # characters of a line that are looked at, its last ones
AT_ONCE_S = 0.02  # that one expression may take
IN_ALL_S = 0.1  # that all the expressions of a turn may take
_EXPRESSION = regex.compile(r"/(.+)/([dgimsuvy]*)", regex.DOTALL)
_BLANKS = regex.compile(r"\s+")
_FLAGS = {"i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL}
ANY, NOT_ALL, NONE, ALL = range(4)  # World Info's selectiveLogic


class KeyRefused(ValueError):
    """A key is a regular expression that can't be used; the message says why."""


def check_key(key: str, *, is_regex: bool = False) -> None:
    """Whether a key can be looked for.

    Raises:
        KeyRefused: it is a regular expression, and wrong.
    """
    try:
        _expression(key, is_regex, False)
    except regex.error as error:
        raise KeyRefused(
            f"which is no regular expression ({error.msg}): correct it, or remove it."
        ) from None


@lru_cache(maxsize=4096)
def _expression(key: str, is_regex: bool, is_case_sensitive: bool) -> regex.Pattern[str] | None:
    """What a key that is written as `/…/` (or, with `is_regex`, any) looks for; None for words."""
    written = _EXPRESSION.fullmatch(key)
    if written:
        flags = sum(_FLAGS[flag] for flag in set(written[2]) & set(_FLAGS))
        return regex.compile(written[1], flags)
    if is_regex:
        return regex.compile(key, 0 if is_case_sensitive else regex.IGNORECASE)
    return None


@dataclass(slots=True)
class Lines:
    """The last lines of a talk, oldest first, ready to be looked through for many keys."""

    texts: Sequence[str]
    plain: Sequence[str] = field(init=False)
    folded: Sequence[str] = field(init=False)
    left_s: float = IN_ALL_S

    def __post_init__(self) -> None:
        self.texts = [text[-LONGEST_LINE:] for text in self.texts]
        self.plain = [_plain(text) for text in self.texts]
        self.folded = [text.casefold() for text in self.plain]


def hits(
    lines: Lines,
    keys: Iterable[str],
    secondary_keys: Iterable[str] = (),
    *,
    is_selective: bool = False,
    is_case_sensitive: bool = False,
    extensions: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """The keys that stand in the lines; none when the secondary keys of a selective entry speak
    against it. `extensions` are the entry's further fields, as it came with them."""
    own = extensions or {}
    beside = own.get("extensions")
    further = {**(beside if isinstance(beside, Mapping) else {}), **own}
    said = decorations(own)
    depth = further.get("scanDepth", further.get("scan_depth"))
    if said.get("scan_depth", "").isdecimal():
        depth = int(said["scan_depth"])
    last = depth if isinstance(depth, int) and depth > 0 else None
    whole = further.get("matchWholeWords", further.get("match_whole_words")) is not False

    def stands(key: str) -> bool:
        expression = _expression(key, own.get("use_regex") is True, is_case_sensitive)
        if expression is not None:
            return _matches(lines, expression, last)
        texts = lines.plain if is_case_sensitive else lines.folded
        wanted = _plain(key if is_case_sensitive else key.casefold())
        return any(
            _has_word(text, wanted) if whole else wanted in text
            for text in (texts[-last:] if last else texts)
        )

    found = tuple(key for key in keys if stands(key))
    against = (key.strip() for key in said.get("exclude_keys", "").split(","))
    if found and any(stands(key) for key in against if key):
        return ()
    others = [key for key in secondary_keys if key] if is_selective else []
    if not found or not others:
        return found
    logic = further.get("selectiveLogic", ANY)
    there = [stands(key) for key in others]
    agrees = {NOT_ALL: not all(there), NONE: not any(there), ALL: all(there)}
    return found if agrees.get(logic, any(there)) else ()


def decorations(extensions: Mapping[str, Any]) -> dict[str, str]:
    """What an entry's decorators say, by name: the `@@` lines that stood before its content."""
    given = extensions.get("decorators")
    lines = (str(one).strip() for one in given) if isinstance(given, list) else ()
    return {name: value.strip() for name, _, value in (line.partition(" ") for line in lines)}


def _matches(lines: Lines, expression: regex.Pattern[str], last: int | None) -> bool:
    """Whether an expression matches in a line. One that takes too long does not, nor do any more
    once all the time that there is for them is gone: a talk doesn't wait for a lorebook."""
    for text in lines.texts[-last:] if last else lines.texts:
        if lines.left_s <= 0:
            return False
        began = time.monotonic()
        try:
            if expression.search(text, timeout=min(AT_ONCE_S, lines.left_s)):
                return True
        except TimeoutError:
            return False
        finally:
            lines.left_s -= time.monotonic() - began
    return False


def _plain(text: str) -> str:
    """A text with the apostrophe that stands on keyboards, where a telephone writes another, each
    letter as one with its accents, where a file may have them apart, and blanks for line breaks."""
    plain: str = _BLANKS.sub(" ", unicodedata.normalize("NFC", text).replace("’", "'"))
    return plain


def _has_word(text: str, wanted: str) -> bool:
    """Whether `wanted` stands in `text` and is no part of a longer word."""
    at = text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        begins = at == 0 or not (_is_letter(text[at - 1]) and _is_letter(wanted[0]))
        ends = end == len(text) or not (_is_letter(text[end]) and _is_letter(wanted[-1]))
        if begins and ends:
            return True
        at = text.find(wanted, at + 1)
    return False


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"
