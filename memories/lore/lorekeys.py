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

from fishbowl.macros import with_names

LONGEST_LINE = 2_000  # characters of a line that are looked at, its last ones
AT_ONCE_S = 0.02  # that one expression may take
IN_ALL_S = 0.1  # that all the expressions of a turn may take
_EXPRESSION = regex.compile(r"/(.+)/([dgimsuvy]*)", regex.DOTALL)
_FLAGS = {"i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL}
# Fields by which what SillyTavern exported is known.
_SILLYTAVERNS = frozenset({"selectiveLogic", "useProbability", "display_index"})
ANY, NOT_ALL, NONE, ALL = range(4)  # World Info's selectiveLogic


class KeyRefused(ValueError):
    """A key is a regular expression that can't be used; the message says why."""


def check_key(key: str, *, is_regex: bool = False) -> None:
    """Whether a key can be looked for.

    Raises:
        KeyRefused: it is a regular expression, and wrong.
    """
    try:
        _expression(key, is_regex, False, "", "")
    except regex.error as error:
        raise KeyRefused(
            f"which is no regular expression ({error.msg}): correct it, or remove it."
        ) from None


@lru_cache(maxsize=4096)
def _expression(
    key: str, is_regex: bool, is_case_sensitive: bool, char: str, user: str
) -> regex.Pattern[str] | None:
    """What a key that is written as `/…/` (or, with `is_regex`, any) looks for; None for words.
    Names are looked for as they are spelt, whatever their letters mean in an expression."""
    written = _EXPRESSION.fullmatch(key)
    if not written and not is_regex:
        return None
    names = regex.escape(char), regex.escape(user)
    if written:
        flags = sum(_FLAGS[flag] for flag in set(written[2]) & set(_FLAGS))
        return regex.compile(with_names(written[1], *names), flags)
    return regex.compile(with_names(key, *names), 0 if is_case_sensitive else regex.IGNORECASE)


@dataclass(slots=True)
class Lines:
    """The last lines of a talk, oldest first, ready to be looked through for many keys."""

    texts: Sequence[str]
    plain: Sequence[str] = field(init=False)
    folded: Sequence[str] = field(init=False)
    in_all: str = field(init=False)
    folded_in_all: str = field(init=False)
    left_s: float = IN_ALL_S

    def __post_init__(self) -> None:
        self.texts = [text[-LONGEST_LINE:] for text in self.texts]
        self.plain = [_plain(text) for text in self.texts]
        self.folded = [text.casefold() for text in self.plain]
        self.in_all, self.folded_in_all = "\n".join(self.plain), "\n".join(self.folded)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an entry's further fields, as it came with them, say of when it comes up: whether all
    its keys are expressions, how many lines are looked at, whether keys are whole words, how its
    secondary keys are taken, which keys speak against it, and how firmly it stands when there is no
    room for all."""

    is_regex: bool = False
    depth: int | None = None
    whole: bool = True
    logic: int = ANY
    against: tuple[str, ...] = ()
    is_spared: bool = False  # the first to go
    priority: int = 0

    @classmethod
    def of(cls, extensions: Mapping[str, Any]) -> Terms:
        beside = extensions.get("extensions")
        further = {**(beside if isinstance(beside, Mapping) else {}), **extensions}
        told = decorations(extensions)
        depth = further.get("scanDepth", further.get("scan_depth"))
        if told.get("scan_depth", "").isdecimal():
            depth = int(told["scan_depth"][:9])
        logic = further.get("selectiveLogic", ANY)
        priority = extensions.get("priority")
        return cls(
            is_regex=has_expressions(extensions),
            depth=depth if isinstance(depth, int) and depth > 0 else None,
            whole=further.get("matchWholeWords", further.get("match_whole_words")) is not False,
            logic=logic if isinstance(logic, int) else ANY,
            against=tuple(excluded(told)),
            is_spared="ignore_on_max_context" in told,
            priority=priority if isinstance(priority, int) else 0,
        )


def hits(
    lines: Lines,
    keys: Iterable[str],
    secondary_keys: Iterable[str] = (),
    *,
    is_selective: bool = False,
    is_case_sensitive: bool = False,
    terms: Terms = Terms(),
    char: str = "",
    user: str = "",
) -> tuple[str, ...]:
    """The keys that stand in the lines; none when the secondary keys of a selective entry speak
    against it. `char` and `user` are the names that its macros stand for."""
    last = terms.depth

    def stands(key: str) -> bool:
        if terms.is_regex or key.startswith("/"):  # else there is none to look for, nor to keep
            try:
                expression = _expression(key, terms.is_regex, is_case_sensitive, char, user)
            except regex.error:  # a key from elsewhere than a checked file silences nobody
                return False
            if expression is not None:
                return _matches(lines, expression, last)
        said = with_names(key, char, user)
        wanted = _plain(said if is_case_sensitive else said.casefold())
        # Of a large book next to nothing stands in the lines at all.
        if not wanted or wanted not in (lines.in_all if is_case_sensitive else lines.folded_in_all):
            return False
        texts = lines.plain if is_case_sensitive else lines.folded
        return any(
            _has_word(text, wanted) if terms.whole else wanted in text
            for text in (texts[-last:] if last else texts)
        )

    found = tuple(with_names(key, char, user) for key in keys if stands(key))
    if found and any(stands(key) for key in terms.against):
        return ()
    others = [key for key in secondary_keys if key] if is_selective else []
    if not found or not others:
        return found
    there = [stands(key) for key in others]
    agrees = {NOT_ALL: not all(there), NONE: not any(there), ALL: all(there)}
    return found if agrees.get(terms.logic, any(there)) else ()


def has_expressions(extensions: Mapping[str, Any]) -> bool:
    """Whether every key of an entry is a regular expression, whatever it looks like. SillyTavern
    writes so of all that it exports, and means those that are written as `/…/`."""
    beside = extensions.get("extensions")
    return extensions.get("use_regex") is True and not (
        isinstance(beside, Mapping) and beside.keys() >= _SILLYTAVERNS
    )


def decorations(extensions: Mapping[str, Any]) -> dict[str, str]:
    """What an entry's decorators say, by name: the `@@` lines that stood before its content."""
    given = extensions.get("decorators")
    lines = (str(one).strip() for one in given) if isinstance(given, list) else ()
    return {name: value.strip() for name, _, value in (line.partition(" ") for line in lines)}


def excluded(told: Mapping[str, str]) -> list[str]:
    """The keys that speak against an entry, of what its decorators say."""
    return [key.strip() for key in told.get("exclude_keys", "").split(",") if key.strip()]


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
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).replace("’", "'")
    return " ".join(text.split())


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
