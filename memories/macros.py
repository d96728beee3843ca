"""The names that cards and lorebooks leave open, filled in when they are read. Pure."""

from __future__ import annotations

import re

_CHAR = re.compile(r"\{\{\s*char\s*\}\}|<BOT>", re.IGNORECASE)
_USER = re.compile(r"\{\{\s*user\s*\}\}|<USER>", re.IGNORECASE)
# What authors write for themselves, or only for the search.
_UNSAID = re.compile(r"\{\{\s*(?://|comment:|hidden_key:)[^{}]*\}\}", re.IGNORECASE)


def with_names(text: str, char: str = "", user: str = "") -> str:
    """`text` with `{{char}}` and `{{user}}` as these names, where they are given, and without its
    authors' comments."""
    if "{{" not in text and "<" not in text:
        return text
    text = _UNSAID.sub("", text)
    if char:
        text = _CHAR.sub(lambda _: char, text)
    return _USER.sub(lambda _: user, text) if user else text
